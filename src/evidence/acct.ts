import type { Batch, Member } from '../model/index.js';
import { SECOND } from './clock.js';
import { FactRows, startOf } from './facts.js';
import { fixedRecordsOf } from './fixedRecords.js';
import type { Format, ParseContext } from './format.js';
import { pidOf } from './jsonFields.js';
import type { Provenance } from './procRows.js';

const LENGTH = 64;
const VERSION = 3;
/** The version's high bit: written on a big-endian host (linux/acct.h, ACCT_BYTEORDER). */
const BIG_ENDIAN = 0x80;
const AFORK = 0x01;
const ASU = 0x02;
const ACORE = 0x08;
const AXSIG = 0x10;
/** ac_etime counts hundredths (AHZ). */
const TICK = SECOND / 100;

/**
 * Process accounting, acct_v3 (FORMATS 6): the end of every process, with its start to the second and its parent at death. The program is the one at the
 * end. AFORK says that it forked and never ran a program: the mark of an intermediate.
 */
export const acctFormat: Format = {
  id: 'acct',
  title: 'process accounting',
  sniff(head) {
    const whole = Math.floor(head.length / LENGTH);
    let good = 0;
    for (let at = 0; at < whole; at++) if (isRecord(head.subarray(at * LENGTH, (at + 1) * LENGTH))) good++;
    return good >= 1 && good * 10 >= whole * 9 ? 0.9 : 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readMember(member, context.firstMember + index, context);
    context.cover?.({ gap: 'no-forks', says: 'Accounting tells the parent at death: of an orphan its adopter, not its creator.', remedy: '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork' });
  },
};

async function* readMember(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const { account, signal } = context;
  const rows = new FactRows(context.strings);
  for await (const { bytes, offset } of fixedRecordsOf(member, LENGTH)) {
    signal?.throwIfAborted();
    if (bytes.length < LENGTH || !isRecord(bytes)) {
      account.reject(bytes.length < LENGTH ? 'an accounting record that breaks off' : 'bytes that are no accounting record', member.path, offset);
      continue;
    }
    account.understood++;
    tell(bytes, { member: memberId, offset, byteLength: bytes.length }, rows);
    yield* rows.take();
  }
  yield* rows.rest();
}

function tell(bytes: Uint8Array, from: Provenance, rows: FactRows): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = (bytes[1]! & BIG_ENDIAN) === 0;
  const flags = bytes[0]!;
  const status = view.getUint32(4, isLittle);
  const pid = pidOf(view.getUint32(16, isLittle));
  const start = view.getUint32(24, isLittle) * SECOND;
  const ticks = view.getFloat32(28, isLittle);
  // A clock that was set while it ran, or damage: then only the start is believed.
  const lasted = ticks >= 0 && ticks < 1e10 ? Math.round(ticks * TICK) : 0;
  let to = 48;
  while (to < LENGTH && bytes[to] !== 0) to++;
  const signalled = status & 0x7f;
  const base = { pid, uid: view.getUint32(8, isLittle), gid: view.getUint32(12, isLittle), comm: new TextDecoder().decode(bytes.subarray(48, to)) } as const;
  const words = [
    (flags & AFORK) !== 0 ? 'forked and ran no program' : '',
    (flags & ASU) !== 0 ? 'used the rights of root' : '',
    (flags & AXSIG) !== 0 ? `killed by signal ${signalled}` : '',
    (flags & ACORE) !== 0 ? 'dumped core' : '',
  ].filter((word) => word !== '');
  rows.add({ kind: 'sight', time: start, pid, uid: base.uid, gid: base.gid, message: 'began, by its accounting record' }, from);
  rows.add(
    {
      ...base,
      kind: 'exit',
      time: start + lasted,
      ppid: pidOf(view.getUint32(20, isLittle)),
      parentKind: 'atExit',
      start: startOf(start, SECOND),
      exitCode: signalled !== 0 ? 128 + signalled : (status >> 8) & 0xff,
      message: words.length > 0 ? words.join(', ') : undefined,
    },
    from,
  );
}

/** Version, a pid, a start after 1990, and a name of text. */
function isRecord(bytes: Uint8Array): boolean {
  if ((bytes[1]! & ~BIG_ENDIAN) !== VERSION || bytes[0]! > 0x3f) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = (bytes[1]! & BIG_ENDIAN) === 0;
  if (pidOf(view.getUint32(16, isLittle)) <= 0 || view.getUint32(24, isLittle) < 631_152_000) return false;
  let at = 48;
  while (at < LENGTH && bytes[at] !== 0) if (bytes[at++]! < 0x20) return false;
  return at > 48;
}

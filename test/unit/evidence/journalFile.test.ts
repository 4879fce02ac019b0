import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../../src/evidence/batch.js';
import { lz4Block } from '../../../src/evidence/lz4Block.js';
import { addsUp, memorySource, readAll } from './memory.js';
import { hasSamples, holdsUnderDamage, sample, samplesOf } from './samples.js';

const read = async (bytes: Uint8Array, chunk = bytes.length || 1) => {
  const result = await readAll([memorySource('system.journal', bytes, { chunk })]);
  return { ...result, entry: result.entries[0] };
};

type Compression = 'none' | 'xz' | 'lz4' | 'zstd';

const u64 = (value: number): number[] => Array.from({ length: 8 }, (_, at) => Math.floor(value / 256 ** at) % 256);

/** One sequence of literals alone; their number goes on in bytes of 255. */
const lz4Of = (bytes: readonly number[]): number[] => [...u64(bytes.length), 0xf0, ...new Array<number>(Math.floor((bytes.length - 15) / 255)).fill(255), (bytes.length - 15) % 255, ...bytes];

/** One frame of one raw block, with its length in two bytes. */
const zstdOf = (bytes: readonly number[]): number[] => [
  0x28, 0xb5, 0x2f, 0xfd, 0x60, ...u64(bytes.length - 256).slice(0, 2), ...u64(bytes.length * 8 + 1).slice(0, 3), ...bytes,
];

/** A journal file of some entries, with the data of each before it. */
function journal(entries: readonly (readonly (readonly [string, Compression?])[])[], { isCompact = false, incompatible = 4 }: { isCompact?: boolean; incompatible?: number } = {}): Uint8Array {
  const parts: number[] = new Array<number>(256).fill(0);
  parts.splice(0, 8, ...new TextEncoder().encode('LPKSHHRH'));
  parts[12] = incompatible | (isCompact ? 16 : 0);
  parts.splice(88, 8, ...u64(256));
  const object = (type: number, flags: number, body: readonly number[]): number => {
    while (parts.length % 8 !== 0) parts.push(0);
    const at = parts.length;
    parts.push(type, flags, 0, 0, 0, 0, 0, 0, ...u64(16 + body.length), ...body);
    return at;
  };
  object(4, 0, new Array<number>(64).fill(0)); // a hash table
  for (const [index, fields] of entries.entries()) {
    const data = fields.map(([text, compression = 'none']) => {
      const bytes = [...new TextEncoder().encode(text)];
      const payload = compression === 'none' ? bytes : compression === 'xz' ? [0xfd, 0x37] : compression === 'lz4' ? lz4Of(bytes) : zstdOf(bytes);
      return object(1, { none: 0, xz: 1, lz4: 2, zstd: 4 }[compression], [...new Array<number>(isCompact ? 56 : 48).fill(0), ...payload]);
    });
    const items = data.flatMap((at) => (isCompact ? u64(at).slice(0, 4) : [...u64(at), ...u64(0)]));
    object(3, 0, [...u64(index + 1), ...u64(1_700_000_000_000_000 + index), ...u64(0), ...new Array<number>(24).fill(7), ...items]);
  }
  return Uint8Array.from(parts);
}

const LONG = 'x'.repeat(600);
const ENTRIES = [
  [['MESSAGE=hello'], ['_PID=812'], ['_COMM=sshd'], ['_HOSTNAME=web1'], ['_SYSTEMD_UNIT=ssh.service'], ['CODE_FILE=a.c']],
  [['MESSAGE=pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)'], ['SYSLOG_IDENTIFIER=sshd'], ['_PID=813'], ['_HOSTNAME=web1'], ['_SOURCE_REALTIME_TIMESTAMP=1699999999000000']],
] as const;

describe('the binary journal', () => {
  test.each([false, true])('entries are those of its export: writer, unit, host and moment (compact %s)', async (isCompact) => {
    const { rows, entry } = await read(journal(ENTRIES, { isCompact }));
    expect(entry).toMatchObject({ format: 'journal-binary', host: 'web1', accounting: { records: 2, understood: 2 } });
    expect(rows[0]).toMatchObject({ kind: KIND.log, pid: 812, comm: 'sshd', unit: 'ssh.service', message: 'hello', time: 1_700_000_000_000_000 });
    expect(rows[1]).toMatchObject({ kind: KIND.session, pid: 813, user: 'bob', time: 1_699_999_999_000_000 });
  });

  test('a long field by LZ4 or zstd is read; one by xz is missing from its entry', async () => {
    const { rows, entry } = await read(journal([[['_PID=1'], [`MESSAGE=${LONG}`, 'lz4']], [['_PID=1'], [`MESSAGE=${LONG}y`, 'zstd']], [['_PID=1'], [`MESSAGE=${LONG}`, 'xz']]]));
    expect(rows.map((row) => row['message'])).toEqual([LONG, `${LONG}y`, undefined]);
    expect(entry?.troubles.map(({ what, count }) => [what, count])).toEqual([['a long field that is compressed by xz or damaged; its entries are read without it', 1]]);
    expect(entry?.accounting).toMatchObject({ records: 3, understood: 3 });
  });

  test('an audit record in it is that record, and told once if the log has it too', async () => {
    const audit = 'type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=7 auid=1000 uid=0 gid=0 euid=0 comm="sh" exe="/bin/sh"\n';
    const bytes = journal([[['_TRANSPORT=audit'], ['_AUDIT_TYPE=1300'], ['_AUDIT_ID=7'], ['_SOURCE_REALTIME_TIMESTAMP=1700000000123000'], ['_HOSTNAME=web1'], [`MESSAGE=SYSCALL ${audit.slice(audit.indexOf('arch='), -1)}`]]]);
    const { rows, entries } = await readAll([memorySource('audit.log', `node=web1 ${audit}`), memorySource('system.journal', bytes)]);
    expect(rows.filter((row) => row['kind'] === KIND.exec)).toHaveLength(1);
    expect(entries.reduce((sum, { accounting }) => sum + accounting.duplicates, 0)).toBe(1);
  });

  test('a newer form is refused with the line that converts it, and what is no object ends the reading', async () => {
    const newer = await read(journal(ENTRIES, { incompatible: 64 }));
    expect(newer.entry?.troubles[0]?.what).toContain('journalctl --file X -o export');
    const whole = journal(ENTRIES);
    const damaged = whole.slice();
    damaged[damaged.lastIndexOf(3, damaged.length - 60)] = 99;
    expect((await read(damaged)).entry?.accounting).toMatchObject({ bytes: whole.length });
  });

  test('cut, in chunks, and with any byte changed, all is counted', { timeout: 60_000 }, async () => {
    const whole = journal(ENTRIES);
    const reference = await read(whole);
    for (const chunk of [1, 7, 4096]) expect((await read(whole, chunk)).rows).toEqual(reference.rows);
    for (let at = 8; at < whole.length; at += 5) {
      for (const bytes of [whole.slice(0, at), whole.map((byte, place) => (place === at ? byte ^ 0xff : byte)), whole.map((byte, place) => (place === at ? 0 : byte))]) {
        const { entry } = await read(bytes);
        expect(entry && addsUp(entry)).toBe(true);
        expect(entry?.accounting.bytes).toBe(bytes.length);
      }
    }
  });

  test.skipIf(!hasSamples)('the head of a real journal: its first entry, and that it breaks off (not run where ../shared/evidence is absent)', async () => {
    const { rows, entry } = await read(sample('journald-binary/Velocidex-velociraptor__system.journal').bytes);
    expect(entry).toMatchObject({ format: 'journal-binary', host: 'devbox', accounting: { records: 2, understood: 1, notUnderstood: 1 } });
    expect(rows[0]).toMatchObject({ pid: 1, comm: 'systemd', message: 'session-717.scope: Consumed 5.643s CPU time.', unit: 'session-717.scope' });
  });
  for (const path of samplesOf('journald-binary')) holdsUnderDamage(path, 'journal-binary', { keepsCrlf: false, runs: 5, wholeUpTo: 20_000 });
});

describe('LZ4 blocks', () => {
  test('literals and matches that overlap themselves', () => {
    const block = [0x3f, 0x61, 0x62, 0x63, 3, 0, 0x00, 0x10, 0x21]; // abc, then 15 + 0 + 4 from three back, then !
    expect(new TextDecoder().decode(lz4Block(Uint8Array.from(block), 23))).toBe(`${'abc'.repeat(7)}a!`);
  });

  test('damage is no more than no answer', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(400), (bytes, length) => (lz4Block(bytes, length)?.length ?? length) === length));
  });
});

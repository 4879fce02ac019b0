import { type Batch, EvidenceUnreadable, type Member } from '../model/index.js';
import { auditFormat } from './audit.js';
import { byteText } from './byteText.js';
import { type RotatedName, rotatedName } from './rotatedName.js';
import type { PlannedEvidence } from './plan.js';

/** auditd rotates between two records: those of an event that lie in both files stand within this of the seam. */
const SEAM_BYTES = 64 << 10;
const RECORD = /^((?:node=\S+ )?)type=([A-Z_0-9]+)(?:\[\d+\])? msg=audit\((\d{1,12}\.\d{3}:\d{1,15})\)/;
/** Records that never come first of their event: with one of them at its head a file goes on with what another began. */
const FURTHER: ReadonlySet<string> = new Set(['EXECVE', 'CWD', 'PATH', 'PROCTITLE', 'SOCKADDR', 'OBJ_PID', 'FD_PAIR', 'MMAP', 'BPRM_FCAPS', 'CAPSET', 'SOCKETCALL', 'IPC', 'EOE']);

/** What one file of a rotated log gives to the file before it, and takes from the one behind it. */
export interface Seam {
  /** Lines of the next file that belong to events at the end of this one; they are read as if they stood here. */
  readonly taken: Uint8Array | undefined;
  /** Places of lines at the head of this file that the file before it takes: they are read as blank lines. */
  readonly given: readonly { readonly from: number; readonly to: number }[];
}

/** Finds the events that lie in two files of a rotated audit log (the end of audit.log.1, the head of audit.log; or of files with dates in their names), so that they are told once and whole. */
export async function seamsOf(planned: readonly PlannedEvidence[], signal: AbortSignal | undefined): Promise<ReadonlyMap<PlannedEvidence, Seam>> {
  const logs = new Map<string, Map<PlannedEvidence, RotatedName>>();
  for (const evidence of planned) {
    if (evidence.format !== auditFormat || evidence.members.length !== 1 || evidence.form !== undefined || evidence.error !== undefined) continue;
    const rotated = rotatedName(evidence);
    const files = logs.get(rotated.base);
    if (files) files.set(evidence, rotated);
    else logs.set(rotated.base, new Map([[evidence, rotated]]));
  }
  const taken = new Map<PlannedEvidence, Uint8Array>();
  const given = new Map<PlannedEvidence, readonly Piece[]>();
  for (const [evidence, before] of [...logs.values()].flatMap(neighboursIn)) {
    signal?.throwIfAborted();
    const lines = await straddling(before.members[0]!, evidence.members[0]!);
    if (lines.length === 0) continue;
    taken.set(before, joined(lines));
    given.set(evidence, lines);
  }
  return new Map([...new Set([...taken.keys(), ...given.keys()])].map((file) => [file, { taken: taken.get(file), given: given.get(file) ?? [] }]));
}

/** Each file of a rotated log with the one before it, as far as their names tell: by number, without a gap, or by date. */
function neighboursIn(files: ReadonlyMap<PlannedEvidence, RotatedName>): readonly (readonly [PlannedEvidence, PlannedEvidence])[] {
  const numbered = new Map<number, PlannedEvidence>();
  const dated: (readonly [number, PlannedEvidence])[] = [];
  for (const [evidence, { number, micros }] of files) {
    if (number !== undefined) numbered.set(number, evidence);
    else if (micros !== undefined) dated.push([micros, evidence]);
  }
  const byDate = dated.sort(([a], [b]) => a - b).map(([, evidence]) => evidence);
  const current = numbered.get(0);
  if (current && !numbered.has(1)) byDate.push(current);
  const inNumbers = [...numbered].flatMap(([number, evidence]) => pair(evidence, numbered.get(number + 1)));
  return [...inNumbers, ...byDate.flatMap((evidence, at) => pair(evidence, byDate[at - 1]))];
}

function pair(evidence: PlannedEvidence, before: PlannedEvidence | undefined): (readonly [PlannedEvidence, PlannedEvidence])[] {
  return before ? [[evidence, before]] : [];
}

interface Piece {
  readonly from: number;
  /** Behind its line end. */
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** The lines at the head of `after` that belong to events at the end of `before`. */
async function straddling(before: Member, after: Member): Promise<readonly Piece[]> {
  try {
    const head = linesIn(await bytesOf(after, 0, SEAM_BYTES));
    const first = RECORD.exec(head[0]?.text ?? '');
    // The end of a packed file is known only when all of it is unpacked: it is looked at only where the head of the next shows that it is worth it.
    const isPacked = before.size === undefined || before.stored !== undefined;
    if (!first || (isPacked && !FURTHER.has(first[2] ?? ''))) return [];
    const end = await bytesOf(before, isPacked ? 0 : Math.max(0, (before.size ?? 0) - SEAM_BYTES), isPacked ? Infinity : SEAM_BYTES);
    if (end.at(-1) !== 0x0a) return []; // its last record may be cut
    const tail = linesIn(end);
    const open = new Set(tail.map(({ text }) => eventIn(text)));
    const told = new Set(tail.map(({ text }) => text));
    return head.filter(({ text }) => open.has(eventIn(text)) && eventIn(text) !== '' && !told.has(text));
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    return []; // said when it is read
  }
}

function eventIn(text: string): string {
  const record = RECORD.exec(text);
  return record ? `${record[1]}${record[3]}` : '';
}

/** Bytes of a member from a place on; of an endless wish the last {@link SEAM_BYTES}. */
async function bytesOf(member: Member, from: number, most: number): Promise<Uint8Array> {
  let kept: Uint8Array = new Uint8Array(0);
  for await (const chunk of member.open(from)) {
    const whole = new Uint8Array(kept.length + chunk.length);
    whole.set(kept);
    whole.set(chunk, kept.length);
    kept = most === Infinity ? whole.subarray(-SEAM_BYTES) : whole;
    if (kept.length >= most) break;
  }
  return most === Infinity ? kept : kept.subarray(0, most);
}

/** The whole lines of some bytes. */
function linesIn(bytes: Uint8Array): readonly (Piece & { readonly text: string })[] {
  const lines: (Piece & { readonly text: string })[] = [];
  for (let from = 0, end = bytes.indexOf(0x0a); end >= 0; from = end + 1, end = bytes.indexOf(0x0a, from)) {
    lines.push({ from, to: end + 1, bytes: bytes.subarray(from, end + 1), text: byteText(bytes, from, end) });
  }
  return lines;
}

function joined(pieces: readonly Piece[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of pieces) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

/** A file of a rotated log as it is read: with what it takes behind its end, and blanks for what it gives. */
export class SeamedMember implements Member {
  readonly path: string;
  readonly size: number | undefined;
  readonly modifiedMicros: number | undefined;
  readonly stored?: { readonly size: number; readonly read: number };

  constructor(
    private readonly member: Member,
    private readonly seam: Seam,
  ) {
    this.path = member.path;
    this.size = member.size;
    this.modifiedMicros = member.modifiedMicros;
    if (member.stored !== undefined) this.stored = member.stored;
  }

  async *open(from: number): AsyncGenerator<Uint8Array> {
    let at = from;
    for await (const chunk of this.member.open(from)) {
      yield this.blanked(chunk, at);
      at += chunk.length;
    }
    if (this.seam.taken) yield this.seam.taken;
  }

  private blanked(chunk: Uint8Array, at: number): Uint8Array {
    if (!this.seam.given.some(({ from, to }) => from < at + chunk.length && to > at)) return chunk;
    const copy = chunk.slice();
    for (const { from, to } of this.seam.given) copy.fill(0x20, Math.max(0, from - at), Math.max(0, Math.min(copy.length, to - 1 - at)));
    return copy;
  }
}

/** Lets the places of rows end where their own file ends. */
export function endWithin(batch: Batch, bytes: number): void {
  for (let row = 0; row < batch.count; row++) {
    const offset = batch.offset[row]!;
    if (offset + batch.byteLength[row]! <= bytes) continue;
    batch.offset[row] = Math.min(offset, bytes);
    batch.byteLength[row] = Math.max(0, bytes - offset);
  }
}

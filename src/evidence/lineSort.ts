import { type Kept, type OpenTemporary, readKept, type Temporary } from './temporary.js';

/** By what lines are sorted; lines that are alike in all of it come in the order of their bytes, equal ones in the order in which they are stored. */
export interface LineKey {
  /** Microseconds. */
  readonly time: number;
  readonly serial: number;
  /** Tells hosts apart that use the same numbers: 32 bits. */
  readonly node: number;
  /** The place of the record in its event. */
  readonly rank: number;
}

/** A line where it lies in a buffer, and where it stands in its member. */
export interface SortedLine {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  /** As it was given to {@link LineSort.add}. */
  readonly span: number;
  /** It is the same text as the line before it. */
  readonly isRepeat: boolean;
}

/** So much is sorted in memory; more is written away, sorted, and merged. */
export const RUN_BYTES = 32 << 20;
/** So much of a log that was read to its end may stay in memory until it is told: many logs may be read side by side. */
const KEEP_BYTES = 1 << 20;
/** Merging holds one block of each run. */
const BLOCK_BYTES = 128 << 10;
const FIRST_BYTES = 256 << 10;
const LINES_AT_ONCE = 512;
/** Before the bytes of each line: time, serial, rank, offset as float64; node, length and span as uint32. */
const HEAD_BYTES = 44;

/** Sorts lines of any number: what does not fit into memory is written into a temporary file in sorted runs, which are merged. */
export class LineSort {
  private bytes = new Uint8Array(FIRST_BYTES);
  private length = 0;
  private starts: number[] = [];
  private readonly runs: Run[] = [];
  private temporary: Temporary | undefined;

  constructor(
    private readonly openTemporary: OpenTemporary | undefined,
    private readonly runBytes = RUN_BYTES,
  ) {}

  /** Takes the line [from, to) of `line`, which begins at `offset` of its member and takes `span` bytes of it. */
  add(key: LineKey, line: Uint8Array, from: number, to: number, offset: number, span = to - from): void {
    const needed = this.length + HEAD_BYTES + to - from;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    const at = this.length;
    const head = new DataView(this.bytes.buffer, at, HEAD_BYTES);
    head.setFloat64(0, key.time);
    head.setFloat64(8, key.serial);
    head.setFloat64(16, key.rank);
    head.setFloat64(24, offset);
    head.setUint32(32, key.node);
    head.setUint32(36, to - from);
    head.setUint32(40, span);
    this.bytes.set(line.subarray(from, to), at + HEAD_BYTES);
    this.length = needed;
    this.starts.push(at);
  }

  /** To be called now and then between lines: writes away what is too much for memory. */
  async relieve(): Promise<void> {
    if (this.length >= this.runBytes) await this.writeRun();
  }

  /** All lines, in order, some at a time. */
  async *sorted(): AsyncGenerator<readonly SortedLine[]> {
    if (this.length > KEEP_BYTES) await this.writeRun();
    else if (this.starts.length > 0) this.runs.push(new MemoryRun(this.bytes, this.order()));
    const merge = new Merge();
    for (const run of this.runs.splice(0)) {
      const head = new RunHead(run);
      if (head.advance() || (await head.refill())) merge.push(head);
    }
    let lines: SortedLine[] = [];
    let before: SortedLine | undefined;
    for (let head = merge.first; head; head = merge.first) {
      const { bytes, from, to, offset, span } = head;
      before = { bytes, from, to, offset, span, isRepeat: before !== undefined && areEqual(before, head) };
      lines.push(before);
      if (head.advance() || (await head.refill())) merge.settleFirst();
      else merge.dropFirst();
      if (lines.length < LINES_AT_ONCE) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
  }

  async close(): Promise<void> {
    await this.temporary?.close();
  }

  /** The lines in memory, in order: where each begins. */
  private order(): Uint32Array {
    const { bytes } = this;
    const view = new DataView(bytes.buffer);
    const starts = Uint32Array.from(this.starts);
    const left = new RunHead(), right = new RunHead();
    return starts.sort((a, b) => {
      const byTime = view.getFloat64(a) - view.getFloat64(b);
      if (byTime !== 0) return byTime;
      left.set(bytes, view, a);
      right.set(bytes, view, b);
      return compare(left, right);
    });
  }

  /** Writes what is in memory away, sorted. What cannot be written stays in memory, as a run of its own. */
  private async writeRun(): Promise<void> {
    if (this.starts.length === 0) return;
    this.temporary ??= this.openTemporary?.();
    const order = this.order();
    const blocks = this.temporary && (await writeBlocks(this.temporary, this.bytes, order));
    this.runs.push(this.temporary && blocks ? new KeptRun(this.temporary, blocks) : new MemoryRun(this.bytes, order));
    this.length = 0;
    this.starts = [];
    this.bytes = new Uint8Array(FIRST_BYTES);
  }
}

/** Writes lines in order, some a block; undefined where there is no room for all. */
async function writeBlocks(temporary: Temporary, bytes: Uint8Array<ArrayBuffer>, order: Uint32Array): Promise<readonly Kept[] | undefined> {
  const view = new DataView(bytes.buffer);
  const blocks: Kept[] = [];
  let block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  const flush = async (): Promise<boolean> => {
    const position = await temporary.add(block.subarray(0, filled));
    if (position === undefined) return false;
    blocks.push({ position, length: filled });
    filled = 0;
    return true;
  };
  for (const at of order) {
    const length = HEAD_BYTES + view.getUint32(at + 36);
    if (filled > 0 && filled + length > block.length && !(await flush())) return undefined;
    if (length > block.length) block = new Uint8Array(length);
    block.set(bytes.subarray(at, at + length), filled);
    filled += length;
  }
  return (await flush()) ? blocks : undefined;
}

/** Where the lines of a run come from. */
interface Run {
  /** Puts the next line that is in memory into `head`; false where there is none. */
  next(head: RunHead): boolean;
  /** Brings more into memory; false at the end. */
  refill(): Promise<boolean>;
}

class MemoryRun implements Run {
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly order: Uint32Array,
  ) {
    this.view = new DataView(bytes.buffer);
  }

  next(head: RunHead): boolean {
    if (this.at === this.order.length) return false;
    head.set(this.bytes, this.view, this.order[this.at++]!);
    return true;
  }

  refill(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

class KeptRun implements Run {
  private bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  private at = 0;
  private block = 0;

  constructor(
    private readonly temporary: Temporary,
    private readonly blocks: readonly Kept[],
  ) {}

  next(head: RunHead): boolean {
    if (this.at === this.bytes.length) return false;
    head.set(this.bytes, this.view, this.at);
    this.at += HEAD_BYTES + head.to - head.from;
    return true;
  }

  async refill(): Promise<boolean> {
    const block = this.blocks[this.block++];
    if (!block) return false;
    this.bytes = await readKept(this.temporary, block);
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
    return true;
  }
}

/** The line that a run is at. */
class RunHead {
  time = 0;
  serial = 0;
  rank = 0;
  offset = 0;
  node = 0;
  span = 0;
  from = 0;
  to = 0;
  bytes: Uint8Array = new Uint8Array(0);

  constructor(private readonly run?: Run) {}

  set(bytes: Uint8Array, view: DataView, at: number): void {
    this.time = view.getFloat64(at);
    this.serial = view.getFloat64(at + 8);
    this.rank = view.getFloat64(at + 16);
    this.offset = view.getFloat64(at + 24);
    this.node = view.getUint32(at + 32);
    this.span = view.getUint32(at + 40);
    this.bytes = bytes;
    this.from = at + HEAD_BYTES;
    this.to = this.from + view.getUint32(at + 36);
  }

  /** Goes to the next line; false where none is in memory. */
  advance(): boolean {
    return this.run?.next(this) ?? false;
  }

  /** Brings more into memory and goes to its first line; false at the end. */
  async refill(): Promise<boolean> {
    return (await this.run?.refill()) === true && this.advance();
  }
}

/** A heap of runs, the one with the least line first. */
class Merge {
  private readonly heads: RunHead[] = [];

  get first(): RunHead | undefined {
    return this.heads[0];
  }

  push(head: RunHead): void {
    const { heads } = this;
    let at = heads.length;
    heads.push(head);
    for (let above = (at - 1) >> 1; at > 0 && compare(head, heads[above]!) < 0; above = (at - 1) >> 1) {
      heads[at] = heads[above]!;
      heads[(at = above)] = head;
    }
  }

  /** Puts the first run back in its place after it went on. */
  settleFirst(): void {
    const { heads } = this;
    const head = heads[0]!;
    for (let at = 0; ;) {
      let least = 2 * at + 1;
      if (least >= heads.length) return;
      if (least + 1 < heads.length && compare(heads[least + 1]!, heads[least]!) < 0) least++;
      if (compare(head, heads[least]!) <= 0) return;
      heads[at] = heads[least]!;
      heads[(at = least)] = head;
    }
  }

  dropFirst(): void {
    const last = this.heads.pop();
    if (!last || this.heads.length === 0) return;
    this.heads[0] = last;
    this.settleFirst();
  }
}

function compare(a: RunHead, b: RunHead): number {
  return a.time - b.time || a.serial - b.serial || a.node - b.node || byRank(a.rank, b.rank) || compareBytes(a, b) || a.offset - b.offset;
}

function byRank(a: number, b: number): number {
  return a === b ? 0 : a - b; // Infinity - Infinity is no number
}

/** A name as {@link LineKey.node}. */
export function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

function compareBytes(a: Piece, b: Piece): number {
  for (let i = a.from, j = b.from; i < a.to && j < b.to; i++, j++) if (a.bytes[i] !== b.bytes[j]) return a.bytes[i]! - b.bytes[j]!;
  return a.to - a.from - (b.to - b.from);
}

function areEqual(a: Piece, b: Piece): boolean {
  return a.to - a.from === b.to - b.from && compareBytes(a, b) === 0;
}

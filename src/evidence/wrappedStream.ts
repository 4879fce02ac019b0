import { type Batch, type Member, NO_STRING } from '../model/index.js';
import { Account } from './account.js';
import { bytesOfText } from './byteText.js';
import type { Envelope } from './envelope.js';
import type { Format, ParseContext } from './format.js';
import { isNameless } from './hosts.js';

const LINE_END = '\n';
const FIRST_SPANS = 256;
/** Fewer envelopes than this are not worth letting go. */
const FORGOTTEN_LEAST = 1 << 16;
/** A reader that tells records as they come holds the records of an event back for less than this. */
const HELD_BACK_BYTES = 64 << 20;
/** So many rows of an export are looked at for one event. */
const SPANS_MOST = 1024;

/** Where the texts of a stream came from: one entry an envelope, found by the place of its text in the stream. */
class Spans {
  private starts = new Float64Array(FIRST_SPANS);
  private offsets = new Float64Array(FIRST_SPANS);
  private lengths = new Uint32Array(FIRST_SPANS);
  private hosts = new Uint32Array(FIRST_SPANS);
  private count = 0;

  add(start: number, offset: number, byteLength: number, host: number): void {
    if (this.count === this.starts.length) {
      const grown = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
        to.set(from);
        return to;
      };
      this.starts = grown(this.starts, new Float64Array(this.count * 2));
      this.offsets = grown(this.offsets, new Float64Array(this.count * 2));
      this.lengths = grown(this.lengths, new Uint32Array(this.count * 2));
      this.hosts = grown(this.hosts, new Uint32Array(this.count * 2));
    }
    this.starts[this.count] = start;
    this.offsets[this.count] = offset;
    this.lengths[this.count] = Math.min(byteLength, 0xffffffff);
    this.hosts[this.count++] = host;
  }

  /** Lets go of the envelopes that end before a place of the stream, once that is half of them. */
  forgetBefore(place: number): void {
    const { count } = this;
    if (count < FORGOTTEN_LEAST || this.starts[count >> 1]! > place) return;
    const first = this.at(place);
    for (const column of [this.starts, this.offsets, this.lengths, this.hosts]) column.copyWithin(0, first, count);
    this.count = count - first;
  }

  /** Index of the envelope that holds a place of the stream. */
  at(place: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  offset(index: number): number {
    return this.offsets[index] ?? 0;
  }

  length(index: number): number {
    return this.lengths[index] ?? 0;
  }

  host(index: number): number {
    return this.hosts[index] ?? NO_STRING;
  }
}

/**
 * The texts of one format out of a carrier, as the file that its reader wants, one after another. The reader runs when there is enough to read and
 * waits for more; what it says of places is said of the envelopes.
 */
export class InnerStream {
  /** Bytes that the reader has not had. */
  waiting = 0;
  private readonly spans = new Spans();
  private readonly account = new Account();
  private queue: Uint8Array[] = [];
  private length = 0;
  private isEnded = false;
  private wake: (() => void) | undefined;
  private hungry: (() => void) | undefined;
  private readonly batches: AsyncIterator<Batch>;
  private next: Promise<IteratorResult<Batch>> | undefined;
  private isFirstOpen = true;
  /** What is told may be of any envelope. */
  private keepsAll: boolean;

  constructor(
    format: Format,
    outer: Member,
    memberId: number,
    private readonly context: ParseContext,
    private readonly again?: () => AsyncIterable<string>,
  ) {
    this.account.note = (what, _member, offset) => context.account.note(what, outer.path, this.spans.offset(this.spans.at(offset)));
    const member: Member = { path: outer.path, size: undefined, modifiedMicros: outer.modifiedMicros, open: (from) => this.open(from) };
    this.keepsAll = format.isInOrder !== true;
    this.batches = format.parse([member], { ...context, account: this.account, firstMember: memberId, sorts: () => (this.keepsAll = true) })[Symbol.asyncIterator]();
  }

  add(envelope: Envelope, text: string): void {
    const bytes = bytesOfText(ended(text));
    const { host } = envelope;
    this.spans.add(this.length, envelope.offset, envelope.byteLength, host === undefined || isNameless(host) ? NO_STRING : this.context.strings.internText(host));
    this.queue.push(bytes);
    this.length += bytes.length;
    this.waiting += bytes.length;
  }

  /** Lets the reader read what is there. */
  async *run(): AsyncIterable<Batch> {
    for (;;) {
      let isHungry = false;
      const hungers = new Promise<undefined>((resolve) => {
        this.hungry = () => {
          isHungry = true;
          resolve(undefined);
        };
      });
      this.wakeUp();
      this.next ??= this.batches.next();
      const got = await Promise.race([this.next, hungers]);
      if (got === undefined) {
        if (isHungry && this.queue.length === 0 && !this.isEnded) return;
        continue;
      }
      this.next = undefined;
      if (got.done === true) return;
      yield this.placed(got.value);
    }
  }

  /** Lets the reader read to the end, and counts what it counted. */
  async *end(): AsyncIterable<Batch> {
    this.isEnded = true;
    yield* this.run();
    const { account } = this.context;
    account.understood += this.account.understood;
    account.notNeeded += this.account.notNeeded;
    account.notUnderstood += this.account.notUnderstood;
    account.duplicates += this.account.duplicates;
  }

  /** Ends a reader that is not wanted any more. */
  abandon(): void {
    this.isEnded = true;
    this.queue = [];
    this.hungry = undefined;
    this.next?.catch(() => undefined); // it was aborted: whoever reads has been told
    this.wakeUp();
  }

  private async *open(from: number): AsyncIterable<Uint8Array> {
    if (!this.isFirstOpen) {
      yield* this.reopened(from);
      return;
    }
    this.isFirstOpen = false;
    let delivered: Uint8Array[] | undefined = [];
    try {
      for (;;) {
        if (this.queue.length > 0) {
          const chunk = joined(this.queue, this.waiting);
          this.queue = [];
          this.waiting = 0;
          if (delivered) delivered = delivered.length === 0 ? [chunk] : undefined;
          yield chunk;
        } else if (this.isEnded) {
          delivered = undefined;
          return;
        } else {
          const woken = new Promise<void>((resolve) => (this.wake = resolve));
          this.hungry?.();
          await woken;
        }
      }
    } finally {
      // A reader that only looked at the first chunk will come again for it.
      if (delivered?.[0]) {
        this.queue.unshift(delivered[0]);
        this.waiting += delivered[0].length;
        this.isFirstOpen = true;
      }
    }
  }

  private async *reopened(from: number): AsyncIterable<Uint8Array> {
    let at = 0;
    for await (const text of this.again?.() ?? []) {
      const bytes = bytesOfText(ended(text));
      if (at + bytes.length > from) yield bytes.subarray(Math.max(0, from - at));
      at += bytes.length;
    }
  }

  private wakeUp(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  private placed(batch: Batch): Batch {
    const { spans } = this;
    for (let row = 0; row < batch.count; row++) {
      const from = batch.offset[row]!;
      const index = spans.at(from);
      const last = spans.at(from + Math.max(1, batch.byteLength[row]!) - 1);
      let outer = spans.offset(index);
      let end = 0;
      // Records of one event may have been put into another order than the rows that carried them.
      for (let at = index; at <= last && at < index + SPANS_MOST; at++) {
        outer = Math.min(outer, spans.offset(at));
        end = Math.max(end, spans.offset(at) + spans.length(at));
      }
      batch.offset[row] = outer;
      batch.byteLength[row] = Math.min(end - outer, 0xffffffff);
      if (batch.host[row] === NO_STRING) batch.host[row] = spans.host(index);
    }
    if (!this.keepsAll) spans.forgetBefore(this.length - this.waiting - HELD_BACK_BYTES);
    return batch;
  }
}

function ended(text: string): string {
  return text.endsWith(LINE_END) ? text : text + LINE_END;
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

import type { Batch, Member } from '../model/index.js';
import { LATE_BYTES } from './auditEvents.js';
import { AuditJoin } from './auditJoin.js';
import { AuditLines } from './auditLines.js';
import type { AuditPart, AuditPartRead, AuditReaders } from './auditReaders.js';
import { AuditRecords } from './auditRecords.js';
import { seamIn } from './auditSeams.js';
import type { ParseContext } from './format.js';

/** Where a seam is looked for: the end of what was gathered, some hundred lines. */
const SEAM_BYTES = 32 << 10;
/**
 * A part holds at least as many bytes as lie between the records of an event at most (else they are late), so that what an event in two parts
 * can change lies in the part before, which is held until the next one is there.
 */
const PART_BYTES = LATE_BYTES;
/** Where no seam was found in so many bytes more, the log is too disordered to be cut. */
const TRIED_BYTES = 1 << 20;

/** A part that was given to a reader. */
interface Asked {
  readonly reader: number;
  readonly answer: Promise<AuditPartRead>;
}

/**
 * Reads a member in parts, beside each other, and gives what one reader would have given. The bytes are read here, so that cancelling, progress and
 * failures are as they are without readers. Where events do not stay within parts, the rest is read in this thread.
 */
export async function* readInParts(member: Member, memberId: number, context: ParseContext, readers: AuditReaders): AsyncGenerator<Batch> {
  const join = new AuditJoin(context);
  const cutter = new PartCutter();
  const asked: Asked[] = [];
  const waiting = new Uint32Array(readers.count); // parts that each reader has
  /** Once it is set, this thread reads alone. */
  let alone: { readonly records: AuditRecords; readonly lines: AuditLines } | undefined;

  function ask({ bytes, offset }: CutPart): void {
    const reader = waiting.indexOf(Math.min(...waiting));
    waiting[reader]!++;
    const answer = readers.read({ buffer: bytes.buffer, length: bytes.length, offset, member: memberId, path: member.path }, reader);
    answer.then(
      () => waiting[reader]!--,
      () => undefined, // told to whoever awaits the answer
    );
    asked.push({ reader, answer });
  }

  /** Gives what the oldest part asked for answers, or begins to read alone. */
  async function* giveNext({ reader, answer }: Asked): AsyncGenerator<Batch> {
    const read = await answer;
    const given = join.next(read, reader);
    if (given) {
      if (given.free) cutter.reuse(given.free);
      if (join.isDisordered) context.foundDisorder?.();
      yield* given.batches;
    } else yield* readAlone([read.part, ...(await Promise.all(asked.splice(0).map((each) => each.answer))).map(({ part }) => part)]);
  }

  /** Reads from the part held on, then these, then what waits to be cut. */
  function* readAlone(parts: readonly AuditPart[]): Generator<Batch> {
    const first = join.heldPart ?? parts[0];
    const records = new AuditRecords(memberId, member.path, context, true, join.carried);
    records.know(join.known());
    const lines = new AuditLines(records, first?.offset ?? cutter.offset);
    alone = { records, lines };
    for (const part of join.heldPart ? [join.heldPart, ...parts] : parts) {
      lines.chunk(new Uint8Array(part.buffer, 0, part.length));
      yield* records.take();
    }
    lines.chunk(cutter.rest().bytes);
    yield* records.take();
  }

  for await (const chunk of member.open(0)) {
    context.account.bytes += chunk.length;
    for (let at = 0; at < chunk.length;) {
      context.signal?.throwIfAborted();
      if (alone) {
        alone.lines.chunk(at === 0 ? chunk : chunk.subarray(at));
        if (alone.records.isDisordered) context.foundDisorder?.();
        yield* alone.records.take();
        break;
      }
      at += cutter.gather(chunk, at);
      if (!cutter.isFull) continue;
      const part = cutter.cut();
      if (part) ask(part);
      else if (cutter.isTried) {
        for (let next = asked.shift(); next; next = asked.shift()) yield* giveNext(next);
        if (!alone) yield* readAlone([]);
      }
      while (asked.length > 2 * readers.count) yield* giveNext(asked.shift()!);
    }
  }
  if (!alone) {
    const last = cutter.rest();
    if (last.bytes.length > 0) ask(last);
    for (let next = asked.shift(); next; next = asked.shift()) {
      context.signal?.throwIfAborted();
      yield* giveNext(next);
    }
  }
  if (alone) {
    alone.lines.end();
    if (alone.records.isDisordered) context.foundDisorder?.();
    yield* alone.records.take();
  } else {
    yield* join.end();
    if (join.isDisordered) context.foundDisorder?.();
    context.account.lostBySource += join.carried.serials.finish();
  }
}

/** Bytes with a buffer of their own, and where they stand. */
interface CutPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offset: number;
}

/** Gathers bytes and cuts them where no event lies on both sides. */
class PartCutter {
  /** Of the first byte gathered. */
  offset = 0;
  private bytes = new Uint8Array(PART_BYTES + SEAM_BYTES);
  private length = 0;
  private wanted = PART_BYTES + SEAM_BYTES;
  private readonly free: ArrayBuffer[] = [];

  /** Takes bytes of a chunk from `at` on, as many as are wanted; answers how many. */
  gather(chunk: Uint8Array, at: number): number {
    const taken = Math.min(chunk.length - at, this.wanted - this.length);
    this.bytes.set(at === 0 && taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.length);
    this.length += taken;
    return taken;
  }

  /** A buffer that nobody needs any more. */
  reuse(buffer: ArrayBuffer): void {
    if (buffer.byteLength === PART_BYTES + SEAM_BYTES) this.free.push(buffer);
  }

  get isFull(): boolean {
    return this.length === this.wanted;
  }

  /** True once enough was looked at for a seam. */
  get isTried(): boolean {
    return this.wanted > PART_BYTES + TRIED_BYTES;
  }

  /** The next part; undefined where there is no seam yet, and more must be gathered. */
  cut(): CutPart | undefined {
    const { bytes, length, offset } = this;
    const seam = seamIn(bytes, length - SEAM_BYTES, length);
    if (seam < 0) {
      this.wanted += SEAM_BYTES;
      this.bytes = new Uint8Array(this.wanted);
      this.bytes.set(bytes);
      return undefined;
    }
    this.wanted = PART_BYTES + SEAM_BYTES;
    const buffer = this.free.pop();
    this.bytes = buffer ? new Uint8Array(buffer) : new Uint8Array(this.wanted);
    this.bytes.set(bytes.subarray(seam, length));
    this.length = length - seam;
    this.offset += seam;
    return { bytes: bytes.subarray(0, seam), offset };
  }

  /** Takes out what is left, which ends the member or is read by another. */
  rest(): CutPart {
    const { bytes, length, offset } = this;
    this.bytes = new Uint8Array(0);
    this.length = 0;
    this.offset += length;
    return { bytes: bytes.subarray(0, length), offset };
  }
}

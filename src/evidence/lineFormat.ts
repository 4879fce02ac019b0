import type { Batch, Coverage, Member } from '../model/index.js';
import { type Fact, FactRows } from './facts.js';
import type { Format, ParseContext } from './format.js';
import { type AddFact, type Verdict } from './jsonFormat.js';
import { linesOf } from './lines.js';
import type { Provenance } from './procRows.js';
import { takenGuessed } from './snapshotCoverage.js';

/** Reads the lines of one member. */
export interface LineReading {
  line(text: string, from: Provenance, add: AddFact): Verdict;
  /** What only the end of the member decides. */
  end?(): Iterable<readonly [Fact, Provenance]>;
  /** What the lines could not show. */
  gaps?(): readonly Coverage[];
}

export interface LineFormatOptions {
  readonly id: string;
  readonly title: string;
  /** As {@link Format.numbersEvents}. */
  readonly numbersEvents?: boolean;
  /** As {@link Format.isReport}. */
  readonly isReport?: boolean;
  /** As {@link Format.hasLocalTime}. */
  readonly hasLocalTime?: boolean;
  /** True where every line has its own time, so that when the file was taken is no matter. */
  readonly isDated?: boolean;
  /** As {@link Format.sniff}, from the head as text with plain line ends. */
  sniff(head: string, path: string): number;
  reading(context: ParseContext, member: Member): LineReading;
}

/** A format of text lines, each with its own time or of the moment when the file was taken. Blank lines say nothing and are counted as not needed. */
export function lineFormat(options: LineFormatOptions): Format {
  return {
    id: options.id,
    title: options.title,
    numbersEvents: options.numbersEvents === true,
    isReport: options.isReport === true,
    hasLocalTime: options.hasLocalTime === true,
    sniff: (head, path) => options.sniff(new TextDecoder().decode(head).replaceAll('\r\n', '\n'), path),
    async *parse(members, context) {
      for (const [index, member] of members.entries()) yield* readLines(options.reading(context, member), member, context.firstMember + index, context);
      const guessed = options.isDated === true ? undefined : takenGuessed(context);
      if (guessed) context.cover?.(guessed);
    },
  };
}

async function* readLines(reading: LineReading, member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const { account } = context;
  const rows = new FactRows(context.strings);
  const decoder = new TextDecoder();
  for await (const line of linesOf(member)) {
    context.signal?.throwIfAborted();
    const text = decoder.decode(line.bytes.subarray(line.from, line.to));
    if (text.trim() === '') {
      account.notNeeded++;
      continue;
    }
    const from: Provenance = { member: memberId, offset: line.offset, byteLength: line.byteLength };
    const verdict = line.isCut ? { trouble: 'a line of more than 16 MiB' } : reading.line(text, from, (fact, place = from) => rows.add(fact, place));
    if (typeof verdict === 'string') account[verdict]++;
    else account.reject(verdict.trouble, member.path, line.offset);
    yield* rows.take();
  }
  for (const [fact, from] of reading.end?.() ?? []) rows.add(fact, from);
  for (const gap of reading.gaps?.() ?? []) context.cover?.(gap);
  yield* rows.rest();
}

/** A pid as text; NOT_STATED (-1) for anything else. */
export function pidIn(text: string | undefined): number {
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : -1;
  return value <= 0x7fffffff ? value : -1;
}

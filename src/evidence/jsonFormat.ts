import type { Batch, Member } from '../model/index.js';
import { type Fact, FactRows } from './facts.js';
import type { Format, ParseContext } from './format.js';
import { type Fields, type JsonPiece, jsonRecordsOf } from './jsonRecords.js';
import type { Provenance } from './procRows.js';
import { SensorCoverage } from './sensorCoverage.js';

/** What became of a record: it was understood, it says nothing that is needed here, or (a sentence) why it was not understood. */
export type Verdict = 'understood' | 'notNeeded' | { readonly trouble: string };

export const UNDERSTOOD: Verdict = 'understood';
export const NOT_NEEDED: Verdict = 'notNeeded';

/** Takes a fact; `place` where it is of an earlier record. */
export type AddFact = (fact: Fact, place?: Provenance) => void;

/** Reads the records of one member. */
export interface JsonReading {
  record(fields: Fields, from: Provenance, add: AddFact): Verdict;
  /** Batches that the reading made itself, beside its facts; the last ones at the end of the member. */
  take?(isEnd: boolean): readonly Batch[];
  /** What only the end of the member decides. */
  end?(): Iterable<readonly [Fact, Provenance]>;
}

export interface JsonFormatOptions {
  readonly id: string;
  readonly title: string;
  /** As {@link Format.sniff}, from the head as text. */
  sniff(head: string, path: string): number;
  reading(context: ParseContext, member: Member, memberId: number): JsonReading;
  /** The records of a member, where something else than JSON may carry them. */
  records?(member: Member): AsyncIterable<JsonPiece>;
}

/** A format whose records are JSON objects: reads them from whatever carries them, counts each one, and says what the sensor did not record. */
export function jsonFormat(options: JsonFormatOptions): Format {
  return {
    id: options.id,
    title: options.title,
    sniff: (head, path) => options.sniff(new TextDecoder().decode(head), path),
    async *parse(members, context) {
      const coverage = new SensorCoverage();
      for (const [index, member] of members.entries()) {
        const memberId = context.firstMember + index;
        const reading = options.reading(context, member, memberId);
        const rows = new FactRows(context.strings);
        for await (const piece of (options.records ?? jsonRecordsOf)(member)) {
          context.signal?.throwIfAborted();
          if (piece.kind === 'broken') {
            context.account.reject(piece.what, member.path, piece.offset);
            continue;
          }
          const from: Provenance = { member: memberId, offset: piece.offset, byteLength: piece.byteLength };
          const verdict = reading.record(piece.fields, from, (fact, place = from) => {
            coverage.sees(fact.kind);
            rows.add(fact, place);
          });
          if (typeof verdict !== 'string') context.account.reject(verdict.trouble, member.path, piece.offset);
          else context.account[verdict]++;
          yield* reading.take?.(false) ?? [];
          yield* rows.take();
        }
        for (const [fact, from] of reading.end?.() ?? []) {
          coverage.sees(fact.kind);
          rows.add(fact, from);
        }
        yield* reading.take?.(true) ?? [];
        yield* rows.rest();
      }
      for (const gap of coverage.gaps()) context.cover?.(gap);
    },
  };
}

import type { Batch, Member } from '../model/index.js';
import { type Fact, FactRows } from './facts.js';
import type { Format, ParseContext } from './format.js';
import { isNameless } from './hosts.js';
import { hashOf } from './lineSort.js';
import { type Fields, isFields, type JsonPiece, jsonRecordsOf } from './jsonRecords.js';
import type { Provenance } from './procRows.js';
import { type RecordShape, recordsInOrder } from './recordOrder.js';
import { memberOf } from './sampledMember.js';
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
  /** The host that a record names, where its text does not show it as {@link Format.hostsIn} says. */
  hostOf?(fields: Fields): string | undefined;
  /** Where a record stands among the others; left out where records have no time of their own. */
  placeOf?(fields: Fields): RecordPlace;
  /** As {@link RecordShape.needsOrder}. */
  readonly needsOrder?: boolean;
}

/** What orders a record of a sensor: its time in microseconds (NaN: none), then the sensor's number of it, then a rank of ours. */
export interface RecordPlace {
  readonly time: number;
  readonly serial?: number | undefined;
  readonly rank?: number | undefined;
  /** What the number counts for: a host, a query. */
  readonly of?: string | undefined;
}

/** A format whose records are JSON objects: reads them from whatever carries them, counts each one, and says what the sensor did not record. */
export function jsonFormat(options: JsonFormatOptions): Format {
  return {
    id: options.id,
    title: options.title,
    isInOrder: options.placeOf !== undefined,
    sniff: (head, path) => options.sniff(new TextDecoder().decode(head), path),
    hostsIn: (head) => hostsNamedBy(head, options),
    async *parse(members, context) {
      const coverage = new SensorCoverage();
      const cut = options.records ?? jsonRecordsOf;
      const shape = options.placeOf && jsonShape({ cut, placeOf: options.placeOf, needsOrder: options.needsOrder });
      for (const [index, member] of members.entries()) {
        const memberId = context.firstMember + index;
        const reading = options.reading(context, member, memberId);
        const rows = new FactRows(context.strings);
        for await (const piece of shape ? recordsInOrder(member, shape, context) : cut(member)) {
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

async function hostsNamedBy(head: Uint8Array, { hostOf, records }: JsonFormatOptions): Promise<readonly string[]> {
  const hosts = new Set<string>();
  if (!hostOf) return [];
  for await (const piece of (records ?? jsonRecordsOf)(memberOf(head, ''))) {
    const host = piece.kind === 'record' ? hostOf(piece.fields) : undefined;
    if (host !== undefined && !isNameless(host)) hosts.add(host);
  }
  return [...hosts];
}

/** Records are kept as JSON anew, so that those that say the same are alike whatever blanks stand in them. */
export function jsonShape({ cut, placeOf, needsOrder = false }: { cut(member: Member): AsyncIterable<JsonPiece>; placeOf(fields: Fields): RecordPlace; needsOrder?: boolean | undefined }): RecordShape<JsonPiece> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    needsOrder,
    cut,
    keyOf(piece) {
      if (piece.kind === 'broken') return undefined;
      const { time, serial = 0, rank = 0, of = '' } = placeOf(piece.fields);
      return Number.isNaN(time) ? undefined : { time, serial: Number.isNaN(serial) ? 0 : serial, node: of === '' ? 0 : hashOf(of), rank };
    },
    store(piece, key, sort) {
      if (piece.kind === 'broken') return;
      const bytes = encoder.encode(JSON.stringify(piece.fields));
      sort.add(key, bytes, 0, bytes.length, piece.offset, piece.byteLength);
    },
    restore({ bytes, from, to, offset, span }) {
      const fields: unknown = JSON.parse(decoder.decode(bytes.subarray(from, to)));
      return { kind: 'record', fields: isFields(fields) ? fields : {}, offset, byteLength: span };
    },
  };
}

import type { AggregateName } from './bound.js';

/** What an aggregate of `stats` is, for signature help, hover and completion. */
export interface AggregateRow {
  readonly signature: string;
  readonly doc: string;
}

export const AGGREGATE_DOCS: Readonly<Record<AggregateName, AggregateRow>> = {
  count: { signature: 'count([value])', doc: 'How many rows; with a value, how many have it.' },
  distinct: { signature: 'distinct(value)', doc: 'How many different values.' },
  min: { signature: 'min(value)', doc: 'The least.' },
  max: { signature: 'max(value)', doc: 'The greatest.' },
  sum: { signature: 'sum(number)', doc: 'All added.' },
  avg: { signature: 'avg(number)', doc: 'The mean.' },
  median: { signature: 'median(number)', doc: 'The middle value.' },
  p90: { signature: 'p90(number)', doc: 'Nine in ten are at most this.' },
  p99: { signature: 'p99(number)', doc: '99 in 100 are at most this.' },
  first: { signature: 'first(value)', doc: 'The value of the first row that has it.' },
  last: { signature: 'last(value)', doc: 'The value of the last row that has it.' },
  values: { signature: 'values(value)', doc: 'The different values, as a list: a filter on it holds if any of them passes.' },
};

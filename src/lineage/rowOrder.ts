import type { Batch } from '../model/index.js';

/**
 * Rows of some batches in the total order of events: time, the record's own serial, then what records say (`ties.ts`); the rows of one record as they stand.
 * Where a record is stored is no matter. Undated rows come first.
 */
export interface Order {
  readonly count: number;
  readonly batches: readonly Batch[];
  /** Index into `batches`. */
  readonly batch: Uint16Array | Uint32Array;
  readonly row: Uint32Array;
}

import { type Batch, COLUMNS, type ColumnName, FLAGS_UNKNOWN, ID_NOT_STATED, NOT_STATED, OBSERVATION_KINDS, type ObservationKind, OPERATIONS, type Operation, PARENT_KINDS, type ParentKind } from '../model/index.js';

/** Rows of a full batch: enough that handing it on costs nothing, few enough that a dozen of them are small beside what is alive. */
export const BATCH_ROWS = 16384;

const ARRAYS = { u8: Uint8Array, i32: Int32Array, u32: Uint32Array, f64: Float64Array } as const;
const NAMES = Object.keys(COLUMNS) as ColumnName[];
/** Columns of ids of strings. */
export const TEXT_COLUMNS = ['host', 'user', 'tty', 'comm', 'exe', 'args', 'cwd', 'cgroup', 'unit', 'path', 'path2', 'key', 'message', 'identity', 'parentIdentity', 'container'] as const satisfies readonly ColumnName[];
/** What a fresh row holds where it is not 0. */
const BLANK: Partial<Record<ColumnName, number>> = {
  pid: NOT_STATED, ppid: NOT_STATED, other: NOT_STATED, sid: NOT_STATED, pgid: NOT_STATED, exitCode: NOT_STATED, port: NOT_STATED,
  namespacePid: NOT_STATED, tracer: NOT_STATED, signalsIgnored: NaN, start: NaN, startFrom: NaN, startUntil: NaN, time: NaN,
  uid: ID_NOT_STATED, euid: ID_NOT_STATED, gid: ID_NOT_STATED, auid: ID_NOT_STATED, ses: ID_NOT_STATED, flags: FLAGS_UNKNOWN,
};

const BLANKS = Object.entries(BLANK) as readonly [ColumnName, number][];
const BY_WIDTH = [...NAMES].sort((a, b) => widthOf(b) - widthOf(a));
const ROW_BYTES = NAMES.reduce((sum, name) => sum + widthOf(name), 0);

function widthOf(name: ColumnName): number {
  return ARRAYS[COLUMNS[name]].BYTES_PER_ELEMENT;
}

/** An empty batch of `capacity` rows, every cell blank (not stated). */
export function createBatch(capacity: number = BATCH_ROWS): Batch {
  const batch = zeroBatch(capacity);
  for (const [name, blank] of BLANKS) batch[name].fill(blank);
  return batch;
}

/** All columns in one buffer, the wide ones first so that each is aligned: 46 buffers cost five times as much to make, and to move to another thread. */
function zeroBatch(capacity: number): Batch {
  const buffer = new ArrayBuffer(capacity * ROW_BYTES);
  let at = 0;
  return batchOf(capacity, 0, (name) => {
    const column = new ARRAYS[COLUMNS[name]](buffer, at, capacity);
    at += column.byteLength;
    return column;
  });
}

/** V8 keeps an object that is given 46 computed names one by one as a hash table; made by fromEntries it is as quick as one from another thread (5 % of reading a log). */
function batchOf(capacity: number, count: number, column: (name: ColumnName) => Batch[ColumnName]): Batch {
  return Object.fromEntries<number | Batch[ColumnName]>([['capacity', capacity], ['count', count], ...BY_WIDTH.map((name) => [name, column(name)] as const)]) as Batch; // every ColumnName was just set
}

/** A copy cut to its rows, so that a small batch does not hold a large buffer. */
export function trimBatch(batch: Batch): Batch {
  if (batch.count === batch.capacity) return batch;
  const trimmed = zeroBatch(batch.count);
  trimmed.count = batch.count;
  for (const name of NAMES) trimmed[name].set(batch[name].subarray(0, batch.count));
  return trimmed;
}

/** A copy of the rows whose `keep` is not 0. */
export function keepRows(batch: Batch, keep: Uint8Array): Batch {
  const rows: number[] = [];
  for (let row = 0; row < batch.count; row++) if (keep[row] !== 0) rows.push(row);
  return batchOf(rows.length, rows.length, (name) => {
    const column = new ARRAYS[COLUMNS[name]](rows.length);
    for (const [at, row] of rows.entries()) column[at] = batch[name][row]!;
    return column;
  });
}

const kindCodes = Object.fromEntries(OBSERVATION_KINDS.map((kind, code) => [kind, code])) as Record<ObservationKind, number>;
const operationCodes = Object.fromEntries(OPERATIONS.map((operation, code) => [operation, code])) as Record<Operation, number>;
const parentKindCodes = Object.fromEntries(PARENT_KINDS.map((kind, code) => [kind, code])) as Record<ParentKind, number>;

/** Codes of the kind, operation and parentKind columns by word. */
export const KIND: Readonly<Record<ObservationKind, number>> = kindCodes;
export const OPERATION: Readonly<Record<Operation, number>> = operationCodes;
export const PARENT_KIND: Readonly<Record<ParentKind, number>> = parentKindCodes;
export const OUTCOME = { unknown: 0, success: 1, failure: 2 } as const;

export { type Loaded, loadStore, type LoadInput, type LoadOptions } from './load.js';
export { parentAt } from './loadEvents.js';
export { eventWordsOf } from './eventWords.js';
export { INDICES, SCHEMA } from './schema.js';
export type { SqlModule, SqlValue } from './sqlModule.js';
export { Cancelled, createSqlStore, ROWS_BETWEEN_LOOKS, type SqlStore, StoreFull, type Watch } from './sqlStore.js';
export type { ValueCounts } from './valueCounts.js';

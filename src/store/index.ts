export { type Loaded, loadStore, type LoadInput, type LoadOptions } from './load.js';
export { eventWordsOf } from './eventWords.js';
export type { SqlModule, SqlValue } from './sqlModule.js';
export { Cancelled, createSqlStore, type SqlStore, StoreFull, type Watch } from './sqlStore.js';
export type { ValueCounts } from './valueCounts.js';

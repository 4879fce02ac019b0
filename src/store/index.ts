export { type ClickHouseLoaded, loadClickHouse, type Transport, type TransportValue } from './clickhouse.js';
export { CLICKHOUSE_TABLES, clickHouseTables, type StoreColumn, type StoreTable } from './clickhouseSchema.js';
export { type Loaded, loadStore } from './load.js';
export type { LoadInput, LoadOptions } from './loadInput.js';
export { eventWordsOf } from './eventWords.js';
export { createRecordValues, type FieldValue, recordPlaces, type RecordPlaces } from './recordValues.js';
export type { SqlModule, SqlValue } from './sqlModule.js';
export { Cancelled, createSqlStore, type SqlStore, StoreFull, type Watch } from './sqlStore.js';
export type { ValueCounts } from './valueCounts.js';

export { Account } from './account.js';
export { BATCH_ROWS, createBatch, KIND, OPERATION, OUTCOME, PARENT_KIND, trimBatch } from './batch.js';
export { parseZone, stampInName, zoneText } from './clock.js';
export { type Format, type ParseContext, SNIFF_BYTES } from './format.js';
export { hostsNamedIn } from './hosts.js';
export { readSet, type ReadOptions } from './readSet.js';
export { FORMATS, formatOf } from './registry.js';
export type { EvidenceSet, ReadProgress, SetOptions, Source, Stated } from './set.js';
export { createStringTable } from './stringTable.js';

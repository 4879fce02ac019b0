export { createBatch, KIND, OPERATION } from './batch.js';
export { cgroupPath, containerOfCgroup, unitOfCgroup } from './cgroup.js';
export { parseZone } from './clock.js';
export type { Format, ParseContext } from './format.js';
export { formatsIn } from './plan.js';
export { type ReadOptions, readSet } from './readSet.js';
export { FORMATS } from './registry.js';
export type { EvidenceSet, ReadProgress, SetOptions, Source, Stated } from './set.js';
export { createStringTable } from './stringTable.js';

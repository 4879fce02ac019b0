export * from './basis.js';
export * from './evidence.js';
export * from './lineage.js';
export * from './observation.js';
export * from './strings.js';
export * from './unreachable.js';
export * from './traces.js';
export * from './verdict.js';

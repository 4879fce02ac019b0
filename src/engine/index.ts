export { createEngine } from './createEngine.js';
export { loadElsewhere } from './loadElsewhere.js';
export type { EnginePorts } from './ports.js';
export * from './requests.js';
export { type MemberOf, rawAtPlace } from './raw.js';

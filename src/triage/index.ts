export { tacticOf, techniqueName } from './attack.js';
export * from './finding.js';
export { gatherScene, type Scene, type SceneFact, type SceneInput } from './scene.js';
export { type Judged, triage } from './score.js';
export { DEFAULT_TRIAGE, parseTriageSettings } from './settings.js';

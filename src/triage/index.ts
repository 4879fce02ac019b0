export { tacticOf, techniqueName } from './attack.js';
export * from './finding.js';
export { gatherScene, type Scene, type SceneFact, type SceneInput } from './scene.js';
export { type Judged, triage } from './score.js';
export { DEFAULT_TRIAGE, parseTriageSettings } from './settings.js';
export { answerPlaybook, type PlaybookAnswers, type PlaybookStep, STEPS, type StepFact, type World } from './playbook/index.js';
export { indicatorHits, type IndicatorHit, type Intel, type IntelText, readIntel } from './intel/index.js';

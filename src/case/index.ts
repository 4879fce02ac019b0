export { type Anchor, anchorOf, type AnchorSet, createAnchorMatcher, type Matched } from './anchors.js';
export { checkCustody, type CustodyChain, type CustodyEntry, custodyLine } from './custody.js';
export { GIT_ATTRIBUTES, MANIFEST_NAME, type Manifest, ManifestError, type ManifestEvidence, newManifest, parseManifest, withEvidence } from './manifest.js';
export { isDay } from './moment.js';
export { CELL_PARENTS, deserialize, serialize, type CellMetadata, type CellParents, type Notebook, type NotebookCell } from './notebook.js';
export { settingsOf, withSettings, type NotebookSettings } from './notebookSettings.js';
export { matchStepNotes, type Observation, parseStepNotes, type Pin, type StepNote, stepNoteLine, type StepNotes, type Word, WORD_AT_MOST } from './stepNotes.js';
export { type Escalation, matchVerdicts, parseVerdicts, verdictLine, type VerdictRecord, type VerdictState } from './verdicts.js';
export { custodyFileOf, fileNameOf, isStepNoteFile, stepNoteFileOf, verdictFileOf } from './writer.js';

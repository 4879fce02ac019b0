export { MANIFEST_NAME, type Manifest, ManifestError, type ManifestEvidence, parseManifest } from './manifest.js';
export { CELL_PARENTS, deserialize, serialize, type CellMetadata, type CellParents, type Notebook, type NotebookCell } from './notebook.js';
export { settingsOf, withSettings, type NotebookSettings } from './notebookSettings.js';

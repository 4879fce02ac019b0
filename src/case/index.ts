export { MANIFEST_NAME, type Manifest, ManifestError, type ManifestEvidence, parseManifest } from './manifest.js';

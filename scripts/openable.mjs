// What a workbench is told to open for some evidence. Nothing but Node is needed here: npm start reads it before anything is installed.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const CASE_FILE = 'case.foundling.json';

/** The file that the workbench opens for this evidence: itself, or a folder's case. Undefined for a folder without a case. */
export function fileOf(evidence) {
  if (!statSync(evidence).isDirectory()) return evidence;
  const caseFile = path.join(evidence, CASE_FILE);
  return existsSync(caseFile) ? caseFile : undefined;
}

/** Settings that let the workbench open this evidence in our editor by itself: shared names such as audit.log are text by default. */
export function settingsFor(evidence) {
  const file = fileOf(evidence);
  if (file === undefined) return {};
  // A file that is named at the start opens before extensions are known, so its editor must stand in the settings.
  const editor = file.endsWith('.hunt.md') ? 'foundling.hunt' : 'foundling.tree';
  return { 'workbench.editorAssociations': { [path.basename(file)]: editor, [CASE_FILE]: 'foundling.tree' } };
}

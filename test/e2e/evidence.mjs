// How evidence is opened in a workbench, whatever it is.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { FIRST_WEBVIEW_MS } from './workbench.mjs';

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
  if (file === undefined || file.endsWith('.hunt.md')) return {};
  return { 'workbench.editorAssociations': { [path.basename(file)]: 'foundling.tree', [CASE_FILE]: 'foundling.tree' } };
}

/** Goes to the workbench and opens the evidence; resolves when rows (or a notebook's cells) are drawn. */
export async function openEvidence(workbench, evidence) {
  const file = fileOf(evidence);
  await workbench.ready(file === undefined ? {} : { open: file });
  if (file?.endsWith('.hunt.md')) {
    await workbench.page.locator('.notebook-editor .cell-list-container').first().waitFor({ timeout: FIRST_WEBVIEW_MS });
    return;
  }
  if (file === undefined) {
    await workbench.command('Foundling: Open Folder as Evidence');
    await workbench.answerDialog(`${evidence}${path.sep}`);
  }
  await workbench.webview().locator('[role=treegrid] [role=row]').first().waitFor({ timeout: FIRST_WEBVIEW_MS });
}

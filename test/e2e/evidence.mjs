// How evidence is opened in a workbench, whatever it is.
import path from 'node:path';
import { fileOf } from '../../scripts/openable.mjs';
import { FIRST_WEBVIEW_MS } from './workbench.mjs';

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
    await workbench.choosePath(path.join(evidence, path.sep));
  }
  // On a slow machine the file may be opened before the extension's editor is known: then as text, from where the palette opens it as evidence.
  const rows = workbench.webview().locator('[role=treegrid] [role=row]').first();
  const text = workbench.page.locator('.editor-instance .monaco-editor').first();
  const first = await Promise.race([rows.waitFor({ timeout: FIRST_WEBVIEW_MS }).then(() => 'rows'), text.waitFor({ timeout: FIRST_WEBVIEW_MS }).then(() => 'text')]);
  if (first === 'rows') return;
  await workbench.command('Foundling: Open as Evidence');
  await workbench.webview().locator('[role=treegrid] [role=row]').first().waitFor({ timeout: FIRST_WEBVIEW_MS });
}

import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { PreventLanguage } from '../report/index.js';
import type { Basis } from '../model/index.js';
import type { FindingKind } from '../triage/index.js';
import { counted } from '../../webview/shared/words.js';
import { besideTree } from './beside.js';
import { abortOf } from './cancellation.js';
import type { KnownSet } from './engines.js';
import { nameOf } from './evidenceSets.js';
import { untilHashed } from './hashes.js';
import { plain } from './plain.js';
import { writer } from './verdicts.js';

/** Writes a report on a set, as `foundling report` does, and opens it. `target` left out: the person says where. */
export async function writeReport(set: KnownSet, target?: vscode.Uri): Promise<void> {
  const folder = set.caseFolder ? vscode.Uri.joinPath(set.caseFolder, 'report') : vscode.workspace.workspaceFolders?.[0]?.uri;
  if (target === undefined && set.caseFolder && folder) await vscode.workspace.fs.createDirectory(folder); // a dialog would ask whether to make it
  const file = target ?? await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Write Report'),
    filters: { HTML: ['html'], Markdown: ['md'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'report.html') }),
  });
  if (!file) return;
  const isMarkdown = /\.(?:md|markdown)$/i.test(file.path);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: plain(vscode.l10n.t('Writing {0}', nameOf(file))), cancellable: true }, async (progress, token) => {
    const abort = abortOf(token);
    try {
      const { collectReport, htmlReport, markdownReport, pictureFiles } = await import('../report/index.js');
      const by = await writer();
      await untilHashed(set.engine, { signal: abort.signal, say: (message) => progress.report({ message }) });
      const model = await collectReport((method, ask, options) => set.engine.ask(method, ask, options), {
        now: by.now(),
        author: by.author,
        title: set.title,
        knownHosts: await hostsOf(set),
        signal: abort.signal,
        onProgress: (what, done, total) => progress.report({ message: `${what} ${done}/${total}` }),
      });
      const pictures = isMarkdown ? pictureFiles(model) : [];
      const beside = pictures.length > 0 ? vscode.Uri.file(`${file.fsPath.replace(/\.\w+$/, '')}-pictures`) : undefined;
      const text = isMarkdown ? markdownReport(model, beside && nameOf(beside)) : htmlReport(model);
      const bytes = new TextEncoder().encode(text);
      await vscode.workspace.fs.writeFile(file, bytes);
      if (beside) for (const { name, svg } of pictures) await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(beside, name), new TextEncoder().encode(svg));
      if (set.caseFolder) {
        const { writeCustody } = await import('../node/index.js');
        await writeCustody(set.caseFolder.fsPath, by, {
          act: 'export',
          subject: relative(set.caseFolder.fsPath, file.fsPath),
          sha256: createHash('sha256').update(bytes).digest('hex'),
          says: `report on ${model.evidence.length} evidence, ${model.subjects.length} processes told at length`,
        });
      }
    } finally {
      abort.dispose();
    }
  });
  await vscode.commands.executeCommand('vscode.open', file);
  const outside = vscode.l10n.t('Open in Browser');
  const chosen = vscode.window.showInformationMessage(plain(vscode.l10n.t('{0} is written.', nameOf(file))), ...(isMarkdown ? [] : [outside]));
  void chosen.then((answer) => answer === outside && vscode.env.openExternal(file));
}

async function hostsOf(set: KnownSet): Promise<readonly string[]> {
  if (!set.caseFolder) return [];
  const { readCase } = await import('../node/index.js');
  return (await readCase(set.caseFolder.fsPath))?.manifest.hosts ?? [];
}

/** What a detection is exported for: a kind, and on what the finding at hand rests if there is one. */
export interface Exported {
  readonly kind: FindingKind;
  readonly rests?: Basis;
}

/** Opens what would see a kind of finding from now on. `among`: what there is to choose from, without it all kinds; without a language the person chooses it too. */
export async function exportDetection(among?: readonly Exported[], asked?: PreventLanguage): Promise<void> {
  const [{ FINDING_KINDS }, { PREVENT_LANGUAGES, preventionOf, preventionText }] = await Promise.all([import('../triage/index.js'), import('../report/index.js')]);
  const choices: readonly Exported[] = among ?? FINDING_KINDS.map((kind) => ({ kind }));
  const placeHolder = vscode.l10n.t('Which finding shall be seen from now on?');
  const finding = choices.length === 1 ? choices[0] : (await vscode.window.showQuickPick(choices.map((choice) => ({ label: choice.kind, choice })), { placeHolder }))?.choice;
  if (finding === undefined) return;
  const words = { audit: vscode.l10n.t('audit rules'), sigma: 'Sigma', eql: 'Elastic EQL', spl: 'Splunk SPL', falco: 'Falco' } as const;
  const chosen = asked ?? (await vscode.window.showQuickPick(PREVENT_LANGUAGES.map((language) => ({ label: words[language], language })), { placeHolder: vscode.l10n.t('In which language?') }))?.language;
  if (chosen === undefined) return;
  const language = chosen === 'sigma' || chosen === 'falco' ? 'yaml' : 'plaintext';
  const document = await vscode.workspace.openTextDocument({ language, content: preventionText(preventionOf(finding.kind), chosen, finding.rests) });
  await vscode.window.showTextDocument(document, { viewColumn: besideTree(), preview: true });
}

/** Reads indicator lists and change calendars into a set for as long as it is open; in a case they are kept in its folder `intel`. `given` left out: the person chooses. */
export async function addIntel(set: KnownSet, given?: readonly vscode.Uri[]): Promise<void> {
  const files = given ?? await vscode.window.showOpenDialog({ canSelectMany: true, title: vscode.l10n.t('Indicators (text, CSV, STIX 2.1) or change calendars (ICS, CSV)'), openLabel: vscode.l10n.t('Add') });
  if (!files || files.length === 0) return;
  const add = await Promise.all(files.map(async (file) => ({ file: nameOf(file), text: new TextDecoder().decode(await vscode.workspace.fs.readFile(file)) })));
  if (set.caseFolder) {
    // What the case already has under a name is not written over: the copy fails, and says so.
    const intel = vscode.Uri.joinPath(set.caseFolder, 'intel');
    await vscode.workspace.fs.createDirectory(intel);
    for (const file of files) await vscode.workspace.fs.copy(file, vscode.Uri.joinPath(intel, nameOf(file)), { overwrite: false });
  }
  const { indicators, windows, hits, troubles } = await set.engine.ask('intel', set.caseFolder ? { reload: true } : { add });
  const says = vscode.l10n.t('{0} and {1} are known now; {2} in the evidence.', counted(indicators, 'indicator'), counted(windows, 'announced change'), counted(hits.length, 'match', 'matches'));
  if (troubles.length === 0) void vscode.window.showInformationMessage(says);
  else void vscode.window.showWarningMessage(plain(`${says} ${troubles.slice(0, 5).join(' ')}`));
}

/** Writes what detaches on a host that is taken for good as entries of a baseline, and opens them: an analyst reads them before they make anything quiet. */
export async function learnBaseline(set: KnownSet): Promise<void> {
  const { writeBaseline } = await import('../triage/index.js');
  const { entries, standOut } = await set.engine.ask('baseline', {});
  const document = await vscode.workspace.openTextDocument({ language: 'json', content: writeBaseline(entries) });
  await vscode.window.showTextDocument(document, { viewColumn: besideTree() });
  void vscode.window.showInformationMessage(vscode.l10n.t("{0} learned. Read them: what is saved as a case's baseline.json is quiet from then on.", counted(entries.length, 'entry', 'entries')));
  if (standOut > 0) void vscode.window.showWarningMessage(vscode.l10n.t('Not learned: {0} with an alert. A host where something stands out may not be good; decide on each by a verdict.', counted(standOut, 'orphan')));
}

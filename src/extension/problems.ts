import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { ManifestError, parseManifest } from '../case/index.js';
import { visibleText } from '../../webview/shared/text.js';
import { counted, processLabel } from '../../webview/shared/words.js';
import { custodyProblem, evidenceProblems, placedTrouble, type PlacedEvidence, type Problem } from './caseProblems.js';
import type { Engines, KnownSet } from './engines.js';
import { CASE_FILE } from './evidenceSets.js';
import { showFailure, type Log } from './log.js';
import { createLoudFindings, isTampering, type LoudFindings } from './loudFindings.js';

/** So many findings of a set are listed, the rest is counted. */
const FINDINGS_AT_MOST = 100;

export interface Problems extends vscode.Disposable {
  /** A verdict was written: a finding that is decided is no problem any more. */
  refresh(): void;
}

/**
 * What Problems says of the open sets. Errors: evidence of a case that is changed, missing or unreadable, broken custody chains, verdicts that cannot be
 * read; each at its line of the case's files. Warnings: alerts that nobody has decided, and sensors that were tampered with, at their first record.
 */
export function createProblems(engines: Engines, log: Log): Problems {
  const broken = vscode.languages.createDiagnosticCollection('foundling');
  const found = vscode.languages.createDiagnosticCollection('foundling findings');
  const loud = new WeakMap<KnownSet['engine'], LoudFindings>();
  let round = 0;

  /** Fills a collection from every set; a later round overtakes an earlier one. */
  async function fill(collection: vscode.DiagnosticCollection, of: (set: KnownSet) => Promise<readonly Placed[]>, mine: number): Promise<void> {
    const all = await Promise.all(
      engines.sets.map((set) =>
        of(set).catch((error: unknown) => {
          // A set that was closed meanwhile has no problems; anything else is said.
          if (engines.sets.includes(set)) showFailure(log, error);
          return [];
        }),
      ),
    );
    if (mine !== round) return;
    const byFile = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>();
    for (const { uri, diagnostic } of all.flat()) {
      const [, list] = byFile.get(uri.toString()) ?? [uri, []];
      list.push(diagnostic);
      byFile.set(uri.toString(), [uri, list]);
    }
    collection.clear();
    collection.set([...byFile.values()]);
  }

  /** An engine finds once: what it found is kept as long as it lives. */
  function loudOf({ engine }: KnownSet): LoudFindings {
    const known = loud.get(engine) ?? createLoudFindings({ findings: (ask) => engine.ask('findings', ask), linesAt: async (file, offsets) => (await import('../node/index.js')).linesAt(file, offsets) });
    loud.set(engine, known);
    return known;
  }

  const refresh = (): void => {
    const mine = ++round;
    void fill(broken, brokenIn, mine);
    void fill(found, (set) => foundIn(set, loudOf(set)), mine);
  };
  const listening = engines.onDidChange(refresh);
  return {
    refresh,
    dispose() {
      listening.dispose();
      broken.dispose();
      found.dispose();
    },
  };
}

interface Placed {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

async function brokenIn(set: KnownSet): Promise<readonly Placed[]> {
  const { caseFolder, summary } = set;
  const error = (uri: vscode.Uri, problem: Problem): Placed => ({ uri, diagnostic: diagnosticOf(problem, vscode.DiagnosticSeverity.Error) });
  if (caseFolder === undefined) return summary.evidence.flatMap(({ file, error: says }) => (says === undefined ? [] : [error(vscode.Uri.file(file), { line: 0, from: 0, until: 0, says })]));
  const { readCaseTexts } = await import('../node/index.js');
  const file = vscode.Uri.joinPath(caseFolder, CASE_FILE);
  const manifest = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  const custody = await readCaseTexts(caseFolder.fsPath, 'custody', '.jsonl');
  const { troubles } = await set.engine.ask('verdicts', {});
  return [
    ...evidenceProblems(manifest, placedIn(manifest, caseFolder.fsPath), summary.evidence).map((problem) => error(file, problem)),
    ...custody.flatMap(({ file: name, text, trouble }) => {
      const problem = trouble === undefined ? custodyProblem(text) : placedTrouble(`${name}:1: ${trouble}`)?.problem;
      return problem === undefined ? [] : [error(vscode.Uri.joinPath(caseFolder, name), problem)];
    }),
    ...troubles.flatMap((trouble) => {
      const placed = placedTrouble(trouble);
      return placed === undefined ? [] : [error(vscode.Uri.joinPath(caseFolder, placed.file), placed.problem)];
    }),
  ];
}

/** A manifest that cannot be used lists nothing; that is an entry's error already. */
function placedIn(manifest: string, folder: string): readonly PlacedEvidence[] {
  try {
    return parseManifest(manifest).evidence.map((evidence) => {
      const path = evidence.path ?? evidence.reference ?? '';
      return { evidence, file: path.startsWith('file:') ? fileURLToPath(path) : isAbsolute(path) ? path : join(folder, path) };
    });
  } catch (error) {
    if (error instanceof ManifestError) return [];
    throw error;
  }
}

/** Alerts that nobody has decided, and sensors that were tampered with; those behind the first hundred are counted. */
async function foundIn(set: KnownSet, loud: LoudFindings): Promise<readonly Placed[]> {
  const { caseFolder, summary } = set;
  const { verdicts } = await set.engine.ask('verdicts', {});
  const { listed, more } = await loud.undecided(new Set(verdicts.map(({ process }) => process)), summary.evidence, FINDINGS_AT_MOST);
  const [first] = summary.evidence;
  // Where no record is behind it, it stands with the set.
  const home = caseFolder === undefined ? first && vscode.Uri.file(first.file) : vscode.Uri.joinPath(caseFolder, CASE_FILE);
  const warning = (uri: vscode.Uri | undefined, problem: Problem): readonly Placed[] => (uri === undefined ? [] : [{ uri, diagnostic: diagnosticOf(problem, vscode.DiagnosticSeverity.Warning) }]);
  const warnings = listed.flatMap(({ row, entry, offset, line }) => {
    const where = entry !== undefined && line === undefined ? ` Record at byte ${offset}.` : '';
    const says = `${isTampering(row) ? 'sensor-tampered: ' : ''}${processLabel(row.name, row.pid)} on ${row.host}: ${row.why} (${row.findings.map(({ kind, points }) => `${kind} ${points}`).join(', ')}; score ${row.score}${row.alert ? ', alert' : ''})${where} Decide it in the tree or the Findings view.`;
    const placed = warning(entry === undefined ? home : vscode.Uri.file(entry.file), { line: line ?? 0, from: 0, until: line === undefined ? 0 : LINE_SHOWN, says });
    const technique = row.findings[0]?.techniques[0];
    if (technique !== undefined) for (const { diagnostic } of placed) diagnostic.code = technique;
    return placed;
  });
  if (more === 0) return warnings;
  const says = `Not listed here: ${counted(more, 'more undecided alert or tampered sensor')}. F in the tree goes through all of them, worst first; each verdict lets the next one be listed.`;
  return [...warnings, ...warning(home, { line: 0, from: 0, until: 0, says })];
}

const LINE_SHOWN = 1_000;

function diagnosticOf({ line, from, until, says }: Problem, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(new vscode.Range(line, from, line, until), visibleText(says), severity);
  diagnostic.source = 'Foundling';
  return diagnostic;
}

import { basename, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { ManifestError, parseManifest } from '../case/index.js';
import type { FindingRow } from '../engine/requests.js';
import type { EvidenceEntry } from '../model/index.js';
import { visibleText } from '../../webview/shared/text.js';
import { processLabel } from '../../webview/shared/words.js';
import { custodyProblem, evidenceProblems, placedTrouble, type PlacedEvidence, type Problem } from './caseProblems.js';
import type { Engines, KnownSet } from './engines.js';
import { CASE_FILE } from './evidenceSets.js';
import { showFailure, type Log } from './log.js';

/** So many findings of a set are listed; the Findings view has all. */
const FINDINGS_AT_MOST = 100;
/** VS Code opens no larger file as text, so a line in it is of no use. */
const LINES_COUNTED_BYTES = 50 << 20;
const PACKED = /\.(?:gz|xz|zst|bz2|zip|tar|tgz)$/i;

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

  const refresh = (): void => {
    const mine = ++round;
    void fill(broken, brokenIn, mine);
    void fill(found, foundIn, mine);
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
    ...custody.flatMap(({ file: name, text }) => {
      const problem = custodyProblem(text);
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

/** Alerts that nobody has decided, and sensors that were tampered with: after that "nothing seen" is not said. */
async function foundIn(set: KnownSet): Promise<readonly Placed[]> {
  const { rows } = await set.engine.ask('findings', { first: 0, count: FINDINGS_AT_MOST * 2 });
  const { verdicts } = await set.engine.ask('verdicts', {});
  const decided = new Set(verdicts.map(({ process }) => process));
  const loud = rows.filter((row) => !decided.has(row.process) && row.state === 'unexpected' && (row.alert || isTampering(row))).slice(0, FINDINGS_AT_MOST);
  const placed = loud.map((row) => ({ row, ...recordOf(row, set.summary.evidence) }));
  const lines = await linesOf(placed);
  return placed.flatMap(({ row, entry, offset }, at): Placed[] => {
    if (entry === undefined) return [];
    const line = lines[at];
    const says = `${isTampering(row) ? 'sensor-tampered: ' : ''}${processLabel(row.name, row.pid)} on ${row.host}: ${row.why} (${row.findings.map(({ kind, points }) => `${kind} ${points}`).join(', ')}; score ${row.score}${row.alert ? ', alert' : ''})${line === undefined ? ` Record at byte ${offset}.` : ''} Decide it in the tree or the Findings view.`;
    const diagnostic = diagnosticOf({ line: line ?? 0, from: 0, until: line === undefined ? 0 : LINE_SHOWN, says }, vscode.DiagnosticSeverity.Warning);
    const technique = row.findings[0]?.techniques[0];
    if (technique !== undefined) diagnostic.code = technique;
    return [{ uri: vscode.Uri.file(entry.file), diagnostic }];
  });
}

const LINE_SHOWN = 1_000;

function isTampering({ findings }: FindingRow): boolean {
  return findings.some(({ kind }) => kind === 'sensor-tampered');
}

/** The first record behind the gravest reason, and the evidence of the process's host that holds it. */
function recordOf({ findings, host }: FindingRow, evidence: readonly EvidenceEntry[]): { readonly entry: EvidenceEntry | undefined; readonly offset: number } {
  const reasons = findings.flatMap((finding) => finding.reasons).filter(({ records }) => records.length > 0);
  const [gravest] = reasons.sort((a, b) => b.points - a.points);
  const place = gravest?.records[0];
  const holding = evidence.filter(({ members }) => place !== undefined && members.includes(place.member));
  return { entry: holding.find((entry) => entry.host === host) ?? holding[0], offset: place?.offset ?? 0 };
}

/** Lines of records, file by file; undefined where a file is packed, a folder, or too large to be shown as text. */
async function linesOf(places: readonly { readonly entry: EvidenceEntry | undefined; readonly offset: number }[]): Promise<readonly (number | undefined)[]> {
  const { linesAt } = await import('../node/index.js');
  const lines = new Array<number | undefined>(places.length).fill(undefined);
  const files = new Map<string, number[]>();
  places.forEach(({ entry }, at) => {
    if (entry !== undefined && isPlain(entry)) files.set(entry.file, [...(files.get(entry.file) ?? []), at]);
  });
  for (const [file, which] of files) {
    const found = await linesAt(file, which.map((at) => places[at]!.offset)).catch(() => []); // a file that went away is said as an error of its own
    which.forEach((at, i) => (lines[at] = found[i]));
  }
  return lines;
}

function isPlain({ file, members, accounting, error }: EvidenceEntry): boolean {
  return members.length === 1 && basename(members[0]!) === basename(file) && !PACKED.test(file) && accounting.bytes <= LINES_COUNTED_BYTES && error === undefined;
}

function diagnosticOf({ line, from, until, says }: Problem, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(new vscode.Range(line, from, line, until), visibleText(says), severity);
  diagnostic.source = 'Foundling';
  return diagnostic;
}

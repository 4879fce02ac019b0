import { checkCustody, type ManifestEvidence } from '../case/index.js';
import type { EvidenceEntry } from '../model/index.js';

/** Something wrong at a place of a text file, with what was expected and what to do; lines and columns from 0. */
export interface Problem {
  readonly line: number;
  readonly from: number;
  readonly until: number;
  readonly says: string;
}

/** An evidence of the case and the paths under which its files are known to the engine. */
export interface PlacedEvidence {
  readonly evidence: ManifestEvidence;
  readonly file: string;
}

/**
 * What is wrong with a case's evidence, at its entry in the manifest: files that are not those that were added, that are missing, or that could not be
 * read. Errors of entries that the manifest does not list (the manifest's own) stand at its beginning.
 */
export function evidenceProblems(manifest: string, placed: readonly PlacedEvidence[], entries: readonly EvidenceEntry[]): readonly Problem[] {
  return entries.flatMap((entry) => {
    if (entry.error === undefined) return [];
    const { evidence } = placed.find(({ file }) => entry.file === file || entry.file.startsWith(`${file}/`)) ?? { evidence: undefined };
    const { isChanged = false } = entry;
    const path = evidence?.path ?? evidence?.reference;
    const key = isChanged ? (evidence?.sha256 ?? path) : path;
    return [{ ...placeOf(manifest, key), says: `${sentence(entry.error)} ${remedy(entry, evidence)}` }];
  });
}

/** Where a writer's chain of custody breaks. */
export function custodyProblem(text: string): Problem | undefined {
  const { broken } = checkCustody(text);
  return broken && { line: broken.line - 1, from: 0, until: LINE_END, says: `The chain of custody breaks here: ${sentence(broken.says)} From this line on it proves nothing. Compare the file with an earlier commit or another copy of the case.` };
}

/** A trouble of a case's texts that names its place, `verdicts/mira.jsonl:3: what is wrong`. */
export function placedTrouble(trouble: string): { readonly file: string; readonly problem: Problem } | undefined {
  const [, file, line, says] = /^([^:]+\.jsonl):(\d+): (.+)$/s.exec(trouble) ?? [];
  return file === undefined || says === undefined ? undefined : { file, problem: { line: Number(line) - 1, from: 0, until: LINE_END, says: sentence(says) } };
}

/** Up to the end of whatever line. */
const LINE_END = 1_000;

function remedy({ isChanged, sha256 }: EvidenceEntry, evidence: ManifestEvidence | undefined): string {
  if (isChanged) return 'Put back the file that was added, or add this one as evidence of its own; "foundling case verify" writes the change into custody.';
  if (sha256 !== undefined) return 'Its hash does not say otherwise than the case: collect it again if what is missing matters.';
  if (evidence === undefined) return 'Mend the case file.';
  return evidence.path === undefined ? 'Put it back where the case refers to, or correct the reference.' : 'Put it back into the case, from git or from where it was collected.';
}

function placeOf(manifest: string, key: string | undefined): Omit<Problem, 'says'> {
  const quoted = key === undefined ? '' : JSON.stringify(key);
  // A hash may be written in capitals in the manifest.
  const at = quoted === '' ? -1 : manifest.toLowerCase().indexOf(quoted.toLowerCase());
  if (at < 0) return { line: 0, from: 0, until: LINE_END };
  const before = manifest.slice(0, at).split('\n');
  const from = before.at(-1)!.length;
  return { line: before.length - 1, from, until: from + quoted.length };
}

function sentence(text: string): string {
  const whole = text.trim();
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

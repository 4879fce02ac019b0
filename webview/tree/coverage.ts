import type { Known } from '../../src/engine/requests.js';
import type { Coverage, CoverageGap, EvidenceEntry } from '../../src/model/index.js';
import { counted } from '../shared/words.js';

/** One thing that evidence could not have shown, however many files share it. */
export interface Hole {
  readonly gap: CoverageGap;
  /** What is missing, in two or three words. */
  readonly heading: string;
  readonly says: string;
  /** What would close it, one a line; lines that a hole above names already are left out. */
  readonly remedy: readonly string[];
  /** The lines of `remedy` stand above. */
  readonly closedAbove: boolean;
  readonly isRule: boolean;
  /** Files that have it. */
  readonly files: readonly string[];
}

/** In the order in which they matter to who reads a tree. */
const HEADINGS: Readonly<Record<CoverageGap, string>> = {
  'no-forks': 'Births',
  'no-exits': 'Deaths',
  'exec-only': 'Processes that run no program',
  'no-exec': 'Programs',
  'records-lost': 'Lost records',
  'rules-changed': 'Auditing interrupted',
  truncated: 'Cut off',
  'no-snapshot': 'Who was alive',
  'no-parents': 'Parents',
  'host-guessed': 'Host not named',
  'zone-guessed': 'Zone not named',
  'taken-guessed': 'Time of capture',
};
const ORDER = Object.keys(HEADINGS);

/** The holes of all evidence, the gravest first; the same words of several files are one. */
export function holesOf(evidence: readonly EvidenceEntry[]): readonly Hole[] {
  const found = new Map<string, { coverage: Coverage; files: string[] }>();
  for (const entry of evidence) {
    for (const coverage of entry.coverage) {
      const key = `${coverage.gap} ${coverage.says}`;
      const known = found.get(key);
      if (known) known.files.push(entry.file);
      else found.set(key, { coverage, files: [entry.file] });
    }
  }
  const named = new Set<string>();
  return [...found.values()]
    .sort((a, b) => ORDER.indexOf(a.coverage.gap) - ORDER.indexOf(b.coverage.gap))
    .map(({ coverage, files }) => {
      const lines = coverage.remedy?.split('\n') ?? [];
      const remedy = lines.filter((line) => !named.has(line));
      for (const line of remedy) named.add(line);
      return {
        gap: coverage.gap,
        heading: HEADINGS[coverage.gap],
        says: coverage.says,
        remedy,
        closedAbove: lines.length > 0 && remedy.length === 0,
        isRule: lines.some(isAuditRule),
        files,
      };
    });
}

/** All audit rules that close holes, as /etc/audit/rules.d takes them. */
export function rulesOf(holes: readonly Hole[]): string {
  return holes
    .flatMap(({ remedy }) => remedy)
    .filter(isAuditRule)
    .join('\n');
}

function isAuditRule(line: string): boolean {
  return /^(?:-[aAwbfr] |--backlog)/.test(line);
}

/** What the holes cost here: how the creators of this evidence's processes are known. Parts that are none are left out. */
export function costWords({ creators, unrecorded, orphanUnknown }: Known): string {
  const parts = (['observed', 'derived', 'inferred'] as const).filter((basis) => creators[basis] > 0).map((basis) => `${counted(creators[basis], basis, basis)}`);
  if (creators.unknown > 0) parts.push(counted(creators.unknown, 'unknown', 'unknown'));
  const sentences = parts.length > 0 ? [`Who created them: ${parts.join(', ')}.`] : [];
  if (unrecorded > 0) sentences.push(`${counted(unrecorded, 'process is', 'processes are')} unrecorded: only what points to ${unrecorded === 1 ? 'it' : 'them'} is known.`);
  if (orphanUnknown > 0) sentences.push(`Of ${counted(orphanUnknown, 'process', 'processes')} nobody can say whether ${orphanUnknown === 1 ? 'it was' : 'they were'} adopted.`);
  return sentences.join(' ');
}

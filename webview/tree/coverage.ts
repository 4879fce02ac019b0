import type { Known } from '../../src/engine/requests.js';
import type { CoverageGap, EvidenceEntry } from '../../src/model/index.js';
import { counted } from '../shared/words.js';

/** One kind of thing that evidence could not have shown, however many files share it. */
export interface Hole {
  readonly gap: CoverageGap;
  /** What is missing, in two or three words. */
  readonly heading: string;
  /** What it hides, as each kind of evidence says it, with the files that say so. */
  readonly voices: readonly { readonly says: string; readonly files: readonly string[] }[];
  /** What would close it, one a line; lines that a hole above names already are left out. */
  readonly remedy: readonly string[];
  /** All that would close it stands above. */
  readonly closedAbove: boolean;
  readonly isRule: boolean;
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
  'clock-skew': 'Clocks that differ',
  disordered: 'Order of records',
};
const ORDER = Object.keys(HEADINGS);

/** The holes of all evidence, the gravest first. `known` tells whether births are on record after all, in other files than those that lack them. */
export function holesOf(evidence: readonly EvidenceEntry[], known?: Known): readonly Hole[] {
  const found = new Map<CoverageGap, { voices: Map<string, string[]>; lines: Set<string> }>();
  for (const entry of evidence) {
    for (const { gap, says, remedy } of entry.coverage) {
      const hole = found.get(gap) ?? { voices: new Map<string, string[]>(), lines: new Set<string>() };
      found.set(gap, hole);
      hole.voices.set(says, [...(hole.voices.get(says) ?? []), entry.file]);
      for (const line of remedy?.split('\n') ?? []) hole.lines.add(line);
    }
  }
  const rank = (gap: CoverageGap): number => ORDER.indexOf(gap) + (gap === 'no-forks' && known && mostlyObserved(known) ? ORDER.length : 0);
  const named = new Set<string>();
  return [...found]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([gap, { voices, lines }]) => {
      const remedy = [...lines].filter((line) => !named.has(line));
      for (const line of remedy) named.add(line);
      return {
        gap,
        heading: HEADINGS[gap],
        voices: [...voices].map(([says, files]) => ({ says, files })),
        remedy,
        closedAbove: lines.size > 0 && remedy.length === 0,
        isRule: [...lines].some(isAuditRule),
      };
    });
}

function mostlyObserved({ creators }: Known): boolean {
  return creators.observed > creators.derived + creators.inferred + creators.unknown;
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
  const parts = (['observed', 'derived', 'inferred', 'unknown'] as const).filter((basis) => creators[basis] > 0).map((basis) => counted(creators[basis], basis, basis));
  const sentences = parts.length > 0 ? [`Who created them: ${parts.join(', ')}.`] : [];
  if (unrecorded > 0) sentences.push(`${counted(unrecorded, 'process is', 'processes are')} unrecorded: only what points to ${unrecorded === 1 ? 'it' : 'them'} is known.`);
  if (orphanUnknown > 0) sentences.push(`Of ${counted(orphanUnknown, 'process', 'processes')} nobody can say whether ${orphanUnknown === 1 ? 'it was' : 'they were'} adopted.`);
  return sentences.join(' ');
}

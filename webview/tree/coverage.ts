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
  /** Other evidence of the set has what these files lack: nothing need be closed. */
  readonly toldElsewhere: boolean;
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

/** The holes of all evidence, the gravest first. `known` tells whether births and deaths are on record after all, in other files than those that lack them. */
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
  const rank = (gap: CoverageGap): number => ORDER.indexOf(gap) + (known && isToldElsewhere(gap, evidence, known) ? ORDER.length : 0);
  const named = new Set<string>();
  return [...found]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([gap, { voices, lines }]) => {
      const toldElsewhere = known !== undefined && isToldElsewhere(gap, evidence, known);
      const remedy = toldElsewhere ? [] : [...lines].filter((line) => !named.has(line));
      for (const line of remedy) named.add(line);
      return {
        gap,
        heading: HEADINGS[gap],
        voices: [...voices].map(([says, files]) => ({ says, files })),
        remedy,
        closedAbove: !toldElsewhere && lines.size > 0 && remedy.length === 0,
        toldElsewhere,
        isRule: [...lines].some(isAuditRule),
      };
    });
}

/**
 * Whether the set has what a gap's files lack: births where most creators are observed; deaths and programs where a file that is large enough to tell of
 * every process has no such gap, and of deaths where hardly an orphan is left undecided.
 */
function isToldElsewhere(gap: CoverageGap, evidence: readonly EvidenceEntry[], { creators, orphanUnknown }: Known): boolean {
  const count = creators.observed + creators.derived + creators.inferred + creators.unknown;
  const isToldInFull = (): boolean => evidence.some(({ accounting, coverage }) => accounting.understood >= count && !coverage.some((each) => each.gap === gap));
  switch (gap) {
    case 'no-forks':
      return creators.observed > count / 2;
    case 'no-exits':
      return orphanUnknown < count / 20 && isToldInFull();
    case 'no-exec':
      return isToldInFull();
    default:
      return false;
  }
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

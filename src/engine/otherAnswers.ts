import { BASIS_INFERRED, BASIS_OBSERVED, type ClaimKind, FLAG, type ProcessRow } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { isOrphan, lastParent, nameOf, refOf } from './processFacts.js';
import type { Alternative, Details } from './requests.js';

/** A runner-up this close to the claim is about as likely: two shapes leave the same marks. */
const NEAR = 0.2;
/** A claim below this is not strong: then the best other answer is told beside it too. */
const STRONG = 0.9;
/** What is less likely than this is no explanation. */
const LEAST = 0.05;

/** The next best answers to the claims of these kinds, likeliest first. */
export function runnersUpOf(set: OpenedSet, row: ProcessRow, about: readonly ClaimKind[], claimed: number): readonly Alternative[] {
  return set.lineage
    .runnersUp(row)
    .filter((other) => about.includes(other.about))
    .sort((a, b) => b.confidence - a.confidence)
    .map(({ about: kind, process, confidence, says }, at) => ({
      about: kind,
      parent: refOf(set, process),
      confidence,
      says,
      near: isNear(confidence, claimed) || (at === 0 && claimed < STRONG && confidence >= LEAST),
    }));
}

/** About as likely as the claim itself. */
export function isNear(confidence: number, claimed: number): boolean {
  return confidence >= claimed - NEAR;
}

/** Why nothing is claimed about a process's creator, or that the kernel made it; null where a process is claimed. */
export function noCreatorOf(set: OpenedSet, row: ProcessRow): NonNullable<Details['noCreator']> | null {
  const { lineage } = set;
  const pid = lineage.pid[row]!, flags = lineage.flags[row]!;
  if (lineage.creator[row]! >= 0) return null;
  if (hasNoCreator(set, row)) return { kind: 'kernel', says: pid === 1 ? 'made when the host came up' : 'no process made it' };
  const [likeliest] = runnersUpOf(set, row, ['creator'], 1);
  const known =
    (flags & FLAG.unrecorded) !== 0
      ? 'It is known only by what points to it: nothing shows its birth, its program or its end.'
      : lineage.startBasis[row] === BASIS_OBSERVED && lineage.start[row]! < set.from
        ? 'It was born before this evidence begins.'
        : 'No record shows its birth.';
  const parent = lastParent(set, row);
  const adopter = isOrphan(set, row)
    ? ' Who adopted it keeps nothing of who made it.'
    : parent >= 0 && lineage.pid[parent] === 1
      ? ' Pid 1 has it, as it has both what it started itself and every orphan: that alone tells nothing.'
      : parent >= 0
        ? ` ${called(set, parent)} has it, which may have made it or adopted it.`
        : '';
  const candidates =
    likeliest === undefined
      ? ' No trace points to one process more than to others.'
      : ` The likeliest is ${likeliest.parent === null ? 'nobody that is known' : called(set, likeliest.parent.process)}, too weak to be claimed.`;
  return { kind: 'unknown', says: `${known}${adopter}${candidates}` };
}

/** Pid 1 and what the kernel starts by itself: no process made them. */
export function hasNoCreator(set: OpenedSet, row: ProcessRow): boolean {
  const { lineage } = set;
  return lineage.creator[row]! < 0 && (lineage.pid[row] === 1 || lineage.pid[row] === 2 || (lineage.flags[row]! & FLAG.kernelThread) !== 0);
}

/** What would settle what is inferred or not known of a process. Lineage names what it missed; where it names nothing, the rule that records births. */
export function settledByOf(set: OpenedSet, row: ProcessRow): readonly string[] {
  const { lineage, strings } = set;
  const named = lineage.settledBy(row);
  if (named.length > 0) return named;
  const isOpen = (lineage.creator[row]! < 0 && !hasNoCreator(set, row)) || lineage.creatorBasis[row] === BASIS_INFERRED || (isOrphan(set, row) && lineage.orphanBasis[row] === BASIS_INFERRED);
  if (!isOpen) return [];
  const host = strings.text(lineage.host[row]!);
  const rules = new Set<string>();
  for (const entry of set.entries) if (entry.host === host) for (const { gap, remedy } of entry.coverage) if (gap === 'no-forks' && remedy !== undefined) rules.add(remedy);
  return [...rules].map((rule) => `A record of its birth, which this audit rule would have written: ${rule}`);
}

function called(set: OpenedSet, row: ProcessRow): string {
  const name = nameOf(set, row);
  return name === null ? `process ${set.lineage.pid[row]!}` : `${name} ${set.lineage.pid[row]!}`;
}

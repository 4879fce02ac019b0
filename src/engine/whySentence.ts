import { type Basis, basisOf, confidenceWord, ENTRY_KINDS, FLAG, type ProcessRow, unreachable } from '../model/index.js';
import { durationWords, utcWords } from '../report/index.js';
import { adoptionBounds, wasSeenAdopted } from './bounds.js';
import type { OpenedSet } from './openSet.js';
import { hasNoCreator, isNear, runnersUpOf } from './otherAnswers.js';
import { firstAdoption, isOrphan, lastParent, nameOf, sessionText, unitText } from './processFacts.js';
import { requestedStart } from './requested.js';

/** Bounds this close are one moment to a reader. */
const EXACT_MICROS = 1_000_000;

/** Who it is, who made it, who has it now, and why we say so: for a ticket, in plain words. Names from the evidence are text, never markup. */
export function whySentence(set: OpenedSet, row: ProcessRow): string {
  return [origin(set, row), otherwise(set, row), asked(set, row), doubt(set, row), roles(set, row), wayIn(set, row)].filter((part) => part !== '').join(' ');
}

function origin(set: OpenedSet, row: ProcessRow): string {
  const { lineage } = set;
  const me = called(set, row);
  const flags = lineage.flags[row]!;
  const creator = lineage.creator[row]!, parent = lastParent(set, row);
  if (lineage.pid[row] === 1 && hasNoCreator(set, row)) return `${me} is the host's first process: the kernel made it.`;
  if ((flags & FLAG.kernelThread) !== 0) return `${me} is a thread of the kernel; no program stands behind it.`;
  if (isOrphan(set, row)) return orphanStory(set, row, me);
  if ((flags & FLAG.foreignParent) !== 0 && creator >= 0) {
    return `${called(set, creator)} created ${me}${how(set, row)}, but as a sibling (CLONE_PARENT): its parent was ${parent >= 0 ? called(set, parent) : 'another process'} from the start, and no death explains that.`;
  }
  if (creator >= 0) {
    const still = parent === creator || parent < 0 ? ' and was its parent as long as this evidence shows it' : `; the recorded parent is ${called(set, parent)}`;
    return `${called(set, creator)} created ${me}${how(set, row)}${still}.`;
  }
  if ((flags & FLAG.unrecorded) !== 0) return `${me} is known only because other records point to it: nothing shows its birth, its program or its end.`;
  if (parent >= 0) return `Who created ${me} is not known: no record shows its birth. Its recorded parent is ${called(set, parent)}${lineage.pid[parent] === 1 ? ', which has both what it started itself and every orphan' : ''}.`;
  return `Who created ${me} is not known: nothing in this evidence names a parent.`;
}

/** The other explanation, where the claim is not strong: one of the two alone would be told as if it were certain. */
function otherwise(set: OpenedSet, row: ProcessRow): string {
  const { lineage } = set;
  const claims = [
    ...(lineage.creator[row]! < 0 ? [] : [{ about: 'creator' as const, claimed: lineage.creatorConfidence[row]! }]),
    ...(isOrphan(set, row) ? [{ about: 'orphan' as const, claimed: lineage.orphanConfidence[row]! }] : []),
  ];
  const [first] = claims
    .flatMap(({ about, claimed }) => runnersUpOf(set, row, [about], claimed).filter(({ near }) => near).map((other) => ({ other, claimed })))
    .sort((a, b) => b.other.confidence - a.other.confidence);
  if (first === undefined) return '';
  const { other, claimed } = first;
  return `${isNear(other.confidence, claimed) ? 'About as likely' : 'Less likely'} (${confidenceWord(other.confidence)}): ${other.says.replace(/\.$/, '')}.`;
}

/** Who asked a broker to start it. */
function asked(set: OpenedSet, row: ProcessRow): string {
  const requester = set.lineage.requester[row]!;
  if (requester < 0) return '';
  const started = requestedStart(set, row);
  return `${called(set, requester)} asked for ${started === row ? 'it' : `${called(set, started)}, which it descends from`} (${basisWords('inferred', set.lineage.requesterConfidence[row]!)}): no fork joins the two.`;
}

/** What this evidence cannot say of an adoption. */
function doubt(set: OpenedSet, row: ProcessRow): string {
  return (set.lineage.flags[row]! & FLAG.orphanUnknown) === 0 ? '' : `Whether it was adopted${set.lineage.creator[row]! >= 0 ? ' since' : ''} this evidence cannot say: no exits are on record.`;
}

const IS = { strong: 'is', likely: 'is probably', weak: 'may be' } as const;

/** "is", or weaker where the adoption is only likely: the child may have died, unseen, before its parent. */
function certainly(set: OpenedSet, row: ProcessRow): string {
  return IS[confidenceWord(set.lineage.orphanConfidence[row]!)];
}

function orphanStory(set: OpenedSet, row: ProcessRow, me: string): string {
  const { lineage } = set;
  const creator = lineage.creator[row]!, adopter = lineage.adopter[row]!;
  const keeper = adopter >= 0 ? called(set, adopter) : 'its adopter, which no record names,';
  const seenAdopted = wasSeenAdopted(set, row);
  const after = orphanedAfter(lineage.orphanedAfterMin[row]!, lineage.orphanedAfterMax[row]!, seenAdopted);
  if (creator < 0) {
    return `${me} ${certainly(set, row)} an orphan: ${keeper} has it${sinceWords(set, row)}. Who created it is not known.`;
  }
  return `${me} ${certainly(set, row)} an orphan: ${called(set, creator)} created it${how(set, row)} and ended${after}, and ${keeper} has it${sinceWords(set, row)}.`;
}

/** Since when the adopter has it: a moment where the evidence fixes it, else the latest that it can have been. */
function sinceWords(set: OpenedSet, row: ProcessRow): string {
  const since = firstAdoption(set, row);
  if (Number.isNaN(since)) return ' since';
  if (wasSeenAdopted(set, row)) return `, as its first record at ${utcWords(since)} shows`;
  const { from, until } = adoptionBounds(set, row) ?? { from: NaN, until: NaN };
  return ` since ${utcWords(since)}${until - from <= EXACT_MICROS ? '' : ' at the latest'}`;
}

function orphanedAfter(min: number, max: number, seenAdopted: boolean): string {
  if (seenAdopted) return ' before it was first seen';
  if (max === 0) return ' at once';
  if (Number.isNaN(max)) return Number.isNaN(min) ? '' : ` at least ${durationWords(min)} later`;
  if (min === 0) return ` at most ${durationWords(max)} later`;
  if (Number.isNaN(min) || min === max) return `${Number.isNaN(min) ? ' at most' : ''} ${durationWords(max)} later`;
  const [low, high] = [durationWords(min), durationWords(max)];
  return low === high ? ` ${high} later` : ` between ${low} and ${high} later`;
}

function how(set: OpenedSet, row: ProcessRow): string {
  const basis = basisOf(set.lineage.creatorBasis[row]!);
  return basis ? ` (${basisWords(basis, set.lineage.creatorConfidence[row]!)})` : '';
}

/** The basis as people say it; an inference with its strength. */
function basisWords(basis: Basis, confidence: number): string {
  switch (basis) {
    case 'observed': return 'a record states it';
    case 'derived': return 'it follows from the records';
    case 'inferred': return `inferred from traces, ${confidenceWord(confidence)}`;
    default: return unreachable(basis);
  }
}

function roles(set: OpenedSet, row: ProcessRow): string {
  const { lineage } = set;
  const flags = lineage.flags[row]!;
  if ((flags & FLAG.intermediate) !== 0) return 'It forked, ran no program of its own and ended: it served to detach what it made.';
  const launcher = lineage.launcher[row]!;
  if (launcher < 0 || launcher === lineage.creator[row]!) return '';
  return `The nearest program above it is ${called(set, launcher)}.`;
}

function wayIn(set: OpenedSet, row: ProcessRow): string {
  const { lineage } = set;
  const entry = lineage.entry[row]!;
  const kind = ENTRY_KINDS[lineage.entryKind[row]!] ?? '';
  const who = entry < 0 ? 'the process that stood for it is gone' : entry === row ? 'this process itself' : called(set, entry);
  const session = sessionText(set, row) ?? (entry < 0 ? null : sessionText(set, entry));
  const user = set.users.text(lineage.host[row]!, lineage.auid[row]!);
  const unit = unitText(set, entry < 0 ? row : entry);
  switch (kind) {
    case 'login': return `The way in is a login${session === null ? '' : `, session ${session}`}${user === null || user === 'unset' ? '' : ` of ${user}`}: ${who}.`;
    case 'service': return `The way in is a service${unit === null ? '' : `, ${unit}`}: ${who}.`;
    case 'timer': return `The way in is a timer${unit === null ? '' : `, ${unit}`}: ${who}.`;
    case 'cron': return `The way in is a cron job: ${who}.`;
    case 'at': return `The way in is an at job: ${who}.`;
    case 'console': return `The way in is the console: ${who}.`;
    case 'container': return `The way in is a container: ${who}.`;
    case 'boot': return entry < 0 ? 'It was there when the evidence begins.' : `It was there when the evidence begins; the oldest known ancestor is ${who}.`;
    case '': return '';
    default: return unreachable(kind);
  }
}

function called(set: OpenedSet, row: ProcessRow): string {
  const name = nameOf(set, row);
  return name === null ? `process ${set.lineage.pid[row]!}` : `${name} ${set.lineage.pid[row]!}`;
}

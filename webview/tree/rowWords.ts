import type { RowWindow } from '../../src/engine/requests.js';
import type { ParentView } from '../../src/model/index.js';
import { BASIS_INFERRED, BASIS_OBSERVED, FLAG, basisOf, confidenceWord } from '../../src/model/index.js';
import { visibleText } from '../shared/text.js';
import { clockTime, dayAndClockTime, duration } from '../shared/time.js';
import { counted, processLabel } from '../shared/words.js';

/** A row in words: what its cells show and what a screen reader says. */
export interface RowWords {
  readonly heading: boolean;
  readonly name: string;
  /** Of a heading: what is in its group. */
  readonly args: string;
  readonly pid: string;
  readonly user: string;
  /** Name and pid of the creator, and both in one; empty where it is not known. */
  readonly creatorName: string;
  readonly creatorPid: string;
  readonly creator: string;
  /** Who launched it, where the creator is not known and a launcher is; else empty. */
  readonly launched: string;
  readonly creatorInferred: boolean;
  /** Something made it, and this evidence does not show what: a row of its own kind, never a clean root. */
  readonly creatorUnknown: boolean;
  readonly creatorHint: string;
  readonly adopterName: string;
  readonly adopterPid: string;
  readonly adopter: string;
  readonly start: string;
  readonly orphan: boolean;
  /** That it is an orphan is inferred from traces. */
  readonly orphanInferred: boolean;
  /** Who asked a broker to start it; empty where nobody is known to have. */
  readonly requester: string;
  readonly unrecorded: boolean;
  readonly kernelThread: boolean;
  /** Nothing names it: `name` holds our words. */
  readonly nameless: boolean;
  /** Words that are shown as badges after the name, the most important first. */
  readonly badges: readonly string[];
  /** The last verdict, else `alert 108`, else points below the alert line, else nothing. */
  readonly triage: string;
  readonly hidden: string;
  readonly label: string;
}

/** The words of row `i` of a window. `days`: the evidence spans more than a day, so times carry one. */
export function rowWords(window: RowWindow, i: number, parents: ParentView, days: boolean): RowWords {
  const flags = window.flags[i] ?? 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const heading = (window.process[i] ?? -1) < 0;
  const pid = window.pid[i] ?? -1;
  const orphan = has(FLAG.orphan);
  const unrecorded = has(FLAG.unrecorded);
  const start = window.start[i] ?? Number.NaN;
  const adoptedAt = window.adoptedAt[i] ?? Number.NaN;
  const creatorPid = window.creatorPid[i] ?? -1;
  const adopterPid = window.adopterPid[i] ?? -1;
  const basis = basisOf(window.creatorBasis[i] ?? 255);
  const name = visibleText(window.name[i] ?? '') || (unrecorded ? 'unrecorded' : heading ? '' : 'name not known');
  const hasCreator = !heading && creatorPid >= 0;
  const hasAdopter = !heading && adopterPid >= 0;
  const creatorName = hasCreator ? visibleText(window.creatorName[i] ?? '') : '';
  const adopterName = hasAdopter ? visibleText(window.adopterName[i] ?? '') : '';
  const creator = hasCreator ? processLabel(creatorName || null, creatorPid) : '';
  const adopter = hasAdopter ? processLabel(adopterName || null, adopterPid) : '';
  const hiddenBelow = window.hiddenBelow[i] ?? 0;
  const requesterPid = heading ? -1 : (window.requesterPid?.[i] ?? -1);
  const requester = requesterPid >= 0 ? processLabel(visibleText(window.requesterName?.[i] ?? '') || null, requesterPid) : '';
  const orphanInferred = orphan && window.orphanBasis?.[i] === BASIS_INFERRED;
  // Pid 1 and what the kernel starts by itself have no creator to be known.
  const creatorUnknown = !heading && !hasCreator && pid !== 1 && pid !== 2 && !has(FLAG.kernelThread);
  const creatorInferred = !heading && basis === 'inferred';
  const strength = creatorInferred && window.creatorConfidence ? `, ${confidenceWord(window.creatorConfidence[i] ?? 0)}` : '';

  const score = window.score?.[i] ?? 0;
  const verdict = window.verdict?.[i] ?? '';

  const launcherPid = window.launcherPid?.[i] ?? -1;
  const launched = launcherPid < 0 ? '' : `launched by ${processLabel(visibleText(window.launcherName?.[i] ?? '') || null, launcherPid)}, ${confidenceWord(window.launcherConfidence?.[i] ?? 0)}`;

  const counts = heading ? groupCounts(window, i) : NO_COUNTS;
  const triage = heading ? '' : verdict !== '' ? verdict : window.alert?.[i] === 1 ? `alert ${score}` : score > 0 ? String(score) : '';

  const badges: string[] = counts.alerts === '' ? [] : [counts.alerts];
  if (orphan) badges.push('orphan');
  if (has(FLAG.foreignParent)) badges.push('foreign parent');
  if (requester) badges.push('requested');
  if (creatorUnknown && !orphan && !unrecorded) badges.push('origin unknown');
  if (has(FLAG.exeDeleted)) badges.push('deleted file');
  if (has(FLAG.memfd)) badges.push('memfd');
  if (unrecorded && name !== 'unrecorded') badges.push('unrecorded');
  if (has(FLAG.intermediate)) badges.push('intermediate');

  const words = {
    heading,
    name,
    args: heading ? counts.members : argumentsAfterName(visibleText(window.args[i] ?? ''), name),
    pid: heading || pid < 0 ? '' : String(pid),
    user: visibleText(window.user[i] ?? ''),
    creatorName,
    creatorPid: hasCreator ? String(creatorPid) : '',
    creator,
    launched,
    creatorInferred,
    creatorUnknown,
    creatorHint: creator
      ? `Created by ${creator}${basis ? ` (${basis}${strength})` : ''}`
      : creatorUnknown
        ? `This evidence does not show who created it${has(FLAG.orphanUnknown) ? ', nor whether it was adopted' : ''}${launched === '' ? '' : `; ${launched}`}`
        : heading
          ? ''
          : 'The kernel made it',
    adopterName,
    adopterPid: hasAdopter ? String(adopterPid) : '',
    adopter,
    start: days ? dayAndClockTime(start) : clockTime(start),
    orphan,
    orphanInferred,
    requester,
    unrecorded,
    kernelThread: has(FLAG.kernelThread),
    nameless: !heading && (window.name[i] ?? '') === '',
    badges,
    triage,
    hidden: window.fold[i] === 1 && hiddenBelow > 0 ? `${hiddenBelow} hidden` : '',
  };
  const seenAdopted = window.startBasis?.[i] !== undefined && window.startBasis[i] !== BASIS_OBSERVED && adoptedAt <= start;
  return { ...words, label: spoken(words, { after: adoptedAt - start, seenAdopted, strength }, hiddenBelow, parents) };
}

const NO_COUNTS = { members: '', alerts: '' };

/** What a heading says of its group. */
function groupCounts({ processesIn, orphansIn, alertsIn }: RowWindow, i: number): { readonly members: string; readonly alerts: string } {
  if (!processesIn || !orphansIn || !alertsIn) return NO_COUNTS;
  const orphans = orphansIn[i]!, alerts = alertsIn[i]!;
  if (processesIn[i] === 0) return { members: 'only what leads to other groups', alerts: '' };
  return {
    members: `${counted(processesIn[i]!, 'process', 'processes')}${orphans === 0 ? '' : `, ${counted(orphans, 'orphan')}`}`,
    alerts: alerts === 0 ? '' : counted(alerts, 'alert'),
  };
}

/**
 * Arguments without the first when it says no more than the name does ("sh" of /bin/sh): what differs must stand out. A program that lies about its
 * own name keeps its first argument.
 */
function argumentsAfterName(args: string, name: string): string {
  const first = args.split(' ', 1)[0] ?? '';
  const base = first.slice(first.lastIndexOf('/') + 1);
  // The kernel cuts a name after 15 bytes.
  return base !== '' && (base === name || (name.length === 15 && base.startsWith(name))) ? args.slice(first.length + 1) : args;
}

interface Spoken {
  /** From start to adoption, microseconds. */
  readonly after: number;
  readonly seenAdopted: boolean;
  /** How sure an inferred creator is, with its comma. */
  readonly strength: string;
}

function spoken(words: Omit<RowWords, 'label'>, { after, seenAdopted, strength }: Spoken, hiddenBelow: number, parents: ParentView): string {
  if (words.heading) return [words.name, words.args, ...words.badges, hiddenBelow > 0 ? `${counted(hiddenBelow, 'row')} hidden` : ''].filter((part) => part !== '').join(', ');
  const parts = [words.pid ? `${words.name} ${words.pid}` : words.name, ...words.badges.map((badge) => (badge === 'orphan' && words.orphanInferred ? 'orphan, inferred' : badge))];
  if (words.triage) parts.push(/^\d+$/.test(words.triage) ? `score ${words.triage}` : words.triage);
  if (words.adopter) parts.push(`adopted by ${words.adopter}${seenAdopted ? ' before it was first seen' : after === 0 ? ' at once' : Number.isFinite(after) ? ` after ${duration(after)}` : ''}`);
  if (words.creator) parts.push(`created by ${words.creator}${words.creatorInferred ? `, inferred${strength}` : ''}`);
  else if (words.creatorUnknown) parts.push('creator not known', ...(words.launched ? [words.launched] : []));
  if (words.requester) parts.push(`requested by ${words.requester}`);
  if (words.orphan) parts.push(parents === 'recorded' ? 'shown under its adopter' : 'shown under its creator');
  if (words.user) parts.push(`user ${words.user}`);
  if (words.start) parts.push(`started ${words.start}`);
  if (words.args) parts.push(words.args);
  if (hiddenBelow > 0 && words.hidden) parts.push(words.hidden);
  return parts.join(', ');
}

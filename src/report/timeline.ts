import type { ProcessRef } from '../engine/requests.js';
import { socketsOf } from './indicators.js';
import type { PathStep, Subject, TimelineEntry } from './model.js';
import { called, pidAtStart } from './processWords.js';
import { argumentsText } from './text.js';
import { utcWords } from './timeWords.js';

const ENTRIES_AT_MOST = 1000;
/** With more processes than this only they, their launchers and the ways in are told; every path has the rest. */
const WHOLE_PATHS_AT_MOST = 6;

/** What happened to the subjects and their ancestors, in order: births, programs, adoptions, connections, files, ends, verdicts. Each once. Of many processes not every ancestor is told. */
export function timelineOf(subjects: readonly Subject[]): readonly TimelineEntry[] {
  const found = new Map<string, TimelineEntry>();
  const add = (entry: TimelineEntry): void => {
    if (!Number.isNaN(entry.time)) found.set(`${entry.host}\0${entry.process?.process ?? ''}\0${entry.time}\0${entry.says}`, entry);
  };
  const isShort = isShortTimeline(subjects);
  for (const { details: subject, path, connections, files, verdict } of subjects) {
    for (const step of path) {
      const { details, programs } = step;
      if (isShort && !isKey(step)) continue;
      const process: ProcessRef = details, host = details.host;
      const by = details.creator.parent;
      add({ time: details.start, host, process, says: `${called(details)} ${details.startBasis === 'observed' ? 'is born' : 'is there'}${by ? `, created by ${called(by)}` : ''}`, basis: details.startBasis, isAbout: details.startBasis !== 'observed' });
      for (const { time, says, args } of programs) add({ time, host, process, says: `${called(details)} runs ${says}${args.length > 1 ? `: ${argumentsText(args)}` : ''}`, basis: 'observed', isAbout: false });
      for (const parent of details.parents) {
        if (parent.adopted) add({ time: parent.from, host, process, says: `${called(details)} is adopted${parent.parent ? ` by ${called(parent.parent)}` : ''}: its parent died`, basis: parent.basis, isAbout: parent.basis !== 'observed' });
      }
      add({ time: details.end, host, process, says: `${called(details)} ends`, basis: details.endBasis, isAbout: details.endBasis !== 'observed' });
    }
    for (const { time, action, address, port, basis, count } of socketsOf(connections)) add({ time, host: subject.host, process: subject, says: `${action} ${address}${port === null ? '' : ` port ${port}`}, by the subtree of ${called(subject)}${count > 1 ? `; seen ${count} times` : ''}`, basis, isAbout: false });
    for (const { time, action, path: file } of files) add({ time, host: subject.host, process: subject, says: `${action} of ${file}, by the subtree of ${called(subject)}`, basis: 'observed', isAbout: false });
    for (const decided of verdict?.history ?? []) {
      add({ time: decided.at, host: subject.host, process: subject, says: `${decided.author} calls ${called(subject)} (${pidAtStart(subject)}) ${decided.verdict}${decided.escalation ? ` and escalates to ${decided.escalation.to}` : ''}: ${decided.note}`, basis: null, isAbout: false });
    }
  }
  const entries = [...found.values()].sort((a, b) => a.time - b.time);
  if (entries.length <= ENTRIES_AT_MOST) return entries;
  const cut = entries[ENTRIES_AT_MOST]!;
  return [...entries.slice(0, ENTRIES_AT_MOST), { time: cut.time, host: '', process: undefined, says: `${entries.length - ENTRIES_AT_MOST} more entries from ${utcWords(cut.time)} on are left out`, basis: null, isAbout: true }];
}

/** True where the timeline leaves out ancestors that neither launched a process nor let it in. */
export function isShortTimeline(subjects: readonly Subject[]): boolean {
  return subjects.length > WHOLE_PATHS_AT_MOST;
}

function isKey({ role }: PathStep): boolean {
  return role.some((each) => each === 'subject' || each === 'launcher' || each === 'entry');
}

import { BASIS_NONE } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { hasNoCreator } from './otherAnswers.js';
import { entryWords, firstAdoption, isOrphan, lastParent, nameOf, userOf } from './processFacts.js';
import { requestedStart } from './requested.js';
import type { RowWindow } from './requests.js';
import type { Judgements } from './triageLoop.js';
import { countAlerts } from './viewGroups.js';
import type { View } from './views.js';

/** Characters of a command line that a row carries; the details show it whole. */
const ARGS_SHOWN = 400;
/** Rows of one window at most: a page asks for three screens. */
const ROWS_AT_MOST = 5000;

/** Rows [first, first + count) of a view as columns, each in a buffer of its own. */
export function rowWindow(set: OpenedSet, view: View, first: number, wanted: number, judged: Judgements): RowWindow {
  const { lineage, strings } = set;
  const { layout } = view;
  const begin = Math.max(0, Math.min(Math.trunc(first), view.rows.length));
  const count = Math.max(0, Math.min(Math.trunc(wanted), ROWS_AT_MOST, view.rows.length - begin));
  const window = {
    first: begin, count, rowCount: view.rows.length,
    process: new Int32Array(count).fill(-1), depth: new Uint16Array(count), fold: new Uint8Array(count),
    setSize: new Uint32Array(count), posInSet: new Uint32Array(count), pid: new Int32Array(count).fill(-1), flags: new Uint32Array(count),
    start: new Float64Array(count).fill(NaN), startBasis: new Uint8Array(count).fill(BASIS_NONE), end: new Float64Array(count).fill(NaN), lastSeen: new Float64Array(count).fill(NaN), adoptedAt: new Float64Array(count).fill(NaN),
    otherParentRow: new Int32Array(count).fill(-1), creatorPid: new Int32Array(count).fill(-1), adopterPid: new Int32Array(count).fill(-1),
    creatorBasis: new Uint8Array(count).fill(BASIS_NONE), hiddenBelow: new Uint32Array(count),
    name: new Array<string>(count).fill(''), args: new Array<string>(count).fill(''), user: new Array<string>(count).fill(''),
    creatorName: new Array<string>(count).fill(''), adopterName: new Array<string>(count).fill(''),
    creatorConfidence: new Float32Array(count), orphanBasis: new Uint8Array(count).fill(BASIS_NONE), orphanConfidence: new Float32Array(count),
    orphanedAfterMin: new Float64Array(count).fill(NaN), orphanedAfterMax: new Float64Array(count).fill(NaN),
    requesterPid: new Int32Array(count).fill(-1), requesterName: new Array<string>(count).fill(''), requesterRow: new Int32Array(count).fill(-1),
    launcherPid: new Int32Array(count).fill(-1), launcherName: new Array<string>(count).fill(''), launcherConfidence: new Float32Array(count), entry: new Array<string>(count).fill(''),
    score: new Uint16Array(count), alert: new Uint8Array(count), verdict: new Array<string>(count).fill(''),
    processesIn: new Uint32Array(count), orphansIn: new Uint32Array(count), alertsIn: new Uint32Array(count),
  };
  let alerts: Uint32Array | undefined;
  for (let at = 0; at < count; at++) {
    const node = view.rows[begin + at]!;
    const process = layout.process[node]!;
    const below = layout.size[node]! - 1;
    window.depth[at] = layout.depth[node]!;
    window.fold[at] = below === 0 ? 0 : view.closed[node] ? 1 : 2;
    window.hiddenBelow[at] = view.closed[node] ? below : 0;
    window.setSize[at] = layout.setSize[node]!;
    window.posInSet[at] = layout.positionInSet[node]!;
    if (process < 0) {
      const groups = view.groups!, group = -1 - process; // only groups have headings
      const heading = groups.headings[group]!;
      alerts ??= countAlerts(groups, groups.kept, judged.findings);
      window.processesIn[at] = groups.processes[group]!;
      window.orphansIn[at] = groups.orphans[group]!;
      window.alertsIn[at] = alerts[group]!;
      window.name[at] = heading.name;
      window.start[at] = heading.start;
      window.end[at] = heading.end;
      continue;
    }
    window.process[at] = process;
    window.pid[at] = lineage.pid[process]!;
    window.flags[at] = lineage.flags[process]!;
    window.start[at] = lineage.start[process]!;
    window.startBasis[at] = lineage.startBasis[process]!;
    window.end[at] = lineage.end[process]!;
    window.lastSeen[at] = lineage.lastSeen[process]!;
    window.adoptedAt[at] = firstAdoption(set, process);
    window.name[at] = nameOf(set, process) ?? '';
    window.args[at] = commandLine(strings.text(lineage.args[process]!));
    window.user[at] = userOf(set, process) ?? '';
    const creator = lineage.creator[process]!, adopter = lineage.adopter[process]!;
    if (creator >= 0) {
      window.creatorPid[at] = lineage.pid[creator]!;
      window.creatorName[at] = nameOf(set, creator) ?? '';
      window.creatorBasis[at] = lineage.creatorBasis[process]!;
      window.creatorConfidence[at] = lineage.creatorConfidence[process]!;
    } else if (!hasNoCreator(set, process)) {
      const launcher = lineage.launcher[process]!;
      if (launcher >= 0) {
        window.launcherPid[at] = lineage.pid[launcher]!;
        window.launcherName[at] = nameOf(set, launcher) ?? '';
        window.launcherConfidence[at] = lineage.launcherConfidence[process]!;
      }
      window.entry[at] = entryWords(set, process);
    }
    if (adopter >= 0) {
      window.adopterPid[at] = lineage.pid[adopter]!;
      window.adopterName[at] = nameOf(set, adopter) ?? '';
    }
    if (isOrphan(set, process)) {
      window.orphanBasis[at] = lineage.orphanBasis[process]!;
      window.orphanConfidence[at] = lineage.orphanConfidence[process]!;
      window.orphanedAfterMin[at] = lineage.orphanedAfterMin[process]!;
      window.orphanedAfterMax[at] = lineage.orphanedAfterMax[process]!;
    }
    const requester = lineage.requester[process]!;
    if (requester >= 0 && requestedStart(set, process) === process) {
      window.requesterPid[at] = lineage.pid[requester]!;
      window.requesterName[at] = nameOf(set, requester) ?? '';
      window.requesterRow[at] = rowOf(view, requester);
    }
    const found = judged.findings.get(process);
    if (found !== undefined) {
      window.score[at] = Math.min(found.score, 0xffff);
      window.alert[at] = found.alert ? 1 : 0;
    }
    window.verdict[at] = judged.verdicts.get(process)?.current.verdict ?? '';
    window.otherParentRow[at] = rowOf(view, otherParent(set, view, process));
  }
  return window;
}

/** A process's row in a view; -1 where the view leaves it out or a closed row hides it. */
function rowOf(view: View, process: number): number {
  const node = process >= 0 ? view.layout.nodeOf[process]! : -1;
  return node >= 0 ? view.rowOf[node]! : -1;
}

/** The parent that the other tree shows, where it is another one than this view's. */
function otherParent(set: OpenedSet, view: View, process: number): number {
  const creator = set.lineage.creator[process]!;
  const recorded = lastParent(set, process);
  if (creator === recorded) return -1;
  return view.ask.parents === 'recorded' ? creator : recorded;
}

function commandLine(list: string | undefined): string {
  if (list === undefined) return '';
  const cut = list.length > ARGS_SHOWN ? `${list.slice(0, ARGS_SHOWN)}…` : list;
  return cut.replaceAll('\0', ' ');
}

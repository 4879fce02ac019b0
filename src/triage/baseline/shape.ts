import { baseName, isInterpreter, isShell, NAMED, namedIn, type Run, runOf, waitsForCommand } from '../../lineage/index.js';
import { ADOPTER_KINDS, type AdopterKind, ENTRY_KINDS, type EntryKind, FLAG, type Lineage, type ProcessRow, type StringTable } from '../../model/index.js';
import { hasOfficeName, isDetacher, isSessionTool } from './programs.js';

/**
 * How a process left the program above it (the launcher):
 *   itself      it is a copy of its launcher, which detached itself: what daemons do
 *   subshell    a copy of a shell that ran nothing of its own
 *   job         a shell or a script started it, or a program that waits for what it runs (timeout, make), and ended; there is no middle
 *   wrapped     a known detacher (setsid, nohup, start-stop-daemon, daemonize) started it
 *   started     a manager (init, cron, at, sshd, a bus) or a terminal multiplexer started it
 *   handed-on   another program, or code on a command line, started it and left: it did nothing but detach it
 *   unknown     nobody is known above it
 */
export const CHAINS = ['itself', 'subshell', 'job', 'wrapped', 'started', 'handed-on', 'unknown'] as const;
export type Chain = (typeof CHAINS)[number];

/** Where a process lies among units, by its cgroup: of the service or timer that started it, of a login, of a user's manager, elsewhere; unknown without a snapshot. */
export const PLACES = ['own-unit', 'login', 'user-unit', 'other-unit', 'container', 'unknown'] as const;
export type Place = (typeof PLACES)[number];

/** The marks of one process by which triage and baseline know it. Nothing here is a name alone. */
export interface Shape {
  readonly executable: string;
  readonly name: string;
  /** What it runs, and what its launcher ran when it left; undefined where no record says. */
  readonly run: Run | undefined;
  readonly launcher: ProcessRow;
  readonly launcherRun: Run | undefined;
  readonly chain: Chain;
  /** Processes between it and its launcher that ran no program of their own. */
  readonly middles: readonly ProcessRow[];
  /** The launcher's command line names what it runs. */
  readonly isNamedByLauncher: boolean;
  /** The launcher is code on a command line (python -c, perl -e). */
  readonly isByCode: boolean;
  /** It, or a middle, made a session of its own; undefined where neither a record nor a snapshot tells. */
  readonly madeSession: boolean | undefined;
  readonly adopter: AdopterKind;
  readonly entry: EntryKind;
  readonly entryUnit: string;
  readonly place: Place;
  /** From birth to first adoption, at most and at least, microseconds; NaN where not bounded. */
  readonly detachMicros: number;
  readonly detachMinMicros: number;
}

/** Marks of a process from the lineage alone. */
export function shapeOf(lineage: Lineage, strings: StringTable, row: ProcessRow): Shape {
  const middles: ProcessRow[] = [];
  let above = lineage.creator[row]!;
  while (above >= 0 && !hasRun(lineage, above) && lineage.pid[above]! > 2 && middles.length < 16) {
    middles.push(above);
    above = lineage.creator[above]!;
  }
  const launcher = above >= 0 ? above : lineage.launcher[row]!;
  // Sensors that give every image of a process an id of its own tell one process as two: the same pid is no fork.
  while (launcher >= 0 && middles.length > 0 && lineage.pid[middles.at(-1)!] === lineage.pid[launcher]) middles.pop();
  const left = middles.length > 0 ? lineage.start[middles.at(-1)!]! : lineage.start[row]!;
  const launcherRun = launcher < 0 ? undefined : runAt(lineage, strings, launcher, left);
  const own = lastRun(lineage, strings, row) ?? unseenRun(lineage, strings, row, launcherRun);
  const executable = withoutMark(strings.text(lineage.exe[row]!) ?? own?.exe ?? '');
  const chain = chainOf(lineage, strings, row, launcher, launcherRun, own, middles.length);
  const entry = ENTRY_KINDS[lineage.entryKind[row]!] ?? '', entryRow = lineage.entry[row]!;
  const entryUnit = strings.text(lineage.unit[entryRow >= 0 ? entryRow : row]!) ?? '';
  return {
    executable,
    name: strings.text(lineage.comm[row]!) ?? baseName(executable),
    run: own ?? launcherRun,
    launcher, launcherRun, chain, middles,
    isNamedByLauncher: own !== undefined && launcherRun !== undefined && namedIn(launcherRun, own).named >= NAMED.byName,
    isByCode: launcherRun !== undefined && isCode(launcherRun),
    madeSession: sessionMade(lineage, row, middles),
    adopter: ADOPTER_KINDS[lineage.adopterKind[row]!] ?? '',
    entry, entryUnit,
    place: placeAmongUnits(lineage, strings, row, entry, entryUnit),
    detachMicros: lineage.orphanedAfterMax[row]!,
    detachMinMicros: lineage.orphanedAfterMin[row]!,
  };
}

function chainOf(lineage: Lineage, strings: StringTable, row: ProcessRow, launcher: ProcessRow, by: Run | undefined, own: Run | undefined, middles: number): Chain {
  if (launcher < 0 || by === undefined) return lineage.pid[launcher] === 1 ? 'started' : 'unknown';
  if (own === undefined || (baseName(own.exe) === baseName(by.exe) && own.line === by.line)) return isShell(by.exe) && !isCode(by) ? 'subshell' : 'itself';
  if (isDetacher(by) || runsOf(lineage, strings, row).slice(0, -1).some(isDetacher)) return 'wrapped';
  if (isSessionTool(by) || (hasOfficeName(by) && isOffice(lineage, launcher))) return 'started';
  if (isShell(by.exe)) return 'job';
  if (baseName(own.exe) === baseName(by.exe)) return 'itself'; // it runs itself anew: sshd -R, a daemon that restarts
  // Scripts start what they need, and who waits for a command and is struck down leaves it: that is no tool for detaching, as long as nothing forked in between.
  return middles === 0 && ((isInterpreter(by.exe) && !isCode(by)) || waitsForCommand(by)) ? 'job' : 'handed-on';
}

/** A manager or listener stands below init, or is a copy of one that does: a program that is only called agetty is none. */
function isOffice(lineage: Lineage, row: ProcessRow): boolean {
  for (let at = row, steps = 0; at >= 0 && steps < 8; steps++) {
    if (lineage.entry[at] === at || lineage.pid[at]! <= 2) return true;
    const creator = lineage.creator[at]!;
    if (creator < 0) return lineage.entry[at]! < 0;
    if (lineage.pid[creator]! <= 2) return true;
    if (lineage.exe[creator] !== lineage.exe[at]) return false;
    at = creator;
  }
  return false;
}

/** Code that stands on the command line of an interpreter other than a shell, whose `-c` is how every program is started. */
export function isCode(run: Run): boolean {
  if (!isInterpreter(run.exe) || isShell(run.exe)) return false;
  for (const arg of run.args.slice(1)) {
    if (/^-\w*[ceErR]$/.test(arg) || arg === '--eval') return true;
    if (!arg.startsWith('-') || arg === '-m' || arg === '--') return false; // a script: what follows are its own arguments
  }
  return false;
}

function hasRun(lineage: Lineage, row: ProcessRow): boolean {
  return lineage.programFirst[row + 1]! > lineage.programFirst[row]!;
}

/** All programs that a process ran itself, in order. */
export function runsOf(lineage: Lineage, strings: StringTable, row: ProcessRow): Run[] {
  const runs: Run[] = [];
  for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) runs.push(programRun(lineage, strings, at));
  return runs;
}

function lastRun(lineage: Lineage, strings: StringTable, row: ProcessRow): Run | undefined {
  return hasRun(lineage, row) ? programRun(lineage, strings, lineage.programFirst[row + 1]! - 1) : undefined;
}

/** What a snapshot shows of a process that no exec record speaks of: another executable than its launcher's is a program of its own. */
function unseenRun(lineage: Lineage, strings: StringTable, row: ProcessRow, by: Run | undefined): Run | undefined {
  const exe = withoutMark(strings.text(lineage.exe[row]!) ?? '');
  return exe === '' || by === undefined || baseName(exe) === baseName(by.exe) ? undefined : asRun(exe, strings.list(lineage.args[row]!));
}

/** What a process ran at a time: the last program that began before, else its first; what a snapshot shows where no exec is on record. */
function runAt(lineage: Lineage, strings: StringTable, row: ProcessRow, time: number): Run | undefined {
  let found = -1;
  for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) if (found < 0 || lineage.programTime[at]! <= time) found = at;
  if (found >= 0) return programRun(lineage, strings, found);
  const exe = strings.text(lineage.exe[row]!) ?? strings.text(lineage.comm[row]!);
  return exe === undefined ? undefined : asRun(exe, strings.list(lineage.args[row]!));
}

function programRun(lineage: Lineage, strings: StringTable, at: number): Run {
  const exe = strings.text(lineage.programExe[at]!) ?? strings.text(lineage.programComm[at]!) ?? '';
  return asRun(exe, strings.list(lineage.programArgs[at]!));
}

function asRun(exe: string, args: readonly string[]): Run {
  return runOf(withoutMark(exe), args);
}

function withoutMark(path: string): string {
  return path.endsWith(' (deleted)') ? path.slice(0, -' (deleted)'.length) : path;
}

function sessionMade(lineage: Lineage, row: ProcessRow, middles: readonly ProcessRow[]): boolean | undefined {
  const line = [row, ...middles];
  if (line.some((each) => !Number.isNaN(lineage.setsidAt[each]!))) return true;
  const sid = lineage.sid[row]!;
  if (sid < 0) return undefined;
  return sid === lineage.pid[row] || middles.some((each) => lineage.pid[each] === sid);
}

function placeAmongUnits(lineage: Lineage, strings: StringTable, row: ProcessRow, entry: EntryKind, entryUnit: string): Place {
  if ((lineage.container[row]! !== 0) || entry === 'container') return 'container';
  const cgroup = strings.text(lineage.cgroup[row]!) ?? '', unit = strings.text(lineage.unit[row]!) ?? '';
  const isUnits = (entry === 'service' || entry === 'timer') && entryUnit !== '';
  // Without a cgroup the unit is what the broker's records say, and forks keep it.
  if (cgroup === '') return isUnits && unit === entryUnit ? 'own-unit' : 'unknown';
  const leaf = unit !== '' ? unit : cgroup.slice(cgroup.lastIndexOf('/') + 1);
  if (/\bsession-c?\d+\.scope\b/.test(cgroup)) return 'login';
  if (isUnits && leaf === entryUnit) return 'own-unit';
  return /\buser@\d+\.service\b/.test(cgroup) ? 'user-unit' : 'other-unit';
}

/** From the first adoption to the end, microseconds; Infinity for who lives on, NaN where nothing dates it. */
export function survivalOf(lineage: Lineage, row: ProcessRow): number {
  for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++)
    if (lineage.intervalAdopted[at] === 1) return livesOn(lineage, row) ? Infinity : lineage.end[row]! - lineage.intervalFrom[at]!;
  return NaN;
}

/** Whether nothing shows a process's end before the evidence ends. */
export function livesOn(lineage: Lineage, row: ProcessRow): boolean {
  return Number.isNaN(lineage.end[row]!) && lineage.endBasis[row] === 255;
}

/** A process that only served to detach others: what is said of it is said of them. */
export function isMiddle(lineage: Lineage, row: ProcessRow): boolean {
  return (lineage.flags[row]! & FLAG.intermediate) !== 0;
}

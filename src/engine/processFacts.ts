import { ENTRY_KINDS, FLAG, ID_NOT_STATED, type ProcessRow, UNSET_ID } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import type { ProcessRef, Ref } from './requests.js';

/** A process's short name: what it runs, by comm or the executable's last part; null when nothing tells. */
export function nameOf(set: OpenedSet, row: ProcessRow): string | null {
  const { lineage, strings } = set;
  const comm = strings.text(lineage.comm[row]!);
  if (comm !== undefined && comm !== '') return comm;
  const executable = strings.text(lineage.exe[row]!);
  if (executable === undefined || executable === '') return null;
  return executable.slice(executable.lastIndexOf('/') + 1) || executable;
}

export function refOf(set: OpenedSet, row: ProcessRow): ProcessRef | null {
  if (row < 0) return null;
  return { process: row, pid: set.lineage.pid[row]!, start: set.lineage.start[row]!, name: nameOf(set, row) };
}

/** Microseconds as seconds; null for what is not known. */
export function seconds(micros: number): number | null {
  return Number.isNaN(micros) ? null : micros / 1e6;
}

/** As {@link refOf}, in the command line's form: seconds. */
export function jsonRef(set: OpenedSet, row: ProcessRow): Ref | null {
  return row < 0 ? null : { pid: set.lineage.pid[row]!, start: seconds(set.lineage.start[row]!) };
}

/** An id as text: "unset" for 4294967295, null when no record states it. */
export function idText(id: number): string | null {
  return id === ID_NOT_STATED ? null : id === UNSET_ID ? 'unset' : String(id);
}

export function isOrphan(set: OpenedSet, row: ProcessRow): boolean {
  return (set.lineage.flags[row]! & FLAG.orphan) !== 0;
}

/** The parent as recorded last; -1 when none is known. */
export function lastParent(set: OpenedSet, row: ProcessRow): ProcessRow {
  const end = set.lineage.intervalFirst[row + 1]!;
  return end > set.lineage.intervalFirst[row]! ? set.lineage.intervalParent[end - 1]! : -1;
}

/** When it was first adopted; NaN if never. */
export function firstAdoption(set: OpenedSet, row: ProcessRow): number {
  const { lineage } = set;
  for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) if (lineage.intervalAdopted[at]) return lineage.intervalFrom[at]!;
  return NaN;
}

/** The session's number as text, null when the process has none or no record states it. */
export function sessionText(set: OpenedSet, row: ProcessRow): string | null {
  const ses = set.lineage.ses[row]!;
  return ses === ID_NOT_STATED || ses === UNSET_ID ? null : String(ses);
}

/** Who a process runs as: the name that goes with its number, else the name alone, else the number; null when nothing states it. */
export function userOf(set: OpenedSet, row: ProcessRow): string | null {
  const { lineage, strings, users } = set;
  return users.text(lineage.host[row]!, lineage.uid[row]!) ?? strings.text(lineage.user[row]!) ?? null;
}

/** The way in, in short: "login, session 40", "service, nginx.service", "cron"; '' where it is not known. */
export function entryWords(set: OpenedSet, row: ProcessRow): string {
  const { lineage } = set;
  const kind = ENTRY_KINDS[lineage.entryKind[row]!] ?? '', entry = lineage.entry[row]!;
  const session = sessionText(set, row) ?? (entry < 0 ? null : sessionText(set, entry));
  const where = kind === 'login' ? session && `session ${session}` : kind === 'service' || kind === 'timer' ? unitText(set, entry < 0 ? row : entry) : null;
  return where === null ? kind : `${kind}, ${where}`;
}

export function unitText(set: OpenedSet, row: ProcessRow): string | null {
  return set.strings.text(set.lineage.unit[row]!) ?? null;
}

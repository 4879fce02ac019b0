import { FLAG, ID_NOT_STATED, type ProcessRow, type StringId, UNSET_ID } from '../model/index.js';
import type { ProcessFindings } from '../triage/index.js';
import type { OpenedSet } from './openSet.js';
import { userOf } from './processFacts.js';
import type { GroupBy } from './requests.js';

/** Groups of a view: which one each process is in, and the words of each heading. */
export interface ViewGroups {
  readonly count: number;
  readonly of: Int32Array;
  readonly headings: readonly GroupHeading[];
}

export interface GroupHeading {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What a heading counts, of the processes that the view keeps: what merely stands above them is not counted. */
export interface GroupCounts {
  readonly kept: Uint8Array;
  readonly processes: Uint32Array;
  readonly orphans: Uint32Array;
}

/** How processes fall into groups, host by host. */
interface Grouping {
  /** The group's number on its host; undefined: in none of them. */
  keyOf(row: ProcessRow): number | undefined;
  /** Its heading, from its first process. */
  headingOf(row: ProcessRow): GroupHeading;
  /** Heading of those that are in none. */
  readonly none: string;
  /** Headings in order of their words; else of their first process. */
  readonly byName: boolean;
}

/** Groups as asked for; by creation only where there is more than one host, whose trees never meet. */
export function groupsOf(set: OpenedSet, group: GroupBy): ViewGroups | undefined {
  const severalHosts = new Set(set.lineage.host).size > 1;
  if (group === 'creation') return severalHosts ? grouped(set, hostGrouping(set), '') : undefined;
  const grouping = GROUPINGS[group](set);
  return grouped(set, grouping, severalHosts ? ' on ' : '');
}

const GROUPINGS = {
  session: sessionGrouping,
  unit: (set) => textGrouping(set, set.lineage.unit, 'No unit known'),
  container: (set) => textGrouping(set, set.lineage.container, 'No container known', 'Container '),
  user: userGrouping,
} as const satisfies Record<Exclude<GroupBy, 'creation'>, (set: OpenedSet) => Grouping>;

/** Puts every process into its group; who is in none stands in its host's last one. `on`: the word between a heading and its host, '' for no host. */
function grouped(set: OpenedSet, grouping: Grouping, on: string): ViewGroups {
  const { lineage, strings } = set;
  const places = new Map<StringId, Map<number, number>>();
  const found: (GroupHeading & { readonly host: string; readonly isNone: boolean })[] = [];
  const of = new Int32Array(lineage.count);
  for (let row = 0; row < lineage.count; row++) {
    const host = lineage.host[row]!, key = grouping.keyOf(row) ?? NONE;
    let onHost = places.get(host);
    if (!onHost) places.set(host, (onHost = new Map<number, number>()));
    let group = onHost.get(key);
    if (group === undefined) {
      onHost.set(key, (group = found.length));
      const heading = key === NONE ? { name: grouping.none, start: NaN, end: NaN } : grouping.headingOf(row);
      const name = strings.text(host) ?? '';
      found.push({ ...heading, name: on === '' ? heading.name : `${heading.name}${on}${name}`, host: name, isNone: key === NONE });
    }
    of[row] = group;
  }
  const order = found.map((_, group) => group).sort((a, b) => {
    const one = found[a]!, other = found[b]!;
    if (one.isNone !== other.isNone) return one.isNone ? 1 : -1;
    if (!grouping.byName) return a - b;
    return inOrder(one.host, other.host) || inOrder(one.name, other.name);
  });
  const place = new Int32Array(found.length);
  order.forEach((group, at) => (place[group] = at));
  for (let row = 0; row < of.length; row++) of[row] = place[of[row]!]!;
  return { count: found.length, of, headings: order.map((group) => ({ name: found[group]!.name, start: found[group]!.start, end: found[group]!.end })) };
}

const NONE = -1;

/** Numbers inside names count as numbers: session-9.scope stands before session-13.scope. */
const collator = new Intl.Collator('en', { numeric: true });
function inOrder(a: string, b: string): number {
  return collator.compare(a, b);
}

function hostGrouping({ lineage, strings }: OpenedSet): Grouping {
  return { keyOf: () => 0, headingOf: (row) => ({ name: `Host ${strings.text(lineage.host[row]!) ?? ''}`, start: NaN, end: NaN }), none: '', byName: true };
}

/** Sessions in order of their first process; last, those without one: services, the kernel, what began before anybody logged in. */
function sessionGrouping(set: OpenedSet): Grouping {
  const { lineage } = set;
  const known = new Map(set.sessions.map((session) => [`${session.host}/${session.boot}/${session.ses}`, session]));
  return {
    keyOf(row) {
      const ses = lineage.ses[row]!;
      return ses === UNSET_ID || ses === ID_NOT_STATED ? undefined : lineage.boot[row]! * 2 ** 32 + ses;
    },
    headingOf(row) {
      const ses = lineage.ses[row]!, host = lineage.host[row]!;
      const session = known.get(`${host}/${lineage.boot[row]!}/${ses}`);
      const auid = session && session.auid !== ID_NOT_STATED ? session.auid : lineage.auid[row]!;
      const user = set.users.text(host, auid);
      return { name: `Session ${ses}${user === null || user === 'unset' ? '' : ` of ${user}`}`, start: session?.start ?? lineage.start[row]!, end: session?.end ?? NaN };
    },
    none: 'No login session',
    byName: false,
  };
}

/** By a column of strings, such as the unit that a process's cgroup names. */
function textGrouping({ strings }: OpenedSet, column: Uint32Array, none: string, before: string = ''): Grouping {
  return {
    keyOf: (row) => (column[row] === 0 ? undefined : column[row]),
    headingOf: (row) => ({ name: `${before}${strings.text(column[row]!) ?? ''}`, start: NaN, end: NaN }),
    none,
    byName: true,
  };
}

/** By the user that a process runs as, at its last sight: by number, else (`ps aux`) by name. */
function userGrouping(set: OpenedSet): Grouping {
  const { lineage } = set;
  return {
    keyOf(row) {
      const uid = lineage.uid[row]!, name = lineage.user[row]!;
      if (uid !== UNSET_ID && uid !== ID_NOT_STATED) return uid;
      return name === 0 ? undefined : 2 ** 32 + name;
    },
    headingOf: (row) => ({ name: `User ${userOf(set, row) ?? ''}`, start: NaN, end: NaN }),
    none: 'User not known',
    byName: true,
  };
}

/** Processes and orphans of each group among those that the view keeps. */
export function countGroups(set: OpenedSet, groups: ViewGroups, kept: Uint8Array): GroupCounts {
  const processes = new Uint32Array(groups.count), orphans = new Uint32Array(groups.count);
  for (let row = 0; row < kept.length; row++) {
    if (!kept[row]) continue;
    const group = groups.of[row]!;
    processes[group]!++;
    if ((set.lineage.flags[row]! & FLAG.orphan) !== 0) orphans[group]!++;
  }
  return { kept, processes, orphans };
}

/** Alerts of each group among the processes that the view keeps. */
export function countAlerts(groups: ViewGroups, kept: Uint8Array, findings: ReadonlyMap<ProcessRow, ProcessFindings>): Uint32Array {
  const alerts = new Uint32Array(groups.count);
  for (const { process, alert } of findings.values()) if (alert && kept[process]) alerts[groups.of[process]!]!++;
  return alerts;
}

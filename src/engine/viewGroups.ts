import { ID_NOT_STATED, type StringId, UNSET_ID } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
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

/** Grouped by login session; by creation only where there is more than one host, whose trees never meet. */
export function groupsOf(set: OpenedSet, group: GroupBy): ViewGroups | undefined {
  if (group === 'session') return sessionGroups(set);
  return new Set(set.lineage.host).size > 1 ? hostGroups(set) : undefined;
}

function hostGroups(set: OpenedSet): ViewGroups {
  const { lineage, strings } = set;
  const hosts = [...new Set(lineage.host)].map((host) => ({ host, name: strings.text(host) ?? '' })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const place = new Map<StringId, number>(hosts.map(({ host }, at) => [host, at]));
  return {
    count: hosts.length,
    of: Int32Array.from(lineage.host, (host) => place.get(host)!),
    headings: hosts.map(({ name }) => ({ name: `Host ${name}`, start: NaN, end: NaN })),
  };
}

/** Sessions in order of their first process; last, those without one: services, the kernel, what began before anybody logged in. */
function sessionGroups(set: OpenedSet): ViewGroups {
  const { lineage, strings } = set;
  const severalHosts = new Set(lineage.host).size > 1;
  const place = new Map<string, number>();
  const headings: GroupHeading[] = [];
  const of = new Int32Array(lineage.count);
  const known = new Map(set.sessions.map((session) => [`${session.host}/${session.boot}/${session.ses}`, session]));
  const without = new Map<StringId, number[]>();
  for (let row = 0; row < lineage.count; row++) {
    const ses = lineage.ses[row]!, host = lineage.host[row]!;
    if (ses === UNSET_ID || ses === ID_NOT_STATED) {
      const rows = without.get(host);
      if (rows) rows.push(row);
      else without.set(host, [row]);
      continue;
    }
    const key = `${host}/${lineage.boot[row]!}/${ses}`;
    let group = place.get(key);
    if (group === undefined) {
      place.set(key, (group = headings.length));
      const session = known.get(key);
      const auid = session && session.auid !== ID_NOT_STATED ? session.auid : lineage.auid[row]!;
      const user = set.users.text(host, auid);
      headings.push({
        name: `Session ${ses}${user === null || user === 'unset' ? '' : ` of ${user}`}${severalHosts ? ` on ${strings.text(host) ?? ''}` : ''}`,
        start: session?.start ?? lineage.start[row]!,
        end: session?.end ?? NaN,
      });
    }
    of[row] = group;
  }
  for (const [host, rows] of without) {
    for (const row of rows) of[row] = headings.length;
    headings.push({ name: `No login session${severalHosts ? ` on ${strings.text(host) ?? ''}` : ''}`, start: NaN, end: NaN });
  }
  return { count: headings.length, of, headings };
}

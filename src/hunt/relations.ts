import type { Bound } from './bound.js';
import type { Table } from './resolve.js';
import type { Printer } from './sqlite.js';
import { alive, balanced, type Scope } from './sqlScope.js';

type Relation = Extract<Bound, { kind: 'relation' }>;

/**
 * Prints a lineage predicate in the created tree (HUNT section 6): the row's process is in a set of ids that is made once, before the scan.
 * Time: below q's process only those count whose branch was born at or after q's event; lifetimes as q have no time.
 */
export function printRelation(relation: Relation, scope: Scope, scopeOf: (table: Table) => Scope, printerOf: (scope: Scope) => Printer): string {
  const row = scope.table === 'event' ? 'e.process' : 'p.id';
  const inner = scopeOf(relation.inner.table);
  const condition = printerOf(inner).condition(relation.inner.where);
  const found: Found = { sql: matching(relation, inner, condition), isTimed: relation.inner.table === 'event', edge: (alias) => (inner.floor < 2 ? ` AND ${inner.holds(`${alias}.creator_basis`)}` : '') };
  switch (relation.relation) {
    case 'event':
      if (scope.table === 'process' || !found.isTimed) return `${row} IN (SELECT q.process FROM (${found.sql}) q)`;
      return `coalesce(${scope.join((alias) => `LEFT JOIN (${found.sql}) ${alias} ON ${alias}.process = e.process`)}.first <= e.id, 0)`;
    case 'child':
      return `${row} IN (SELECT c.id ${branches(found)})`;
    case 'parent':
      return `${row} IN (SELECT c.creator FROM process c WHERE c.id IN (SELECT q.process FROM (${found.sql}) q)${found.edge('c')})`;
    case 'sibling':
      return `${row} IN (SELECT s.id FROM (SELECT c.creator AS maker, count(*) AS many, min(c.id) AS only FROM process c WHERE c.id IN (SELECT q.process FROM (${found.sql}) q)${found.edge('c')} GROUP BY c.creator) g CROSS JOIN process s ON s.creator = g.maker${found.edge('s')} WHERE g.many > 1 OR g.only <> s.id)`;
    case 'ancestor':
      return `${row} IN (${ancestors(found, relation.within)})`;
    case 'descendant':
      return `${row} IN (${inner.floor < 2 ? descendantsByLinks(found, relation.within) : descendantsByNumbers(found, relation.within)})`;
  }
}

/** q's processes with the first time (`t`) and event (`first`) that match. */
interface Found {
  readonly sql: string;
  readonly isTimed: boolean;
  /** What an edge to a creator must fulfil besides, by the basis floor. */
  readonly edge: (alias: string) => string;
}

function matching(relation: Relation, inner: Scope, condition: string): string {
  const own = relation.inner.source.where;
  const where = balanced([alive(inner.root), ...(own === undefined ? [] : [`(${own})`]), condition], 'AND');
  if (relation.inner.table === 'process') return `SELECT p.id AS process FROM process p ${inner.joins} WHERE ${where}`;
  return `SELECT e.process AS process, min(e.time) AS t, min(e.id) AS first FROM event e ${inner.joins} WHERE ${where} AND e.process IS NOT NULL GROUP BY e.process`;
}

/** The children `c` of q's processes that were born in time. */
function branches(found: Found): string {
  return `FROM (${found.sql}) q CROSS JOIN process c ON c.creator = q.process${found.edge('c')}${found.isTimed ? ' AND c.start >= q.t' : ''}`;
}

/** By the numbers of the created tree: the intervals of the branches, merged (they are nested or apart), then what lies in one. */
function descendantsByNumbers(found: Found, within: number | undefined): string {
  const intervals = `SELECT c.pre AS a, c.post AS b, c.depth AS depth ${branches(found)}`;
  if (within !== undefined) return `SELECT d.id FROM (${intervals}) r CROSS JOIN process d ON d.pre BETWEEN r.a AND r.b WHERE d.depth < r.depth + ${within}`;
  const merged = `SELECT a, b FROM (SELECT a, b, max(b) OVER (ORDER BY a, b DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered FROM (${intervals})) WHERE covered IS NULL OR covered < a`;
  return `SELECT d.id FROM (${merged}) r CROSS JOIN process d ON d.pre BETWEEN r.a AND r.b`;
}

/** The numbers know every edge; with a basis floor some are cut, so the links are walked. */
function descendantsByLinks(found: Found, within: number | undefined): string {
  const next = within === undefined ? ['', '', ''] : [', links', ', d.links + 1', ` AND d.links < ${within}`];
  return `WITH RECURSIVE d(id${next[0]}) AS (SELECT c.id${within === undefined ? '' : ', 1'} ${branches(found)} UNION SELECT c.id${next[1]} FROM d CROSS JOIN process c ON c.creator = d.id${found.edge('c')}${next[2]}) SELECT id FROM d`;
}

function ancestors(found: Found, within: number | undefined): string {
  const next = within === undefined ? ['', '', ''] : [', links', ', a.links + 1', ` AND a.links < ${within}`];
  return `WITH RECURSIVE a(id${next[0]}) AS (SELECT c.creator${within === undefined ? '' : ', 1'} FROM process c WHERE c.creator IS NOT NULL AND c.id IN (SELECT q.process FROM (${found.sql}) q)${found.edge('c')} UNION SELECT c.creator${next[1]} FROM a CROSS JOIN process c ON c.id = a.id AND c.creator IS NOT NULL${found.edge('c')}${next[2]}) SELECT id FROM a`;
}

import { balanced } from './balanced.js';
import type { Bound } from './bound.js';
import type { Dialect, PrintContext } from './dialect.js';
import { alive, type Scope } from './sqlScope.js';

export type Relation = Extract<Bound, { kind: 'relation' }>;

/** Links followed in the recorded tree, unless the hunt says how many. */
export const RECORDED_LINKS = 64;

/**
 * Prints a lineage predicate (HUNT section 6). In the created tree, and for lifetimes, the row's process is in a set of ids that is made once, before the
 * scan; for events in the recorded tree the parents as they stood at the row's time are walked row by row.
 * Time: below q's process only those count whose branch was born at or after q's event; lifetimes as q have no time.
 */
export function printRelation(relation: Relation, context: PrintContext): string {
  const { scope } = context;
  const found = foundBy(relation, context, { alive, ownCondition: (where) => where });
  if (scope.table === 'process') return `p.id IN (${related(relation, found)})`;
  if (relation.relation === 'event') {
    if (!found.isTimed) return `(e.process IS NOT NULL AND e.process IN (SELECT q.process FROM (${found.sql}) q))`;
    return `coalesce(${scope.join((alias) => `LEFT JOIN (${found.sql}) ${alias} ON ${alias}.process = e.process`)}.first <= e.id, 0)`;
  }
  return `(e.process IS NOT NULL AND ${found.link === 'parent' ? relatedAtTime(relation, found) : `e.process IN (${related(relation, found)})`})`;
}

/** A SELECT of the ids of all processes in the relation. */
function related(relation: Relation, found: Found): string {
  const { link, edge, floor } = found;
  switch (relation.relation) {
    case 'event':
      return `SELECT q.process FROM (${found.sql}) q`;
    case 'child':
      return `SELECT c.id ${branches(found)}`;
    case 'parent':
      return `SELECT c.${link} FROM process c WHERE c.id IN (SELECT q.process FROM (${found.sql}) q) AND c.${link} IS NOT NULL${edge('c')}`;
    case 'sibling':
      return `SELECT s.id FROM (SELECT c.${link} AS maker, count(*) AS many, min(c.id) AS only FROM process c WHERE c.id IN (SELECT q.process FROM (${found.sql}) q)${edge('c')} GROUP BY c.${link}) g CROSS JOIN process s ON s.${link} = g.maker${edge('s')} WHERE g.many > 1 OR g.only <> s.id`;
    case 'ancestor':
      return ancestors(found, relation.within);
    case 'descendant':
      return floor < 2 || link === 'parent' ? descendantsByLinks(found, relation.within ?? (link === 'parent' ? RECORDED_LINKS : undefined)) : descendantsByNumbers(found, relation.within);
  }
}

/** The recorded tree as it stood at an event. */
function relatedAtTime(relation: Relation, found: Found): string {
  const { floor } = found;
  const links = relation.within ?? RECORDED_LINKS;
  const held = (alias: string): string => `(${alias}.from_time IS NULL OR ${alias}.from_time <= e.time) AND (${alias}.to_time IS NULL OR e.time < ${alias}.to_time)${floor < 2 ? ` AND coalesce(${alias}.basis, 0) <= ${floor}` : ''}`;
  const isFound = `IN (SELECT q.process FROM (${found.sql}) q)`;
  const inTime = (child: string): string => (found.isTimed ? ` AND ${child} >= q.t` : '');
  switch (relation.relation) {
    case 'child':
      return `EXISTS (SELECT 1 FROM (${found.sql}) q CROSS JOIN process c ON c.id = e.process WHERE q.process = e.parent${inTime('c.start')})`;
    case 'parent':
      return `EXISTS (SELECT 1 FROM parentage g WHERE g.parent = e.process AND ${held('g')} AND g.process ${isFound})`;
    case 'sibling':
      return `EXISTS (SELECT 1 FROM parentage g WHERE g.parent = e.parent AND g.process <> e.process AND ${held('g')} AND g.process ${isFound})`;
    case 'descendant':
      return `EXISTS (WITH RECURSIVE up(id, child, links) AS (SELECT e.parent, e.process, 1 UNION SELECT g.parent, up.id, up.links + 1 FROM up JOIN parentage g ON g.process = up.id AND ${held('g')} WHERE up.links < ${links} AND g.parent IS NOT NULL)
        SELECT 1 FROM up JOIN process c ON c.id = up.child JOIN (${found.sql}) q ON q.process = up.id WHERE 1${inTime('c.start')})`;
    case 'ancestor':
      return `EXISTS (WITH RECURSIVE down(id, links) AS (SELECT e.process, 0 UNION SELECT g.process, down.links + 1 FROM down JOIN parentage g ON g.parent = down.id AND ${held('g')} WHERE down.links < ${links})
        SELECT 1 FROM down WHERE down.links > 0 AND down.id ${isFound})`;
    case 'event':
      return '0'; // asked before: an event of the process itself is in no tree
  }
}

/** q's processes with the first time (`t`) and event (`first`) that match. */
export interface Found {
  readonly sql: string;
  readonly isTimed: boolean;
  /** The column of `process` that leads up: in the recorded tree the last recorded parent. */
  readonly link: 'creator' | 'parent';
  /** What an edge to a creator must fulfil besides, by the basis floor. */
  readonly edge: (alias: string) => string;
  readonly floor: number;
}

/** What q of a relation finds, in the words of one dialect. */
export function foundBy(relation: Relation, context: PrintContext, words: Pick<Dialect, 'alive' | 'ownCondition'>): Found {
  const inner = context.scopeOf(relation.inner.table);
  const condition = context.printerOf(inner).condition(relation.inner.where);
  const isRecorded = relation.tree === 'recorded' && relation.relation !== 'event';
  const edge = (alias: string): string => (!isRecorded && inner.floor < 2 ? ` AND ${inner.holds(`${alias}.creator_basis`)}` : '');
  return { sql: matching(relation, inner, condition, words), isTimed: relation.inner.table === 'event', link: isRecorded ? 'parent' : 'creator', edge, floor: inner.floor };
}

function matching(relation: Relation, inner: Scope, condition: string, words: Pick<Dialect, 'alive' | 'ownCondition'>): string {
  const own = relation.inner.source.where;
  const where = balanced([words.alive(inner.root), ...(own === undefined ? [] : [`(${words.ownCondition(own)})`]), condition], 'AND');
  if (relation.inner.table === 'process') return `SELECT p.id AS process FROM process p ${inner.joins} WHERE ${where}`;
  return `SELECT e.process AS process, min(CASE WHEN ${words.alive('e')} THEN e.time END) AS t, min(e.id) AS first FROM event e ${inner.joins} WHERE ${where} AND +e.process IS NOT NULL GROUP BY +e.process`; // + : by the index of processes every row would be looked up apart
}

/** The children `c` of q's processes that were born in time. */
function branches(found: Found): string {
  return `FROM (${found.sql}) q CROSS JOIN process c ON c.${found.link} = q.process AND ${alive('c')}${found.edge('c')}${found.isTimed ? ' AND c.start >= q.t' : ''}`;
}

/** By the numbers of the created tree: the intervals of the branches, merged (they are nested or apart), then what lies in one. */
function descendantsByNumbers(found: Found, within: number | undefined): string {
  const intervals = `SELECT c.pre AS a, c.post AS b, c.depth AS depth ${branches(found)}`;
  if (within !== undefined) return `SELECT d.id FROM (${intervals}) r CROSS JOIN process d ON d.pre BETWEEN r.a AND r.b WHERE ${alive('d')} AND d.depth < r.depth + ${within}`;
  const merged = `SELECT a, b FROM (SELECT a, b, max(b) OVER (ORDER BY a, b DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered FROM (${intervals})) WHERE covered IS NULL OR covered < a`;
  return `SELECT d.id FROM (${merged}) r CROSS JOIN process d ON d.pre BETWEEN r.a AND r.b WHERE ${alive('d')}`;
}

/** The numbers know every edge; with a basis floor some are cut, so the links are walked. */
function descendantsByLinks(found: Found, within: number | undefined): string {
  const next = within === undefined ? ['', '', ''] : [', links', ', d.links + 1', ` AND d.links < ${within}`];
  return `WITH RECURSIVE d(id${next[0]}) AS (SELECT c.id${within === undefined ? '' : ', 1'} ${branches(found)} UNION SELECT c.id${next[1]} FROM d CROSS JOIN process c ON c.${found.link} = d.id AND ${alive('c')}${found.edge('c')}${next[2]}) SELECT id FROM d`;
}

function ancestors(found: Found, within: number | undefined): string {
  const next = within === undefined ? ['', '', ''] : [', links', ', a.links + 1', ` AND a.links < ${within}`];
  return `WITH RECURSIVE a(id${next[0]}) AS (SELECT c.${found.link}${within === undefined ? '' : ', 1'} FROM process c WHERE c.${found.link} IS NOT NULL AND c.id IN (SELECT q.process FROM (${found.sql}) q)${found.edge('c')} UNION SELECT c.${found.link}${next[1]} FROM a CROSS JOIN process c ON c.id = a.id AND ${alive('c')} AND c.${found.link} IS NOT NULL${found.edge('c')}${next[2]}) SELECT id FROM a`;
}

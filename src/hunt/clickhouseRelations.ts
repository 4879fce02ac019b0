import type { PrintContext } from './dialect.js';
import { foundBy, RECORDED_LINKS, type Found, type Relation } from './relations.js';

/**
 * A lineage predicate as ClickHouse's SQL. Nothing is asked row by row there, so each is a set of ids: of processes, or of the events whose process stood
 * in the relation when they happened. What `relations.ts` walks up from an event is walked down from what was found, each step keeping the times at which it held.
 */
export function clickHouseRelation(relation: Relation, context: PrintContext): string {
  const { scope } = context;
  const found = foundBy(relation, context, { alive: () => '1', ownCondition: (where) => where.replaceAll('+', '') });
  if (scope.table === 'process') return `p.id IN (${related(relation, found)})`;
  if (relation.relation === 'event') {
    if (!found.isTimed) return `ifNull(e.process IN (${processes(found)}), 0)`;
    return `ifNull(${scope.join((alias) => `LEFT JOIN (${found.sql}) ${alias} ON ${alias}.process = e.process`)}.first <= e.id, 0)`;
  }
  return found.link === 'parent' ? relatedAtTime(relation, found) : `ifNull(e.process IN (${related(relation, found)}), 0)`;
}

const processes = (found: Found): string => `SELECT q.process FROM (${found.sql}) q`;

/** A SELECT of the ids of all processes in the relation. */
function related(relation: Relation, found: Found): string {
  const { link, edge, floor } = found;
  switch (relation.relation) {
    case 'event':
      return processes(found);
    case 'child':
      return `SELECT c.id ${branches(found)}`;
    case 'parent':
      return `SELECT c.${link} FROM process c WHERE c.id IN (${processes(found)}) AND c.${link} IS NOT NULL${edge('c')}`;
    case 'sibling':
      return `SELECT s.id FROM (SELECT c.${link} AS maker, count() AS many, min(c.id) AS only FROM process c WHERE c.id IN (${processes(found)})${edge('c')} GROUP BY c.${link}) g INNER JOIN process s ON s.${link} = g.maker WHERE (g.many > 1 OR g.only <> s.id)${edge('s')}`;
    case 'ancestor':
      if (link === 'creator' && floor === 2 && relation.within === undefined) return above(found);
      return `WITH RECURSIVE a AS (SELECT c.${link} AS id, toInt64(1) AS links FROM process c WHERE c.${link} IS NOT NULL AND c.id IN (${processes(found)})${edge('c')} UNION ALL SELECT c.${link} AS id, a.links + 1 AS links FROM a INNER JOIN process c ON c.id = a.id WHERE c.${link} IS NOT NULL${edge('c')}${fewer('a', relation, found)}) SELECT id FROM a`;
    case 'descendant':
      if (link === 'creator' && floor === 2 && relation.within === undefined) return below(found);
      return `WITH RECURSIVE d AS (SELECT c.id AS id, toInt64(1) AS links ${branches(found)} UNION ALL SELECT c.id AS id, d.links + 1 AS links FROM d INNER JOIN process c ON c.${link} = d.id WHERE 1${edge('c')}${fewer('d', relation, found)}) SELECT id FROM d`;
  }
}

/** The created tree has no circles; recorded parents may, where evidence lies. */
function fewer(walk: string, relation: Relation, found: Found): string {
  const links = relation.within ?? (found.link === 'parent' ? RECORDED_LINKS : undefined);
  return links === undefined ? '' : ` AND ${walk}.links < ${links}`;
}

/** The children `c` of q's processes that were born in time. */
function branches(found: Found): string {
  return `FROM (${found.sql}) q INNER JOIN process c ON c.${found.link} = q.process WHERE 1${found.edge('c')}${found.isTimed ? ' AND c.start >= q.t' : ''}`;
}

const NUMBERED = '(SELECT id, host_s, assumeNotNull(pre) AS a, assumeNotNull(post) AS b FROM process WHERE isNotNull(pre) AND isNotNull(post)) d';

/** By the numbers of the created tree: the branches' intervals are nested or apart; of those that are merged the nearest that begins before a process holds it or none does. */
function below(found: Found): string {
  const intervals = `SELECT c.host_s AS host_s, assumeNotNull(c.pre) AS a, assumeNotNull(c.post) AS b ${branches(found)} AND isNotNull(c.pre) AND isNotNull(c.post)`;
  const covered = 'max(toNullable(b)) OVER (PARTITION BY host_s ORDER BY a, b DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)';
  const merged = `SELECT host_s, a, b FROM (SELECT host_s, a, b, ${covered} AS covered FROM (${intervals})) WHERE isNull(covered) OR covered < a`;
  return `SELECT d.id FROM ${NUMBERED} ASOF INNER JOIN (${merged}) r ON r.host_s = d.host_s AND d.a >= r.a WHERE d.a <= r.b`;
}

/** The mirror: the nearest marked process that is numbered after this one lies below it, or none does. */
function above(found: Found): string {
  const marked = `SELECT c.host_s AS host_s, assumeNotNull(c.pre) AS a FROM process c WHERE isNotNull(c.pre) AND c.id IN (${processes(found)})`;
  return `SELECT d.id FROM ${NUMBERED} ASOF INNER JOIN (${marked}) r ON r.host_s = d.host_s AND d.a < r.a WHERE r.a <= d.b`;
}

/** The recorded tree as it stood at an event: of `e.id`. */
function relatedAtTime(relation: Relation, found: Found): string {
  const links = relation.within ?? RECORDED_LINKS;
  const isStrong = (alias: string): string => (found.floor < 2 ? ` AND coalesce(${alias}.basis, 0) <= ${found.floor}` : '');
  const held = (alias: string): string => `(isNull(${alias}.from_time) OR ${alias}.from_time <= x.time) AND (isNull(${alias}.to_time) OR x.time < ${alias}.to_time)`;
  const inTime = found.isTimed ? ' AND c.start >= q.t' : '';
  const child = `e.id IN (SELECT x.id FROM event x INNER JOIN (${found.sql}) q ON q.process = x.parent INNER JOIN process c ON c.id = x.process WHERE 1${inTime})`;
  switch (relation.relation) {
    case 'child':
      return child;
    case 'parent':
      return `e.id IN (SELECT x.id FROM event x INNER JOIN parentage g ON g.parent = x.process WHERE ${held('g')}${isStrong('g')} AND g.process IN (${processes(found)}))`;
    case 'sibling':
      return `e.id IN (SELECT x.id FROM event x INNER JOIN parentage g ON g.parent = x.parent WHERE g.process <> x.process AND ${held('g')}${isStrong('g')} AND g.process IN (${processes(found)}))`;
    case 'descendant': {
      if (links < 2) return child;
      const first = `SELECT g.process AS id, g.from_time AS from_time, g.to_time AS to_time, toInt64(1) AS links FROM parentage g INNER JOIN (${found.sql}) q ON q.process = g.parent INNER JOIN process c ON c.id = g.process WHERE 1${isStrong('g')}${inTime}`;
      const next = `SELECT g.process AS id, ${meeting('d', 'g')}, d.links + 1 AS links FROM d INNER JOIN parentage g ON g.parent = d.id WHERE d.links < ${links - 1}${isStrong('g')} AND ${meets('d', 'g')}`;
      return `(${child} OR e.id IN (WITH RECURSIVE d AS (${first} UNION ALL ${next}) SELECT x.id FROM event x INNER JOIN d ON d.id = x.parent WHERE ${held('d')}))`;
    }
    case 'ancestor': {
      const first = `SELECT g.parent AS id, g.from_time AS from_time, g.to_time AS to_time, toInt64(1) AS links FROM parentage g WHERE isNotNull(g.parent) AND g.process IN (${processes(found)})${isStrong('g')}`;
      const next = `SELECT g.parent AS id, ${meeting('u', 'g')}, u.links + 1 AS links FROM u INNER JOIN parentage g ON g.process = u.id WHERE isNotNull(g.parent) AND u.links < ${links}${isStrong('g')} AND ${meets('u', 'g')}`;
      return `e.id IN (WITH RECURSIVE u AS (${first} UNION ALL ${next}) SELECT x.id FROM event x INNER JOIN u ON u.id = x.process WHERE ${held('u')})`;
    }
    case 'event':
      return '0'; // asked before: an event of the process itself is in no tree
  }
}

/** The times at which both steps held; NULL is no bound. */
function meeting(a: string, b: string): string {
  return `multiIf(isNull(${a}.from_time), ${b}.from_time, isNull(${b}.from_time), ${a}.from_time, ${a}.from_time > ${b}.from_time, ${a}.from_time, ${b}.from_time) AS from_time, multiIf(isNull(${a}.to_time), ${b}.to_time, isNull(${b}.to_time), ${a}.to_time, ${a}.to_time < ${b}.to_time, ${a}.to_time, ${b}.to_time) AS to_time`;
}

function meets(a: string, b: string): string {
  return `(isNull(${a}.from_time) OR isNull(${b}.to_time) OR ${a}.from_time < ${b}.to_time) AND (isNull(${b}.from_time) OR isNull(${a}.to_time) OR ${b}.from_time < ${a}.to_time)`;
}

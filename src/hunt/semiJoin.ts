import type { Dialect } from './dialect.js';
import type { RareTerm } from './emitted.js';
import { joinsByList } from './machineKeys.js';
import type { MachinePlan, Plan } from './plan.js';
import { allOf, type SqlPort } from './port.js';
import { termCount } from './termScans.js';

/** A term with more events than this is not rare, however many the others have. */
const RARE = 100_000;
const SHARE = 10;

/**
 * The term to begin with (HUNT section 13): it has at most a tenth of what the others have, so that its keys first make the scan of the others short.
 * Undefined where no term is so rare, or no key joins them all.
 */
export function rareTerm(port: SqlPort, plan: Plan, dialect: Dialect): RareTerm | undefined {
  const { machine } = plan;
  if (machine === undefined || machine.kind === 'join') return undefined;
  const key = sharedKey(machine);
  const wanted = machine.terms.flatMap(({ term }, at) => (term.negated ? [] : [at]));
  if (key === undefined || machine.terms.length + (machine.until === undefined ? 0 : 1) < 2) return undefined;
  const counts = wanted.map((term) => ({ term, rows: Number(allOf(port, termCount(plan, machine.terms[term]!, dialect, RARE * SHARE + 1))[0]?.[0] ?? 0) }));
  const rarest = counts.reduce((a, b) => (b.rows < a.rows ? b : a));
  const others = counts.reduce((sum, one) => sum + one.rows, 0) - rarest.rows;
  return rarest.rows <= RARE && rarest.rows * SHARE <= others ? { term: rarest.term, key } : undefined;
}

/** A key that every event must have for itself: not one that may be absent, not a list; best the process. */
function sharedKey(machine: MachinePlan): number | undefined {
  const terms = machine.until === undefined ? machine.terms : [...machine.terms, machine.until];
  const usable = (machine.terms[0]?.keys ?? []).map((_, at) => at).filter((at) => terms.every((term) => {
    const column = machine.columns[term.keys[at]!]!;
    return term.optional[at] !== true && column.from !== 'implied' && !joinsByList(column);
  }));
  return usable.find((at) => terms.every((term) => machine.columns[term.keys[at]!]!.coded === 'process')) ?? usable.find((at) => terms.every((term) => machine.columns[term.keys[at]!]!.coded === 'id'));
}

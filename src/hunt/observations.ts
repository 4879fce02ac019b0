import type { Basis } from '../model/index.js';
import type { Cell, HuntResult } from './answers.js';
import type { Dialect } from './dialect.js';
import type { SqlPort } from './port.js';

const ASK_AT_ONCE = 500;

/** The columns that say where an observation lies. */
const PLACE = [{ name: 'observation', type: 'text' }, { name: 'observed at', type: 'time' }, { name: 'evidence', type: 'text' }, { name: 'offset', type: 'int' }, { name: 'bytes', type: 'int' }] as const;
const COLUMNS_SHOWN = 6;

type Rows = Pick<HuntResult, 'columns' | 'rows' | 'processes' | 'events' | 'bases'>;

/** Each row once for each observation behind it: of events their own records, of lifetimes all that was observed of the process. Derived rows have none. */
export function observationsOf(port: SqlPort, dialect: Dialect, result: Rows, limit: number): Rows & Pick<HuntResult, 'total' | 'truncated'> {
  const isLifetime = result.events === undefined;
  const wanted = new Set(isLifetime ? result.processes : result.events.flat());
  const found = new Map<number, { id: number; cells: Cell[] }[]>();
  const ids = [...wanted].filter((id) => id >= 0);
  const column = isLifetime ? 'e.process' : 'e.id';
  for (let at = 0; at < ids.length; at += ASK_AT_ONCE) {
    const params = dialect.parameters();
    const list = ids.slice(at, at + ASK_AT_ONCE).map((id) => params.add(id)).join(', ');
    const { sql, params: values } = params.statement(`SELECT ${column} AS owner, e.id AS id, e.action, e.time, v.file, e.offset, e.byte_length FROM event e LEFT JOIN member m ON m.id = e.member LEFT JOIN evidence v ON v.id = m.evidence
      WHERE ${dialect.alive('e')} AND ${column} IN (${list})${isLifetime ? ' AND e.member IS NOT NULL' : ''} ORDER BY e.id`);
    for (const [owner, id, ...cells] of port.all(sql, values)) {
      const own = found.get(Number(owner));
      const one = { id: Number(id), cells: cells.map((cell) => (typeof cell === 'string' || typeof cell === 'number' ? cell : null)) };
      if (own === undefined) found.set(Number(owner), [one]);
      else own.push(one);
    }
  }
  const rows: Cell[][] = [], processes: number[] = [], events: number[][] = [], bases: Basis[] = [];
  let total = 0;
  result.rows.forEach((row, at) => {
    const owners = isLifetime ? [result.processes[at]!] : (result.events[at] ?? []);
    for (const observation of owners.flatMap((owner) => found.get(owner) ?? [])) {
      total++;
      if (rows.length >= limit) continue;
      rows.push([...row.slice(0, COLUMNS_SHOWN), ...observation.cells]);
      processes.push(result.processes[at]!);
      events.push([observation.id]);
      bases.push(result.bases[at]!);
    }
  });
  return { columns: [...result.columns.slice(0, COLUMNS_SHOWN), ...PLACE], rows, processes: Int32Array.from(processes), events, bases, total, truncated: total > rows.length };
}

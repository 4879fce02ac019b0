import { NO_PROCESS } from '../model/index.js';
import type { Rebuilt } from './rebuilt.js';

/** Rows that are processes, in order of start. A clone3 child that never showed itself as a process was a thread, unless a process names it, or one that was `forgotten`. */
export function keptRows({ processes: p, forgotten }: Rebuilt): Uint32Array {
  const needed = new Uint8Array(p.count);
  for (const row of forgotten?.named ?? []) needed[row] = 1;
  for (let row = 0; row < p.count; row++) {
    if (p.tentative[row] === 1 && p.spoke[row] === 0) continue;
    needed[row] = 1;
  }
  for (let row = 0; row < p.count; row++) {
    if (needed[row] === 0) continue;
    for (let at = p.creator[row]!; at !== NO_PROCESS && needed[at] === 0; at = p.creator[at]!) needed[at] = 1;
    for (let at = p.parent[row]!; at !== NO_PROCESS && needed[at] === 0; at = p.parent[at]!) needed[at] = 1;
  }
  const rows = new Uint32Array(p.count);
  let count = 0;
  for (let row = 0; row < p.count; row++) if (needed[row] === 1) rows[count++] = row;
  return byStart(rows.subarray(0, count), p.start);
}

/** Rows in order of start, then of number. They come nearly so, as the pass met them: only those that are out of order are sorted, and put in between. */
function byStart(rows: Uint32Array, start: Float64Array): Uint32Array {
  const compare = (a: number, b: number): number => start[a]! - start[b]! || a - b;
  const inOrder = new Uint32Array(rows.length);
  const astray: number[] = [];
  let count = 0;
  for (const row of rows) {
    if (count > 0 && compare(inOrder[count - 1]!, row) > 0) astray.push(row);
    else inOrder[count++] = row;
  }
  if (astray.length === 0) return inOrder;
  astray.sort(compare);
  const sorted = new Uint32Array(rows.length);
  for (let at = 0, next = 0, late = 0; at < sorted.length; at++) {
    const isLate = next === count || (late < astray.length && compare(astray[late]!, inOrder[next]!) < 0);
    sorted[at] = isLate ? astray[late++]! : inOrder[next++]!;
  }
  return sorted;
}

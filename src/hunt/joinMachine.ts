import { createKeyReader, TooManyPending, type Found, type Key } from './machineKeys.js';
import type { MachinePlan } from './plan.js';
import { foundOf } from './sampleMachine.js';

interface Held {
  readonly id: number;
  readonly time: number;
  readonly process: number | null;
  readonly basis: number;
}

/** The older EQL's join: each key holds the first event of each term; when all are there they are one result and the key begins anew. */
export function joinEvents(plan: MachinePlan, rows: Iterable<readonly unknown[]>, maxPending: number): Found[] {
  const keysOf = createKeyReader(plan);
  const terms = plan.terms.flatMap((term, at) => Array.from({ length: term.term.runs }, () => ({ term, bit: 2 ** at })));
  const untilBit = plan.until === undefined ? 0 : 2 ** plan.terms.length;
  const held = new Map<string | number, { readonly key: Key; readonly events: (Held | undefined)[] }>();
  const found: Found[] = [];
  const stop = (row: readonly unknown[]): void => {
    if (untilBit !== 0 && (Number(row[4]) & untilBit) !== 0) for (const key of keysOf(plan.until!, row)) held.delete(key.text); // its bit is set only where there is one
  };
  for (const row of rows) {
    const event: Held = { id: Number(row[0]), time: Number(row[1]), process: row[2] === null ? null : Number(row[2]), basis: Number(row[3] ?? 0) };
    if (plan.untilFirst) stop(row);
    terms.forEach(({ term, bit }, at) => {
      if ((Number(row[4]) & bit) === 0) return;
      for (const key of keysOf(term, row)) {
        let own = held.get(key.text);
        if (own === undefined) {
          if (held.size >= maxPending) throw new TooManyPending(maxPending);
          held.set(key.text, (own = { key, events: [] }));
        }
        own.events[at] ??= event;
        const whole = terms.map((_, place) => own.events[place]).filter((one) => one !== undefined);
        if (whole.length < terms.length) continue;
        found.push(foundOf(whole, own.key));
        held.delete(key.text);
      }
    });
    if (!plan.untilFirst) stop(row);
  }
  return found;
}

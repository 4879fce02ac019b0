import { compareKeys, createKeyReader, TooManyPending, type Found, type Key } from './machineKeys.js';
import type { MachinePlan } from './plan.js';

interface Candidate {
  readonly id: number;
  readonly time: number;
  readonly process: number | null;
  readonly basis: number;
}

/** What one key has: for each term the events that may stand for it. */
interface Gathered {
  readonly key: Key;
  readonly terms: Candidate[][];
  readonly found: Candidate[][];
}

/**
 * One event a term in any order, no event twice, one result a key (HUNT section 7). With a maxspan: the first that completes within it.
 * Of n terms n events each are enough to choose from: at most n - 1 of them are taken by others.
 */
export function sampleEvents(plan: MachinePlan, rows: Iterable<readonly unknown[]>, maxPending: number): Found[] {
  const keysOf = createKeyReader(plan);
  const terms = plan.terms.flatMap((term, at) => Array.from({ length: term.term.runs }, () => ({ term, bit: 2 ** at })));
  const kept = terms.length + plan.samplesPerKey;
  const gathered = new Map<string | number, Gathered>();
  for (const row of rows) {
    const candidate: Candidate = { id: Number(row[0]), time: Number(row[1]), process: row[2] === null ? null : Number(row[2]), basis: Number(row[3] ?? 0) };
    const touched = new Set<Gathered>();
    terms.forEach(({ term, bit }, at) => {
      if ((Number(row[4]) & bit) === 0) return;
      for (const key of keysOf(term, row)) {
        let own = gathered.get(key.text);
        if (own === undefined) {
          if (gathered.size >= maxPending) throw new TooManyPending(maxPending);
          gathered.set(key.text, (own = { key, terms: terms.map(() => []), found: [] }));
        }
        const list = own.terms[at]!;
        if (plan.maxspan !== undefined) {
          list.push(candidate); // the latest are the likeliest to lie within the span
          if (list.length > kept) list.shift();
          touched.add(own);
        } else if (list.length < kept) list.push(candidate);
      }
    });
    if (plan.maxspan === undefined) continue;
    const since = candidate.time - plan.maxspan;
    for (const own of touched) {
      if (own.found.length > 0) continue;
      const within = own.terms.map((list) => list.filter((one) => one.time >= since));
      if (within.every((list) => list.length > 0)) own.found.push(...choices(within, 1));
    }
  }
  const all = [...gathered.values()].sort((a, b) => compareKeys(a.key, b.key));
  return all.flatMap((own) => (plan.maxspan === undefined ? choices(own.terms, plan.samplesPerKey) : own.found).map((events) => foundOf(events, own.key)));
}

/** The first ways, in order, to take one event a term and none twice. No way is begun that the terms after it cannot end. */
function choices(terms: readonly (readonly Candidate[])[], most: number): Candidate[][] {
  const found: Candidate[][] = [];
  const taken: Candidate[] = [];
  const choose = (term: number): void => {
    if (term === terms.length) {
      found.push([...taken]);
      return;
    }
    for (const candidate of terms[term]!) {
      if (found.length >= most) return;
      if (taken.some((one) => one.id === candidate.id)) continue;
      taken.push(candidate);
      if (canFinish(terms.slice(term + 1), taken)) choose(term + 1);
      taken.pop();
    }
  };
  if (canFinish(terms, [])) choose(0);
  return found;
}

/** Whether each term can have an event of its own that is not taken yet: a matching, found along augmenting paths. */
function canFinish(terms: readonly (readonly Candidate[])[], taken: readonly Candidate[]): boolean {
  const isTaken = new Set(taken.map((one) => one.id));
  const holder = new Map<number, number>();
  const place = (term: number, tried: Set<number>): boolean => {
    for (const { id } of terms[term]!) {
      if (isTaken.has(id) || tried.has(id)) continue;
      tried.add(id);
      const other = holder.get(id);
      if (other !== undefined && !place(other, tried)) continue;
      holder.set(id, term);
      return true;
    }
    return false;
  };
  return terms.every((_, term) => place(term, new Set()));
}

export function foundOf(events: readonly Candidate[], key: Key): Found {
  return { basis: Math.max(0, ...events.map((event) => event.basis)), process: events.at(-1)?.process ?? null, events: events.map((event) => event.id), keys: key.values };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compileHunt, runHunt } from '../../src/hunt/index.js';
import { doubleFork } from '../unit/hunt/store.js';
import { eventStore, type EventJson, type EventStore } from './eventStore.js';
import { overShared, SHARED, tell } from './shared.js';

interface Rule { readonly name: string; readonly query: string }
interface Query { readonly name?: string; readonly index: number; readonly query: string; readonly expected_event_ids?: readonly number[]; readonly case?: string }

/** Errors that are no "not supported yet". */
function mistakes(text: string, store?: EventStore): string[] {
  return compileHunt(text, store === undefined ? {} : { model: store.model, sources: store.sources }).diagnostics.filter((one) => one.severity === 'error' && one.code !== 'HUNT390').map((one) => `${one.code} ${one.message}`);
}

const isEvent = (query: string): boolean => !/^(\s|\/\/.*\n|\/\*[^]*?\*\/)*(sequence|sample|join)\b/.test(query);

overShared("Elastic's Linux rules parse and bind; those of one event compile to SQL", 'elastic-linux-rules/rules.json', (json) => {
  const rules = json as readonly Rule[];
  const wrong = rules.map((rule) => [rule.name, mistakes(rule.query)] as const).filter(([, told]) => told.length > 0);
  const compiled = rules.filter((rule) => compileHunt(rule.query).plan !== undefined).length;
  // Not for what they find in ten events: that every one of them is SQL that runs, in all three parent views.
  const { port } = doubleFork();
  const ran = rules.filter((rule) => isEvent(rule.query)).flatMap((rule) => (['recorded', 'created', 'difference'] as const).map((parents) => runHunt(port, { text: rule.query, parents, limit: 100 })));
  tell('Elastic rules', { runs: ran.length, rules: rules.length, 'parse and bind': rules.length - wrong.length, 'compile to SQL': compiled, 'of one event': rules.filter((rule) => isEvent(rule.query)).length });
  expect(wrong).toEqual([]);
  expect(compiled).toBe(rules.filter((rule) => isEvent(rule.query)).length);
});

/** Ids of the events that a query gives, or the reason why it does not run. */
function idsOf(store: EventStore, query: string, id: string): number[] | string {
  const compiled = compileHunt(query, { model: store.model, sources: store.sources });
  if (compiled.plan === undefined) return compiled.diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.message}`).join('; ');
  const result = runHunt(store.port, { text: query, limit: 1000 }, { model: store.model, sources: store.sources });
  return (result.events ?? []).flat().map((row) => (row < 0 ? -1 : Number(store.events[row]?.[id])));
}

function read(name: string): EventJson[] {
  return JSON.parse(readFileSync(join(SHARED, 'eql-elasticsearch', `data-${name}.json`), 'utf8')) as EventJson[];
}

/** Not what the data shows: an explicit null is read as the text "NULL" by a mapping (SOURCE.md). */
const NOT_OURS = new Set(['optionalDefaultNullValueFieldEqualDefaultValue']);

overShared("Elasticsearch's EQL queries of one event give the events that Elasticsearch gives", 'eql-elasticsearch/queries.json', (json) => {
  const suites = json as Readonly<Record<string, { readonly data: string; readonly queries: readonly Query[] }>>;
  const wrong: unknown[] = [];
  let all = 0;
  let parsed = 0;
  let ran = 0;
  let right = 0;
  for (const suite of Object.values(suites)) {
    const store = suite.data === 'endgame-140' || suite.data === 'extra' ? eventStore(read(suite.data), ['optional_field_mapping_only', 'optional_field_default_null']) : undefined;
    for (const query of suite.queries) {
      all++;
      if (mistakes(query.query, store).every((one) => !/HUNT1\d\d/.test(one))) parsed++;
      if (store === undefined || !isEvent(query.query) || query.expected_event_ids === undefined || NOT_OURS.has(query.name ?? '')) continue;
      ran++;
      const ids = idsOf(store, query.query, suite.data === 'extra' ? 'sequence' : 'serial_event_id');
      if (JSON.stringify(ids) === JSON.stringify(query.expected_event_ids)) right++;
      else wrong.push([query.name, query.query, query.expected_event_ids, ids]);
    }
  }
  tell('Elasticsearch queries', { queries: all, parse: parsed, 'of one event': ran, right });
  expect(wrong).toEqual([]);
  expect(parsed).toBe(all);
  expect(ran).toBeGreaterThanOrEqual(100);
});

overShared('the older EQL: queries that are Hunt already give the events of the Python engine', 'eql-python/queries.json', (json) => {
  const queries = json as readonly Query[];
  const store = eventStore(JSON.parse(readFileSync(join(SHARED, 'eql-python', 'events.json'), 'utf8')) as EventJson[]);
  let bound = 0;
  let right = 0;
  const wrong: unknown[] = [];
  for (const query of queries) {
    // Relations there go by opcodes and unique_ppid, which this store does not know.
    if (/\bof\s*\[/.test(query.query) || mistakes(query.query, store).length > 0) continue;
    bound++;
    const ids = idsOf(store, query.query, 'serial_event_id');
    if (JSON.stringify(ids) === JSON.stringify(query.expected_event_ids)) right++;
    else if (typeof ids !== 'string') wrong.push([query.query, query.expected_event_ids, ids]);
  }
  tell('Python EQL queries', { queries: queries.length, 'parse and bind': bound, right, otherwise: wrong.length });
  if (process.env.HUNT_SHOW === 'wrong') process.stdout.write(`${wrong.map((one) => JSON.stringify(one)).join('\n')}\n`);
  expect(right).toBeGreaterThanOrEqual(39); // the others ask the older dialect: case, wildcards after ==, null
});

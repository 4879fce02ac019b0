import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileHunt, runHunt } from '../../src/hunt/index.js';
import type { HuntAsk, HuntResult } from '../../src/engine/requests.js';
import { eventStore, type EventJson, type EventStore, type Shape, textOf } from './eventStore.js';
import { checkExpression, type ExpressionItem } from './expressions.js';
import type { Lab } from './lab.js';

/** What one suite of a folder came to. A failure says what was expected and what was got. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly total: number;
  /** The share that must pass. */
  readonly mark: number;
  readonly failures: readonly string[];
}

interface Query {
  readonly index: number;
  readonly name?: string;
  readonly query: string;
  readonly case?: 'both' | 'sensitive' | 'insensitive';
  readonly expected_event_ids?: readonly number[];
  readonly expected_event_ids_any_of?: readonly (readonly number[])[];
  readonly join_keys?: readonly (string | null)[];
  readonly size?: number;
  readonly max_samples_per_key?: number;
}

const readJson = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

/** The suites that a folder holds, by what lies in it; none if it is no suite. */
export function suitesIn(folder: string, openLab: () => Promise<Lab | undefined>): (() => Promise<SuiteResult[]>) | undefined {
  if (existsSync(join(folder, 'rules.json'))) return () => elasticRules(folder, openLab);
  if (!existsSync(join(folder, 'queries.json'))) return undefined;
  return Array.isArray(readJson(folder, 'queries.json')) ? () => Promise.resolve(pythonSuites(folder)) : () => Promise.resolve([elasticsearch(folder)]);
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

function failuresOf(result: HuntResult): string | undefined {
  const errors = result.diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.message}`);
  return errors.length > 0 ? errors.join('; ') : undefined;
}

function checkQuery(store: EventStore, query: Query, text: string, idName: string): string | undefined {
  let got: string;
  try {
    const ask: HuntAsk = { text, limit: query.size ?? 10_000 };
    const result = runHunt(store.port, ask, { model: store.model, sources: store.sources, ...(query.max_samples_per_key !== undefined && { samplesPerKey: query.max_samples_per_key }) });
    const error = failuresOf(result);
    const ids = (result.events ?? []).flat().map((id) => (id < 0 ? -1 : Number(store.events[id]?.[idName])));
    const wanted = query.expected_event_ids_any_of ?? [query.expected_event_ids ?? []];
    const keys = query.join_keys;
    const width = keys === undefined || result.rows.length === 0 ? 0 : keys.length / result.rows.length;
    const gotKeys = result.rows.flatMap((row) => row.slice(0, width).map((cell, at) => keyText(cell, result.columns[at]?.type)));
    const keysRight = keys === undefined || same(gotKeys, keys.map((key) => key ?? 'null'));
    if (error === undefined && wanted.some((one) => same(one, ids)) && keysRight) return undefined;
    got = error ?? `${JSON.stringify(ids)}${keysRight ? '' : ` keys ${JSON.stringify(gotKeys)}`}`;
  } catch (error) {
    got = `threw ${error instanceof Error ? error.message : String(error)}`;
  }
  return `${query.name ?? query.index}: ${query.query.replace(/\s+/g, ' ')}\n    expected ${JSON.stringify(query.expected_event_ids ?? query.expected_event_ids_any_of)}${query.join_keys === undefined ? '' : ` keys ${JSON.stringify(query.join_keys)}`}\n    got      ${got}`;
}

function keyText(cell: unknown, type: string | undefined): string {
  if (cell === null) return 'null';
  if (type === 'time') return String(Number(cell) / 1000);
  return textOf(cell);
}

/** Milliseconds or an ISO time as microseconds. */
function micros(value: unknown): number | null {
  const text = String(value);
  const day = /^(\d\d)-(\d\d)-(\d{4})$/.exec(text);
  const ms = day !== null ? Date.UTC(Number(day[3]), Number(day[2]) - 1, Number(day[1])) : /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? null : ms * 1000;
}

/** Windows FILETIME (100 ns since 1601) as microseconds since 1970. */
function filetime(event: EventJson): number {
  return Math.floor(Number(event.timestamp) / 10) - 11_644_473_600_000_000;
}

/** What the data of a suite is like (SOURCE.md). */
function shapeOf(data: string): Shape & { readonly id: string } {
  if (data.startsWith('endgame')) return { id: 'serial_event_id', hasProcesses: true, timeOf: filetime };
  if (data.startsWith('sample')) return { id: 'id', times: { '@timestamp_pretty': micros, '@timestamp': micros, date: micros } };
  return { id: 'sequence', declared: ['optional_field_mapping_only', 'optional_field_default_null'], timeOf: (event) => micros(event['@timestamp']) ?? 0, times: { '@timestamp': micros } };
}

/** Ask for types that Hunt has not (SOURCE.md names them and why). */
const NOT_HUNT = new Set(['optionalDefaultNullValueFieldEqualDefaultValue', 'sequenceWithVersionRangeCheck', 'sequenceWithVersionRangeCheck2']);

function elasticsearch(folder: string): SuiteResult {
  const suites = readJson(folder, 'queries.json') as Readonly<Record<string, { readonly data: string; readonly queries: readonly Query[] }>>;
  const failures: string[] = [];
  let total = 0;
  for (const [name, suite] of Object.entries(suites)) {
    const shape = shapeOf(suite.data);
    const parts = suite.data.split('+').map((part) => readJson(folder, `data-${part}.json`) as EventJson[]);
    const events = parts.flat();
    const time = shape.timeOf;
    // Elasticsearch orders by time, then by a tiebreaker: the order of the file.
    const ordered = time === undefined ? events : events.map((event, at) => ({ event, at, time: time(event, at) })).sort((a, b) => a.time - b.time || a.at - b.at).map((one) => one.event);
    const store = eventStore(ordered, shape);
    for (const query of suite.queries) {
      if (NOT_HUNT.has(query.name ?? '')) continue;
      total++;
      const failure = checkQuery(store, query, query.query, shape.id);
      if (failure !== undefined) failures.push(`${name}/${failure}`);
    }
  }
  return { suite: basename(folder), passed: total - failures.length, total, mark: 1, failures };
}

function pythonSuites(folder: string): SuiteResult[] {
  const store = eventStore(readJson(folder, 'events.json') as EventJson[], { hasProcesses: true, timeOf: filetime });
  const queries = readJson(folder, 'queries.json') as readonly Query[];
  const failures = queries.flatMap((query) => checkQuery(store, query, `// dialect: endgame${query.case === 'sensitive' ? ', case sensitive' : ''}\n${query.query}`, 'serial_event_id') ?? []);
  const others = ['folding.json', 'string_functions.json', 'optimizer.json'].filter((file) => existsSync(join(folder, file))).flatMap((file) => readJson(folder, file) as readonly ExpressionItem[]);
  const wrong = others.flatMap((item) => checkExpression(item) ?? []);
  return [
    { suite: `${basename(folder)} queries`, passed: queries.length - failures.length, total: queries.length, mark: 155 / 160, failures },
    { suite: `${basename(folder)} expressions`, passed: others.length - wrong.length, total: others.length, mark: 160 / 165, failures: wrong },
  ];
}

interface Rule {
  readonly name: string;
  readonly query: string;
}

/** No results are known: every rule must parse, bind, compile, and run on the lab's evidence in every parent view. */
async function elasticRules(folder: string, openLab: () => Promise<Lab | undefined>): Promise<SuiteResult[]> {
  const rules = readJson(folder, 'rules.json') as readonly Rule[];
  const lab = await openLab();
  const failures: string[] = [];
  for (const rule of rules) {
    const errors = compileHunt(rule.query).diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.message}`);
    for (const parents of ['recorded', 'created'] as const) {
      if (errors.length > 0 || lab === undefined) break;
      const failure = failuresOf(await lab.hunt({ text: rule.query, parents, limit: 100 }));
      if (failure !== undefined) errors.push(`${parents}: ${failure}`);
    }
    if (errors.length > 0) failures.push(`${rule.name}\n    expected no error\n    got      ${errors.join('; ')}`);
  }
  await lab?.close();
  return [{ suite: `${basename(folder)}${lab === undefined ? ' (compiled; no lab evidence to run on)' : ''}`, passed: rules.length - failures.length, total: rules.length, mark: 1, failures }];
}

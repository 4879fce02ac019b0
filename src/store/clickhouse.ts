import type { StringTable } from '../model/index.js';
import { CLICKHOUSE_TABLES, clickHouseTables, type StoreColumn } from './clickhouseSchema.js';
import { loadStore } from './load.js';
import type { LoadInput, LoadOptions } from './loadInput.js';
import { loadRecords } from './loadRecords.js';
import type { SqlValue } from './sqlModule.js';
import type { StoreTarget } from './storeTarget.js';
import type { Transport, TransportValue } from './transport.js';

export interface ClickHouseLoaded {
  readonly events: number;
  readonly processes: number;
}

/** Columns that hold ids of each table: loads number their rows from zero, so what is there already is added to them. */
const PROCESS_IDS = new Set(['parent', 'creator', 'adopter', 'launcher', 'entry', 'requester', 'session_leader', 'group_leader', 'passed_over', 'process', 'other', 'pre', 'post']);
const ROWS_AT_ONCE = 20_000;
/** Results carry process ids as 32-bit numbers. */
const MAX_PROCESSES = 2 ** 31;

/** First free id of each table. */
interface Bases {
  readonly process: number;
  readonly event: number;
  readonly member: number;
  readonly evidence: number;
}

/**
 * Loads an evidence set into a ClickHouse store, making its tables where they are not. Either all of it goes in or nothing stays. One load at a time:
 * ids are counted on from what is there. Rejects when the same evidence is in the store already, when an older version filled it, and with what the
 * transport or the reader of records says.
 */
export async function loadClickHouse(transport: Transport, input: LoadInput, options: LoadOptions): Promise<ClickHouseLoaded> {
  await refuseOlder(transport);
  for (const table of clickHouseTables()) await transport.run(table);
  await refuseTwice(transport, input);
  const bases: Bases = { process: await nextId(transport, 'process'), event: await nextId(transport, 'event'), member: await nextId(transport, 'member'), evidence: await nextId(transport, 'evidence') };
  if (bases.process + input.lineage.count > MAX_PROCESSES) throw new Error(`This store holds ${bases.process} processes; ${input.lineage.count} more are too many for one. Load them into another database.`);
  const writer = createWriter(transport, input, bases);
  try {
    await loadStore(writer.target, input, {
      ...options,
      breathe: async () => {
        await options.breathe();
        await writer.flush(ROWS_AT_ONCE);
      },
    });
    await writer.flush(1);
    options.signal?.throwIfAborted(); // sending takes its time
    if (input.records !== undefined) await loadRecords(transport, input.records, bases, options);
  } catch (error) {
    const reason = writer.failure() ?? error; // what the server said, not what the loader makes of it
    await takeBack(transport, bases, reason);
    throw reason;
  }
  return { events: writer.count('event'), processes: writer.count('process') };
}

async function first(transport: Transport, sql: string, params: readonly TransportValue[] = []): Promise<readonly unknown[] | undefined> {
  for await (const rows of transport.query(sql, params)) if (rows.length > 0) return rows[0];
  return undefined;
}

async function nextId(transport: Transport, table: string): Promise<number> {
  const row = await first(transport, `SELECT count() = 0 ? 0 : max(id) + 1 FROM ${table} SETTINGS output_format_json_quote_64bit_integers = 0`);
  return Number(row?.[0] ?? 0);
}

/** Hunts over a store of which a part lacks its records would find less without saying so. */
async function refuseOlder(transport: Transport): Promise<void> {
  const tables = await first(transport, "SELECT countIf(name = 'evidence'), countIf(name = 'record_field') FROM system.tables WHERE database = currentDatabase()");
  if (Number(tables?.[0]) === 1 && Number(tables?.[1]) === 0) throw new Error('An older version filled this store, without what only the records have. Nothing was loaded; load all of the evidence into another database.');
}

async function refuseTwice(transport: Transport, input: LoadInput): Promise<void> {
  for (const { file, sha256 } of input.entries) {
    if (sha256 === undefined) continue;
    const there = await first(transport, 'SELECT file FROM evidence WHERE sha256 = {p0:String} LIMIT 1', [sha256]);
    if (there !== undefined) throw new Error(`${file}: the store holds this evidence already, as ${String(there[0])}. Nothing was loaded; leave the file out, or load into another database.`);
  }
}

/** A load that failed leaves nothing behind that a hunt would take for whole evidence. */
async function takeBack(transport: Transport, bases: Bases, reason: unknown): Promise<void> {
  try {
    for (const { name, columns } of CLICKHOUSE_TABLES) {
      const own = name in bases ? bases[name as keyof Bases] : bases.process; // the other tables begin with a process id
      await transport.run(`DELETE FROM ${name} WHERE ${columns[0]!.name} >= ${own}`);
    }
    await transport.run(`DELETE FROM record_value WHERE event >= ${bases.event}`);
    await transport.run(`DELETE FROM record_field WHERE load >= ${bases.evidence}`);
  } catch (cause) {
    const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
    throw new Error(`${said(reason)}. A part of this load is still in the store, since it could not be taken back (${said(cause)}): load all of the evidence into another database.`, { cause });
  }
}

interface Writer {
  readonly target: StoreTarget;
  /** Sends the tables that have so many rows waiting. */
  flush(atLeast: number): Promise<void>;
  count(table: string): number;
  failure(): unknown;
}

/** Takes the statements that fill the embedded store and keeps their rows until they are sent: so both stores hold the same. */
function createWriter(transport: Transport, input: LoadInput, bases: Bases): Writer {
  const waiting = new Map<string, { readonly columns: readonly string[]; rows: unknown[][]; sent: number }>();
  const triaged = new Map<number, readonly [score: unknown, kinds: readonly string[]]>();
  let failure: unknown;
  for (const { name, columns } of CLICKHOUSE_TABLES) waiting.set(name, { columns: columns.map((column) => column.name), rows: [], sent: 0 });
  const files = input.members.map(({ evidence }) => input.entries[evidence]?.file ?? null);
  return {
    target: {
      run: () => undefined, // a transaction is the embedded store's
      buildIndices: () => undefined,
      prepare(sql) {
        const insert = readInsert(sql);
        if (insert.table === 'triaged') return { run: ([process, score, kinds]) => void triaged.set(Number(process), [score, itemsOf(input.strings, kinds)]), free: () => undefined };
        const table = CLICKHOUSE_TABLES.find(({ name }) => name === insert.table);
        const place = waiting.get(insert.table);
        if (table === undefined || place === undefined) return { run: () => undefined, free: () => undefined }; // texts and lists lie in their rows
        const cells = table.columns.map((column, at) => cellOf(table.name, column, insert.columns?.indexOf(column.name) ?? at, insert.values, input.strings, bases));
        const columnAt = (name: string): number => table.columns.findIndex((column) => column.name === name);
        const memberAt = columnAt('member'), fileAt = columnAt('evidence_file'), scoreAt = columnAt('finding_score');
        return {
          run(values) {
            const row = cells.map((cell) => cell(values));
            if (fileAt >= 0) row[fileAt] = row[memberAt] === null ? null : (files[Number(row[memberAt]) - bases.member] ?? null);
            if (scoreAt >= 0) [row[scoreAt], row[columnAt('finding_kinds_s')]] = triaged.get(Number(values[0])) ?? [0, []]; // a process row begins with its id
            place.rows.push(row);
          },
          free: () => undefined,
        };
      },
    },
    async flush(atLeast) {
      for (const [table, place] of waiting) {
        if (place.rows.length < atLeast) continue;
        const { rows } = place;
        place.rows = [];
        place.sent += rows.length;
        try {
          await transport.insert(table, place.columns, rows);
        } catch (error) {
          failure = error;
          throw error;
        }
      }
    },
    count: (table) => waiting.get(table)?.sent ?? 0,
    failure: () => failure,
  };
}

/** One statement of the loaders. `values`: a literal, or which of the bound values. */
function readInsert(sql: string): { readonly table: string; readonly columns: readonly string[] | undefined; readonly values: readonly (string | number | null)[] } {
  const match = /^INSERT INTO (\w+)(?: \(([^)]*)\))? VALUES \((.*)\)$/.exec(sql);
  if (match === null) throw new Error(`not an INSERT that is understood: ${sql}`);
  let bound = 0;
  const values = match[3]!.split(', ').map((value) => (value.includes('?') ? bound++ : value === 'NULL' ? null : value.replace(/^'|'$/g, '').replaceAll("''", "'")));
  return { table: match[1]!, columns: match[2]?.split(', '), values };
}

type Cell = (values: readonly SqlValue[]) => unknown;

function cellOf(table: string, column: StoreColumn, at: number, values: readonly (string | number | null)[], strings: StringTable, bases: Bases): Cell {
  const value = values[at];
  if (at < 0 || value === undefined) return () => (column.kind === 'list' ? [] : null);
  if (typeof value !== 'number') return () => value;
  switch (column.kind) {
    case 'text':
      return (bound) => textOf(strings, bound[value]);
    case 'list':
      return (bound) => itemsOf(strings, bound[value]);
    default: {
      const base = baseOf(table, column.name, bases);
      return base === 0 ? (bound) => bound[value] : (bound) => (bound[value] === null ? null : Number(bound[value]) + base);
    }
  }
}

function baseOf(table: string, column: string, bases: Bases): number {
  if (column === 'id') return table in bases ? bases[table as keyof Bases] : 0; // asked just before
  if (column === 'member') return bases.member;
  if (column === 'evidence') return bases.evidence;
  return PROCESS_IDS.has(column) ? bases.process : 0;
}

function textOf(strings: StringTable, id: SqlValue | undefined): string | null {
  return typeof id === 'number' ? (strings.text(id) ?? '') : null;
}

function itemsOf(strings: StringTable, id: SqlValue | undefined): string[] {
  return textOf(strings, id)?.split('\0') ?? [];
}

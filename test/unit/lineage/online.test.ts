import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../src/evidence/batch.js';
import { type EvidenceSet, readSet, type Source } from '../../../src/evidence/index.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer, type Healed } from '../../../src/lineage/index.js';
import { type Batch, type ColumnName, COLUMNS, type Lineage, type StringTable } from '../../../src/model/index.js';
import { memoryMember, memorySource } from '../evidence/memory.js';
import { batchesOf } from './auditText.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url);
const hasLab = existsSync(LAB);

/** Rows of one record stay together and in their order: no reader parts them. */
interface Records {
  readonly batch: Batch;
  readonly first: number;
  readonly count: number;
}

describe.each(['audit/forks.log', 'audit/exec-only.log'])('%s', (name) => {
  it('gives the same lineage in any order of records, however they are cut into batches', async () => {
    const { strings, batches } = await parse(readFileSync(new URL(name, FIXTURES)));
    const records = recordsOf(batches);
    const expected = columnsOf(heal(strings, batches, false).lineage);
    fc.assert(
      fc.property(fc.constantFrom('shuffled', 'reversed', 'interleaved'), fc.integer({ min: 1, max: 400 }), fc.integer(), (how, size, seed) => {
        const order = how === 'shuffled' ? shuffled(records, seed) : how === 'reversed' ? [...records].reverse() : interleaved(records, 2 + (Math.abs(seed) % 5));
        expect(columnsOf(heal(strings, cut(order, size), false).lineage)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same lineage when what is settled is passed over at once', async () => {
    const { strings, batches } = await parse(readFileSync(new URL(name, FIXTURES)));
    const records = recordsOf(batches);
    const expected = columnsOf(heal(strings, batches, false).lineage);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 300 }), fc.integer(), (size, disorder, seed) => {
        expect(columnsOf(heal(strings, cut(nearly(records, disorder, seed), size), true).lineage)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

it('an assignment says the same of an observation by both ways', async () => {
  const { strings, batches } = await parse(readFileSync(new URL('audit/forks.log', FIXTURES)));
  const pieces = cut(recordsOf(batches), 97);
  const whole = heal(strings, batches, false, true);
  const settled = heal(strings, pieces, true, true);
  expect(settled.assignments.flatMap((rows) => [...rows])).toEqual(whole.assignments.flatMap((rows) => [...rows]));
  expect(settled.others.flatMap((rows) => [...rows])).toEqual(whole.others.flatMap((rows) => [...rows]));
});

it('what comes after it should have been settled is noticed', () => {
  const healer = createHealer(createStringTable(), { keepAssignments: false });
  const batch = (time: number): Batch => {
    const made = createBatch(1);
    made.time[0] = time;
    made.count = 1;
    return made;
  };
  healer.add(batch(20));
  healer.settle(10);
  healer.add(batch(10));
  expect(healer.isDisordered).toBe(false);
  healer.add(batch(9));
  expect(healer.isDisordered).toBe(true);
});

describe('files of one set', () => {
  const files = (): Source[] => [
    memorySource('audit.log', readFileSync(new URL('audit/forks.log', FIXTURES)), { chunk: 4096 }),
    memorySource('old/audit.log', readFileSync(new URL('audit/exec-only.log', FIXTURES)), { chunk: 7000 }),
    ...readdirSync(new URL('snapshots/', FIXTURES)).filter((name) => /^(ps-|proc_.*jsonl$)/.test(name)).map((name) => memorySource(name, readFileSync(new URL(`snapshots/${name}`, FIXTURES)))),
  ];
  it('give the same lineage in any order, settled or not', async () => {
    const expected = await wordsOf(files(), true);
    expect(await wordsOf(files(), false)).toEqual(expected);
    expect(await wordsOf(files().reverse(), true)).toEqual(expected);
    const [first, second, ...others] = files();
    expect(await wordsOf([...others, second!, first!], true)).toEqual(expected);
  });
});

describe.skipIf(!hasLab)('whole captures', () => {
  if (!hasLab) it('not run: ../shared/evidence/lab is not there', () => undefined);
  const captures = hasLab ? readdirSync(LAB, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name) : [];
  it.each(captures)('%s is the same by both ways and with its files in another order', async (capture) => {
    const folder = new URL(`${capture}/`, LAB);
    const bytes = (name: string): Uint8Array => {
      const stored = readFileSync(new URL(name, folder));
      return name.endsWith('.gz') ? gunzipSync(stored) : stored;
    };
    const names = ['audit.log.gz', 'auth.log', 'syslog', ...readdirSync(new URL('snapshots/', folder)).filter((name) => /^(ps-|proc_.*jsonl$)/.test(name)).map((name) => `snapshots/${name}`)];
    const sources = (order: readonly string[]): Source[] => order.map((name) => ({ name, members: [memoryMember(name, bytes(name), { chunk: 1 << 16 })] }));
    const expected = await wordsOf(sources(names), false);
    expect(await wordsOf(sources(names), true)).toEqual(expected);
    expect(await wordsOf(sources([...names].reverse()), true)).toEqual(expected);
  }, 120_000);
});

async function parse(bytes: Uint8Array): Promise<{ strings: StringTable; batches: Batch[] }> {
  const strings = createStringTable();
  return { strings, batches: await batchesOf(bytes, strings) };
}

function heal(strings: StringTable, batches: readonly Batch[], isSettled: boolean, keepAssignments = false): Healed {
  const healer = createHealer(strings, { keepAssignments });
  const later = new Float64Array(batches.length + 1).fill(Infinity);
  for (let at = batches.length - 1; at >= 0; at--) later[at] = Math.min(later[at + 1]!, ...batches[at]!.time.subarray(0, batches[at]!.count).filter((t) => !Number.isNaN(t)));
  for (const [at, batch] of batches.entries()) {
    healer.add(batch);
    if (isSettled) healer.settle(later[at + 1]!);
  }
  expect(healer.isDisordered).toBe(false);
  return healer.finish();
}

function recordsOf(batches: readonly Batch[]): Records[] {
  const records: Records[] = [];
  for (const batch of batches) {
    for (let first = 0; first < batch.count; ) {
      let end = first + 1;
      while (end < batch.count && batch.offset[end] === batch.offset[first] && batch.member[end] === batch.member[first]) end++;
      records.push({ batch, first, count: end - first });
      first = end;
    }
  }
  return records;
}

/** Batches of `size` records. */
function cut(records: readonly Records[], size: number): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0; from < records.length; from += size) {
    const some = records.slice(from, from + size);
    const batch = createBatch(some.reduce((sum, { count }) => sum + count, 0));
    for (const record of some) {
      for (const name of Object.keys(COLUMNS) as ColumnName[]) batch[name].set(record.batch[name].subarray(record.first, record.first + record.count), batch.count);
      batch.count += record.count;
    }
    batches.push(batch);
  }
  return batches;
}

function shuffled(records: readonly Records[], seed: number): Records[] {
  const random = numbers(seed);
  const order = [...records];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

/** As several files of overlapping time, one after the other. */
function interleaved(records: readonly Records[], files: number): Records[] {
  return Array.from({ length: files }, (_, file) => records.filter((_record, at) => at % files === file)).flat();
}

/** Each moved by so many places at most. */
function nearly(records: readonly Records[], places: number, seed: number): Records[] {
  const random = numbers(seed);
  return [...records.entries()]
    .map(([at, record]) => ({ record, place: at + random() * places }))
    .sort((a, b) => a.place - b.place)
    .map(({ record }) => record);
}

function numbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function columnsOf(lineage: Lineage): Record<string, unknown> {
  const columns = Object.fromEntries(Object.entries(lineage).filter(([, column]) => typeof column !== 'function'));
  return { ...columns, reasons: Array.from({ length: lineage.count }, (_, row) => lineage.reasons(row)) };
}

const TEXTS: ReadonlySet<string> = new Set(['host', 'tty', 'comm', 'exe', 'args', 'cwd', 'cgroup', 'unit', 'container', 'programComm', 'programExe', 'programArgs']);

/** The lineage of files with texts instead of ids, which depend on the order of reading. */
async function wordsOf(sources: readonly Source[], isSettled: boolean): Promise<unknown> {
  const set: EvidenceSet = readSet(sources, { zone: 'UTC' });
  const healer = createHealer(set.strings, { keepAssignments: false });
  for await (const batch of set.batches) {
    healer.add(batch);
    if (isSettled) healer.settle(set.settledMicros());
  }
  expect(healer.isDisordered).toBe(false);
  const columns = columnsOf(healer.finish().lineage);
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, TEXTS.has(name) ? Array.from(column as Uint32Array, (id) => set.strings.text(id) ?? '') : column]));
}

import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasSamples, sample, samplesOf } from './samples.js';
import { shuffled, told } from './told.js';

const RAW = readFileSync(new URL('../../fixtures/audit/forks.log', import.meta.url), 'latin1').trimEnd().split('\n');
const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url);
const hasLab = existsSync(LAB);

/** Events of auditd's log as laurel writes them: a line each. */
function asLaurel(lines: readonly string[]): string[] {
  const events = new Map<string, Record<string, unknown>>();
  for (const line of lines) {
    const [, type = '', id = '', body = ''] = /^type=(\w+) msg=audit\(([\d.:]+)\): (.*)$/.exec(line) ?? [];
    if (type !== 'SYSCALL' && type !== 'EXECVE') continue;
    const event = events.get(id) ?? { ID: id };
    events.set(id, event);
    const fields = [...body.split('\u001d')[0]!.matchAll(/([\w-]+)=("[^"]*"|\S+)/g)].map(([, name = '', value = '']) => [name, value] as const);
    if (type === 'EXECVE') event[type] = { ARGV: fields.filter(([name]) => /^a\d+$/.test(name)).map(([, value]) => value.replaceAll('"', '')) };
    else event[type] = Object.fromEntries(fields.map(([name, value]) => [name, /^(arch|a\d)$/.test(name) ? `0x${value}` : /^-?\d+$/.test(value) ? Number(value) : value.replaceAll('"', '')]));
  }
  return [...events.values()].map((event) => JSON.stringify(event));
}

/** The same as `ausearch -i` prints it: local dates, records of an event from the last to the first. */
function asInterpreted(lines: readonly string[]): string[] {
  const events = new Map<string, string[]>();
  for (const line of lines) {
    const [, type = '', seconds = '', millis = '', serial = '', body = ''] = /^type=(\w+) msg=audit\((\d+)\.(\d+):(\d+)\): (.*)$/.exec(line.split('\u001d')[0]!) ?? [];
    if (type === '') continue;
    const stamp = new Date(Number(seconds) * 1000).toISOString();
    const calls: Readonly<Record<string, string>> = { 56: 'clone', 59: 'execve', 231: 'exit_group' };
    const told = body.replaceAll('"', '').replace(/syscall=(\d+)/, (_whole, number: string) => `syscall=${calls[number] ?? number}`).replace(/arch=\w+/, 'arch=x86_64');
    events.set(serial, [`type=${type} msg=audit(${stamp.slice(5, 7)}/${stamp.slice(8, 10)}/${stamp.slice(0, 4)} ${stamp.slice(11, 19)}.${millis}:${serial}) : ${told} `, ...(events.get(serial) ?? [])]);
  }
  return [...events.values()].flat();
}

/** What a sensor says of shells that start each other: an event a line. */
function asEcs(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const process = { pid: 1000 + (at >> 1), parent: { pid: at < 8 ? 1 : 1000 + ((at >> 1) % 4) }, executable: at % 3 === 0 ? '/bin/sh' : '/usr/bin/env', name: 'sh', args: ['sh', '-c', `job ${at}`] };
    return JSON.stringify({ '@timestamp': new Date(1.7e12 + at * 40_000).toISOString(), host: { hostname: 'web1' }, event: { module: 'auditd', action: 'executed' }, auditd: { sequence: 100 + at, message_type: 'syscall', data: { syscall: 'execve' }, result: 'success' }, process });
  });
}

describe.each([
  ['laurel', 'audit.json', asLaurel(RAW)],
  ['ausearch-i', 'audit.txt', asInterpreted(RAW)],
  ['ecs', 'events.ndjson', asEcs(120)],
] as const)('%s out of order', (format, name, lines) => {
  it('tells what it tells in order, whatever the order of its records, with a store and without', { timeout: 120_000 }, async () => {
    const expected = await told(lines, false, '\n', name);
    expect(expected).toMatchObject({ format, accounting: { notUnderstood: 0 } });
    expect(expected.count).toBeGreaterThan(20);
    expect(expected.gaps).not.toContain('disordered');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('shuffled', 'reversed', 'halves'), fc.integer(), fc.boolean(), async (how, seed, keep) => {
        const half = lines.length >> 1;
        const other = how === 'shuffled' ? shuffled(lines, seed) : how === 'reversed' ? [...lines].reverse() : [...lines.slice(half), ...shuffled(lines.slice(0, half), seed)];
        const found = await told(other, keep, '\n', name);
        expect(found.gaps).toContain('disordered');
        expect({ ...found, gaps: [] }).toEqual({ ...expected, gaps: [] });
      }),
      { numRuns: 15 },
    );
  });
});

it.skipIf(!hasLab).each([['laurel.jsonl', 7], ['ausearch-i.txt', 3]])('the lab capture %s shuffled is the capture (not run where ../shared/evidence is absent)', { timeout: 240_000 }, async (name, seed) => {
  const text = gunzipSync(readFileSync(new URL(`forks-dev/${name}.gz`, LAB))).toString('latin1').trimEnd();
  const lines = text.split('\n').filter((line) => line !== '----');
  const expected = await told(lines, false, '\n', name);
  expect(expected.count).toBeGreaterThan(4000);
  for (const [keep, order] of [[false, shuffled(lines, seed)], [true, [...lines].reverse()]] as const) {
    const found = await told(order, keep, '\n', name);
    expect(found.gaps).toContain('disordered');
    expect(found.accounting).toEqual(expected.accounting);
    expect(found.lineage === expected.lineage).toBe(true); // a difference would be megabytes of text
  }
});

it.skipIf(!hasSamples)('samples of sensors shuffled say what they say (not run where ../shared/evidence is absent)', { timeout: 120_000 }, async () => {
  for (const path of ['auditd-coalesced-json', 'tracee', 'falco', 'osquery', 'tetragon', 'sysmon-linux'].flatMap(samplesOf)) {
    const { name, bytes } = sample(path);
    const text = Buffer.from(bytes).toString('latin1');
    const lines = recordsIn(text);
    const expected = await told(lines, true, '\n', name);
    for (const seed of [1, 2, 3]) {
      const found = await told(shuffled(lines, seed), seed !== 2, '\n', name);
      expect([path, seed, { ...found, gaps: [] }]).toEqual([path, seed, { ...expected, gaps: [] }]);
    }
  }
});

/** The records of a sample, a line each: what go-libaudit merged is an array of indented objects, Tetragon's documentation shows one indented object. */
function recordsIn(text: string): readonly string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  if (!/^\s*[[{]/.test(text) || lines.every((line) => isJson(line))) return lines;
  const whole: unknown = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  return (Array.isArray(whole) ? whole : [whole]).map((record: unknown) => Buffer.from(JSON.stringify(record)).toString('latin1'));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // a line of something longer
  }
}

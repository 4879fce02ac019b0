import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSources } from '../../../src/node/index.js';
import { readSet } from '../../../src/evidence/index.js';
import { addsUp } from './memory.js';

/** Real captures and public samples lie beside a developer's clone; they may not be copied into it. */
const EVIDENCE = new URL('../../../../shared/evidence/', import.meta.url).pathname;
const isThere = existsSync(EVIDENCE);

test.runIf(process.env['CI'] === 'true')('the shared evidence is there in CI', () => {
  expect(isThere).toBe(true);
});

/** Answers and work papers of the captures; nothing may be read out of them. */
const NOT_EVIDENCE = /(MANIFEST\.md|SOURCES\.md|TRUTH\.md|labels\.json|truth\.jsonl\.gz|\.mjs)$/;

test.skipIf(!isThere)('every byte of every real file is accounted for (not run where ../shared/evidence is absent)', { timeout: 240_000 }, async () => {
  const sources = await openSources([EVIDENCE]);
  const set = readSet(sources);
  let rows = 0;
  for await (const batch of set.batches) {
    rows += batch.count;
    for (let at = 0; at < batch.count; at++) if (batch.host[at] === 0) throw new Error('a row without a host');
  }
  const entries = set.entries();
  expect(rows).toBeGreaterThan(50_000);
  expect(entries.filter((entry) => !addsUp(entry)).map((entry) => entry.file)).toEqual([]);
  expect(entries.filter((entry) => entry.error !== undefined).map((entry) => entry.error)).toEqual([]);
  const sizes = new Map<string, number>();
  for (const { file, accounting } of entries) sizes.set(file, (sizes.get(file) ?? 0) + accounting.bytes);
  for (const source of sources) {
    const known = source.members.reduce((sum, member) => sum + (member.size ?? NaN), 0);
    if (!Number.isNaN(known)) expect([source.name, sizes.get(source.name)]).toEqual([source.name, known]);
  }
  const answers = entries.filter((entry) => NOT_EVIDENCE.test(entry.file));
  expect(answers.length).toBeGreaterThan(8);
  expect(answers.filter((entry) => entry.format !== 'unknown' || entry.accounting.understood > 0)).toEqual([]);
  const formats = new Map<string, number>();
  for (const { format } of entries) formats.set(format, (formats.get(format) ?? 0) + 1);
  expect(formats.get('ps')).toBeGreaterThanOrEqual(60 + 24);
  expect(formats.get('proc-jsonl')).toBe(15);
  expect(formats.get('proc-copy')).toBe(15 + 4); // one of them in a text archive
  expect(Object.fromEntries(['ausearch-i', 'laurel', 'syslog', 'journal-json', 'journal-export'].map((id) => [id, formats.get(id)]))).toEqual({
    'ausearch-i': 4 + 1,
    laurel: 4 + 9,
    syslog: 3 * 4 + 17 + 2,
    'journal-json': 4 + 1,
    'journal-export': 4 + 1,
  });
  const halfRead = entries.filter(({ format, accounting }) => ['ps', 'proc-jsonl', 'proc-copy'].includes(format) && accounting.notUnderstood > 0);
  expect(halfRead.map(({ file }) => file.split('/').at(-1))).toEqual([
    'kellyjonbrazil-jc__osx-10.14.6__ps-axu.out',
    'kellyjonbrazil-jc__osx-10.14.6__ps-ef.out',
  ]);
});

test.skipIf(!isThere)('the three snapshots of one moment see the same processes, parents and starts', { timeout: 60_000 }, async () => {
  const folder = `${EVIDENCE}lab/full-dev/snapshots/`;
  const named = ['proc_20261124T150427.189Z.jsonl', 'proc_20261124T150427.189Z.tar.gz', 'ps-axo_20261124T150426.503Z.txt'].map((name) => folder + name);
  const seen: Map<number, { ppid: number; start: number }>[] = [];
  for (const path of named) {
    const set = readSet(await openSources([path]));
    const found = new Map<number, { ppid: number; start: number }>();
    for await (const batch of set.batches) {
      for (let at = 0; at < batch.count; at++)
        if (batch.kind[at] === 5) found.set(batch.pid[at] ?? 0, { ppid: batch.ppid[at] ?? 0, start: batch.start[at] ?? NaN });
    }
    seen.push(found);
  }
  const [lines, copy, ps] = seen;
  expect([...(copy ?? [])].map(([pid, { ppid }]) => [pid, ppid])).toEqual([...(lines ?? [])].map(([pid, { ppid }]) => [pid, ppid]));
  // The two noted the moment of /proc/uptime with some milliseconds between.
  for (const [pid, { start }] of copy ?? []) expect(Math.abs(start - (lines?.get(pid)?.start ?? NaN))).toBeLessThan(20_000);
  let shared = 0;
  for (const [pid, { ppid, start }] of ps ?? []) {
    const other = lines?.get(pid);
    if (!other) continue; // it ended between the two
    shared++;
    expect([pid, other.ppid]).toEqual([pid, ppid]);
    expect(Math.abs(other.start - start)).toBeLessThanOrEqual(2_000_000);
  }
  expect(shared).toBeGreaterThan(120);
});

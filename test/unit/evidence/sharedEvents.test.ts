import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../../src/evidence/batch.js';
import { memorySource, readAll } from './memory.js';

const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url).pathname;

interface Event {
  readonly serial: number;
  readonly millis: number;
}
const EVENTS: readonly Event[] = Array.from({ length: 30 }, (_, at) => ({ serial: 100 + at, millis: 1_700_000_000_130 + at * 457 }));
const stamp = ({ millis }: Event): string => `${Math.floor(millis / 1000)}.${String(millis % 1000).padStart(3, '0')}`;

const raw = (events: readonly Event[], node = ''): string =>
  events.map((event) => `${node}type=SYSCALL msg=audit(${stamp(event)}:${event.serial}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=${event.serial + 700} auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"\n`).join('');
const laurel = (events: readonly Event[]): string =>
  events.map((event) => `{"ID":"${stamp(event)}:${event.serial}","SYSCALL":{"arch":"0xc000003e","syscall":59,"success":"yes","exit":0,"ppid":811,"pid":${event.serial + 700},"auid":1000,"uid":0,"ses":3,"comm":"sh","exe":"/usr/bin/dash","key":"exec"}}\n`).join('');
const interpreted = (events: readonly Event[], hoursEast: number): string =>
  events
    .map((event) => {
      const local = new Date(event.millis + hoursEast * 3_600_000).toISOString();
      const date = `${local.slice(5, 7)}/${local.slice(8, 10)}/${local.slice(0, 4)} ${local.slice(11, 23)}`;
      return `----\ntype=SYSCALL msg=audit(${date}:${event.serial}) : arch=x86_64 syscall=execve success=yes exit=0 a0=0x1 a1=0x2 a2=0x3 a3=0x4 items=2 ppid=811 pid=${event.serial + 700} auid=bob uid=root gid=root euid=root tty=pts0 ses=3 comm=sh exe=/usr/bin/dash key=exec \n`;
    })
    .join('');

const hostsOf = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] => [...new Set(rows.map((row) => row['host']))];
const says = (entry: { readonly coverage: readonly { readonly gap: string; readonly says: string }[] } | undefined, gap: string): string | undefined => entry?.coverage.find((each) => each.gap === gap)?.says;

test('a log and its JSON copy that name no host are one host, told once, and say so', async () => {
  for (const order of [['audit.log', 'laurel.jsonl'], ['laurel.jsonl', 'audit.log']]) {
    const sources = order.map((name) => memorySource(name, name === 'audit.log' ? raw(EVENTS) : laurel(EVENTS)));
    const { rows, entries } = await readAll(sources);
    expect(hostsOf(rows)).toEqual(['file:audit.log']);
    expect(rows).toHaveLength(30);
    expect(entries.map(({ host }) => host)).toEqual(['file:audit.log', 'file:audit.log']);
    expect(entries.reduce((sum, { accounting }) => sum + accounting.duplicates, 0)).toBe(30);
    expect(says(entries[0], 'host-guessed')).toContain(`30 events at its beginning are in ${order[1]} too`);
    expect(says(entries[1], 'host-guessed')).toContain('one host');
  }
});

test('files that overlap in part are joined, also where their beginnings do not', async () => {
  const { rows } = await readAll([memorySource('audit.log.1', raw(EVENTS.slice(0, 20))), memorySource('laurel.jsonl', laurel(EVENTS.slice(12)))]);
  expect(hostsOf(rows)).toEqual(['file:audit.log.1']);
  expect(rows).toHaveLength(30);
});

test('the same numbers at other times are other hosts', async () => {
  const others = EVENTS.map(({ serial, millis }) => ({ serial, millis: millis + 5 }));
  const { rows, entries } = await readAll([memorySource('a.log', raw(EVENTS)), memorySource('b.log', raw(others))]);
  expect(hostsOf(rows).sort()).toEqual(['file:a.log', 'file:b.log']);
  expect(rows).toHaveLength(60);
  expect(says(entries[1], 'host-guessed')).toContain('joined to no other');
  // An hour apart in UTC on both sides is no zone.
  const later = EVENTS.map(({ serial, millis }) => ({ serial, millis: millis + 3_600_000 }));
  expect((await readAll([memorySource('a.log', raw(EVENTS)), memorySource('b.log', raw(later))])).rows).toHaveLength(60);
});

test('a file takes the host that its twin names, also where the set names several', async () => {
  const sources = [memorySource('plain.log', laurel(EVENTS)), memorySource('web.log', raw(EVENTS, 'node=web1 ')), memorySource('db.log', raw([{ serial: 5, millis: 1_700_000_500_000 }], 'node=db1 '))];
  const { rows, entries } = await readAll(sources);
  expect(entries.map(({ host }) => host)).toEqual(['web1', 'web1', 'db1']);
  expect(hostsOf(rows).sort()).toEqual(['db1', 'web1']);
  expect(rows).toHaveLength(31);
});

test('what a person states is not moved by shared events', async () => {
  const { entries } = await readAll([memorySource('a.log', raw(EVENTS)), memorySource('b.jsonl', laurel(EVENTS))], { hostOf: { 'a.log': 'one', 'b.jsonl': 'two' } });
  expect(entries.map(({ host }) => host)).toEqual(['one', 'two']);
});

test.each([[1], [-5], [5.5]])('local stamps %d hours east of UTC take their zone from the log beside them', async (hours) => {
  const { rows, entries } = await readAll([memorySource('audit.log', raw(EVENTS)), memorySource('ausearch-i.txt', interpreted(EVENTS, hours))]);
  expect(rows).toHaveLength(30);
  expect(rows.every((row) => row['kind'] === KIND.exec && row['host'] === 'file:audit.log')).toBe(true);
  expect(says(entries[1], 'zone-guessed')).toMatch(new RegExp(`UTC${hours < 0 ? '-' : '\\+'}0${Math.floor(Math.abs(hours))}:${hours % 1 === 0 ? '00' : '30'} is right: events at its beginning are in audit.log too`));
  // A zone that a person states is not searched for.
  const stated = await readAll([memorySource('audit.log', raw(EVENTS)), memorySource('ausearch-i.txt', interpreted(EVENTS, hours))], { zone: '+03:00' });
  expect(stated.rows).toHaveLength(60);
});

test('two events in common are no proof', async () => {
  const { rows } = await readAll([memorySource('a.log', raw(EVENTS.slice(0, 2))), memorySource('b.jsonl', laurel(EVENTS.slice(0, 2)))]);
  expect(hostsOf(rows)).toHaveLength(2);
});

test('a file that cannot be read to its end is compared by what it has', async () => {
  const { rows, entries } = await readAll([memorySource('a.log', raw(EVENTS), { failsAt: 4000 }), memorySource('b.jsonl', laurel(EVENTS))]);
  expect(hostsOf(rows)).toEqual(['file:a.log']);
  expect(entries[0]?.error).toContain('the disk failed');
});

describe.skipIf(!existsSync(LAB))('the lab (not run where ../shared/evidence is absent)', () => {
  test.each(['full-dev', 'exec-only-dev'])('%s: log, laurel and ausearch -i in one folder are one host and count once', { timeout: 120_000 }, async (capture) => {
    const bytes = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(`${LAB}${capture}/${name}.gz`)));
    const names = ['audit.log', 'ausearch-i.txt', 'laurel.jsonl'];
    const { entries, rows } = await readAll(names.map((name) => memorySource(name, bytes(name))));
    expect(entries.map(({ host }) => host)).toEqual(['file:audit.log', 'file:audit.log', 'file:audit.log']);
    const numbers = new Set(rows.map((row) => `${String(row['time'])}:${String(row['serial'])}:${String(row['kind'])}:${String(row['other'])}`));
    expect(rows.length - numbers.size).toBe(0);
    expect(hostsOf(rows)).toEqual(['file:audit.log']);
  });
});

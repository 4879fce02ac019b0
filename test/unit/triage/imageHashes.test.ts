import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine, type EngineRequests } from '../../../src/engine/index.js';
import { hashFieldsOf } from '../../../src/triage/index.js';
import { patternsOf } from '../../../src/report/hosts.js';
import { collectSubtree, indicatorsOf } from '../../../src/report/indicators.js';
import { pictureOf } from '../../../src/report/pictures.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from './story.js';

const HASH = 'c0ffee'.padEnd(64, '0'), OTHER = 'beef'.padEnd(64, '1');

/** A program run, as Elastic Defend says it. */
function ran(host: string, pid: number, minute: number, executable: string, sha256: string): string {
  return JSON.stringify({
    '@timestamp': `2026-11-24T12:${String(minute).padStart(2, '0')}:00.000Z`, agent: { type: 'endpoint' }, host: { os: { type: 'linux' }, name: host }, event: { module: 'endpoint', category: ['process'], type: ['start'], action: 'exec' },
    process: { pid, entity_id: `${host}-${pid}`, name: executable.split('/').at(-1), executable, args: [executable], hash: { sha256 }, parent: { pid: 1, entity_id: `${host}-1`, hash: { sha256: OTHER } } },
  });
}

let engine: Engine;
beforeAll(async () => {
  const log = [ran('web1', 10, 1, '/opt/a/agent', HASH), ran('web2', 20, 5, '/usr/lib/udev/helper', HASH.toUpperCase()), ran('web2', 21, 9, '/usr/lib/udev/helper', HASH), ran('db1', 30, 7, '/opt/a/agent', OTHER)].join('\n');
  engine = createEngine(portsOver([sourceOf(log, 'endpoint.ndjson')]));
  await engine.ask('open', { sources: ['x'] });
});
afterAll(() => engine.close());

async function hostsStep(of: Engine, pid?: number): Promise<ReturnType<EngineRequests['playbook']>['steps'][number]> {
  const { view, rowCount } = await of.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
  const rows = await of.ask('rows', { view, first: 0, count: rowCount });
  const process = pid === undefined ? undefined : rows.process[rows.pid.indexOf(pid)]!;
  return (await of.ask('playbook', { ...(process !== undefined && { process }), steps: ['containment.1'] })).steps[0]!;
}

test('the same image is found by its hash on another host, under another name and in whatever letters, first and last', async () => {
  const { facts } = await hostsStep(engine, 10);
  const says = facts.map((fact) => fact.says).filter((each) => each.includes('sha256'));
  expect(says).toEqual([
    `web1: sha256 ${HASH} (/opt/a/agent), 1 time, first 2026-11-24 12:01:00.000Z`,
    `web2: sha256 ${HASH} (/usr/lib/udev/helper), 2 times, first 2026-11-24 12:05:00.000Z, last 2026-11-24 12:09:00.000Z`,
  ]);
});

test('a program of the same path with another hash is not the same image', async () => {
  const { facts } = await hostsStep(engine, 30);
  expect(facts.some(({ says }) => says.startsWith('db1: sha256 beef'))).toBe(true);
  expect(facts.some(({ says }) => says.includes(HASH))).toBe(false);
});

test('the report tells the hash on every host, as the playbook does', async () => {
  const { view } = await engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
  const { process, pid } = await engine.ask('rows', { view, first: 0, count: 100 });
  const subtree = await collectSubtree((method, ask, options) => engine.ask(method, ask, options), process[pid.indexOf(10)]!);
  const { records } = await engine.ask('raw', { process: process[pid.indexOf(10)]!, first: 0, count: 10 });
  const subject = { ...subtree, details: subtree.processes[0]!, row: undefined, verdict: undefined, records, recordCount: records.length, path: [], indicators: indicatorsOf(subtree, records), steps: [], notes: [], picture: pictureOf([], []) };
  const patterns = await patternsOf((method, ask) => engine.ask(method, ask), [subject], []);
  expect(patterns.find(({ kind }) => kind === 'sha256')).toMatchObject({ value: HASH, hosts: [{ host: 'web1', count: 1 }, { host: 'web2', count: 2 }] });
});

test('where no sensor states a hash it is said what that costs', async () => {
  const story = new Story();
  const payload = drop(story, story.login(), '/tmp/.x/dropper', '/tmp/.x/agent');
  const audit = createEngine(portsOver([sourceOf(story.text(), 'audit.log')]));
  await audit.ask('open', { sources: ['x'] });
  expect((await hostsStep(audit, payload)).missing.join(' ')).toContain('the same program under another name is not found by it');
  await audit.close();
});

test("of several hashes of an image the strongest kind is taken, and a parent's or a library's never", () => {
  const names = (...fields: string[]): string[] => hashFieldsOf(fields.map((name) => ({ name }))).map(({ name }) => name);
  expect(names('process.hash.md5', 'process.hash.sha256', 'process.parent.hash.sha256', 'dll.hash.sha256')).toEqual(['process.hash.sha256']);
  expect(names('process.hash.md5', 'process.parent.hash.sha256')).toEqual(['process.hash.md5']);
});

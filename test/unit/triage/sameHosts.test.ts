import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine, type EngineRequests } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { Story } from './story.js';

type Step = ReturnType<EngineRequests['playbook']>['steps'][number];
const START = 1_700_000_000;

/** A login runs a dropper, which forks twice and leaves a program that connects; answers when the login was and where the torn program is. */
function torn(story: Story, program: string, argument: string): { readonly shell: number; readonly payload: number } {
  const shell = story.login();
  const dropper = story.exec(story.fork(shell), '/home/alice/dropper', ['./dropper']);
  const middle = story.fork(dropper);
  story.setsid(middle);
  const payload = story.fork(middle);
  story.exit(middle);
  story.exit(dropper);
  story.exec(payload, program, [program, '-l', argument]);
  story.connect(payload, '203.0.113.9', 443);
  return { shell, payload };
}

/** web1 was broken into first; its login went on to web2 by ssh, where the same was done under another name. db1 did ordinary work; db2 has no evidence. */
let engine: Engine;
let payload: number;
beforeAll(async () => {
  const web1 = new Story(), web2 = new Story(), db1 = new Story();
  const first = torn(web1, '/opt/.cache/agentx', '4001');
  web1.exec(web1.fork(first.shell), '/usr/bin/ssh', ['ssh', 'root@web2']);
  const second = torn(web2, '/opt/.cache/agentx', '4002');
  db1.exec(db1.fork(db1.login()), '/usr/bin/ls', ['ls', '-l']);
  expect(second.payload).toBeGreaterThan(0);
  const at = new Date((START + 1.2) * 1000).toISOString();
  const auth = `${at} web2 sshd[700]: Accepted publickey for root from 10.0.0.1 port 50022 ssh2\n`;
  const ports = { ...portsOver([sourceOf(web1.text(), 'web1.log'), sourceOf(web2.text(), 'web2.log'), sourceOf(db1.text(), 'db1.log'), sourceOf(auth, 'auth.log')]), caseIntel: () => Promise.resolve({ texts: [], hosts: ['web1', 'web2', 'db1', 'db2'] }) };
  engine = createEngine(ports);
  await engine.ask('open', { sources: ['x'], hostOf: { 'web1.log': 'web1', 'web2.log': 'web2', 'db1.log': 'db1' } });
  const { view, rowCount } = await engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false, host: 'web1' });
  const rows = await engine.ask('rows', { view, first: 0, count: rowCount });
  payload = rows.process[rows.pid.indexOf(first.payload)]!;
});
afterAll(() => engine.close());

async function step(id: string, process?: number): Promise<Step> {
  const { steps } = await engine.ask('playbook', { steps: [id], ...(process === undefined ? {} : { process }) });
  return steps[0]!;
}

test('the same program, arguments, shape and address are found on the other host, first and last, and the process there is at hand', async () => {
  const { facts } = await step('containment.1', payload);
  const of = (host: string): string[] => facts.filter(({ says }) => says.startsWith(`${host}: `)).map(({ says }) => says.slice(host.length + 2));
  for (const host of ['web1', 'web2']) {
    expect(of(host)).toEqual(expect.arrayContaining([
      expect.stringMatching(/^program \/opt\/\.cache\/agentx, 1 time, first 2023-11-14 22:13:2\d/),
      expect.stringMatching(/^arguments like \/opt\/\.cache\/agentx -l <n>, 1 time/),
      expect.stringMatching(/^shape .*double-fork.*, 1 time/),
      expect.stringMatching(/^address 203\.0\.113\.9, 1 time/),
    ]));
  }
  const there = facts.find(({ says }) => says.startsWith('web2: program'))!;
  expect((await engine.ask('details', { process: there.process })).host).toBe('web2');
});

test('a host on which none of it was seen is not called clean, and a host without evidence is unknown', async () => {
  const { says } = await step('containment.1', payload);
  expect(says).toContain('None of it was seen on db1, as far as their evidence shows.');
  expect(says).toContain('Unknown, for want of evidence: db2.');
});

test('ssh on one host is joined to the login that answers it on the other', async () => {
  const { facts } = await step('containment.3', payload);
  expect(facts.map(({ says }) => says).join('\n')).toMatch(/ssh \d+ on web1: .*ssh root@web2.*; web2 answers with: Accepted publickey for root from 10\.0\.0\.1 port 50022/);
});

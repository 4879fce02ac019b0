import { expect, test } from 'vitest';
import { createEngine, type EngineRequests } from '../../../src/engine/index.js';
import { skewsOf } from '../../../src/triage/playbook/hostClocks.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from './story.js';

type Step = ReturnType<EngineRequests['playbook']>['steps'][number];
const START = 1_700_000_000;
const SS = 'Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\n';
const held = (local: string, peer: string, name: string, pid: number): string => `tcp   ESTAB  0      0      ${local} ${peer} users:(("${name}",pid=${pid},fd=3))\n`;
const accepted = (host: string, seconds: number, port: number): string => `${new Date((START + seconds) * 1000).toISOString()} ${host} sshd[700]: Accepted publickey for root from 10.0.0.1 port ${port} ssh2\n`;

interface Login {
  /** Seconds after the start at which ssh is run on web1. */
  readonly at: number;
  readonly to: string;
  /** The port of web1's side, where a list of sockets has it. */
  readonly port?: number;
}

/** web1 is broken into and logs on elsewhere by ssh; `auth` are the lines of the others. Answers what containment 3 says. */
async function joinsOf(logins: readonly Login[], auth: string, more: Readonly<Record<string, string>> = {}): Promise<Step> {
  const story = new Story();
  const shell = story.login();
  const payload = drop(story, shell, '/tmp/.x/dropper', '/tmp/.x/agent');
  let sockets = SS;
  let now = 0.3;
  for (const { at, to, port } of logins) {
    story.wait(at - now);
    now = at + 0.02;
    const ssh = story.exec(story.fork(shell), '/usr/bin/ssh', ['ssh', `root@${to}`]);
    if (port !== undefined) sockets += held(`10.0.0.1:${port}`, '10.0.0.2:22', 'ssh', ssh);
  }
  const taken = `ss-tunap_20231115T000000.000Z.txt`;
  const files = { 'web1.log': story.text(), [taken]: sockets, 'auth.log': auth, 'web2.log': new Story().text(), 'db1.log': new Story().text(), ...more };
  const engine = createEngine(portsOver(Object.entries(files).map(([name, text]) => sourceOf(text, name))));
  await engine.ask('open', { sources: ['x'], hostOf: { 'web1.log': 'web1', [taken]: 'web1', 'web2.log': 'web2', 'db1.log': 'db1', ...Object.fromEntries(Object.keys(more).map((name) => [name, 'web2'])) } });
  const { view, rowCount } = await engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false, host: 'web1' });
  const rows = await engine.ask('rows', { view, first: 0, count: rowCount });
  const { steps } = await engine.ask('playbook', { process: rows.process[rows.pid.indexOf(payload)]!, steps: ['containment.3'] });
  await engine.close();
  return steps[0]!;
}

test('a login is joined by the port that both hosts record, before one that is nearer in time', async () => {
  const { facts } = await joinsOf([{ at: 10, to: '10.0.0.2', port: 50022 }], accepted('db1', 11, 41000) + accepted('web2', 20, 50022));
  expect(facts).toHaveLength(1);
  expect(facts[0]).toMatchObject({ basis: 'derived', says: expect.stringMatching(/; web2 answers with: Accepted publickey for root from 10\.0\.0\.1 port 50022 ssh2 \(.*joined by its port 50022, 10 s apart\)/) as string });
});

test('where both record a port and the ports differ, time alone joins nothing', async () => {
  const { facts } = await joinsOf([{ at: 10, to: '10.0.0.2', port: 50022 }], accepted('web2', 11, 50023));
  expect(facts[0]!.says).not.toContain('answer');
});

test('without a port on the one side the nearest time joins, as an inference', async () => {
  const { facts, says } = await joinsOf([{ at: 10, to: '10.0.0.2' }], accepted('web2', 12, 50022));
  expect(facts[0]).toMatchObject({ basis: 'inferred', says: expect.stringContaining('joined by time, 2 s apart') as string });
  expect(says.join(' ')).toContain('is not measured, since no login is on record with its port on both sides: what lies within 120 s is taken for the answer.');
});

test('two logins that could answer are both told, the nearest first, unless the command names one host', async () => {
  const lines = accepted('web2', 30, 50022) + accepted('db1', 12, 50023);
  const both = await joinsOf([{ at: 10, to: '10.0.0.2' }], lines);
  expect(both.facts[0]!.says).toMatch(/; 2 logins could answer it, nearest first: db1: Accepted .*; web2: Accepted /);
  expect(both.facts[0]!.basis).toBe('inferred');
  const named = await joinsOf([{ at: 10, to: 'web2' }], lines);
  expect(named.facts[0]!.says).toMatch(/; web2 answers with: Accepted .* port 50022 .*joined by time, 20 s apart/);
});

test('clocks that stand apart are measured by logins with ports on both sides, said, and used for a login without', async () => {
  const ahead = 600;
  const { facts, says } = await joinsOf(
    [{ at: 10, to: '10.0.0.2', port: 50001 }, { at: 60, to: '10.0.0.2', port: 50002 }, { at: 300, to: '10.0.0.2' }],
    accepted('web2', 11 + ahead, 50001) + accepted('web2', 62 + ahead, 50002) + accepted('web2', 303 + ahead, 50003) + accepted('web2', 301, 50004),
  );
  expect(says.join(' ')).toContain('The clock of web2 is 601 s (±1 s) ahead of that of web1, by 2 logins that both record with its port.');
  const [first, , third] = [...facts].sort((a, b) => a.time - b.time);
  expect(first).toMatchObject({ basis: 'derived', says: expect.stringMatching(/joined by its port 50001, 0 s apart by clocks that stand 601 s \(±1 s\) apart/) as string });
  expect(third!.says).toMatch(/answers with: Accepted .* port 50003 .*joined by time, 2 s apart by clocks that stand 601 s/);
});

test("one login alone tells the clocks' distance only as well as logging on takes, and one that is far off is no proof", async () => {
  const { facts, says } = await joinsOf([{ at: 10, to: '10.0.0.2', port: 50001 }], accepted('web2', 3610, 50001));
  expect(says.join(' ')).toContain('is 3600 s (±120 s) ahead');
  expect(facts[0]!.basis).toBe('inferred');
});

test('a connection that the daemon holds answers by its port where no line of the login is there', async () => {
  const { facts } = await joinsOf([{ at: 10, to: '10.0.0.2', port: 50022 }], '', { 'ss-tunap_20231115T000100.000Z.txt': SS + held('10.0.0.2:22', '10.0.0.1:50022', 'sshd', 700) });
  expect(facts[0]).toMatchObject({ basis: 'derived', says: expect.stringMatching(/web2 answers with: a connection from 10\.0\.0\.1 port 50022 \(sshd 700; joined by its port 50022, in a list of sockets\)/) as string });
});

test('a port that was used again does not move the clocks; the other direction has the other sign', () => {
  const login = (apart: number): { from: string; to: string; apart: number } => ({ from: 'a', to: 'b', apart });
  const between = skewsOf([login(5e6), login(6e6), login(9000e6)]);
  expect(between('a', 'b')).toEqual({ micros: 5e6, uncertainty: 1e6, logins: 2 });
  expect(between('b', 'a')?.micros).toBe(-5e6);
  expect(between('a', 'c')).toBeUndefined();
});

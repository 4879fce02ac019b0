import { describe, expect, test } from 'vitest';
import { daemonise, drop, Story, told } from './story.js';

const START = 1_700_000_000;

/** A copy of /proc taken `at` seconds after the story's beginning, as the collector writes it: one line a process. */
function proc(at: number, processes: readonly { pid: number; ppid: number; start: number; comm: string; exe: string; sid?: number; ignored?: string }[]): string {
  const boot = START - 1000;
  const meta = { kind: 'meta', time: START + at + 0.5, hostname: 'h', kernel: '6.1', clk_tck: 100, uptime: `${1000.5 + at} 0`, boot_id: 'e9f0bb7e-53c7-4091-9b09-e52e16518c32', pid_max: '4194304', btime: boot };
  const lines = processes.map(({ pid, ppid, start, comm, exe, sid = pid, ignored = '0000000000000000' }) => ({
    kind: 'process', time: START + at + 0.5, pid,
    stat: `${pid} (${comm}) S ${ppid} ${sid} ${sid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${Math.round((1000 + start) * 100)} 1000 10 0\n`,
    status: `Name:\t${comm}\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${ppid}\nTracerPid:\t0\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nNSpid:\t${pid}\nSigIgn:\t${ignored}\n`,
    cmdline: [exe], comm, exe, cwd: '/',
  }));
  return `${[meta, ...lines].map((line) => JSON.stringify(line)).join('\n')}\n`;
}

describe('what snapshots add', () => {
  test('a payload that its launcher made deaf to hang-up', async () => {
    const story = new Story();
    const payload = drop(story, story.login(), '/opt/x/launch', '/opt/x/work');
    story.wait(30).setsid(payload);
    const snapshot = proc(20, [{ pid: payload, ppid: 1, start: 0.2, comm: 'work', exe: '/opt/x/work', ignored: '0000000000000007' }]);
    const { of } = await told(story, { files: { 'proc_20231114T221400Z.jsonl': snapshot } });
    expect(of(payload)!.findings.find(({ kind }) => kind === 'ignored-signals')).toMatchObject({ techniques: ['T1564.011'], reasons: [{ says: expect.stringContaining('HUP, INT, QUIT') as string, basis: 'observed' }] });
  });

  test('a snapshot that names another parent than the records do', async () => {
    const story = new Story();
    const shell = story.login();
    const child = story.exec(story.fork(shell), '/usr/bin/sleep', ['sleep', '100']);
    story.wait(40).setsid(child);
    const honest = await told(story, { files: { 'proc_a.jsonl': proc(20, [{ pid: child, ppid: shell, start: 0.1, comm: 'sleep', exe: '/usr/bin/sleep' }]) } });
    expect(honest.kinds(child)).toEqual([]);
    const other = await told(story, { files: { 'proc_a.jsonl': proc(20, [{ pid: child, ppid: 300, start: 0.1, comm: 'sleep', exe: '/usr/bin/sleep' }]) } });
    expect(other.kinds(child)).toEqual(['sources-disagree']);
  });
});

describe('what is not known', () => {
  test('an orphan of which a snapshot shows only that it was adopted is not judged, and says what would tell', async () => {
    const { of } = await told(proc(60, [
      { pid: 1, ppid: 0, start: -999, comm: 'systemd', exe: '/usr/lib/systemd/systemd' },
      { pid: 812, ppid: 1, sid: 811, start: 10, comm: 'served', exe: '/opt/x/served' },
      { pid: 813, ppid: 1, start: 50, comm: 'later', exe: '/opt/x/later' },
    ]));
    expect(of(812)).toMatchObject({ state: 'not judged', alert: false, isOrphan: true, why: expect.stringMatching(/^It was adopted, and nothing says who started it or how\. What would tell: \S/) as string });
  });
});

describe('what time adds', () => {
  test('the pid of the creator, given to another soon after', async () => {
    const story = new Story();
    const shell = story.login();
    const first = story.exec(story.fork(shell), '/opt/x/launch');
    const last = story.exec(story.fork(first), '/opt/x/work');
    story.exit(first);
    story.wait(5).fork(shell, first);
    story.exec(first, '/usr/bin/tail', ['tail', '-f', 'x']);
    story.wait(5).setsid(last);
    const { kinds } = await told(story);
    expect(kinds(last)).toContain('reused-pid');
  });

  test('a shape that comes again and again is a habit, and weighs less', async () => {
    const once = new Story();
    const alone = daemonise(once, once.login(), '/opt/acme/refresh');
    const often = new Story();
    const shell = often.login();
    const [first] = [1, 2, 3, 4].map(() => daemonise(often, shell, '/opt/acme/refresh'));
    expect((await told(often)).of(first!)!.score).toBeLessThan((await told(once)).of(alone)!.score);
  });

  test('one dropper that drops four times is no habit', async () => {
    const story = new Story();
    const shell = story.login();
    const payloads = [1, 2, 3, 4].map(() => drop(story, shell, '/opt/x/launch', '/opt/x/work'));
    const { of } = await told(story);
    expect(payloads.map((pid) => of(pid)!.alert)).toEqual([true, true, true, true]);
  });
});

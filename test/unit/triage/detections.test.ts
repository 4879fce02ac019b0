import { describe, expect, test } from 'vitest';
import { FINDING_KINDS, tacticOf, techniqueName } from '../../../src/triage/index.js';
import { DETECTIONS } from '../../../src/triage/detections/index.js';
import { daemonise, drop, Story, told } from './story.js';

describe('what is found', () => {
  test('a program that was started only to start another and leave is an alert; a daemon that detaches itself is none', async () => {
    const story = new Story();
    const shell = story.login();
    const payload = drop(story, shell, '/opt/x/launch', '/opt/x/work');
    const daemon = daemonise(story, shell, '/opt/y/served');
    story.wait(60).setsid(payload);
    const { of, kinds } = await told(story);
    expect(kinds(payload)).toEqual(expect.arrayContaining(['adopted', 'double-fork', 'daemonised']));
    expect(of(payload)).toMatchObject({ alert: true, state: 'unexpected', isOrphan: true });
    expect(of(daemon)).toMatchObject({ alert: false, state: 'unexpected' });
    expect(of(payload)!.score).toBeGreaterThan(of(daemon)!.score * 2);
  });

  test('names and folders change nothing of it', async () => {
    const score = async (launcher: string, payload: string): Promise<number> => {
      const story = new Story();
      const pid = drop(story, story.login(), launcher, payload);
      return (await told(story)).of(pid)!.score;
    };
    expect(await score('/usr/libexec/helper', '/usr/lib/thing/run')).toBe(await score('/opt/a/b', '/srv/c'));
  });

  test('a launcher that calls itself like a manager is none below a login', async () => {
    const story = new Story();
    const payload = drop(story, story.login(), '/opt/x/agetty', '/opt/x/work');
    expect((await told(story)).of(payload)).toMatchObject({ alert: true });
  });

  test('points are the sum of the reasons, each with its basis and the records behind it', async () => {
    const story = new Story();
    const payload = drop(story, story.login(), '/opt/x/launch', '/opt/x/work');
    const row = (await told(story)).of(payload)!;
    expect(row.score).toBe(row.findings.reduce((sum, { points }) => sum + points, 0));
    for (const { points, reasons } of row.findings) expect(points).toBe(reasons.reduce((sum, reason) => sum + reason.points, 0));
    const reasons = row.findings.flatMap((finding) => finding.reasons);
    expect(reasons.every(({ says }) => /^[A-Z].*\.$/.test(says) || /^\S+ \d+ .*\.$/.test(says))).toBe(true);
    expect(reasons.flatMap(({ records }) => records).every(({ member, offset }) => member === 'audit.log' && offset >= 0)).toBe(true);
    expect(reasons.some(({ records }) => records.length > 0)).toBe(true);
  });

  test('code on a command line that forks and leaves is no daemon', async () => {
    const story = new Story();
    const shell = story.login();
    const first = story.fork(shell);
    story.exec(first, '/usr/bin/python3.11', ['python3', '-c', 'import os; os.fork()']);
    const middle = story.fork(first);
    story.setsid(middle);
    const last = story.fork(middle);
    story.exit(middle);
    story.exit(first);
    story.wait(1).connect(last, '10.0.0.5', 4444);
    const script = daemonise(story, shell, '/usr/bin/python3.11', ['python3', '/home/a/bin/watch.py', '-c', 'watch.ini']);
    const { of, kinds } = await told(story);
    expect(of(last)!.alert).toBe(true);
    expect(kinds(last)).toContain('orphan-network');
    expect(of(script)!.alert).toBe(false);
  });

  test('a sibling made by CLONE_PARENT has a creator that was never its parent', async () => {
    const story = new Story();
    const tool = story.fork(story.login());
    story.exec(tool, '/opt/x/launch');
    const sibling = story.fork(tool, 4000, 0x8011);
    story.exec(sibling, '/opt/x/work');
    expect((await told(story)).kinds(sibling)).toContain('foreign-parent');
  });

  test('the name of a kernel thread: by argument, by its own name; md5sum has another', async () => {
    const story = new Story();
    const shell = story.login();
    const byArgument = story.exec(story.fork(shell), '/opt/x/work', ['[kworker/u4:3]', '1']);
    const byName = story.rename(story.exec(story.fork(shell), '/opt/x/work'), 'kworker/1:1');
    const honest = story.exec(story.fork(shell), '/usr/bin/md5sum');
    const bracket = story.exec(story.fork(shell), '/usr/bin/[', ['[', '-f', 'x', ']']);
    const { of, kinds } = await told(story);
    for (const pid of [byArgument, byName]) {
      expect(kinds(pid)).toContain('kernel-name');
      expect(of(pid)!.alert).toBe(true);
    }
    expect(of(honest)).toBeUndefined();
    expect(of(bracket)).toBeUndefined();
  });

  test('a first argument that names another program, and a name taken from another', async () => {
    const story = new Story();
    const shell = story.login();
    const argument = drop(story, shell, '/opt/x/launch', '/opt/x/work', ['nginx: worker process']);
    const name = daemonise(story, shell, '/opt/x/tool');
    story.rename(name, 'sshd: root@pts/1');
    const server = daemonise(story, shell, '/usr/bin/tmux', ['tmux', 'new', '-d']);
    story.rename(server, 'tmux: server');
    const { kinds } = await told(story);
    expect(kinds(argument)).toContain('name-mismatch');
    expect(kinds(name)).toContain('name-mismatch');
    expect(kinds(server)).not.toContain('name-mismatch');
  });

  test('a program in memory; one in a folder of everybody weighs little', async () => {
    const story = new Story();
    const shell = story.login();
    const memory = drop(story, shell, '/opt/x/launch', '/memfd:upd (deleted)', ['worker']);
    const scratch = daemonise(story, shell, '/tmp/build/server');
    const { of } = await told(story);
    expect(of(memory)!.findings.find(({ kind }) => kind === 'no-file')).toMatchObject({ techniques: ['T1620'] });
    expect(of(scratch)!.findings.find(({ kind }) => kind === 'no-file')!.points).toBeLessThan(15);
    expect(of(scratch)!.alert).toBe(false);
  });

  test('a web service that starts a shell from which something detaches', async () => {
    const story = new Story();
    const web = story.service(800, '/usr/bin/webapp', ['webapp'], 'webapp');
    const shell = story.exec(story.fork(web), '/usr/bin/dash', ['/bin/sh', '-c', 'id; /opt/x/work &']);
    const left = story.exec(story.fork(shell), '/opt/x/work');
    story.wait(1).exit(shell);
    story.wait(60).connect(left, '10.0.0.5', 4444);
    const { of, kinds } = await told(story);
    expect(kinds(left)).toContain('service-shell');
    expect(of(left)!.alert).toBe(true);
  });

  test('a job of cron is no web shell', async () => {
    const story = new Story();
    const keeper = story.fork(300);
    const shell = story.exec(story.fork(keeper), '/usr/bin/dash', ['/bin/sh', '-c', '/usr/local/bin/report']);
    const left = daemonise(story, shell, '/usr/local/bin/report');
    story.exit(shell);
    expect((await told(story)).kinds(left)).not.toContain('service-shell');
  });

  test('an orphan that writes what starts it again', async () => {
    const story = new Story();
    const payload = drop(story, story.login(), '/opt/x/launch', '/opt/x/work');
    story.write(payload, '/etc/cron.d/again');
    const { of } = await told(story);
    expect(of(payload)!.findings.find(({ kind }) => kind === 'orphan-persistence')).toMatchObject({ techniques: ['T1053'] });
  });

  test('arguments that name a far end: nc and /dev/tcp, not a listener', async () => {
    const story = new Story();
    const shell = story.login();
    const leave = (exe: string, args: readonly string[]): number => {
      const helper = story.exec(story.fork(shell), '/usr/bin/bash', ['bash', '-c', args.join(' ')]);
      const left = story.exec(story.fork(helper), exe, args);
      story.exit(helper);
      return left;
    };
    const nc = leave('/usr/bin/nc.openbsd', ['nc', '-w', '9', '10.0.0.5', '4444']);
    const tcp = leave('/usr/bin/bash', ['bash', '-c', 'exec 3<>/dev/tcp/10.0.0.5/4444']);
    const listener = leave('/usr/bin/python3.11', ['python3', '-m', 'http.server', '-b', '127.0.0.1', '8000']);
    const { kinds } = await told(story.wait(60));
    expect(kinds(nc)).toContain('orphan-network');
    expect(kinds(tcp)).toContain('orphan-network');
    expect(kinds(listener)).not.toContain('orphan-network');
  });

  test('rules removed from a login are tampering', async () => {
    const story = new Story();
    const tool = story.exec(story.fork(story.login(0)), '/usr/sbin/auditctl', ['auditctl', '-D']);
    story.removeRules(tool);
    const { of, kinds } = await told(story);
    expect(kinds(tool)).toEqual(['sensor-tampered']);
    expect(of(tool)).toMatchObject({ alert: true, isOrphan: false });
  });

  test('a shell that kills itself to tear its child off', async () => {
    const story = new Story();
    const shell = story.exec(story.fork(story.login()), '/usr/bin/bash', ['bash', '-c', '/opt/x/work & kill -9 $$']);
    const left = story.exec(story.fork(shell), '/opt/x/work');
    story.kill(shell, shell);
    story.wait(60).setsid(left);
    expect((await told(story)).of(left)?.findings.flatMap(({ reasons }) => reasons.map(({ says }) => says)).join(' ')).toContain('killed itself');
  });
});

describe('the tables', () => {
  test('every kind has one detection, in the order of the design', () => {
    expect(DETECTIONS.map(({ kind }) => kind)).toEqual([...FINDING_KINDS]);
  });

  test('every technique that a detection names has a name and a tactic', () => {
    for (const { techniques } of DETECTIONS)
      for (const id of techniques) {
        expect(techniqueName(id)).not.toBe(id);
        expect(tacticOf(id)?.name).toMatch(/^[A-Z]/);
      }
    expect(techniqueName('T9999')).toBe('T9999');
    expect(tacticOf('toString')).toBeUndefined();
  });
});

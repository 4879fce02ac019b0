import { expect, test } from 'vitest';
import { addsUp, memorySource, readAll } from './memory.js';

const gaps = async (text: string): Promise<{ gaps: string[]; says: string[]; lost: number; format: string }> => {
  const { entries } = await readAll([memorySource('rules.txt', text)]);
  const [entry] = entries;
  expect(entries.every(addsUp)).toBe(true);
  const coverage = (entry?.coverage ?? []).filter(({ gap }) => gap !== 'host-guessed');
  return { gaps: coverage.map(({ gap }) => gap), says: coverage.map(({ says }) => says), lost: entry?.accounting.lostBySource ?? -1, format: entry?.format ?? '' };
};

test('the rules say what no record could have shown', async () => {
  const execs = await gaps('-a always,exit -F arch=b64 -S execve,execveat -F key=exec\n-w /etc/passwd -p wa -k passwd\n');
  expect(execs).toMatchObject({ format: 'auditctl', gaps: ['no-forks', 'no-exits'] });
  const all = await gaps('-a always,exit -F arch=b64 -S execve,execveat -F key=exec\n-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -F key=fork\n-a always,exit -F arch=b64 -S exit,exit_group -F key=exit\n');
  expect(all.gaps).toEqual([]);
});

test('a rule for some users, for another uid or for containers only is no rule for all', async () => {
  const some = await gaps('-a always,exit -F arch=b64 -S execve -F euid=0 -F key=rootcmd\n-a always,exit -F arch=b64 -S execve -C uid!=euid -F key=setuid\n-a always,exit -F arch=b64 -S clone -F a0&0x7C020000 -F key=container\n');
  expect(some.gaps).toEqual(['no-exec', 'no-forks', 'no-exits']);
  expect((await gaps('-a never,task\n')).says[0]).toContain('any system call');
  expect((await gaps('No rules\n')).gaps).toEqual(['no-exec', 'no-forks', 'no-exits']);
});

test('auditctl -s tells what the kernel lost, and whether it audits at all', async () => {
  const status = await gaps('enabled 0\nfailure 1\npid 226\nrate_limit 0\nbacklog_limit 131072\nlost 17\nbacklog 0\nbacklog_wait_time 60000\nloginuid_immutable 0 unlocked\n');
  expect(status).toMatchObject({ gaps: ['records-lost', 'rules-changed'], lost: 17 });
  expect(await gaps('AUDIT_STATUS: enabled=1 flag=1 pid=900 rate_limit=0 backlog_limit=320 lost=3 backlog=0\n')).toMatchObject({ gaps: ['records-lost'], lost: 3 });
});

test('audit.rules with its comments and control lines, and a line that is none', async () => {
  const { entries } = await readAll([memorySource('audit.rules', '## First rule\n-D\n-b 8192\n--backlog_wait_time 60000\n-a always,exit -F arch=b64 -S execve -k exec\n-e 2\n?!\n', { chunk: 7 })]);
  expect(entries[0]).toMatchObject({ format: 'auditctl', accounting: { records: 7, understood: 1, notNeeded: 5, notUnderstood: 1 } });
});

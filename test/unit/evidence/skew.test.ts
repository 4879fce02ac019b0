import { describe, expect, it } from 'vitest';
import { memorySource, readAll } from './memory.js';

const T = 1_700_000_000;
const audit = (seconds: readonly number[]): string =>
  seconds.map((at, i) => `type=USER_START msg=audit(${(T + at).toFixed(3)}:${i + 1}): pid=${500 + i} uid=0 auid=1000 ses=${i} msg='op=PAM:session_open acct="bob" exe="/usr/sbin/sshd" hostname=h addr=10.0.0.1 terminal=ssh res=success'\n`).join('');
const auth = (seconds: readonly number[]): string => seconds.map((at, i) => `${new Date((T + at) * 1000).toISOString().replace('Z', '000+00:00')} web1 sshd[${500 + i}]: pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)\n`).join('');
const EVENTS = [0, 10, 20, 30, 40, 50, 60, 70];

describe('skew between sources of one host', () => {
  const measured = async (late: readonly number[]) => {
    const { entries } = await readAll([memorySource('audit.log', audit(EVENTS)), memorySource('auth.log', auth(EVENTS.map((at, i) => at + late[i]!)))]);
    return entries.find(({ file }) => file === 'auth.log');
  };

  it('is measured by sessions that both tell, and late lines of a busy host do not move it', async () => {
    const entry = await measured([0.1, 0.2, 0.1, 4, 9, 0.3, 0.2, 0.1]);
    expect(entry?.skew).toMatchObject({ against: 'audit.log', events: 6 });
    expect(entry?.skew?.micros).toBe(200_000);
    expect(entry?.coverage.map(({ gap }) => gap)).not.toContain('clock-skew');
  });

  it('a clock that is off is said, and a whole number of quarter hours is a zone', async () => {
    const off = await measured(EVENTS.map(() => -37.5));
    expect(off?.coverage.find(({ gap }) => gap === 'clock-skew')?.says).toContain('37.5 s behind');
    const zone = await measured(EVENTS.map(() => 7200.2));
    expect(zone?.coverage.find(({ gap }) => gap === 'clock-skew')?.remedy).toContain('UTC+02:00');
  });

  it('events that have nothing to do with each other measure nothing', async () => {
    expect((await measured([1, 100, 200, 300, 400, 500, 600, 700]))?.skew).toBeUndefined();
  });
});

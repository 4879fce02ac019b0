import { describe, expect, it } from 'vitest';
import { Account } from '../../../src/evidence/account.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { syslogFormat } from '../../../src/evidence/syslog.js';
import { createHealer } from '../../../src/lineage/index.js';
import { batchesOf, type Healing, T0, told } from './auditText.js';

const UNSET = 4294967295;

/** An exec record of a service's process, `at` seconds after T0. */
function exec(at: number, pid: number, ppid: number, argv: string): string {
  const args = argv.split(' ');
  const exe = args[0]!.startsWith('/') ? args[0]! : `/usr/bin/${args[0]}`;
  const stamp = `msg=audit(${(T0 + at).toFixed(3)}:${Math.round(at * 100) + 1000})`;
  return `node=h type=SYSCALL ${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=2 ppid=${ppid} pid=${pid} auid=${UNSET} uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=${UNSET} comm="${exe.replace(/^.*\//, '')}" exe="${exe}" key="k"
node=h type=EXECVE ${stamp}: argc=${args.length} ${args.map((arg, i) => `a${i}="${arg}"`).join(' ')}`;
}

function unit(at: number, what: 'START' | 'STOP', name: string): string {
  return `node=h type=SERVICE_${what} msg=audit(${(T0 + at).toFixed(3)}:${Math.round(at * 100) + 1000}): pid=1 uid=0 auid=${UNSET} ses=${UNSET} msg='unit=${name} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'`;
}

/** A line of syslog by systemd. */
function line(at: number, message: string): string {
  return `${new Date((T0 + at) * 1000).toISOString().replace('Z', '000+00:00')} h systemd[1]: ${message}`;
}

async function heal(audit: readonly string[], log: readonly string[] = []): Promise<Healing> {
  const strings = createStringTable();
  const healer = createHealer(strings);
  for (const batch of await batchesOf(`${audit.join('\n')}\n`, strings)) healer.add(batch);
  const bytes = new TextEncoder().encode(log.map((each) => `${each}\n`).join(''));
  const member = {
    path: 'syslog', size: bytes.length, modifiedMicros: undefined,
    async *open() {
      yield bytes;
    },
  };
  if (log.length > 0) for await (const batch of syslogFormat.parse([member], { strings, account: new Account(), firstMember: 1, zoneMinutes: undefined, takenMicros: undefined, signal: undefined })) healer.add(batch);
  return told(healer.finish(), strings);
}

/** cron 50 has a job 60, which runs on at 5; 55 was done before. */
const CRON = [exec(0, 50, 1, '/usr/sbin/cron -f'), exec(0.5, 55, 50, 'true'), exec(1, 60, 50, 'sh -c job')];
const LATER = exec(5, 61, 60, 'date');

describe('a service that was stopped, where no exit is on record', () => {
  it('has left its jobs that live on', async () => {
    const { of, lineage } = await heal([...CRON, unit(2, 'STOP', 'cron'), LATER]);
    expect(of(60)).toMatchObject({ orphan: true, creator: 50, adopters: [1] });
    expect([50, 55, 61].map((pid) => of(pid).orphan)).toEqual([false, false, false]);
    expect(lineage.orphanConfidence[of(60).row]).toBeGreaterThan(0.9);
  });

  it('is found by the name of its program, whole or without the d of a daemon', async () => {
    for (const [program, name] of [['/usr/sbin/sshd -D', 'ssh'], ['/usr/sbin/crond -n', 'crond']] as const) expect((await heal([exec(0, 50, 1, program), exec(1, 60, 50, 'sh -c job'), unit(2, 'STOP', name), LATER])).of(60).orphan).toBe(true);
    for (const other of ['cron-clean', 'anacron', 'cr', 'cron@1']) expect((await heal([...CRON, unit(2, 'STOP', other), LATER])).of(60).orphan).toBe(false);
  });

  it('called otherwise is found when its command is run anew as it starts again', async () => {
    const app = [exec(0, 50, 1, '/opt/serve /opt/shop.conf'), exec(1, 60, 50, 'sh -c job'), unit(2, 'STOP', 'shop'), unit(2.2, 'START', 'shop')];
    expect((await heal([...app, exec(2.3, 70, 1, '/opt/serve /opt/shop.conf'), LATER])).of(60)).toMatchObject({ orphan: true, creator: 50 });
    expect((await heal([...app, exec(2.3, 70, 1, '/opt/serve /opt/mail.conf'), LATER])).of(60).orphan).toBe(false);
    expect((await heal([...app, exec(40, 70, 1, '/opt/serve /opt/shop.conf'), LATER])).of(60).orphan).toBe(false);
  });

  it('is not gone if it is heard of later, nor has it left who is not', async () => {
    expect((await heal([...CRON, unit(2, 'STOP', 'cron'), LATER, exec(6, 62, 50, 'true')])).of(60).orphan).toBe(false);
    expect((await heal([...CRON, unit(2, 'STOP', 'cron')])).of(60).orphan).toBe(false);
    expect((await heal([exec(0, 50, 1, '/usr/sbin/cron -f'), unit(0.2, 'STOP', 'cron'), exec(1, 60, 50, 'sh -c job'), LATER])).of(60).orphan).toBe(false);
  });

  it('has left whom systemd finds in it, but for those whose creator it finds as well', async () => {
    const left = (pid: number) => line(2.1, `cron.service: Unit process ${pid} (sh) remains running after unit stopped.`);
    const { of } = await heal([...CRON, exec(1.2, 61, 60, 'sleep 9')], [left(60), left(61)]);
    expect([60, 61].map((pid) => of(pid).orphan)).toEqual([true, false]);
    const earlier = line(30, 'cron.service: Found left-over process 60 (sh) in control group while starting unit. Ignoring.');
    expect((await heal(CRON, [earlier])).of(60).orphan).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account } from '../../../src/evidence/account.js';
import { auditFormat } from '../../../src/evidence/audit.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { type Batch, OBSERVATION_KINDS, OPERATIONS, type StringTable } from '../../../src/model/index.js';
import { batchesOf } from '../lineage/auditText.js';

/** Rows of an audit text as plain objects, in file order. */
async function rowsOf(text: string | Uint8Array, account = new Account(), chunk = 1 << 16): Promise<Record<string, unknown>[]> {
  const strings = createStringTable();
  return (await batchesOf(text, strings, account, chunk)).flatMap((batch) => Array.from({ length: batch.count }, (_, row) => rowOf(batch, row, strings)));
}

function rowOf(batch: Batch, row: number, strings: StringTable): Record<string, unknown> {
  const text = (id: number): string | undefined => strings.text(id);
  return {
    kind: OBSERVATION_KINDS[batch.kind[row]!], operation: OPERATIONS[batch.operation[row]!], time: batch.time[row]! / 1e6, serial: batch.serial[row], pid: batch.pid[row], ppid: batch.ppid[row], other: batch.other[row], flags: batch.flags[row],
    comm: text(batch.comm[row]!), exe: text(batch.exe[row]!), args: strings.list(batch.args[row]!), cwd: text(batch.cwd[row]!), path: text(batch.path[row]!), path2: text(batch.path2[row]!), port: batch.port[row], unit: text(batch.unit[row]!),
    host: text(batch.host[row]!), ses: batch.ses[row], auid: batch.auid[row], exitCode: batch.exitCode[row], offset: batch.offset[row], byteLength: batch.byteLength[row], user: text(batch.user[row]!), message: text(batch.message[row]!), key: text(batch.key[row]!),
  };
}

const SYSCALL = (serial: number, call: string, rest = ''): string =>
  `type=SYSCALL msg=audit(1700000000.123:${serial}): arch=c000003e ${call} a0=0 a1=0 a2=0 a3=0 items=0 ppid=700 pid=811 auid=1000 uid=1000 gid=1000 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="x"${rest}`;

describe('records become observations', () => {
  it('a clone that succeeded is a fork with its child and flags', async () => {
    const [row] = await rowsOf(SYSCALL(1, 'syscall=56 success=yes exit=812').replace('a0=0', 'a0=1200011'));
    expect(row).toMatchObject({ kind: 'fork', pid: 811, ppid: 700, other: 812, flags: 0x1200011, ses: 3, comm: 'sh' });
  });

  it('exit_group has neither success nor exit, and ends the process', async () => {
    const [row] = await rowsOf(SYSCALL(1, 'syscall=231').replace('a0=0', 'a0=2'));
    expect(row).toMatchObject({ kind: 'exit', exitCode: 2 });
  });

  it('execve 56 of aarch64 is openat, not clone', async () => {
    const [row] = await rowsOf(SYSCALL(1, 'syscall=56 success=yes exit=3').replace('c000003e', 'c00000b7'));
    expect(row).toMatchObject({ kind: 'sight' });
  });

  it('an exec that failed is a sight and no exec', async () => {
    const [row] = await rowsOf(SYSCALL(1, 'syscall=59 success=no exit=-2'));
    expect(row).toMatchObject({ kind: 'sight', operation: 'exec-failed' });
  });

  it('EXECVE arguments are joined, hex ones decoded, long ones put together from their parts', async () => {
    const text = `${SYSCALL(1, 'syscall=59 success=yes exit=0')}
type=EXECVE msg=audit(1700000000.123:1): argc=4 a0="sh" a1="-c" a2=6964203E202F746D702F78 a3_len=4 a3[0]="ab"
type=EXECVE msg=audit(1700000000.123:1): a3[1]="cd"
type=CWD msg=audit(1700000000.123:1): cwd="/root"
`;
    const [row] = await rowsOf(text);
    expect(row).toMatchObject({ kind: 'exec', args: ['sh', '-c', 'id > /tmp/x', 'abcd'], cwd: '/root' });
  });

  it('records of an event are joined though others stand between them, and in reversed order', async () => {
    const a = ['type=PROCTITLE msg=audit(1700000000.123:1): proctitle="x"', 'type=EXECVE msg=audit(1700000000.123:1): argc=1 a0="one"', SYSCALL(1, 'syscall=59 success=yes exit=0')];
    const b = ['type=EXECVE msg=audit(1700000000.124:2): argc=1 a0="two"', SYSCALL(2, 'syscall=59 success=yes exit=0').replace('.123', '.124')];
    const rows = await rowsOf([a[0], b[0], a[1], b[1], a[2]].join('\n'));
    expect(rows.map((row) => row['args'])).toEqual([['one'], ['two']]);
  });

  it('an enriched record gives the user name, also where a shipper stripped the separator', async () => {
    const [row] = await rowsOf(SYSCALL(1, 'syscall=112 success=yes exit=811', '\u001dARCH=x86_64 SYSCALL=setsid AUID="ann" UID="bob"'));
    expect(row).toMatchObject({ kind: 'setsid', user: 'bob', key: 'x' });
    const [stripped] = await rowsOf(SYSCALL(1, 'syscall=112 success=yes exit=811', 'ARCH=x86_64 SYSCALL=setsid AUID="ann" UID="bob"'));
    expect(stripped).toMatchObject({ kind: 'setsid', user: 'bob', key: 'x' });
  });

  it('a connect with its address is a socket', async () => {
    const [row] = await rowsOf(`${SYSCALL(1, 'syscall=42 success=no exit=-115')}\ntype=SOCKADDR msg=audit(1700000000.123:1): saddr=02001F90C0A80105000000000000000\n`.replace('05000000000000000', '050000000000000000'));
    expect(row).toMatchObject({ kind: 'socket', operation: 'connection_attempted', path: '192.168.1.5', port: 8080 });
  });

  it('IPv6 and abstract unix addresses are read', async () => {
    const connect = (saddr: string): Promise<Record<string, unknown>[]> => rowsOf(`${SYSCALL(1, 'syscall=42 success=yes exit=0')}\ntype=SOCKADDR msg=audit(1700000000.123:1): saddr=${saddr}\n`);
    expect((await connect('0A001F900000000020010DB800000000000000000000000100000000'))[0]).toMatchObject({ path: '2001:db8::1', port: 8080 });
    expect((await connect('0100002F746D702F7800'))[0]).toMatchObject({ path: '@/tmp/x' });
  });

  it('a rename has both names, made whole by the working directory', async () => {
    const [row] = await rowsOf(`${SYSCALL(1, 'syscall=82 success=yes exit=0')}
type=CWD msg=audit(1700000000.123:1): cwd="/etc/cron.d"
type=PATH msg=audit(1700000000.123:1): item=0 name="/etc/cron.d" nametype=PARENT
type=PATH msg=audit(1700000000.123:1): item=2 name="./a" nametype=DELETE
type=PATH msg=audit(1700000000.123:1): item=3 name="b" nametype=CREATE
`);
    expect(row).toMatchObject({ kind: 'file', operation: 'rename', path: '/etc/cron.d/b', path2: '/etc/cron.d/a' });
  });

  it('one kill of a group has a row for each target', async () => {
    const rows = await rowsOf(`${SYSCALL(1, 'syscall=62 success=yes exit=0').replace('a1=0', 'a1=f')}
type=OBJ_PID msg=audit(1700000000.123:1): opid=20 oauid=-1 ouid=0 oses=-1 obj=? ocomm="a"
type=OBJ_PID msg=audit(1700000000.123:1): opid=21 oauid=-1 ouid=0 oses=-1 obj=? ocomm="b"
`);
    expect(rows.map((row) => [row['kind'], row['other'], row['flags']])).toEqual([['signal', 20, 15], ['signal', 21, 15]]);
  });

  it('LOGIN, USER_START, SERVICE_START, ANOM_ABEND and CONFIG_CHANGE are understood', async () => {
    const rows = await rowsOf(`type=LOGIN msg=audit(1700000000.000:1): pid=350 uid=0 subj=unconfined old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=9 res=1
type=USER_START msg=audit(1700000000.000:2): pid=350 uid=0 auid=1000 ses=9 msg='op=PAM:session_open acct="bob" exe="/usr/sbin/sshd" hostname=h addr=10.0.2.2 terminal=ssh res=success'
type=SERVICE_START msg=audit(1700000000.000:3): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=cron comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'
type=ANOM_ABEND msg=audit(1700000000.000:4): auid=1000 uid=1000 gid=1000 ses=9 pid=77 comm="crash" exe="/bin/crash" sig=11 res=1
type=CONFIG_CHANGE msg=audit(1700000000.000:5): auid=0 ses=1 op=remove_rule key="exec" list=4 res=1
`);
    expect(rows).toMatchObject([
      { kind: 'login', pid: 350, auid: 1000, ses: 9 }, { kind: 'session', operation: 'opened', path: '10.0.2.2', exe: '/usr/sbin/sshd' }, { kind: 'service', operation: 'started', unit: 'cron.service' },
      { kind: 'exit', pid: 77, exitCode: 139 }, { kind: 'configuration', operation: 'rules-removed' },
    ]);
  });

  it('node= is the host, and the same serial of two nodes is two events', async () => {
    const rows = await rowsOf(`node=a ${SYSCALL(1, 'syscall=231')}\nnode=b ${SYSCALL(1, 'syscall=231')}\n`);
    expect(rows.map((row) => row['host'])).toEqual(['a', 'b']);
  });
});

const SAMPLE = [1, 2, 3, 4, 5].map((serial) => `${SYSCALL(serial, 'syscall=59 success=yes exit=0')}\ntype=EXECVE msg=audit(1700000000.123:${serial}): argc=2 a0="a" a1=6200FF\ntype=PROCTITLE msg=audit(1700000000.123:${serial}): proctitle=6100\n`).join('');

describe('bad input never throws good evidence away', () => {
  it('gives the same rows in chunks of 1, 7 and 4096 bytes', async () => {
    const whole = await rowsOf(SAMPLE);
    for (const chunk of [1, 7, 4096]) expect(await rowsOf(SAMPLE, new Account(), chunk)).toEqual(whole);
  });

  it('CRLF, a BOM and blank lines change nothing', async () => {
    const plain = (await rowsOf(SAMPLE)).map(({ offset, byteLength, ...row }) => [row, typeof offset, typeof byteLength]);
    const odd = (await rowsOf(`\ufeff${SAMPLE.replaceAll('\n', '\r\n\r\n')}`)).map(({ offset, byteLength, ...row }) => [row, typeof offset, typeof byteLength]);
    expect(odd).toEqual(plain);
  });

  it('the records around a broken line survive, and the line is counted with its place', async () => {
    const account = new Account();
    const rows = await rowsOf(`${SYSCALL(1, 'syscall=231')}\ntype=SYSCALL msg=audit(17000\n${SYSCALL(2, 'syscall=231')}\n`, account);
    expect(rows).toHaveLength(2);
    expect(account.notUnderstood).toBe(1);
    expect(account.troubles[0]).toMatchObject({ count: 1, places: [{ member: 'audit.log', offset: SYSCALL(1, 'syscall=231').length + 1 }] });
  });

  it('a 3 MB line is one record not understood, and the next is read', async () => {
    const account = new Account();
    expect(await rowsOf(`${'x'.repeat(3_000_000)}\n${SYSCALL(2, 'syscall=231')}\n`, account)).toHaveLength(1);
    expect(account.notUnderstood).toBe(1);
  });

  it('the same record twice is a duplicate, counted inside understood', async () => {
    const account = new Account();
    const rows = await rowsOf(`${SYSCALL(1, 'syscall=231')}\n${SYSCALL(1, 'syscall=231')}\n`, account);
    expect(rows).toHaveLength(1);
    expect(account).toMatchObject({ understood: 2, duplicates: 1 });
  });

  it('a hole in the event numbers is counted as lost, a new boot is not', async () => {
    const account = new Account();
    await rowsOf([1, 2, 5, 6].map((serial) => SYSCALL(serial, 'syscall=231')).join('\n'), account);
    expect(account.lostBySource).toBe(2);
    const spliced = new Account();
    await rowsOf([1, 2, 100003, 100004].map((serial) => SYSCALL(serial, 'syscall=231')).join('\n'), spliced);
    expect(spliced.lostBySource).toBe(100000);
    const rebooted = new Account();
    await rowsOf([50000, 50001, 3, 4].map((serial) => SYSCALL(serial, 'syscall=231')).join('\n'), rebooted);
    expect(rebooted.lostBySource).toBe(0);
  });

  it('cut, flipped, spliced and shuffled logs keep the accounting and never throw', async () => {
    const bytes = new TextEncoder().encode(SAMPLE);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 }), fc.nat(bytes.length), async (cut, flips, splice) => {
        const broken = Uint8Array.from([...bytes.subarray(0, cut), ...bytes.subarray(splice)]);
        for (const [at, value] of flips) if (at < broken.length) broken[at] = value;
        const account = new Account();
        await rowsOf(broken, account, 64);
        expect(account.understood + account.notNeeded + account.notUnderstood).toBe(account.records);
        expect(account.duplicates).toBeLessThanOrEqual(account.understood);
      }),
      { numRuns: 200 },
    );
  });
});

describe('sniffing', () => {
  const sniff = (text: string): number => auditFormat.sniff(new TextEncoder().encode(text), 'x');

  it('knows raw logs, with node=, behind comments', () => {
    expect(sniff(SYSCALL(1, 'syscall=59'))).toBe(1);
    expect(sniff(`# a comment\n\nnode=web1 ${SYSCALL(1, 'syscall=59')}`)).toBe(1);
  });

  it('leaves interpreted logs and other text alone', () => {
    expect(sniff('type=SYSCALL msg=audit(11/14/2023 22:13:20.130:4712) : arch=x86_64')).toBe(0);
    expect(sniff('hello')).toBe(0);
    expect(sniff('')).toBe(0);
  });
});

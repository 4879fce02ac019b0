import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COVERAGE_GAPS, OBSERVATION_KINDS } from '../../../src/model/index.js';
import { formatOf } from '../../../src/evidence/registry.js';
import { addsUp, memorySource, readAll } from './memory.js';
import { holdsMadeUnderDamage } from './samples.js';

/** A tool's output in a shape that was met in the wild, and what its rows have to say. */
interface Shape {
  readonly what: string;
  readonly name: string;
  readonly format: string;
  readonly text: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Records that no reader could understand. */
  readonly lost?: number;
}

const RAW = 'type=SYSCALL msg=audit(1611091464.740:263): arch=c000003e syscall=59 success=yes exit=0 ppid=9492 pid=9494 auid=1000 uid=0 gid=0 euid=0 tty=pts2 ses=8 comm="id" exe="/usr/bin/id" key=(null)';
const at = (iso: string): number => Date.parse(iso) * 1000;

const SHAPES: readonly Shape[] = [
  {
    what: 'Elastic events in an object that lists them', name: 'events.json', format: 'ecs',
    text: JSON.stringify({ events: [{ auditd: { message_type: 'syscall' }, event: { original: [RAW] }, service: { type: 'auditd' } }] }, null, 4),
    rows: [{ kind: 'exec', pid: 9494, ppid: 9492, exe: '/usr/bin/id' }],
  },
  {
    what: "hits with Kibana's `fields`", name: 'hits.json', format: 'ecs',
    text: JSON.stringify({ hits: { total: 1, hits: [{ _index: 'logs', fields: { '@timestamp': ['2024-01-05T10:11:12.345Z'], 'host.hostname': ['web1'], 'agent.type': ['endpoint'], 'event.dataset': ['endpoint.events.process'], 'event.action': ['exec'], 'process.pid': [4321], 'process.parent.pid': [4300], 'process.executable': ['/usr/bin/id'] } }] } }),
    rows: [{ kind: 'exec', host: 'web1', pid: 4321, ppid: 4300, time: at('2024-01-05T10:11:12.345Z') }],
  },
  {
    what: "Kibana's CSV", name: 'discover.csv', format: 'ecs',
    text: '"@timestamp","host.name","event.module","event.action","process.pid","process.parent.pid","process.executable","process.args"\n"Jan 5, 2024 @ 10:11:12.345",web1,auditd,executed,"4,321","4,300","/usr/bin/bash","bash, -c, id"\n',
    rows: [{ kind: 'exec', host: 'web1', pid: 4321, ppid: 4300, args: 'bash\0-c\0id', time: at('2024-01-05T10:11:12.345Z') }],
  },
  {
    what: "osqueryi's box", name: 'osqueryi.txt', format: 'osquery',
    text: 'osquery> select * from processes;\n+-----+------+--------+------------+\n| pid | name | parent | start_time |\n+-----+------+--------+------------+\n| 812 | sshd | 1      | 1700000005 |\n+-----+------+--------+------------+\n',
    rows: [{ kind: 'seen', pid: 812, ppid: 1, comm: 'sshd', startFrom: 1_700_000_005e6 }],
  },
  {
    what: "osqueryi's CSV", name: 'processes.csv', format: 'osquery',
    text: 'pid|name|cmdline|parent|start_time|uid\n812|sshd|sshd: /usr/sbin/sshd -D|1|1700000005|0\n',
    rows: [{ kind: 'seen', pid: 812, ppid: 1, uid: 0 }],
  },
  {
    what: "Falco's text", name: 'falco.txt', format: 'falco-text',
    text: '2024-01-05T10:11:12.345678901+0000: Warning Sensitive file opened (file=/etc/shadow proc_pid=4321 user=root process=cat container_id=host)\n2024-01-05T10:11:13.345678901+0000: Notice A shell was spawned (user=root process=bash)\n',
    rows: [{ kind: 'sight', pid: 4321, comm: 'cat', time: at('2024-01-05T10:11:12.345Z') + 678 }, { kind: 'log', pid: -1 }],
  },
  {
    what: "Tracee's v1beta1 structure", name: 'tracee.json', format: 'tracee',
    text: `${JSON.stringify({ timestamp: '2025-01-05T10:11:12.345678901Z', id: 715, name: 'sched_process_exec', workload: { process: { executable: { path: '/usr/bin/bash' }, uniqueId: 33, hostPid: 4321, pid: 7, realUser: { id: 0 }, thread: { name: 'bash', hostTid: 4321, tid: 7 }, ancestors: [{ uniqueId: 22, hostPid: 4300 }] } }, data: [{ name: 'pathname', str: '/usr/bin/bash' }, { name: 'argv', strArray: { value: ['bash', '-c', 'id'] } }] })}\n`,
    rows: [{ kind: 'exec', pid: 4321, ppid: 4300, namespacePid: 7, args: 'bash\0-c\0id', identity: '33', parentIdentity: '22' }],
  },
  {
    what: 'sysmonLogView', name: 'sysmon.txt', format: 'sysmon',
    text: 'Event SYSMONEVENT_CREATE_PROCESS\n\tRuleName: -\n\tUtcTime: 2021-10-15 14:08:33.145\n\tProcessId: 3142\n\tImage: /usr/bin/ls\n\tCommandLine: ls <a> & b\n\tUser: azureuser\n\tParentProcessId: 3079\n\tParentImage: /bin/bash\nEvent SYSMONEVENT_PROCESS_TERMINATE\n\tUtcTime: 2021-10-15 14:08:33.155\n\tProcessId: 3142\n\tImage: /usr/bin/ls\n',
    rows: [{ kind: 'exec', pid: 3142, ppid: 3079, args: 'ls\0<a>\0&\0b', time: at('2021-10-15T14:08:33.145Z') }, { kind: 'exit', pid: 3142 }],
  },
  {
    what: "busybox's top", name: 'top.txt', format: 'top',
    text: 'Mem: 1004128K used, 12345K free, 0K shrd, 22344K buff, 400000K cached\nCPU:   0% usr   0% sys   0% nic 100% idle\nLoad average: 0.00 0.01 0.05 1/120 2400\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n  812     1 root     S     1228   0%   0   0% /usr/sbin/dropbear -F\n    2     0 root     SW       0   0%   0   0% [kthreadd]\n',
    rows: [{ kind: 'seen', pid: 812, ppid: 1, comm: 'dropbear', args: '/usr/sbin/dropbear\0-F' }, { kind: 'seen', pid: 2, ppid: 0, comm: 'kthreadd' }],
  },
  {
    what: "Volatility 3's linux.bash", name: 'bash.txt', format: 'volatility',
    text: 'Volatility 3 Framework 2.4.1\n\nPID\tProcess\tCommandTime\tCommand\n\n2300\tbash\t2024-01-04 11:02:10.000000 \tsudo su\n',
    rows: [{ kind: 'log', pid: 2300, key: 'shell-history', message: 'sudo su', time: at('2024-01-04T11:02:10Z') }],
  },
  {
    what: 'a table of another plugin of Volatility', name: 'mounts.txt', format: 'volatility',
    text: 'Volatility 3 Framework 2.4.1\n\nMNT_NS_ID\tMOUNT ID\tPARENT_ID\tMAJOR:MINOR\n\n4026531840\t1\t1\t0:1\n',
    rows: [],
  },
  {
    what: "Volatility 2's linux_pstree", name: 'pstree.txt', format: 'volatility',
    text: 'Name                 Pid             Uid            \nsystemd              1                              \n.sshd                812                            \n..bash               2300            1000           \n.cron                900                            \n[kthreadd]           2                              \n',
    rows: [{ pid: 1, ppid: -1 }, { pid: 812, ppid: 1, comm: 'sshd' }, { pid: 2300, ppid: 812 }, { pid: 900, ppid: 1 }, { pid: 2, ppid: -1, comm: 'kthreadd' }],
  },
  {
    what: "Volatility 2's linux_psaux", name: 'psaux.txt', format: 'volatility',
    text: 'Volatility Foundation Volatility Framework 2.6.1\nPid    Uid    Gid    Arguments\n812    0      0      /usr/sbin/sshd -D\n2      0      0      [kthreadd]\n',
    rows: [{ pid: 812, uid: 0, args: '/usr/sbin/sshd\0-D' }, { pid: 2, comm: 'kthreadd' }],
  },
  {
    what: 'systemd-cgls', name: 'cgls.txt', format: 'systemctl-status',
    text: 'Control group /:\n-.slice\n├─user.slice \n│ └─user-1000.slice \n│   └─session-15.scope \n│     ├─2200 sshd: bob [priv]\n│     └─2300 -bash\n└─system.slice \n  └─ssh.service \n    └─812 "sshd: /usr/sbin/sshd -D"\n',
    rows: [{ pid: 2200, comm: 'sshd', cgroup: '/user.slice/user-1000.slice/session-15.scope' }, { pid: 2300, comm: 'bash' }, { pid: 812, unit: 'ssh.service' }],
  },
  {
    what: 'journalctl -o verbose', name: 'journal.txt', format: 'journal-verbose',
    text: 'Fri 2024-01-05 10:11:12.345678 UTC [s=ab;i=5a;b=8f2c1e6d0c7a4b3f9e5d2a1b0c9d8e7f;m=12;t=60e304f3f4d4e;x=99]\n    _HOSTNAME=web1\n    SYSLOG_IDENTIFIER=sshd\n    _PID=4300\n    _COMM=sshd\n    _SYSTEMD_UNIT=ssh.service\n    MESSAGE=a first line\n            and a second line\n',
    rows: [{ kind: 'boot', time: 0x60e304f3f4d4e }, { host: 'web1', pid: 4300, comm: 'sshd', unit: 'ssh.service', time: 0x60e304f3f4d4e, message: 'a first line\nand a second line' }],
  },
  {
    what: 'journalctl -o short-full and short-unix', name: 'journal.log', format: 'syslog',
    text: 'Fri 2024-01-05 10:11:12 UTC web1 sshd[4300]: Accepted password for bob from 10.0.0.9 port 51234 ssh2\nFri 2024-01-05 11:12:01.5 +01 web1 CRON[4100]: (root) CMD (/bin/true)\n1704449522.000100 web1 CRON[4101]: (root) CMD (/bin/true)\n',
    rows: [{ pid: 4300, time: at('2024-01-05T10:11:12Z') }, { pid: 4100, time: at('2024-01-05T10:12:01.5Z') }, { pid: 4101, time: at('2024-01-05T10:12:02Z') + 100 }],
  },
  {
    what: 'forkstat -x -g', name: 'forkstat.txt', format: 'forkstat',
    text: 'Time     Event     PID     UID    EUID TTY     Info   Duration Process\n10:11:12 fork     4300    1000    1000 pts/0  ┬parent          -bash\n10:11:12 fork     4321    1000    1000 pts/0  └child           -bash\n10:11:12 exec     4321    1000    1000 pts/0  →                id\n10:11:12 exit     4321                        ⇥     3   0.003s id\n10:11:13 fork        0                        ┬parent          [swapper]\n10:11:13 fork     4375                        └child           <unknown>\n',
    rows: [{ kind: 'fork', pid: 4300, other: 4321 }, { kind: 'exec', pid: 4321 }, { kind: 'exit', pid: 4321, exitCode: 3 }],
  },
  {
    what: "bpftrace's execsnoop", name: 'execsnoop.txt', format: 'execsnoop',
    text: 'Attaching 5 probes...\nTIME            PID     PPID    ARGS\n10:11:12.301234 4321    4300    /usr/bin/bash -c id\n10:11:12.401234 4322    4321    /usr/bin/id\n',
    rows: [{ kind: 'exec', pid: 4321, ppid: 4300 }, { kind: 'exec', pid: 4322, ppid: 4321 }],
  },
  {
    what: 'exitsnoop', name: 'exitsnoop.txt', format: 'exitsnoop',
    text: 'TIME-AEST    PCOMM            PID    PPID   TID    AGE(s)  EXIT_CODE\n10:20:22.997 a b              4321   4300   4321   1.50    0\n10:20:23.000 bash             4300   1      4302   67.82   signal 9 (KILL)\n',
    rows: [{ kind: 'exit', pid: 4321, ppid: 4300, comm: 'a b', exitCode: 0 }, { kind: 'threadExit', pid: 4300, ppid: 1, message: 'signal 9 (KILL)' }],
  },
  {
    what: 'killsnoop', name: 'kill.txt', format: 'killsnoop',
    text: 'TIME      PID    COMM             SIG  TPID   RESULT\n10:10:51  4300   my sh            9    4321   0\n10:11:34  4300   my sh            15   -4321  -3\n10:11:35  1      systemd          SIGTERM   4300    0\n',
    rows: [{ kind: 'signal', pid: 4300, comm: 'my sh', other: 4321, flags: 9, outcome: 1 }, { kind: 'signal', other: -1, flags: 15, outcome: 2 }, { kind: 'signal', pid: 1, other: 4300, flags: 15 }],
  },
  {
    what: 'threadsnoop', name: 'threads.txt', format: 'threadsnoop',
    text: 'Attaching 2 probes...\nTIME(ms)   PID    COMM             FUNC\n1938       4300   dockerd          threadentry\n1939       4301   docker-containe  0x562f30f2e710L\n',
    rows: [{ kind: 'sight', pid: 4300, comm: 'dockerd' }, { kind: 'sight', pid: 4301, comm: 'docker-containe' }],
  },
  {
    what: 'lsof -F', name: 'lsof.txt', format: 'lsof-fields',
    text: 'p2351\ng2351\nR2350\ncbash\nu0\nLroot\nfcwd\nn/dev/shm\nftxt\nn/tmp/.x (deleted)\nf0\ntIPv4\nPTCP\nn10.0.0.4:44322->203.0.113.9:4444\nTST=ESTABLISHED\nTQR=0\n',
    rows: [{ kind: 'socket', pid: 2351, path: '203.0.113.9', port: 4444 }, { kind: 'seen', pid: 2351, ppid: 2350, exe: '/tmp/.x', exeDeleted: 1, cwd: '/dev/shm', uid: 0 }],
  },
];

describe.each(SHAPES)('$what', ({ name, format, text, rows: expected, lost = 0 }) => {
  it('is known without a hint, and says what it says', async () => {
    const { rows, entries } = await readAll([memorySource(name, text, { modifiedMicros: at('2024-01-06T00:00:00Z') })]);
    expect(entries[0]).toMatchObject({ format, accounting: { notUnderstood: lost } });
    expect(entries[0] && addsUp(entries[0])).toBe(true);
    expect(rows).toHaveLength(expected.length);
    for (const [index, row] of expected.entries()) expect({ ...rows[index], kind: OBSERVATION_KINDS[rows[index]?.['kind'] as number] }).toMatchObject(row); // a code of them
  });

  holdsMadeUnderDamage(name, text, format, { runs: 10 });
});

it('texts are no binary lastlog', () => {
  const text = new TextEncoder().encode(`{"timestamp":"2025-01-05T10:11:12Z","words":"${'x y '.repeat(300)}"}`);
  expect(formatOf(text, 'some.json')).toBeUndefined();
});

it("Kibana's times are of the zone that is stated, else guessed and marked", async () => {
  const csv = '"@timestamp","event.module","event.action","process.pid"\n"Jan 5, 2024 @ 10:11:12.345",auditd,executed,4321\n';
  const guessed = await readAll([memorySource('a.csv', csv)]);
  expect(guessed.entries[0]?.coverage.map(({ gap }) => gap)).toContain('zone-guessed');
  const stated = await readAll([memorySource('a.csv', csv)], { zone: '+02:00' });
  expect(stated.entries[0]?.coverage.map(({ gap }) => gap)).not.toContain('zone-guessed');
  expect(stated.rows[0]).toMatchObject({ time: at('2024-01-05T08:11:12.345Z') });
});

it('every kind of gap is told in the docs', () => {
  const docs = readFileSync(new URL('../../../docs/evidence.md', import.meta.url), 'utf8');
  expect(COVERAGE_GAPS.filter((gap) => !docs.includes(`| \`${gap}\` |`))).toEqual([]);
});

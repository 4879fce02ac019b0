import { describe, expect, it } from 'vitest';
import { KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { OPERATIONS } from '../../../src/model/index.js';
import { addsUp, memorySource, readAll } from './memory.js';
import { holdsMadeUnderDamage } from './samples.js';

const TAKEN = { modifiedMicros: 1_700_006_400_000_000 }; // 2023-11-15T00:00:00Z
const TABLE = `TIME             UID    COMM             PID     TID     RET              EVENT                     ARGS
22:13:20:130000  1000   bash             811     811     0                sched_process_fork        parent_tid: 811, parent_pid: 811, child_tid: 812, child_pid: 812
22:13:20:131000  1000   bash             812     812     0                sched_process_exec        cmdpath: /bin/sh, pathname: /usr/bin/dash, argv: [sh -c id, uname], dev: 8388610
22:13:20:140000  0      my prog          812     815     3                openat                    dirfd: -100, pathname: /etc/ld.so.cache, flags: O_RDONLY|O_CLOEXEC, mode: 0
22:13:20:150000  1000   sh               812     812     0                sched_process_exit        exit_code: 0, process_group_exit: true

End of events stream
Stats: {EventCount:4 EventsFiltered:0 NetCapCount:0 LostEvCount:0 LostWrCount:0 LostNtCapCount:0}
`;
const VERBOSE = `TIME             UTS_NAME         CONTAINER_ID  MNT_NS       PID_NS       UID    COMM             PID     TID     PPID    RET              EVENT                ARGS
11:22:16:970700  fujitsu                        4026531840   4026531836   1000   bash             811     811     700     0                sched_process_exec   pathname: /usr/bin/ls, argv: [ls]
11:22:16:980700  fujitsu          3a1b2c        4026532000   4026532001   0      sh               15      15      1       0                sched_process_exec   pathname: /bin/sh, argv: [sh]
`;
const SINCE_BOOT = `TIME(s)        UID    COMM             PID     TID     RET             EVENT                ARGS
176751.746515  1000   zsh              14726   14726   0               execve               pathname: /usr/bin/ls, argv: [ls]
176753.746772  1000   zsh              14726   14726   0               security_bprm_check  pathname: /usr/bin/ls, dev: 8388610, inode: 777
`;

describe("Tracee's table", () => {
  it('tells forks, programs with their arguments, and ends, at the day of the capture', async () => {
    const { rows, entries } = await readAll([memorySource('tracee.txt', TABLE, TAKEN)], { zone: 'UTC' });
    expect(entries[0]).toMatchObject({ format: 'tracee-table', accounting: { understood: 5, notNeeded: 3, notUnderstood: 0 } });
    expect(entries.every(addsUp)).toBe(true);
    expect(rows.map((row) => [row['kind'], row['pid'], row['comm']])).toEqual([[KIND.fork, 811, 'bash'], [KIND.exec, 812, 'bash'], [KIND.file, 812, 'my prog'], [KIND.exit, 812, 'sh']].map(([kind, pid, comm]) => [kind, pid, kind === KIND.exec ? 'dash' : comm]));
    expect(rows[0]).toMatchObject({ other: 812, time: Date.UTC(2023, 10, 14, 22, 13, 20, 130) * 1000 });
    expect(rows[1]).toMatchObject({ exe: '/usr/bin/dash', args: 'sh\0-c\0id,\0uname', uid: 1000 });
    expect(rows[2]).toMatchObject({ path: '/etc/ld.so.cache', operation: OPERATIONS.indexOf('open') });
  });

  it('names host, container and parent where it is verbose', async () => {
    const { rows } = await readAll([memorySource('tracee.txt', VERBOSE, TAKEN)]);
    expect(rows).toMatchObject([{ host: 'fujitsu', pid: 811, ppid: 700, parentKind: PARENT_KIND.atEvent }, { host: 'fujitsu', pid: 15, ppid: 1, container: '3a1b2c', exe: '/bin/sh' }]);
  });

  it('that counts from the boot ends when it was taken', async () => {
    const { rows } = await readAll([memorySource('tracee.txt', SINCE_BOOT, TAKEN)]);
    expect(rows.map((row) => row['time'])).toEqual([TAKEN.modifiedMicros - 2_000_257, TAKEN.modifiedMicros]);
  });

  holdsMadeUnderDamage('tracee.txt', TABLE, 'tracee-table');
});

const COMPACT = `🚀 process default/xwing /usr/bin/curl https://ebpf.io/applications/#tetragon
🔌 connect default/xwing /usr/bin/curl tcp 10.32.0.19:33978 -> 104.198.14.52:443
📤 sendmsg default/xwing /usr/bin/curl tcp 10.32.0.19:33978 -> 104.198.14.52:443 bytes 73
💥 exit    default/xwing /usr/bin/curl https://ebpf.io/applications/#tetragon 60
🚀 process minikube /usr/bin/dash -c id
2023-11-14T22:13:20.130000000Z 🚀 process /bin/true
`;

describe("tetra's compact form", () => {
  it('tells what ran where, and says that it names no pid and no parent', async () => {
    const { rows, entries } = await readAll([memorySource('tetra.txt', COMPACT, TAKEN)]);
    expect(entries[0]).toMatchObject({ format: 'tetragon-compact', accounting: { understood: 6, notUnderstood: 0 } });
    expect(entries[0]?.coverage.map(({ gap }) => gap)).toContain('no-parents');
    expect(rows.every((row) => row['kind'] === KIND.log && row['pid'] === -1)).toBe(true);
    expect(rows[0]).toMatchObject({ comm: 'curl', exe: '/usr/bin/curl', args: '/usr/bin/curl\0https://ebpf.io/applications/#tetragon', operation: OPERATIONS.indexOf('command'), time: NaN });
    expect(rows[1]).toMatchObject({ operation: OPERATIONS.indexOf('connection_attempted'), message: 'connect default/xwing /usr/bin/curl tcp 10.32.0.19:33978 -> 104.198.14.52:443' });
    expect(rows[4]).toMatchObject({ host: 'minikube', args: '/usr/bin/dash\0-c\0id' });
    expect(rows[5]).toMatchObject({ time: Date.UTC(2023, 10, 14, 22, 13, 20, 130) * 1000, exe: '/bin/true' });
  });

  holdsMadeUnderDamage('tetra.txt', COMPACT, 'tetragon-compact');
});

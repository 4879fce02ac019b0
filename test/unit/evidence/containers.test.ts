import { describe, expect, test } from 'vitest';
import { KIND, OPERATION, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createHealer } from '../../../src/lineage/index.js';
import { recordsHold, textHolds } from './breaking.js';
import { memorySource, readAll } from './memory.js';

const TAKEN = Date.parse('2024-03-02T12:00:00Z') * 1000;
const at = (text: string): number => Date.parse(text) * 1000;
const read = async (content: string | Uint8Array, name: string, options: { readonly zone?: string } = {}) => {
  const result = await readAll([memorySource(name, content)], { takenMicros: TAKEN, ...options });
  return { ...result, entry: result.entries[0] };
};
const columns = (rows: readonly Readonly<Record<string, unknown>>[], ...names: readonly string[]) => rows.map((row) => names.map((name) => row[name]));
const ID = '3f4e8a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789ab';

describe('container lists', () => {
  const DOCKER = 'CONTAINER ID   IMAGE          COMMAND                  CREATED        STATUS        PORTS                  NAMES\n3f4e8a1b2c3d   nginx:1.25     "/docker-entrypoint.…"   2 hours ago    Up 2 hours    0.0.0.0:80->80/tcp     web\n4f4e8a1b2c3d   redis          "redis-server"           3 days ago     Up 3 days                            cache\n';
  test('docker ps and crictl ps give id, name, image and state', async () => {
    const docker = await read(DOCKER, 'docker-ps.txt');
    expect(docker.entry).toMatchObject({ format: 'container-list', accounting: { records: 3, understood: 3 } });
    expect(columns(docker.rows, 'kind', 'container', 'message', 'time')).toEqual([
      [KIND.service, '3f4e8a1b2c3d', 'container web (3f4e8a1b2c3d) of image nginx:1.25, Up 2 hours', TAKEN], [KIND.service, '4f4e8a1b2c3d', 'container cache (4f4e8a1b2c3d) of image redis, Up 3 days', TAKEN],
    ]);
    const crictl = await read('CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD\n3f4e8a1b2c3d4       abcdef012345        2 hours ago         Running             coredns             0                   0123456789abc       coredns-1\n', 'crictl.txt');
    expect(columns(crictl.rows, 'container', 'message')).toEqual([['3f4e8a1b2c3d4', 'container coredns (3f4e8a1b2c3d) of image abcdef012345, Running, pod coredns-1']]);
  });
  textHolds('docker-ps.txt', DOCKER, 'container-list');

  const INSPECT = JSON.stringify([{ Id: ID, Created: '2024-03-01T09:59:58.5Z', Path: '/docker-entrypoint.sh', Args: ['nginx'], State: { Status: 'running', Pid: 4711, ExitCode: 0, StartedAt: '2024-03-01T10:00:00.123456789Z', FinishedAt: '0001-01-01T00:00:00Z' }, Name: '/web', Config: { Image: 'nginx:1.25' } }], undefined, 2);
  test('docker inspect joins the pid to its container, and tells when it began', async () => {
    const { rows, entry } = await read(`${INSPECT}\n`, 'inspect.json');
    expect(entry).toMatchObject({ format: 'container-json', accounting: { records: 1, understood: 1 } });
    expect(columns(rows, 'kind', 'operation', 'pid', 'container', 'time', 'message')).toEqual([
      [KIND.seen, 0, 4711, ID, TAKEN, 'container web (3f4e8a1b2c3d) of image nginx:1.25, running, runs /docker-entrypoint.sh nginx'],
      [KIND.service, OPERATION.started, -1, ID, at('2024-03-01T10:00:00.123Z') + 456, 'container web (3f4e8a1b2c3d) of image nginx:1.25, running, runs /docker-entrypoint.sh nginx'],
    ]);
  });

  test('a container that ended has no pid; docker ps and podman ps in JSON; crictl inspect', async () => {
    const ended = await read(INSPECT.replace('"Pid": 4711', '"Pid": 0').replace('0001-01-01T00:00:00Z', '2024-03-01T11:00:00Z').replace('"ExitCode": 0', '"ExitCode": 137'), 'inspect.json');
    expect(columns(ended.rows, 'kind', 'operation', 'exitCode', 'pid')).toEqual([[KIND.service, OPERATION.started, -1, -1], [KIND.service, OPERATION.stopped, 137, -1]]);
    const docker = await read('{"Command":"\\"nginx\\"","CreatedAt":"2024-03-01 10:00:00 +0100 CET","ID":"3f4e8a1b2c3d","Image":"nginx","Names":"web","State":"running","Status":"Up 2 hours"}\n', 'ps.json');
    expect(columns(docker.rows, 'kind', 'container', 'time')).toEqual([[KIND.service, '3f4e8a1b2c3d', at('2024-03-01T09:00:00Z')]]);
    const podman = await read(`[{"Command":["sleep","9"],"Id":"${ID}","Image":"alpine","Names":["a"],"Pid":812,"StartedAt":1709287200,"State":"running"}]`, 'podman.json');
    expect(columns(podman.rows, 'kind', 'pid', 'container')).toEqual([[KIND.seen, 812, ID], [KIND.service, -1, ID]]);
    const crictl = await read(`{"status":{"id":"${ID}","metadata":{"name":"coredns"},"state":"CONTAINER_RUNNING","createdAt":"2024-03-01T10:00:00Z"},"info":{"pid":99,"sandboxID":"x"}}`, 'crictl.json');
    expect(columns(crictl.rows, 'kind', 'pid', 'container')).toEqual([[KIND.seen, 99, ID], [KIND.service, -1, ID]]);
  });
  textHolds('ps.json', `{"ID":"3f4e8a1b2c3d","Image":"nginx","Names":"web","State":"running"}\n{"ID":"4f4e8a1b2c3d","Image":"redis","Names":"cache","State":"exited"}\n{"ID":"5f4e8a1b2c3d","Image":"x","Names":"y","State":"running"}\n`, 'container-json');
});

/** An accounting record, acct_v3. */
function accountingRecords(records: readonly { readonly flags: number; readonly status: number; readonly pid: number; readonly ppid: number; readonly start: number; readonly ticks: number; readonly comm: string }[], isLittle = true): Uint8Array {
  const bytes = new Uint8Array(64 * records.length);
  const view = new DataView(bytes.buffer);
  for (const [index, record] of records.entries()) {
    const from = index * 64;
    bytes[from] = record.flags;
    bytes[from + 1] = isLittle ? 3 : 0x83;
    view.setUint32(from + 4, record.status, isLittle);
    view.setUint32(from + 8, 1000, isLittle);
    view.setUint32(from + 12, 100, isLittle);
    view.setUint32(from + 16, record.pid, isLittle);
    view.setUint32(from + 20, record.ppid, isLittle);
    view.setUint32(from + 24, record.start, isLittle);
    view.setFloat32(from + 28, record.ticks, isLittle);
    bytes.set(new TextEncoder().encode(record.comm), from + 48);
  }
  return bytes;
}

describe('process accounting', () => {
  const RECORDS = [
    { flags: 1, status: 0, pid: 813, ppid: 812, start: 1_700_000_000, ticks: 2, comm: 'sh' },
    { flags: 0x10, status: 9, pid: 814, ppid: 1, start: 1_700_000_000, ticks: 250, comm: 'payload' },
    { flags: 2, status: 0x0300, pid: 812, ppid: 1, start: 1_699_999_000, ticks: 1e5, comm: 'bash' },
  ];
  test.each([true, false])('states the end, the parent at death, and that a process forked and ran nothing (little endian %s)', async (isLittle) => {
    const { rows, entry } = await read(accountingRecords(RECORDS, isLittle), 'pacct');
    expect(entry).toMatchObject({ format: 'acct', accounting: { records: 3, understood: 3 } });
    const exits = rows.filter((row) => row['kind'] === KIND.exit);
    expect(columns(exits, 'pid', 'ppid', 'parentKind', 'time', 'exitCode', 'comm', 'message')).toEqual([
      [813, 812, PARENT_KIND.atExit, 1_700_000_000.02e6, 0, 'sh', 'forked and ran no program'],
      [814, 1, PARENT_KIND.atExit, 1_700_000_002.5e6, 137, 'payload', 'killed by signal 9'],
      [812, 1, PARENT_KIND.atExit, 1_700_000_000e6, 3, 'bash', 'used the rights of root'],
    ]);
    expect(rows.filter((row) => row['kind'] === KIND.sight).map((row) => row['time'])).toEqual([1_700_000_000e6, 1_700_000_000e6, 1_699_999_000e6]);
  });

  test('each process has its lifetime', async () => {
    const { batches, set } = await read(accountingRecords(RECORDS), 'pacct');
    const healer = createHealer(set.strings, {});
    for (const batch of batches) healer.add(batch);
    const { lineage } = healer.finish();
    const row = lineage.pid.indexOf(814);
    expect([lineage.start[row], lineage.end[row]]).toEqual([1_700_000_000e6, 1_700_000_002.5e6]);
  });
  recordsHold('pacct', accountingRecords(RECORDS), 64, 'acct');
});

describe('lastcomm', () => {
  const TEXT = 'sh                F    root     pts/0      0.00 secs Fri Mar  1 23:59\nmy command        S     bob      __         1.20 secs Sat Dec 30 10:00\nid                  X  bob      pts/1      0.00 secs Sat Mar  2 11:00\n';
  test('a command is a line of a log, in the year before it was taken', async () => {
    const { rows, entry } = await read(TEXT, 'lastcomm.txt');
    expect(entry).toMatchObject({ format: 'lastcomm', accounting: { records: 3, understood: 3 } });
    expect(columns(rows, 'comm', 'user', 'tty', 'time', 'message', 'pid')).toEqual([
      ['sh', 'root', 'pts/0', at('2024-03-01T23:59:00Z'), 'sh, forked and ran no program', -1],
      ['my command', 'bob', undefined, at('2023-12-30T10:00:00Z'), 'my command', -1],
      ['id', 'bob', 'pts/1', at('2024-03-02T11:00:00Z'), 'id, killed by a signal', -1],
    ]);
    expect(entry?.coverage.map(({ gap }) => gap)).toEqual(['taken-guessed', 'zone-guessed', 'host-guessed']);
  });
  textHolds('lastcomm.txt', TEXT, 'lastcomm');
});

describe('strace', () => {
  const TEXT =
    '1700000000.000100 execve("/bin/sh", ["sh", "-c", "a \\"b\\" \\303\\244"], 0x7ffe /* 20 vars */) = 0\n1700000000.000200 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD <unfinished ...>\nstrace: Process 813 attached\n[pid   813] 1700000000.000300 setsid( <unfinished ...>\n[pid   812] 1700000000.000400 <... clone resumed>, child_tidptr=0x7f) = 813\n[pid   813] 1700000000.000500 <... setsid resumed>) = 813\n[pid   813] 1700000000.000600 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_SIGHAND, exit_signal=0} => {parent_tid=[814]}, 88) = 814\n[pid   812] 1700000000.000700 exit_group(0) = ?\n[pid   812] 1700000000.000800 +++ exited with 0 +++\n[pid   814] 1700000000.000850 +++ exited with 0 +++\n1700000000.000900 execve("/nope", ["nope"], 0x7 /* 20 vars */) = -1 ENOENT (No such file or directory)\n1700000000.001000 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.0.0.9")}, 16) = -1 EINPROGRESS (Operation now in progress)\n1700000000.001100 read(3, "x", 1) = 1\n1700000000.001200 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER} ---\n1700000000.001300 +++ killed by SIGTERM +++\n';
  test('states forks with their flags, execs, failed ones, and ends; lines without a pid are of who is left', async () => {
    const { rows, entry } = await read(TEXT, 'x.strace');
    expect(entry).toMatchObject({ format: 'strace', accounting: { records: 15, notNeeded: 2, notUnderstood: 0 } });
    expect(columns(rows, 'kind', 'pid', 'other', 'time')).toEqual([
      [KIND.exec, 812, -1, 1_700_000_000_000_100],
      [KIND.fork, 812, 813, 1_700_000_000_000_200],
      [KIND.setsid, 813, -1, 1_700_000_000_000_300],
      [KIND.fork, 813, 814, 1_700_000_000_000_600],
      [KIND.exit, 812, -1, 1_700_000_000_000_800],
      [KIND.threadExit, 814, -1, 1_700_000_000_000_850],
      [KIND.sight, 813, -1, 1_700_000_000_000_900],
      [KIND.socket, 813, -1, 1_700_000_000_001_000],
      [KIND.exit, 813, -1, 1_700_000_000_001_300],
    ]);
    expect(rows[0]).toMatchObject({ exe: '/bin/sh', comm: 'sh', args: 'sh\0-c\0a "b" ä' });
    expect(rows[3]).toMatchObject({ flags: 0x10900 });
    expect(rows[7]).toMatchObject({ path: '10.0.0.9', port: 443, operation: OPERATION.connection_attempted });
    expect(rows[8]).toMatchObject({ exitCode: 143 });
  });

  test('of -ff the file names the process; times of day end when it was taken, and the zone is said to be guessed', async () => {
    const { rows, entry } = await read('11:59:58 execve("/bin/a", ["a"], 0x7 /* 1 var */) = 0\n11:59:59.5 vfork() = 77\n12:00:00 exit_group(3) = ?\n', 'out.76');
    expect(columns(rows, 'kind', 'pid', 'other', 'flags', 'exitCode')).toEqual([[KIND.exec, 76, -1, 0xffffffff, -1], [KIND.fork, 76, 77, 0x4000, -1], [KIND.exit, 76, -1, 0xffffffff, 3]]);
    expect(rows.at(-1)).toMatchObject({ time: TAKEN });
    expect(entry?.coverage.map(({ gap }) => gap)).toContain('zone-guessed');
  });

  test('the creator of an adopted child is who called clone', async () => {
    const { batches, set } = await read(TEXT, 'x.strace');
    const healer = createHealer(set.strings, {});
    for (const batch of batches) healer.add(batch);
    const { lineage } = healer.finish();
    const row = lineage.pid.indexOf(813);
    expect(lineage.pid[lineage.creator[row] ?? -1]).toBe(812);
  });
  textHolds('x.strace', TEXT, 'strace');
});

describe('files of other tools', () => {
  test.each([
    ['Zeek', '#separator \\x09\n#fields\tts\n1\n'],
    ['capture', '\xd4\xc3\xb2\xa1\x02\0'],
    ['vol -f', 'EMiL\x01\0\0\0'],
    ['program', '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0'],
    ['sqlite3 -json', 'SQLite format 3\0x'],
    ['Windows', 'ElfFile\0x'],
    ['iconv', '\xff\xfex\0'],
  ])('are unknown, and said to be what they are: %s', async (words, text) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const { entry, rows } = await read(bytes, 'x.bin');
    expect(entry).toMatchObject({ format: 'unknown', accounting: { understood: 0, bytes: bytes.length } });
    expect(entry?.troubles[0]?.what).toContain(words);
    expect(rows).toEqual([]);
  });
});

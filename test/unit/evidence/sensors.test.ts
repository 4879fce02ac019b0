import { describe, expect, test } from 'vitest';
import { KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createHealer } from '../../../src/lineage/index.js';
import { memorySource, readAll } from './memory.js';
import { hasSamples, holdsUnderDamage, sample, samplesOf } from './samples.js';

const micros = (iso: string): number => Date.parse(iso) * 1000;
const lines = (...records: unknown[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const read = async (text: string | Uint8Array, name = 'events.json') => {
  const result = await readAll([memorySource(name, text)]);
  return { ...result, entry: result.entries[0] };
};

/** pid -> recorded parents' pids, as lineage has them. */
async function tree(path: string): Promise<Map<number, number | undefined>> {
  const { name, bytes } = sample(path);
  const { set, batches } = await read(bytes, name);
  const healer = createHealer(set.strings, {});
  for (const batch of batches) healer.add(batch);
  const { lineage } = healer.finish();
  const found = new Map<number, number | undefined>();
  for (let row = 0; row < lineage.count; row++) {
    const creator = lineage.creator[row] ?? -1;
    found.set(lineage.pid[row] ?? 0, creator >= 0 ? lineage.pid[creator] : undefined);
  }
  return found;
}

describe('JSON records', () => {
  const event = { '@timestamp': '2024-01-02T03:04:05.678Z', 'event.module': 'system', 'event.action': 'existing_process', 'process.pid': 7, 'process.ppid': '1', 'host.name': 'web1' };
  test.each([
    ['one a line', lines(event, event)],
    ['an array', JSON.stringify([event, event])],
    ['pretty-printed, one after another', `${JSON.stringify(event, null, 2)}\n${JSON.stringify(event, null, 4)}`],
    ['the hits of a search', JSON.stringify({ took: 3, hits: { total: { value: 2 }, hits: [{ _index: 'x', _source: event }, { _source: event }] } }, null, 2)],
    ['nested keys', lines({ '@timestamp': event['@timestamp'], event: { module: 'system', action: 'existing_process' }, process: { pid: 7, parent: { pid: 1 } }, host: { name: ['web1'] } }, event)],
  ])('%s', async (_name, text) => {
    const { rows, entry } = await read(text);
    expect(entry?.format).toBe('ecs');
    expect(entry?.accounting).toMatchObject({ records: 2, understood: 2 });
    for (const row of rows) expect(row).toMatchObject({ kind: KIND.seen, pid: 7, ppid: 1, parentKind: PARENT_KIND.atCapture, host: 'web1', time: micros('2024-01-02T03:04:05.678Z') });
  });

  test('a line that breaks off costs itself only', async () => {
    const whole = lines(event);
    const { rows, entry } = await read(`${whole}${whole.slice(0, 40)}\n${whole}${whole.slice(0, -30)}\n${whole}no json\n${whole}`);
    expect(rows).toHaveLength(4);
    expect(entry?.accounting).toMatchObject({ understood: 4, notUnderstood: 3, records: 7 });
  });

  test('each record of an array knows its own place', async () => {
    const text = JSON.stringify([event, event]);
    const { rows } = await read(text);
    const encoded = JSON.stringify(event);
    expect(rows.map((row) => row['offset'])).toEqual([text.indexOf(encoded), text.lastIndexOf(encoded)]);
    expect(rows.map((row) => row['byteLength'])).toEqual([encoded.length, encoded.length]);
  });
});

describe('Auditbeat', () => {
  test('the raw records beside an event are preferred, with the host of the event', async () => {
    const { rows, entry } = await read(
      lines({
        '@timestamp': '2024-01-02T03:04:05.678Z', agent: { type: 'auditbeat' }, event: {
          module: 'auditd', original: [
            'type=SYSCALL msg=audit(1704164645.678:99): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=1 ppid=811 pid=812 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
            'type=EXECVE msg=audit(1704164645.678:99): argc=2 a0="sh" a1="-i"',
          ],
        }, host: { hostname: 'web1' },
      }),
    );
    expect(entry?.accounting).toMatchObject({ records: 1, understood: 1 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: KIND.exec, pid: 812, ppid: 811, args: 'sh\0-i', host: 'web1', offset: 0, ses: 3 });
  });

  test('a fork names its child and its flags, an exit its status', async () => {
    const auditd = (data: object, sequence: number) => ({
      '@timestamp': '2024-01-02T03:04:05.678Z', event: { module: 'auditd', outcome: 'success' }, auditd: { message_type: 'syscall', sequence, session: 'unset', data }, process: { pid: 811, parent: { pid: 700 } },
    });
    const { rows } = await read(lines(auditd({ syscall: 'clone', exit: '812', a0: '1200011' }, 1), auditd({ syscall: 'exit_group', a0: '3' }, 2), auditd({ syscall: 'execve', exit: '0' }, 3)));
    expect(rows[0]).toMatchObject({ kind: KIND.fork, pid: 811, other: 812, flags: 0x1200011, ppid: 700, parentKind: PARENT_KIND.atEvent, ses: 0xffffffff, serial: 1 });
    expect(rows[1]).toMatchObject({ kind: KIND.exit, exitCode: 3 });
    expect(rows[2]).toMatchObject({ kind: KIND.exec });
  });

  for (const path of samplesOf('auditbeat-ecs')) holdsUnderDamage(path, 'ecs', { runs: 6 });
  for (const path of samplesOf('auditd-coalesced-json')) holdsUnderDamage(path, 'ecs', { runs: 6, wholeUpTo: 20_000 });
});

describe('Elastic Defend', () => {
  const base = { '@timestamp': '2024-01-02T03:04:06Z', agent: { type: 'endpoint' }, host: { hostname: 'web1', os: { type: 'linux' } } };
  test('one aggregated record tells fork, exec and end, and the creator is the parent of the fork', async () => {
    const { rows } = await read(
      lines({
        ...base,
        event: { module: 'endpoint', dataset: 'endpoint.events.process', action: ['fork', 'exec', 'end'], sequence: 5 },
        process: {
          pid: 812, entity_id: 'child', start: '2024-01-02T03:04:05Z', end: '2024-01-02T03:04:06Z', exit_code: 1, executable: '/usr/bin/id', name: 'id', args: ['id', '-u'],
          parent: { pid: 811, entity_id: 'parent', name: 'sh', executable: '/bin/sh' }, session_leader: { pid: 700 }, group_leader: { pid: 811 }, tty: { char_device: { major: 136, minor: 2 } },
        },
      }),
    );
    expect(rows.map((row) => row['kind'])).toEqual([KIND.fork, KIND.sight, KIND.exec, KIND.exit]);
    expect(rows[0]).toMatchObject({ pid: 811, other: 812, identity: 'parent', time: micros('2024-01-02T03:04:05Z') });
    expect(rows[2]).toMatchObject({ pid: 812, ppid: 811, sid: 700, pgid: 811, tty: 'pts/2', identity: 'child', parentIdentity: 'parent', args: 'id\0-u' });
    expect(rows[3]).toMatchObject({ time: micros('2024-01-02T03:04:06Z'), exitCode: 1, ppid: -1 });
  });

  test.skipIf(!hasSamples)('an event of Windows is refused and says so (not run where ../shared/evidence is absent)', async () => {
    const { name, bytes } = sample(samplesOf('elastic-endpoint')[0] ?? '');
    const { entry, rows } = await read(bytes, name);
    expect(entry?.accounting).toMatchObject({ records: 1, notUnderstood: 1 });
    expect(entry?.troubles[0]?.what).toMatch(/no Linux/);
    expect(rows).toHaveLength(0);
  });
  for (const path of samplesOf('elastic-endpoint')) holdsUnderDamage(path, 'ecs');
});

describe('osquery', () => {
  const result = (columns: object, more: object = {}) => ({ name: 'pack_x', hostIdentifier: 'web1', unixTime: 1700000000, counter: 4, action: 'added', columns, ...more });
  test('a fork row names the child as pid and the caller as parent', async () => {
    const { rows } = await read(lines(result({ pid: '812', parent: '811', syscall: 'fork', time: '1700000001', path: '/bin/sh', eid: '0000000012' })));
    expect(rows[0]).toMatchObject({ kind: KIND.fork, pid: 811, other: 812, time: 1700000001e6, serial: 12, host: 'web1' });
  });

  test('who is listed in other words has changed, and only who is not listed any more is gone', async () => {
    const { rows } = await read(
      lines(
        result({ pid: '5', parent: '9', start_time: '1600000000' }, { action: 'removed' }), result({ pid: '6', parent: '9', start_time: '1600000000' }, { action: 'removed' }),
        result({ pid: '5', parent: '1', start_time: '1600000000' }), result({ bytes: '5' }, { name: 'other' }),
      ),
    );
    expect(rows.map((row) => [row['kind'], row['pid'], row['ppid']])).toEqual([[KIND.seen, 5, 1], [KIND.exit, 6, -1]]);
    expect(rows[0]).toMatchObject({ start: 1600000000e6, startUntil: 1600000001e6, parentKind: PARENT_KIND.atCapture });
  });

  test('batches and plain tables are read as well', async () => {
    const { rows } = await read(lines(result({}, { columns: undefined, action: 'snapshot', snapshot: [{ pid: '2', parent: '0', name: 'kthreadd' }, { pid: '3', parent: '2' }] }), { name: 'p', hostIdentifier: 'web1', unixTime: 1700000000, diffResults: { added: [{ pid: '4', ppid: '3' }], removed: '' } }));
    expect(rows.map((row) => row['pid']).sort()).toEqual([2, 3, 4]);
    const table = await read('[\n  {"cmdline":"/sbin/init","name":"systemd","parent":"0","pid":"1","start_time":"1600000000"}\n]\n');
    expect(table.entry?.format).toBe('osquery');
    expect(table.rows[0]).toMatchObject({ pid: 1, comm: 'systemd' });
  });

  test("a joined parent's name is not taken for the process's own", async () => {
    const { rows } = await read(lines(result({ pid: '8', parent: '7', name: 'anacron', cmdline: '/bin/bash /bin/run-parts /etc/cron.daily', pcmdline: '/usr/sbin/anacron -s', path: '' })));
    expect(rows[0]).toMatchObject({ comm: undefined, args: '/bin/bash\0/bin/run-parts\0/etc/cron.daily' });
  });
  for (const path of samplesOf('osquery')) holdsUnderDamage(path, 'osquery', { wholeUpTo: 24_000, runs: 10 });
});

describe('Tetragon', () => {
  test.skipIf(!hasSamples)('exec states identity and parent, the former image of a pid is no parent (not run where ../shared/evidence is absent)', async () => {
    const { name, bytes } = sample('tetragon/cilium-tetragon__events.json');
    const { rows, entry } = await read(bytes, name);
    expect(entry?.accounting).toMatchObject({ records: 3, understood: 3 });
    expect(rows[0]).toMatchObject({
      kind: KIND.exec, pid: 68790, ppid: 68598, parentKind: PARENT_KIND.atEvent, exe: '/usr/bin/netserver', args: '/usr/bin/netserver\0-D', host: 'my-node', auid: 0xffffffff,
      time: Date.parse('2022-10-18T03:16:18.273Z') * 1000 + 546, container: '19a02291e106ce6227b684197be232ea57c4e1a5ab2604a12608c325d701c7f4',
      identity: 'Z2tlLW1pY2hpLTIyMDM4LWRlZmF1bHQtcG9vbC00MzczMGZhYi1sOHpyOjEzNjY1ODIyNjI0ODU2OjY4Nzkw',
    });
    const fold = sample('tetragon/cilium-tetragon__03_post_exploitation_techniques__merlin-agent-7z-exit.json');
    expect((await read(fold.bytes, fold.name)).rows[0]).toMatchObject({ kind: KIND.exit, pid: 45780, ppid: -1 });
  });
  for (const path of samplesOf('tetragon')) holdsUnderDamage(path, 'tetragon', { runs: 4 });
});

describe('Tracee', () => {
  const base = { timestamp: 1700000000130000000, processId: 7, hostProcessId: 811, hostThreadId: 811, hostParentProcessId: 700, hostName: 'web1', processName: 'sh' };
  test('forks, execs and exits carry host pids, and threads are none', async () => {
    const { rows, entry } = await read(
      lines(
        { ...base, eventName: 'sched_process_fork', args: [{ name: 'parent_process_pid', value: 811 }, { name: 'child_pid', value: 812 }, { name: 'child_tid', value: 812 }, { name: 'leader_tid', value: 812 }, { name: 'child_ns_pid', value: 8 }] },
        { ...base, eventName: 'sched_process_fork', args: [{ name: 'child_pid', value: 811 }, { name: 'child_tid', value: 900 }, { name: 'leader_tid', value: 811 }] },
        { ...base, eventName: 'sched_process_exec', hostProcessId: 812, args: { pathname: '/usr/bin/id', argv: ['id', '-u'] } },
        { ...base, eventName: 'sched_process_exit', hostProcessId: 812, hostThreadId: 812, args: [{ name: 'exit_code', value: 256 }] },
      ),
    );
    expect(rows.map((row) => [row['kind'], row['pid']])).toEqual([[KIND.fork, 811], [KIND.exec, 812], [KIND.exit, 812]]);
    expect(rows[0]).toMatchObject({ other: 812, flags: 0, time: 1700000000130000 });
    expect(rows[1]).toMatchObject({ exe: '/usr/bin/id', args: 'id\0-u', namespacePid: 7 });
    expect(rows[2]).toMatchObject({ exitCode: 1 });
    expect(entry?.accounting).toMatchObject({ understood: 3, notNeeded: 1 });
  });
  for (const path of samplesOf('tracee')) holdsUnderDamage(path, 'tracee', { wholeUpTo: 12_000, runs: 12 });
});

describe('Falco', () => {
  test('an alert without a pid is a line of the log, one with pids names the parent of its own table', async () => {
    const { rows } = await read(
      lines(
        { output: 'x', priority: 'Notice', rule: 'Run shell untrusted', time: '2024-05-07T18:54:27.767673017Z', hostname: 'web1', output_fields: { 'proc.name': 'bash', 'proc.pname': 'httpd', 'proc.aname[2]': 'runc', 'proc.aname[3]': null } },
        { output: 'x', priority: 'Notice', rule: 'r', time: '2024-05-07T18:54:27.767673017Z', output_fields: { 'evt.type': 'execve', 'proc.pid': 812, 'proc.ppid': 811, 'user.loginuid': -1 } },
      ),
    );
    expect(rows[0]).toMatchObject({ kind: KIND.log, pid: -1, message: 'Notice: Run shell untrusted: below httpd < runc', host: 'web1' });
    expect(rows[1]).toMatchObject({ kind: KIND.exec, pid: 812, ppid: 811, parentKind: PARENT_KIND.tracked, auid: 0xffffffff });
  });
  for (const path of samplesOf('falco')) holdsUnderDamage(path, 'falco');
});

describe('Sysmon', () => {
  const xml = (id: number, pid: number, data: string, second = 5) =>
    `Oct 24 17:05:38 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>${id}</EventID><TimeCreated SystemTime="2021-10-24T17:05:0${second}.5Z"/><EventRecordID>${second}</EventRecordID><Computer>web1</Computer></System><EventData><Data Name="ProcessId">${pid}</Data>${data}</EventData></Event>\n`;
  const guid = (start: string) => `<Data Name="ProcessGuid">{94325212-${start}-4874-61f901560000}</Data>`;

  test('the last end of a thread is the end of the process', async () => {
    const { rows } = await read(xml(1, 9, `${guid('fc0d-627b')}<Data Name="Image">/bin/java</Data>`, 1) + xml(5, 9, guid('fc0d-627b'), 2) + xml(11, 9, guid('fc0d-627b'), 3) + xml(5, 9, guid('fc0d-627b'), 4) + xml(5, 9, guid('fc0d-627b'), 5), 'syslog');
    expect(rows.map((row) => [row['kind'], row['serial']])).toEqual([[KIND.exec, 1], [KIND.threadExit, 2], [KIND.file, 3], [KIND.threadExit, 4], [KIND.exit, 5]]);
  });

  test('a pid that comes round has ended before', async () => {
    const { rows } = await read(xml(5, 9, guid('fc0d-627b'), 2) + xml(1, 9, `${guid('fd0d-627b')}<Data Name="Image">/bin/sh</Data>`, 3), 'syslog');
    expect(rows.map((row) => row['kind'])).toEqual([KIND.exit, KIND.exec]);
  });

  test('entities without a semicolon and cut values are read as far as they go', async () => {
    const whole = xml(1, 9, '<Data Name="Image">/bin/sh</Data><Data Name="CommandLine">sh -c &quot;a &lt; b&quot</Data><Data Name="ParentProcessId">8</Data>');
    const { rows, entry } = await read(whole + whole.slice(0, whole.indexOf('a &lt')), 'syslog');
    expect(rows.find((row) => row['ppid'] === 8)).toMatchObject({ args: 'sh\0-c\0"a\0<\0b"', parentKind: PARENT_KIND.ptraceView, comm: 'sh' });
    expect(rows.find((row) => row['ppid'] === -1)).toMatchObject({ exe: '/bin/sh', args: undefined });
    expect(entry?.troubles.map(({ what }) => what)).toEqual(['an event that breaks off']);
  });

  test.skipIf(!hasSamples)('log4shell: java, bash, bash -i, bash, whoami (not run where ../shared/evidence is absent)', async () => {
    const parents = await tree(samplesOf('sysmon-linux').find((name) => name.includes('OTRF')) ?? '');
    expect([17790, 17794, 17806, 17832].map((pid) => parents.get(pid))).toEqual([1340, 17790, 17794, 17806]);
  });
  for (const path of samplesOf('sysmon-linux')) holdsUnderDamage(path, 'sysmon', { wholeUpTo: 30_000, runs: 12 });
});

test.each([
  ['Tetragon', lines({ process_exec: { process: { exec_id: 'a', pid: 5, binary: '/bin/sh', start_time: '2024-01-02T03:04:05Z' } }, node_name: 'web1' })],
  ['osquery', lines({ name: 'p', hostIdentifier: 'web1', unixTime: 1700000000, action: 'added', columns: { pid: '5', parent: '1' } })],
  ['Tracee', lines({ timestamp: 1700000000130000000, hostProcessId: 5, hostParentProcessId: 1, hostName: 'web1', eventName: 'setsid' })],
  ['Sysmon', 'Oct 24 17:05:38 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2021-10-24T17:05:01.5Z"/><Computer>web1</Computer></System><EventData><Data Name="ProcessId">5</Data></EventData></Event>\n'],
  ['Elastic', lines({ '@timestamp': '2024-01-02T03:04:05Z', agent: { type: 'auditbeat', hostname: 'web1' }, host: { hostname: 'web1' }, event: { module: 'system', action: 'existing_process' }, process: { pid: 5 } })],
])('a snapshot beside records of %s is of the host that they name', async (_name, records) => {
  const { entries } = await readAll([memorySource('events', records), memorySource('ps.txt', '  PID  PPID COMMAND\n    1     0 init\n', { modifiedMicros: 1.7e15 })]);
  expect(entries.map(({ host }) => host)).toEqual(['web1', 'web1']);
});

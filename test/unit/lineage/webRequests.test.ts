import { describe, expect, it } from 'vitest';
import { createBatch, KIND, OPERATION } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';

const T0 = 1_795_532_000;

interface Seen {
  readonly pid: number;
  readonly ppid?: number;
  readonly start?: number;
  readonly exe?: string;
  readonly unit?: string;
  /** A port that it listens on. */
  readonly port?: number;
  /** When the snapshot was taken. */
  readonly at?: number;
}

/** A request a time in `requests` (seconds after T0) of a log that `server` names; answers the pids that they are joined to. */
function joined(seen: readonly Seen[], requests: readonly number[], server = 'nginx'): (number | undefined)[] {
  const strings = createStringTable();
  const batch = createBatch(seen.length * 2 + 2 + requests.length);
  const add = (kind: keyof typeof KIND, at: number): number => {
    const row = batch.count++;
    batch.kind[row] = KIND[kind];
    batch.time[row] = (T0 + at) * 1e6;
    return row;
  };
  const lines = requests.map((at) => {
    const row = add('log', at);
    batch.key[row] = strings.internText('access-log');
    batch.comm[row] = strings.internText(server);
    batch.message[row] = strings.internText('10.0.0.9 "GET /?x=$(id) HTTP/1.1" 200 -');
    return row;
  });
  const init: Seen = { pid: 1, ppid: 0, start: -100, exe: '/usr/lib/systemd/systemd' };
  for (const process of [init, ...seen]) {
    const { pid, ppid = 1, start = 0, exe, unit, port, at = 500 } = process;
    const row = add('seen', at);
    batch.pid[row] = pid;
    batch.ppid[row] = ppid;
    batch.start[row] = batch.startFrom[row] = (T0 + start) * 1e6;
    batch.startUntil[row] = batch.startFrom[row] + 10_000;
    if (exe !== undefined) batch.exe[row] = strings.internText(exe);
    if (unit !== undefined) batch.unit[row] = strings.internText(unit);
    if (port === undefined) continue;
    const socket = add('socket', at + 1);
    batch.pid[socket] = pid;
    batch.operation[socket] = OPERATION.listening;
    batch.port[socket] = port;
  }
  const healer = createHealer(strings);
  healer.add(batch);
  const { lineage, assignments } = healer.finish();
  return lines.map((row) => (assignments[0]![row]! < 0 ? undefined : lineage.pid[assignments[0]![row]!]));
}

const NGINX = '/usr/sbin/nginx';

describe('lines of a web access log', () => {
  it('are of the master of the server\'s processes that lived then', () => {
    expect(joined([{ pid: 386, exe: NGINX }, { pid: 387, ppid: 386, exe: NGINX }, { pid: 388, ppid: 386, exe: NGINX, start: 200 }], [10, 300])).toEqual([386, 386]);
  });

  it('name no process before the server began', () => {
    expect(joined([{ pid: 386, exe: NGINX, start: 100 }], [10, 150])).toEqual([undefined, 386]);
  });

  it('are of the server that their file names; where it names none and two run, of nobody', () => {
    const two = [{ pid: 386, exe: NGINX }, { pid: 400, exe: '/usr/sbin/apache2' }];
    expect(joined(two, [10], 'httpd')).toEqual([400]);
    expect(joined(two, [10], '')).toEqual([undefined]);
  });

  it('are of the one in the server\'s own unit, or on a web port, where another runs the same program', () => {
    expect(joined([{ pid: 386, exe: NGINX, unit: 'nginx.service' }, { pid: 500, exe: NGINX, unit: 'session-7.scope' }], [10])).toEqual([386]);
    expect(joined([{ pid: 386, exe: NGINX, port: 80 }, { pid: 500, exe: NGINX }], [10])).toEqual([386]);
    expect(joined([{ pid: 386, exe: NGINX }, { pid: 500, exe: NGINX }], [10])).toEqual([undefined]);
  });

  it('are of who listens on a web port, where no server is known by name; other ports say nothing', () => {
    expect(joined([{ pid: 341, exe: '/usr/bin/python3', port: 8080 }], [10], '')).toEqual([341]);
    expect(joined([{ pid: 341, exe: '/usr/bin/python3', port: 5432 }], [10], '')).toEqual([undefined]);
  });

  it('are not of a copy elsewhere that bears a server\'s name', () => {
    expect(joined([{ pid: 600, exe: '/tmp/nginx' }], [10])).toEqual([undefined]);
  });
});

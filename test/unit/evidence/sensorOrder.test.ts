import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shuffled, told, toldOf } from './told.js';

/** One thing that a made-up host does. Times are whole seconds, so that many things share one. */
interface Deed {
  readonly what: 'fork' | 'exec' | 'exit';
  readonly second: number;
  readonly pid: number;
  readonly ppid: number;
  readonly child: number;
  readonly program: string;
}

const BEGAN = 1_700_000_000;
const PROGRAMS = ['/bin/sh', '/usr/bin/python3', '/usr/bin/env', '/usr/sbin/cron', '/opt/agent'];

/** A history in the order in which it happened: who is born runs a program, most within the second, and many end in it. */
function historyOf(seed: number, births: number): Deed[] {
  let state = seed | 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
  const parents = new Map([[100, 1], [101, 1]]);
  const deeds: Deed[] = [];
  let second = 0;
  for (let born = 0; born < births; born++) {
    if (random(5) === 0) second += 1 + random(3);
    const living = [...parents.keys()];
    const parent = living[random(living.length)] ?? 100, child = 200 + born;
    const deed = (what: Deed['what'], pid: number): Deed => ({ what, second, pid, ppid: parents.get(pid) ?? 1, child, program: PROGRAMS[random(PROGRAMS.length)] ?? '' });
    deeds.push(deed('fork', parent));
    parents.set(child, parent);
    for (let execs = random(3); execs > 0; execs--) deeds.push(deed('exec', child));
    if (living.length < 4 || random(3) > 0) continue;
    const gone = living[random(living.length)] ?? child;
    deeds.push(deed('exit', gone));
    parents.delete(gone);
    for (const [pid, ppid] of parents) if (ppid === gone) parents.set(pid, 1);
  }
  return deeds;
}

const json = (records: readonly unknown[]): string[] => records.map((record) => JSON.stringify(record));
const iso = (second: number): string => new Date((BEGAN + second) * 1000).toISOString();
const nameOf = (program: string): string => program.split('/').at(-1) ?? '';

const SENSORS: Readonly<Record<string, { readonly name: string; records(deeds: readonly Deed[]): string[] }>> = {
  tetragon: {
    name: 'tetragon.json',
    records: (deeds) =>
      json(deeds.filter(({ what }) => what !== 'fork').map(({ what, second, pid, ppid, program }) => {
        const process = { exec_id: Buffer.from(`n:${pid}:${program}`).toString('base64'), pid, uid: 0, binary: program, arguments: `run ${pid}`, flags: 'execve clone', start_time: iso(second) };
        return { [what === 'exec' ? 'process_exec' : 'process_exit']: { process, parent: { pid: ppid, exec_id: 'eA==' } }, node_name: 'n1', time: iso(second) };
      })),
  },
  tracee: {
    name: 'tracee.json',
    records: (deeds) =>
      json(deeds.map(({ what, second, pid, ppid, child, program }) => {
        const args: Readonly<Record<string, unknown>> = what === 'fork' ? { parent_process_pid: pid, child_pid: child, child_tid: child, leader_tid: child } : what === 'exec' ? { pathname: program, argv: [program, String(pid)] } : { exit_code: 0, process_group_exit: true };
        return { timestamp: (BEGAN + second) * 1e9, hostName: 'n1', hostProcessId: pid, hostParentProcessId: ppid, hostThreadId: pid, eventName: `sched_process_${what}`, processName: 'sh', args: Object.entries(args).map(([name, value]) => ({ name, value })) };
      })),
  },
  falco: {
    name: 'falco.json',
    records: (deeds) =>
      json(deeds.filter(({ what }) => what === 'exec').map(({ second, pid, ppid, program }) => ({
        hostname: 'n1', priority: 'Notice', rule: 'Program run', time: iso(second), output: 'x',
        output_fields: { 'evt.type': 'execve', 'proc.pid': pid, 'proc.ppid': ppid, 'proc.name': nameOf(program), 'proc.exepath': program, 'proc.cmdline': `${program} ${pid}` },
      }))),
  },
  ecs: {
    name: 'events.ndjson',
    records: (deeds) =>
      json(deeds.filter(({ what }) => what === 'exec').map(({ second, pid, ppid, program }) => ({
        '@timestamp': iso(second), host: { hostname: 'n1' }, event: { module: 'auditd', action: 'executed' }, auditd: { message_type: 'syscall', data: { syscall: 'execve' }, result: 'success' },
        process: { pid, parent: { pid: ppid }, executable: program, name: nameOf(program), args: [program, String(pid)] },
      }))),
  },
  endpoint: {
    name: 'endpoint.ndjson',
    records: (deeds) =>
      json(deeds.map(({ what, second, pid, ppid, child, program }) => ({
        '@timestamp': iso(second), agent: { type: 'endpoint' }, host: { hostname: 'n1', os: { type: 'linux' } },
        event: { module: 'endpoint', dataset: 'endpoint.events.process', category: ['process'], action: what === 'exit' ? 'end' : what },
        process: what === 'fork' ? { pid: child, entity_id: `p${child}`, executable: program, parent: { pid, entity_id: `p${pid}` } } : { pid, entity_id: `p${pid}`, executable: program, name: nameOf(program), args: [program], parent: { pid: ppid, entity_id: `p${ppid}` } },
      }))),
  },
  osquery: {
    name: 'osqueryd.results.log',
    records: (deeds) =>
      json(deeds.map(({ what, second, pid, ppid, child, program }) => {
        const common = { hostIdentifier: 'n1', unixTime: BEGAN + second, counter: second };
        if (what === 'exit') return { ...common, name: 'pack_processes', columns: { pid: String(pid), parent: String(ppid), name: 'sh', path: '/bin/sh', start_time: String(BEGAN) }, action: 'removed' };
        if (what === 'fork' && child % 3 === 0) return { ...common, name: 'pack_processes', columns: { pid: String(child), parent: String(pid), name: 'sh', path: '/bin/sh', start_time: String(BEGAN + second) }, action: 'added' };
        return { ...common, name: 'pack_events', columns: { pid: String(what === 'fork' ? child : pid), parent: String(what === 'fork' ? pid : ppid), syscall: what === 'fork' ? 'fork' : 'execve', path: program, cmdline: `${program} ${pid}`, time: String(BEGAN + second) }, action: 'added' };
      })),
  },
  sysmon: {
    name: 'sysmon.log',
    records: (deeds) =>
      deeds.filter(({ what }) => what !== 'fork').map(({ what, second, pid, ppid, program }) => {
        const data = { ProcessGuid: '{00000000-0000-0000-0000-000000000000}', ProcessId: pid, Image: program, CommandLine: `${program} ${pid}`, ParentProcessId: ppid };
        return `Nov 14 22:13:20 n1 sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>${what === 'exec' ? 1 : 5}</EventID><TimeCreated SystemTime="${iso(second)}"/><Computer>n1</Computer></System><EventData>${Object.entries(data).map(([name, value]) => `<Data Name="${name}">${value}</Data>`).join('')}</EventData></Event>`;
      }),
  },
  syslog: {
    name: 'auth.log',
    records: (deeds) =>
      deeds.map(({ what, second, pid }) => `${iso(second)} n1 ${nameOf(PROGRAMS[pid % 5] ?? '')}[${pid}]: ${what === 'fork' ? 'pam_unix(cron:session): session opened for user root' : what === 'exec' ? '(root) CMD (run it)' : 'pam_unix(cron:session): session closed for user root'}`),
  },
};

describe.each(Object.keys(SENSORS))('%s where many records bear one stamp', (sensor) => {
  const { name, records } = SENSORS[sensor]!;
  it('gives the same lineage in any order of records, in one file or two', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 5, max: 40 }), fc.boolean(), async (seed, births, keep) => {
        const lines = records(historyOf(seed, births));
        fc.pre(lines.length > 2);
        const expected = await told(lines, keep, '\n', name);
        expect(expected.accounting).toMatchObject({ notUnderstood: 0, understood: lines.length });
        const half = lines.length >> 1;
        const halves: readonly (readonly string[])[] = [lines.slice(0, half), lines.slice(half)];
        const lineages = [
          await told(shuffled(lines, seed), keep, '\n', name),
          await told([...lines].reverse(), !keep, '\n', name),
          await toldOf(halves.map((part, at) => [`${at}/${name}`, part] as const), keep),
          await toldOf(halves.map((part, at) => [`${1 - at}/${name}`, shuffled(part, seed)] as const), !keep),
        ].map(({ lineage }) => lineage);
        for (const lineage of lineages) expect(lineage).toBe(expected.lineage);
      }),
      { numRuns: 12 },
    );
  });
});

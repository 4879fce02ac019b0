import { describe, expect, it } from 'vitest';
import { createBatch, KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';
import { type Batch, type StringTable } from '../../../src/model/index.js';
import { auditText, batchesOf, type Event, type Healing, T0, told } from './auditText.js';

const UNSET = 0xffffffff;

interface Seen {
  readonly pid: number;
  readonly ppid?: number;
  readonly sid?: number;
  readonly start: number;
  readonly exe: string;
  readonly ses?: number;
  readonly unit?: string;
}

/** A copy of /proc taken `at` seconds after T0. */
function proc(at: number, seen: readonly Seen[], strings: StringTable): Batch {
  const batch = createBatch(seen.length);
  for (const [row, { pid, ppid = 1, sid = pid, start, exe, ses = UNSET, unit }] of seen.entries()) {
    batch.kind[row] = KIND.seen;
    batch.time[row] = (T0 + at) * 1e6;
    batch.parentKind[row] = PARENT_KIND.atCapture;
    batch.start[row] = batch.startFrom[row] = (T0 + start) * 1e6;
    batch.startUntil[row] = batch.startFrom[row] + 10_000;
    batch.pid[row] = pid;
    batch.ppid[row] = ppid;
    batch.sid[row] = batch.pgid[row] = sid;
    batch.ses[row] = ses;
    batch.exe[row] = strings.internText(exe);
    if (unit !== undefined) {
      batch.unit[row] = strings.internText(unit);
      batch.cgroup[row] = strings.internText(`/system.slice/${unit}`);
    }
    batch.count++;
  }
  return batch;
}

const exec = (at: number, pid: number, ppid = 15, exe = '/usr/bin/true', ses = 5): Event => ({ at, pid, ppid, call: 'exec', comm: exe.replace(/^.*\//, ''), exe, ses });
/** Newcomers from a number on, five apart. */
const newcomers = (from: number, count: number, at: number): Event[] => Array.from({ length: count }, (_, i) => exec(at + i / 10, from + i * 5));
/** From 410 to 1305 and, from second 40 on, from 300 on again. */
const ROUND = [...newcomers(410, 90, 1), ...newcomers(860, 90, 20), ...newcomers(300, 9, 40)];

async function heal(events: readonly Event[], snapshots: readonly { at: number; seen: readonly Seen[] }[]): Promise<Healing> {
  const strings = createStringTable();
  const healer = createHealer(strings);
  for (const batch of await batchesOf(auditText(events), strings)) healer.add(batch);
  for (const { at, seen } of snapshots) healer.add(proc(at, seen, strings));
  return told(healer.finish(), strings);
}

describe('snapshots beside execs, on a host whose numbers come round', () => {
  const INIT: Seen = { pid: 1, ppid: 0, start: -100, exe: '/usr/lib/systemd/systemd' };

  it('a session is led by who had its number last, not by a holder of an earlier round', async () => {
    const orphan: Seen = { pid: 352, sid: 350, start: 41.1, exe: '/opt/agent', ses: 5 };
    const { lineage, of } = await heal([exec(0, 350, 15, '/opt/other'), ...ROUND], [{ at: 42, seen: [INIT, orphan] }]);
    const launcher = lineage.launcher[of(352).row]!;
    expect(lineage.pid[launcher]).toBe(350);
    expect(launcher).not.toBe(of(350).row); // /opt/other, of the round before
    expect(of(352).orphan).toBe(true);
  });

  it('a service\'s process is no orphan of the one that the service was started with later, whose number is lower', async () => {
    const first: Seen = { pid: 1310, start: 29.5, exe: '/opt/probe', unit: 'probe.service' };
    const next: Seen = { pid: 350, start: 41.15, exe: '/opt/probe', unit: 'probe.service' };
    const { of } = await heal(
      [...ROUND, exec(29.6, 1310, 1, '/opt/probe', UNSET), exec(41.1, 350, 1, '/opt/probe', UNSET)],
      [{ at: 31, seen: [INIT, first] }, { at: 42, seen: [INIT, next] }],
    );
    expect([1310, 350].map((pid) => of(pid).orphan)).toEqual([false, false]);
  });

  it('who a subreaper had before init had it was adopted twice, and made by who named it', async () => {
    const loader: Event = { ...exec(1, 21, 20, '/tmp/loader'), args: ['/tmp/loader', '/opt/agent', 'go'] };
    const agent: Event = { ...exec(1.2, 23, 20, '/opt/agent'), args: ['/opt/agent', 'go'] };
    const { of } = await heal([exec(0, 20, 15, '/opt/reaper'), loader, agent], [{ at: 42, seen: [INIT, { pid: 23, sid: 22, start: 1.1, exe: '/opt/agent', ses: 5 }] }]);
    expect(of(23)).toMatchObject({ orphan: true, adopters: [20, 1], launcher: 21 });
    expect(of(21).orphan).toBe(false);
  });
});

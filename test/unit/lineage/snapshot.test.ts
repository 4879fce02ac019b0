import { describe, expect, it } from 'vitest';
import { createBatch, KIND, OPERATION, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';
import { BASIS_DERIVED, type Batch, FLAG, type StringTable } from '../../../src/model/index.js';
import { auditText, batchesOf, type Event, type Healing, T0, told } from './auditText.js';

interface Seen {
  readonly pid: number;
  readonly ppid: number;
  /** Seconds after T0; bounds are a second apart, as lstart gives them. */
  readonly start?: number;
  readonly zombie?: boolean;
}

/** A whole snapshot at `at` seconds: the given processes, and enough others that it counts as whole. */
function snapshot(at: number, seen: readonly Seen[], until = at): Batch {
  const others = Array.from({ length: 12 }, (_, i): Seen => ({ pid: 900_000 + i, ppid: 1, start: -100 }));
  const all: readonly Seen[] = [{ pid: 1, ppid: 0, start: -100 }, ...others, ...seen];
  const batch = createBatch(all.length + 1);
  for (const [row, process] of all.entries()) {
    batch.kind[row] = KIND.seen;
    batch.time[row] = (T0 + at) * 1e6;
    batch.pid[row] = process.pid;
    batch.ppid[row] = process.ppid;
    batch.parentKind[row] = PARENT_KIND.atCapture;
    if (process.start !== undefined) {
      batch.start[row] = batch.startFrom[row] = (T0 + process.start) * 1e6;
      batch.startUntil[row] = batch.startFrom[row] + 1e6;
    }
    if (process.zombie) batch.zombie[row] = 1;
    batch.count++;
  }
  batch.kind[batch.count] = KIND.snapshot;
  batch.time[batch.count] = (T0 + until) * 1e6;
  batch.start[batch.count] = (T0 + at) * 1e6;
  batch.other[batch.count] = all.length;
  batch.offset[batch.count] = 1e6;
  batch.count++;
  return batch;
}

async function healWith(events: readonly Event[], ...snapshots: readonly Batch[]): Promise<Healing> {
  const strings = createStringTable();
  const healer = createHealer(strings);
  for (const batch of await batchesOf(auditText(events), strings)) healer.add(batch);
  for (const batch of snapshots) healer.add(batch);
  return told(healer.finish(), strings);
}

const SHELL: readonly Event[] = [
  { at: 0, pid: 10, ppid: 1, call: 'clone', other: 20, comm: 'sshd' },
  { at: 0.2, pid: 20, ppid: 10, call: 'exec', comm: 'bash' },
];

describe('snapshots', () => {
  it('a process of the log and the same one in a snapshot are one lifetime', async () => {
    const { rowsOf, of } = await healWith(SHELL, snapshot(5, [{ pid: 10, ppid: 1 }, { pid: 20, ppid: 10, start: -1 }]));
    expect(rowsOf(20)).toHaveLength(1);
    expect(of(20)).toMatchObject({ creator: 10, start: 0 });
  });

  it('who ends while a long walk goes on is missing from it, and was there until then: it left nobody before', async () => {
    const events: readonly Event[] = [...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 40, pid: 30, ppid: 20, call: 'exit_group' }, { at: 41, pid: 20, ppid: 10, call: 'exit_group' }];
    const walked = await healWith(events, snapshot(5, [{ pid: 10, ppid: 1 }], 50));
    expect(walked.of(30)).toMatchObject({ orphan: false, end: 40 });
    // Without a record of its end it is gone when the walk is over.
    const silent = await healWith([...SHELL, { at: 90, pid: 10, ppid: 1, call: 'exec' }], snapshot(5, [{ pid: 10, ppid: 1 }], 50));
    expect(silent.lineage.endBasis[silent.of(20).row]).not.toBe(255);
  });

  it('a later start is another lifetime of the pid', async () => {
    const { rowsOf } = await healWith(SHELL, snapshot(60, [{ pid: 10, ppid: 1 }, { pid: 20, ppid: 10, start: 50 }]));
    expect(rowsOf(20)).toHaveLength(2);
  });

  it('a snapshot that shows init as parent confirms an adoption', async () => {
    const { of, lineage } = await healWith([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 2, pid: 20, ppid: 10, call: 'exit_group' }], snapshot(60, [{ pid: 10, ppid: 1 }, { pid: 30, ppid: 1, start: 1 }]));
    expect(of(30)).toMatchObject({ creator: 20, orphan: true });
    expect(lineage.orphanBasis[of(30).row]).toBe(0);
  });

  it('two snapshots that name another parent show an adoption between them, with bounds', async () => {
    const { of, lineage } = await healWith([], snapshot(10, [{ pid: 20, ppid: 1, start: 1 }, { pid: 30, ppid: 20, start: 2 }]), snapshot(70, [{ pid: 30, ppid: 1, start: 2 }]));
    const { row } = of(30);
    expect(of(30)).toMatchObject({ creator: 20, orphan: true, adopters: [1] });
    // A start in whole seconds is cut off twice: it is a second later, give or take one.
    expect(lineage.orphanedAfterMin[row]! / 1e6).toBeCloseTo(7, 0);
    expect(lineage.orphanedAfterMax[row]! / 1e6).toBeCloseTo(67, 0);
  });

  it('who is missing from a whole snapshot has ended, nobody knows when', async () => {
    const { of, lineage } = await healWith(SHELL, snapshot(60, [{ pid: 10, ppid: 1 }]));
    expect(of(20).end).toBeNaN();
    expect(lineage.endBasis[of(20).row]).toBe(1);
  });

  it('who is missing together with its parent was not adopted', async () => {
    const { of } = await healWith([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec' }], snapshot(60, [{ pid: 10, ppid: 1 }]));
    expect(of(30).orphan).toBe(false);
  });

  it('a part of a snapshot proves nothing by its silence', async () => {
    const part = snapshot(60, []);
    part.other[part.count - 1] = 3;
    const { of, lineage } = await healWith(SHELL, part);
    expect(lineage.endBasis[of(20).row]).toBe(255);
  });

  it('a zombie is a process that ended, not a new one', async () => {
    const { rowsOf, of } = await healWith([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 2, pid: 30, ppid: 20, call: 'exit_group' }], snapshot(60, [{ pid: 10, ppid: 1 }, { pid: 20, ppid: 10 }, { pid: 30, ppid: 20, start: 1, zombie: true }]));
    expect(rowsOf(30)).toHaveLength(1);
    expect(of(30).end).toBe(2);
  });

  it('a zombie that a slow walk met on its way out ended by its own exit record, and its child before it was no orphan', async () => {
    const events: readonly Event[] = [
      ...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 40 }, { at: 2, pid: 10, ppid: 1, call: 'clone', other: 50 }, { at: 3, pid: 50, ppid: 10, call: 'exit_group' },
      { at: 61.5, pid: 40, ppid: 30, call: 'exit_group' }, { at: 62, pid: 30, ppid: 20, call: 'exit_group' },
    ];
    const { rowsOf, of } = await healWith(events, snapshot(60, [{ pid: 10, ppid: 1 }, { pid: 20, ppid: 10 }, { pid: 30, ppid: 20, start: 1, zombie: true }, { pid: 40, ppid: 30, start: 1 }]));
    expect(rowsOf(30)).toHaveLength(1);
    expect(of(30)).toMatchObject({ end: 62 });
    expect(of(40)).toMatchObject({ end: 61.5, orphan: false });
  });

  it('a list that shows a process is no part of the next snapshot, which may lack it', async () => {
    const list = snapshot(50, [{ pid: 20, ppid: 10, start: 0 }]);
    list.count--; // a list, as `systemctl status` gives one, is no whole snapshot
    const { lineage, of } = await healWith(SHELL, list, snapshot(60, [{ pid: 10, ppid: 1 }]));
    expect(lineage.endBasis[of(20).row]).toBe(BASIS_DERIVED);
  });

  it('a newborn that the walk of a snapshot met before its birth record is one process', async () => {
    const { rowsOf, of } = await healWith([...SHELL, { at: 5.4, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 5.5, pid: 30, ppid: 20, call: 'exec' }], snapshot(5, [{ pid: 10, ppid: 1 }, { pid: 20, ppid: 10 }, { pid: 30, ppid: 20, start: 5 }]));
    expect(rowsOf(30)).toHaveLength(1);
    expect(of(30)).toMatchObject({ creator: 20, start: 5.4 });
  });

  it('children of kthreadd are kernel threads', async () => {
    const { of, lineage } = await healWith([], snapshot(5, [{ pid: 2, ppid: 0, start: -100 }, { pid: 50, ppid: 2, start: -100 }]));
    expect(lineage.flags[of(50).row]! & FLAG.kernelThread).toBeTruthy();
    expect(of(50).entry).toBeUndefined();
  });
});

describe('boots', () => {
  it('after a reboot the same pid is another process, and nobody was adopted by the reboot', async () => {
    const strings = createStringTable();
    const healer = createHealer(strings);
    const boot = `type=SYSTEM_BOOT msg=audit(${T0 + 500}.000:5): pid=3 uid=0 auid=4294967295 ses=4294967295 msg=' comm="systemd-update-utmp" exe="/usr/lib/systemd/systemd-update-utmp" hostname=? addr=? terminal=? res=success'\n`;
    const text = `${auditText([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec' }], 50_000)}${boot}${auditText([{ at: 510, pid: 20, ppid: 10, call: 'exec' }], 20)}`;
    for (const batch of await batchesOf(text, strings)) healer.add(batch);
    const { rowsOf, lineage, of } = told(healer.finish(), strings);
    expect(rowsOf(20)).toHaveLength(2);
    expect([lineage.boot[of(20, 0).row], lineage.boot[of(20, 1).row]]).toEqual([0, 1]);
    expect(of(30).orphan).toBe(false);
  });

  it('the boot that a snapshot dates and the SYSTEM_BOOT of the log are the same boot', async () => {
    const strings = createStringTable();
    const healer = createHealer(strings);
    const up = createBatch(1);
    up.kind[0] = KIND.boot;
    up.operation[0] = OPERATION.up;
    up.time[0] = (T0 - 30) * 1e6;
    up.count = 1;
    healer.add(up);
    const boot = `type=SYSTEM_BOOT msg=audit(${T0}.000:5): pid=3 uid=0 auid=4294967295 ses=4294967295 msg=' comm="x" exe="/x" res=success'\n`;
    for (const batch of await batchesOf(`${boot}${auditText(SHELL)}`, strings)) healer.add(batch);
    const { lineage } = told(healer.finish(), strings);
    expect(new Set(lineage.boot)).toEqual(new Set([0]));
  });

  const up = (at: number, id: string, strings: StringTable): Batch => {
    const batch = createBatch(1);
    batch.kind[0] = KIND.boot;
    batch.operation[0] = OPERATION.up;
    batch.time[0] = (T0 + at) * 1e6;
    batch.message[0] = strings.internText(id);
    batch.count = 1;
    return batch;
  };

  it('another boot id is another boot, and the same id the same one, wherever its clock then stood', async () => {
    const strings = createStringTable();
    const healer = createHealer(strings);
    for (const batch of [up(-30, 'a', strings), up(-12, 'a', strings), up(100, 'b', strings)]) healer.add(batch);
    for (const batch of await batchesOf(auditText([...SHELL, { at: 150, pid: 20, ppid: 1, call: 'exec' }]), strings)) healer.add(batch);
    const { lineage, of } = told(healer.finish(), strings);
    expect([lineage.boot[of(20, 0).row], lineage.boot[of(20, 1).row]]).toEqual([0, 1]);
    expect(of(20, 0).orphan).toBe(false);
  });
});

describe('sightings without parents', () => {
  it('show a process, and no way in: its parents are unknown', async () => {
    const strings = createStringTable();
    const healer = createHealer(strings);
    const batch = createBatch(3);
    for (const serial of [60_000, 12, 4000]) {
      const at = batch.count++; // as aureport tells auditd's own record, whose number is random
      batch.kind[at] = KIND.log;
      batch.time[at] = (T0 + at) * 1e6;
      batch.serial[at] = serial;
      batch.pid[at] = 500;
      batch.exe[at] = strings.internText('/usr/sbin/x');
    }
    healer.add(batch);
    const { lineage, rowsOf, of } = told(healer.finish(), strings);
    expect([rowsOf(500).length, lineage.boot[0]]).toEqual([1, 0]);
    expect(of(500)).toMatchObject({ creator: undefined, parent: undefined, orphan: false, entry: undefined });
    expect(lineage.entryKind[of(500).row]).toBe(0);
  });
});

describe('lists that name no program', () => {
  it('do not end who lives on while the numbers come round to its own', async () => {
    const round = (from: number, at: number): Event[] => Array.from({ length: 60 }, (_, i) => ({ at: at + i / 10, pid: from + i * 5, ppid: 10, call: 'exec', comm: 'true' }));
    const strings = createStringTable();
    const healer = createHealer(strings);
    const events: Event[] = [...round(1000, 0), ...round(1300, 10), { at: 20, pid: 1600, ppid: 10, call: 'exec', comm: 'sshd' }, ...round(1600 + 5, 21), ...round(1900, 30), ...round(400, 40), ...round(700, 50), ...round(1000, 60), ...round(1301, 70)];
    for (const batch of await batchesOf(auditText(events), strings)) healer.add(batch);
    const socket = createBatch(1);
    socket.kind[0] = KIND.socket;
    socket.time[0] = (T0 + 76.5) * 1e6;
    socket.pid[0] = 1600;
    socket.comm[0] = strings.internText('sshd');
    socket.count = 1;
    healer.add(socket);
    expect(told(healer.finish(), strings).rowsOf(1600)).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { FLAG } from '../../../src/model/index.js';
import { auditText, batchesOf, type Event, heal, SHELL, told } from './auditText.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';

describe('creator and parent', () => {
  it('a fork record names the creator, an adoption leaves it', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 },
      { at: 1.2, pid: 30, ppid: 20, call: 'exit_group' }, { at: 1.3, pid: 31, ppid: 1, call: 'exec', comm: 'evil' }]);
    expect(of(31)).toMatchObject({ creator: 30, parent: 1, orphan: true, adopters: [1] });
    expect(of(30)).toMatchObject({ creator: 20, orphan: false, end: 1.2 });
  });

  it('an exec stamped before its parent exited, yet naming init, is an adoption', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.2, pid: 30, ppid: 1, call: 'exec' }, { at: 1.21, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ creator: 20, orphan: true, adopters: [1] });
  });

  it('a record that still names the dying parent just after its exit does not undo the adoption', async () => {
    const { of, rowsOf } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 20, ppid: 10, call: 'exit_group' },
      { at: 1.15, pid: 30, ppid: 20, call: 'exec' }, { at: 2, pid: 30, ppid: 1, call: 'connect' }]);
    expect(rowsOf(30)).toHaveLength(1);
    expect(of(30)).toMatchObject({ creator: 20, orphan: true, adopters: [1] });
  });

  it('a child that speaks before its birth record is one process', async () => {
    const { of, rowsOf } = await heal([...SHELL, { at: 1, pid: 30, ppid: 20, call: 'exec', comm: 'ls' }, { at: 1, pid: 20, ppid: 10, call: 'vfork', other: 30 }]);
    expect(rowsOf(30)).toHaveLength(1);
    expect(of(30)).toMatchObject({ creator: 20, start: 1 });
  });

  it('a child that lived and ended within one tick, before its birth record, is one process', async () => {
    const { rowsOf, of } = await heal([...SHELL, { at: 1, pid: 30, ppid: 20, call: 'exec' }, { at: 1, pid: 30, ppid: 20, call: 'exit_group' }, { at: 1, pid: 20, ppid: 10, call: 'vfork', other: 30 }]);
    expect(rowsOf(30)).toHaveLength(1);
    expect(of(30)).toMatchObject({ creator: 20, end: 1, orphan: false });
  });

  it('a process first seen below another has that one as derived creator', async () => {
    const { of, lineage } = await heal([{ at: 0, pid: 40, ppid: 39, call: 'exec' }]);
    expect(of(40).creator).toBe(39);
    expect(lineage.creatorBasis[of(40).row]).toBe(1);
    expect(lineage.flags[of(39).row]! & FLAG.unrecorded).toBeTruthy();
  });
});

describe('threads and clone flags', () => {
  it('CLONE_THREAD makes no process', async () => {
    const { rowsOf } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 21, flags: 0x3d0f00 }]);
    expect(rowsOf(21)).toHaveLength(0);
  });

  it('a clone3 child that never shows itself was a thread; one that does is a process', async () => {
    const { rowsOf, of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone3', other: 21 }, { at: 1, pid: 20, ppid: 10, call: 'clone3', other: 22 }, { at: 1.1, pid: 22, ppid: 20, call: 'exec' }]);
    expect(rowsOf(21)).toHaveLength(0);
    expect(of(22).creator).toBe(20);
  });

  it('one thread ending does not end its process', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'exit' }, { at: 2, pid: 20, ppid: 10, call: 'connect' }]);
    expect(of(20).end).toBeNaN();
  });

  it('CLONE_PARENT: the creator is the caller, the first parent is the caller\'s, and nobody was adopted', async () => {
    const { of, lineage } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31, flags: 0x8011 }, { at: 1.2, pid: 31, ppid: 20, call: 'exec' }]);
    expect(of(31)).toMatchObject({ creator: 30, parent: 20, orphan: false });
    expect(lineage.flags[of(31).row]! & FLAG.foreignParent).toBeTruthy();
  });

  it('clone3 with CLONE_PARENT is told from the first parent seen while the caller lives', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone3', other: 31 }, { at: 1.2, pid: 31, ppid: 20, call: 'exec' }, { at: 3, pid: 30, ppid: 20, call: 'connect' }]);
    expect(of(31)).toMatchObject({ creator: 30, parent: 20, orphan: false });
  });
});

describe('subreapers', () => {
  it('a child of a dead process goes to the nearest living subreaper above', async () => {
    const { of } = await heal([...SHELL, { at: 0.5, pid: 20, ppid: 10, call: 'subreaper' }, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 }, { at: 1.2, pid: 30, ppid: 20, call: 'exit_group' }]);
    expect(of(31)).toMatchObject({ creator: 30, adopters: [20], orphan: true });
  });

  it('when the subreaper dies too, the next one up has it: two adopters, in order', async () => {
    const { of } = await heal([...SHELL, { at: 0.5, pid: 20, ppid: 10, call: 'subreaper' }, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 }, { at: 1.2, pid: 30, ppid: 20, call: 'exit_group' },
      { at: 1.3, pid: 20, ppid: 10, call: 'exit_group' }, { at: 1.4, pid: 31, ppid: 1, call: 'connect' }]);
    expect(of(31).adopters).toEqual([20, 1]);
  });

  it('a subreaper that no prctl record shows is known by what it adopted', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 }, { at: 1.2, pid: 30, ppid: 20, call: 'exit_group' }, { at: 1.4, pid: 31, ppid: 20, call: 'connect' }]);
    expect(of(31)).toMatchObject({ creator: 30, parent: 20, orphan: true, adopters: [20] });
  });
});

describe('pid namespaces', () => {
  it('births numbered inside a namespace are joined by parent and time, and kthreadd stays alone', async () => {
    const { of, rowsOf } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 500 }, { at: 1.1, pid: 500, ppid: 20, call: 'clone', other: 2 }, { at: 1.2, pid: 501, ppid: 500, call: 'exec' }]);
    expect(of(501)).toMatchObject({ creator: 500, start: 1.1 });
    expect(rowsOf(2)).toHaveLength(0);
  });

  it('an orphan inside a namespace goes to the namespace init, and its vanished maker is its creator', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 500 }, { at: 1.1, pid: 500, ppid: 20, call: 'clone', other: 2 }, { at: 1.2, pid: 501, ppid: 500, call: 'clone', other: 3 },
      { at: 1.3, pid: 501, ppid: 500, call: 'exit_group' }, { at: 1.4, pid: 502, ppid: 500, call: 'exec' }]);
    expect(of(502)).toMatchObject({ creator: 501, orphan: true, adopters: [500] });
  });

  it('the end of a namespace init ends all of its own, adopted by nobody', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 500 }, { at: 1.1, pid: 500, ppid: 20, call: 'clone', other: 2 }, { at: 1.2, pid: 501, ppid: 500, call: 'exec' }, { at: 2, pid: 500, ppid: 20, call: 'exit_group' }]);
    expect(of(501)).toMatchObject({ orphan: false, end: 2 });
  });
});

describe('lifetimes', () => {
  it('a pid born again is another process', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 2, pid: 30, ppid: 20, call: 'exit_group' }, { at: 5, pid: 10, ppid: 1, call: 'clone', other: 30, comm: 'sshd', ses: 4294967295 }]);
    expect(of(30, 0)).toMatchObject({ creator: 20, end: 2 });
    expect(of(30, 1)).toMatchObject({ creator: 10, start: 5 });
  });

  it('a record that names a parent nobody could have become belongs to a new holder of the pid', async () => {
    const { rowsOf } = await heal([{ at: 0, pid: 60, ppid: 50, call: 'exec' }, { at: 9, pid: 60, ppid: 51, call: 'exec' }]);
    expect(rowsOf(60)).toHaveLength(2);
  });

  it('another audit session without a login is another holder of the pid', async () => {
    const { rowsOf } = await heal([{ at: 0, pid: 60, ppid: 50, call: 'exec', ses: 7 }, { at: 9, pid: 60, ppid: 50, call: 'exec', ses: 8 }]);
    expect(rowsOf(60)).toHaveLength(2);
  });

  it('SIGKILL ends its target and gives the children away', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.5, pid: 20, ppid: 10, call: 'kill', other: 20, signal: 9 }, { at: 3, pid: 30, ppid: 1, call: 'connect' }]);
    expect(of(20).end).toBe(1.5);
    expect(of(30)).toMatchObject({ creator: 20, orphan: true });
  });

  it('a pipeline\'s writer that fell silent while its shell went on was dead before the shell left', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec', comm: 'sort' }, { at: 4, pid: 20, ppid: 10, call: 'clone', other: 40 },
      { at: 4.1, pid: 40, ppid: 20, call: 'exit_group' }, { at: 5, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(30).orphan).toBe(false);
  });

  it('a silent child of a parent that only slept and left is an orphan', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec' }, { at: 9, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ orphan: true, adopters: [1] });
  });
});

describe('launcher and entry', () => {
  it('leads from the payload of a double fork over its vanished middle to launcher and login', async () => {
    const { of } = await heal([...SHELL.slice(0, 2), { at: 0.15, pid: 20, ppid: 10, call: 'clone', other: 21, comm: 'sshd', exe: '/usr/sbin/sshd' }, { at: 0.2, pid: 21, ppid: 20, call: 'exec', comm: 'loader' }, { at: 1, pid: 21, ppid: 20, call: 'clone', other: 30 },
      { at: 1.1, pid: 30, ppid: 21, call: 'setsid' }, { at: 1.2, pid: 30, ppid: 21, call: 'clone', other: 31 }, { at: 1.3, pid: 30, ppid: 21, call: 'exit_group' }, { at: 1.4, pid: 31, ppid: 1, call: 'exec', comm: 'payload' }]);
    expect(of(31)).toMatchObject({ creator: 30, launcher: 21, entry: 20, orphan: true });
  });
});

describe('who only served to detach', () => {
  const isMiddle = ({ lineage, rowsOf }: Awaited<ReturnType<typeof heal>>, pid: number): boolean => (lineage.flags[rowsOf(pid)[0]!]! & FLAG.intermediate) !== 0;

  it('is who ran nothing and left what it made, and who waited for such a one', async () => {
    const healed = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 }, { at: 1.2, pid: 31, ppid: 30, call: 'clone', other: 32 },
      { at: 1.3, pid: 31, ppid: 30, call: 'exit_group' }, { at: 1.4, pid: 30, ppid: 20, call: 'exit_group' }, { at: 1.5, pid: 32, ppid: 1, call: 'exec', comm: 'evil' }]);
    expect([20, 30, 31, 32].map((pid) => isMiddle(healed, pid))).toEqual([false, true, true, false]);
  });

  it('is not a copy whose children ended before it, as the copy of sshd that keeps a session', async () => {
    const healed = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 },
      { at: 1.2, pid: 31, ppid: 30, call: 'exec', comm: 'ls' }, { at: 1.3, pid: 31, ppid: 30, call: 'exit_group' }, { at: 1.4, pid: 30, ppid: 20, call: 'exit_group' }]);
    expect(isMiddle(healed, 30)).toBe(false);
  });
});

describe('order and properties', () => {
  const events: Event[] = [...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 }, { at: 1.2, pid: 30, ppid: 20, call: 'exit_group' }, { at: 1.3, pid: 31, ppid: 1, call: 'exec' }];

  it('the order of lines in the file does not matter', async () => {
    const lines = auditText(events).trimEnd().split('\n');
    const strings = createStringTable();
    const healer = createHealer(strings);
    for (const batch of await batchesOf(`${[...lines].reverse().join('\n')}\n`, strings)) healer.add(batch);
    expect(told(healer.finish(), strings).of(31)).toMatchObject({ creator: 30, adopters: [1] });
  });

  it('subtree sizes add up and preorder numbers are a permutation', async () => {
    const { lineage: l } = await heal(events);
    expect([...l.pre].sort((a, b) => a - b)).toEqual(Array.from({ length: l.count }, (_, i) => i));
    for (let row = 0; row < l.count; row++) {
      const below = Array.from({ length: l.count }, (_, other) => other).filter((other) => l.creator[other] === row).reduce((sum, other) => sum + l.size[other]!, 1);
      expect(l.size[row]).toBe(below);
    }
  });

  it('an aborted signal stops the pass', async () => {
    const strings = createStringTable();
    const healer = createHealer(strings);
    for (const batch of await batchesOf(auditText(events), strings)) healer.add(batch);
    expect(() => healer.finish(AbortSignal.abort())).toThrow();
  });
});

describe('damaged records', () => {
  it('a process that a record calls its own parent has none', async () => {
    const { of } = await heal([{ at: 0, pid: 40, ppid: 40, call: 'exec' }, { at: 1, pid: 40, ppid: 40, call: 'exit_group' }]);
    expect(of(40)).toMatchObject({ creator: undefined, end: 1 });
  });

  it('a fork that returns its caller\'s own pid, or two that made each other, hang nothing', async () => {
    const { lineage } = await heal([{ at: 0, pid: 40, ppid: 39, call: 'clone', other: 40 }, { at: 1, pid: 50, ppid: 51, call: 'clone', other: 51 }, { at: 1, pid: 51, ppid: 50, call: 'clone', other: 50 }]);
    expect([...lineage.pre].sort((a, b) => a - b)).toEqual(Array.from({ length: lineage.count }, (_, i) => i));
  });

  it('two that call each other their parent end, and the tree stands', async () => {
    const { lineage } = await heal([{ at: 0, pid: 40, ppid: 41, call: 'exec' }, { at: 0.1, pid: 41, ppid: 40, call: 'exec' }, { at: 1, pid: 40, ppid: 41, call: 'exit_group' }, { at: 2, pid: 41, ppid: 1, call: 'exit_group' }, { at: 3, pid: 1, ppid: 41, call: 'connect' }]);
    expect([...lineage.pre].sort((a, b) => a - b)).toEqual(Array.from({ length: lineage.count }, (_, i) => i));
  });
});

describe('what the evidence cannot say', () => {
  it('where no exit is on record, a process not shown to be an orphan is undecided', async () => {
    const { of, lineage } = await heal([{ at: 0, pid: 40, ppid: 39, call: 'exec' }]);
    expect(lineage.flags[of(40).row]! & FLAG.orphanUnknown).toBeTruthy();
    const decided = await heal([{ at: 0, pid: 40, ppid: 39, call: 'exec' }, { at: 1, pid: 39, ppid: 1, call: 'exit_group' }]);
    expect(decided.lineage.flags[decided.of(40).row]! & FLAG.orphanUnknown).toBeFalsy();
  });
});

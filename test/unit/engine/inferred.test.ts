import { describe, expect, test } from 'vitest';
import { adoptionBounds, startBounds } from '../../../src/engine/bounds.js';
import { detailsOf } from '../../../src/engine/details.js';
import { countsOf } from '../../../src/engine/known.js';
import { type OpenedSet, openSet } from '../../../src/engine/openSet.js';
import { rowWindow } from '../../../src/engine/rowWindow.js';
import { createView } from '../../../src/engine/views.js';
import { BASIS_DERIVED, BASIS_INFERRED, BASIS_NONE, BASIS_OBSERVED, ENTRY_KINDS, FLAG, type Lineage, NO_PROCESS } from '../../../src/model/index.js';
import { orphanedAfterWords } from '../../../src/report/index.js';
import { auditLines, BASE, DOUBLE_FORK, sourceOf } from './smallHost.js';

const SECOND = 1e6;

/** The small host's set, which the tests bend: what lineage claims is its own matter, how it is told is this one's. */
async function set(bend: (lineage: Lineage, rowOf: (pid: number) => number) => Partial<Lineage> | void = () => undefined): Promise<{ readonly set: OpenedSet; readonly rowOf: (pid: number) => number }> {
  const opened = await openSet([sourceOf(auditLines(DOUBLE_FORK))], { keep: false });
  const rowOf = (pid: number): number => opened.lineage.pid.indexOf(pid);
  const changed = bend(opened.lineage, rowOf);
  return { set: { ...opened, lineage: { ...opened.lineage, ...changed } }, rowOf };
}

describe('the other explanation', () => {
  const inferred = (confidence: number) => (lineage: Lineage, rowOf: (pid: number) => number): Partial<Lineage> => {
    lineage.creatorBasis[rowOf(822)] = BASIS_INFERRED;
    lineage.creatorConfidence[rowOf(822)] = 0.6;
    return { runnersUp: (row) => (row === rowOf(822) ? [{ about: 'creator', process: rowOf(810), confidence, says: 'bash 810 named it in its arguments' }] : []) };
  };

  test('is told in the sentence where it is about as likely', async () => {
    const { set: of, rowOf } = await set(inferred(0.5));
    const details = detailsOf(of, rowOf(822));
    expect(details.why).toContain('About as likely (weak): bash 810 named it in its arguments.');
    expect(details.creator.runnersUp).toMatchObject([{ parent: { pid: 810 }, near: true, confidence: 0.5 }]);
  });

  test('is said to be less likely where it is far behind a claim that is not strong', async () => {
    const { set: of, rowOf } = await set(inferred(0.2));
    const details = detailsOf(of, rowOf(822));
    expect(details.why).toContain('Less likely (weak): bash 810 named it in its arguments.');
    expect(details.creator.runnersUp?.map(({ near }) => near)).toEqual([true]);
  });

  test('is only the runner-up of a strong claim', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      const changed = inferred(0.05)(lineage, at);
      lineage.creatorConfidence[at(822)] = 0.95;
      return changed;
    });
    const details = detailsOf(of, rowOf(822));
    expect(details.why).not.toContain('ikely (weak)');
    expect(details.creator.runnersUp?.map(({ near }) => near)).toEqual([false]);
  });

  test('of an adoption is measured by how sure the adoption is', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      lineage.orphanConfidence[at(822)] = 0.55;
      return { runnersUp: (row) => (row === at(822) ? [{ about: 'orphan', process: NO_PROCESS, confidence: 0.45, says: 'made with CLONE_PARENT: no orphan' }] : []) };
    });
    const details = detailsOf(of, rowOf(822));
    expect(details.why).toContain('About as likely (weak): made with CLONE_PARENT: no orphan.');
    expect(details.adopter.runnersUp).toMatchObject([{ parent: null, near: true }]);
  });
});

describe('not known', () => {
  const torn = (lineage: Lineage, rowOf: (pid: number) => number): void => {
    const row = rowOf(301);
    lineage.creator[row] = NO_PROCESS;
    lineage.creatorBasis[row] = BASIS_NONE;
    lineage.startBasis[row] = BASIS_DERIVED;
    for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) lineage.intervalParent[at] = rowOf(1);
  };

  test('is a state of its own, with why nothing is claimed', async () => {
    const { set: of, rowOf } = await set(torn);
    const { noCreator, creator, why } = detailsOf(of, rowOf(301));
    expect(creator).toMatchObject({ parent: null, basis: null, confidence: null });
    expect(noCreator).toEqual({
      kind: 'unknown',
      says: 'No record shows its birth. Pid 1 has it, as it has both what it started itself and every orphan: that alone tells nothing. No trace points to one process more than to others.',
    });
    expect(why).toMatch(/^Who created cron 301 is not known/);
  });

  test('names the candidate that was too weak to be claimed', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      torn(lineage, at);
      return { runnersUp: () => [{ about: 'creator', process: at(300), confidence: 0.3, says: 'same user' }] };
    });
    expect(detailsOf(of, rowOf(301)).noCreator?.says).toMatch(/The likeliest is cron 300, too weak to be claimed\.$/);
  });

  test('what the kernel made is nothing unknown', async () => {
    const { set: of, rowOf } = await set();
    expect(detailsOf(of, rowOf(1)).noCreator?.kind).toBe('kernel');
    expect(detailsOf(of, rowOf(822)).noCreator).toBeNull();
  });

  test('is counted beside what is known', async () => {
    const { set: of } = await set(torn);
    const before = countsOf((await set()).set), after = countsOf(of);
    expect(after.creators.unknown).toBe(before.creators.unknown + 1);
    const sum = Object.values(after.creators).reduce((total, count) => total + count);
    expect(sum).toBe(of.lineage.count - 1); // pid 1 is not counted
  });
});

describe('what would settle it', () => {
  const inferred = (lineage: Lineage, rowOf: (pid: number) => number): void => void (lineage.creatorBasis[rowOf(822)] = BASIS_INFERRED);

  test('is what lineage says', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      inferred(lineage, at);
      return { settledBy: () => ['the journal of that minute'] };
    });
    expect(detailsOf(of, rowOf(822)).settledBy).toEqual(['the journal of that minute']);
  });

  test('is the audit rule for births where lineage names nothing and none was on record; nothing is missing of what a record states', async () => {
    const { set: of, rowOf } = await set(inferred);
    const gap = { gap: 'no-forks', says: 'No forks.', remedy: '-a always,exit -S fork -k fork' } as const;
    const without = { ...of, entries: of.entries.map((entry) => ({ ...entry, coverage: [gap] })) };
    expect(detailsOf(without, rowOf(822)).settledBy).toEqual([expect.stringContaining('-a always,exit -S fork -k fork')]);
    expect(detailsOf(without, rowOf(821)).settledBy).toEqual([]);
  });
});

describe('bounds', () => {
  test('a birth on record is one moment', async () => {
    const { set: of, rowOf } = await set();
    expect(startBounds(of, rowOf(821))).toEqual({ from: (BASE + 3.2) * SECOND, until: (BASE + 3.2) * SECOND });
  });

  test('without one a process began after its creator, and by its first sight', async () => {
    const { set: of, rowOf } = await set((lineage, at) => void (lineage.startBasis[at(821)] = BASIS_DERIVED));
    expect(startBounds(of, rowOf(821))).toEqual({ from: (BASE + 3) * SECOND, until: (BASE + 3.2) * SECOND });
  });

  test('an inferred creator bounds nothing; the end of the last holder of its pid does', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      lineage.startBasis[at(821)] = BASIS_DERIVED;
      lineage.creatorBasis[at(821)] = BASIS_INFERRED;
      lineage.pidGap[at(821)] = 50_000;
    });
    expect(startBounds(of, rowOf(821)).from).toBe((BASE + 3.15) * SECOND);
  });

  test('an adoption lies between its bounds; who is no orphan has none', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      lineage.orphanedAfterMin[at(822)] = 1000;
      lineage.orphanedAfterMax[at(822)] = 5000;
    });
    const start = of.lineage.start[rowOf(822)]!;
    expect(adoptionBounds(of, rowOf(822))).toEqual({ from: start + 1000, until: start + 5000 });
    expect(adoptionBounds(of, rowOf(810))).toBeUndefined();
  });

  test('who was an orphan at first sight was not orphaned "at once"', async () => {
    const { set: of, rowOf } = await set((lineage, at) => {
      const row = at(822);
      lineage.startBasis[row] = BASIS_DERIVED;
      lineage.orphanedAfterMin[row] = lineage.orphanedAfterMax[row] = 0;
      for (let interval = lineage.intervalFirst[row]!; interval < lineage.intervalFirst[row + 1]!; interval++) lineage.intervalFrom[interval] = lineage.start[row]!;
    });
    const { why, orphan } = detailsOf(of, rowOf(822));
    expect(why).toContain('ended before it was first seen, and');
    expect(why).toContain('as its first record at');
    expect(orphan?.seenAdopted).toBe(true);
  });

  test.each([
    [0, 0, false, 'at once'],
    [0, 0, true, 'before it was first seen'],
    [NaN, NaN, false, ''],
    [3000, 3000, false, 'after 3 ms'],
    [0, 5000, false, 'within 5 ms'],
    [1000, 5000, false, 'after 1 ms to 5 ms'],
    [1000, NaN, false, 'after 1 ms or more'],
  ])('from %d to %d (first seen adopted: %s) is said: %s', (min, max, seen, words) => {
    expect(orphanedAfterWords(min, max, seen)).toBe(words);
  });
});

describe('a brokered start', () => {
  const requested = (lineage: Lineage, rowOf: (pid: number) => number): Partial<Lineage> => {
    for (const pid of [300, 301]) {
      lineage.requester[rowOf(pid)] = rowOf(810);
      lineage.requesterConfidence[rowOf(pid)] = 0.7;
    }
    return {};
  };

  test('names who asked for it, and that no fork joins them', async () => {
    const { set: of, rowOf } = await set(requested);
    const { why, requester } = detailsOf(of, rowOf(300));
    expect(why).toContain('bash 810 asked for it (inferred from traces, likely): no fork joins the two.');
    expect(requester).toMatchObject({ parent: { pid: 810 }, basis: 'inferred', started: { pid: 300 } });
  });

  test('what descends from it names what was asked for, and its row bears no mark', async () => {
    const { set: of, rowOf } = await set(requested);
    expect(detailsOf(of, rowOf(301)).why).toContain('bash 810 asked for cron 300, which it descends from');
    const view = createView(of, 1, { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
    const window = rowWindow(of, view, 0, 100, { findings: new Map(), verdicts: new Map() });
    const marked = [...window.pid].filter((_pid, at) => window.requesterPid![at]! >= 0);
    expect(marked).toEqual([300]);
    expect(window.requesterRow![window.pid.indexOf(300)]).toBe(window.pid.indexOf(810));
  });
});

test('a way in is named by its session although the process that stood for it is gone', async () => {
  const { set: of, rowOf } = await set((lineage, at) => {
    lineage.entry[at(822)] = NO_PROCESS;
    lineage.entryKind[at(822)] = ENTRY_KINDS.indexOf('login');
    lineage.entryBasis[at(822)] = BASIS_INFERRED;
    lineage.entryConfidence[at(822)] = 0.8;
  });
  const { why, entry } = detailsOf(of, rowOf(822));
  expect(why).toMatch(/The way in is a login, session 3 of 1000: the process that stood for it is gone\.$/);
  expect(entry).toMatchObject({ parent: null, kind: 'login', basis: 'inferred', session: '3' });
});

test('a lone snapshot has the starts that it states as its axis, a log what it saw', async () => {
  const { set: of } = await set((lineage, rowOf) => {
    lineage.start[rowOf(1)] = (BASE - 3600) * SECOND;
    lineage.startBasis[rowOf(1)] = BASIS_OBSERVED;
  });
  const ask = { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false } as const;
  expect(createView({ ...of, to: (BASE + 600) * SECOND }, 1, ask).state.from).toBe(BASE * SECOND);
  expect(createView({ ...of, from: of.to }, 2, ask).state.from).toBe((BASE - 3600) * SECOND);
});

test('whether it was adopted is said to be unknown of who may have been', async () => {
  const { set: of, rowOf } = await set((lineage, at) => void (lineage.flags[at(810)]! |= FLAG.orphanUnknown));
  expect(detailsOf(of, rowOf(810)).why).toContain('Whether it was adopted since this evidence cannot say');
});

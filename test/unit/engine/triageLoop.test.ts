import { describe, expect, test } from 'vitest';
import { type Judgements, nextUndecided } from '../../../src/engine/triageLoop.js';

const found = (process: number, score: number, state: 'unexpected' | 'explained' = 'unexpected'): [number, never] => [process, { process, score, state } as never];
const judged = (decided: readonly number[]): Judgements => ({
  findings: new Map([found(7, 90), found(3, 60), found(9, 40), found(5, 10, 'explained'), found(1, 0)]),
  verdicts: new Map(decided.map((process) => [process, {} as never])),
});

describe('the triage loop', () => {
  test('goes by rank, round to the beginning, and leaves out what is quiet', () => {
    expect(nextUndecided(judged([]), -1, false)).toEqual({ process: 7, undecided: 3, total: 3 });
    expect([7, 3, 9].map((after) => nextUndecided(judged([]), after, false).process)).toEqual([3, 9, 7]);
    expect([-1, 7, 9].map((after) => nextUndecided(judged([]), after, true).process)).toEqual([9, 9, 3]);
  });

  test('passes over what was decided, goes on after it, and ends when nothing is left', () => {
    expect(nextUndecided(judged([7]), 7, false)).toEqual({ process: 3, undecided: 2, total: 3 });
    expect(nextUndecided(judged([7, 3, 9]), 9, false)).toEqual({ process: -1, undecided: 0, total: 3 });
    expect(nextUndecided(judged([3, 9]), 7, false).process).toBe(7);
  });

  test('a process without findings begins at the worst', () => expect(nextUndecided(judged([]), 42, false).process).toBe(7));
});

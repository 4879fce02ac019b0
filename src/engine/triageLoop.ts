import type { VerdictState } from '../case/index.js';
import type { ProcessRow } from '../model/index.js';
import type { ProcessFindings } from '../triage/index.js';

/** What triage and analysts say of processes, as far as it is known by now. */
export interface Judgements {
  /** In order of rank. */
  readonly findings: ReadonlyMap<ProcessRow, ProcessFindings>;
  readonly verdicts: ReadonlyMap<ProcessRow, VerdictState>;
}

/**
 * The next process in order of rank that is loud and that nobody has decided: an unexpected one with points. *Undetermined* is a decision too: it was looked at.
 * `after` need not be one of them: what was just decided has its rank still.
 */
export function nextUndecided({ findings, verdicts }: Judgements, after: ProcessRow, backward: boolean): { process: ProcessRow; undecided: number; total: number } {
  const loud = [...findings.values()].filter(({ state, score }) => state === 'unexpected' && score > 0).map(({ process }) => process);
  const undecided = loud.filter((process) => !verdicts.has(process)).length;
  const at = loud.indexOf(after);
  const step = backward ? -1 : 1;
  for (let tries = 1; tries <= loud.length; tries++) {
    const next = loud[(((at < 0 && backward ? 0 : at) + step * tries) % loud.length + loud.length) % loud.length]!;
    if (!verdicts.has(next)) return { process: next, undecided, total: loud.length };
  }
  return { process: -1, undecided, total: loud.length };
}

import { NO_PROCESS, type ProcessRow, type Reason, type RunnerUp } from '../model/index.js';

/** What is said for, against and beside the inferred claims of a pass. Rows are those of `Processes`; only inferred rows have any. */
export class Claims {
  private readonly byRow = new Map<ProcessRow, { reasons: Reason[]; runnersUp: RunnerUp[]; settledBy: string[] }>();

  reason(row: ProcessRow, reason: Reason): void {
    this.of(row).reasons.push(reason);
  }

  runnerUp(row: ProcessRow, runnerUp: RunnerUp): void {
    this.of(row).runnersUp.push(runnerUp);
  }

  settledBy(row: ProcessRow, says: string): void {
    const { settledBy } = this.of(row);
    if (!settledBy.includes(says)) settledBy.push(says);
  }

  /** Forgets what was said of a row's claims about something, when a better answer takes their place. */
  retract(row: ProcessRow, about: Reason['about']): void {
    const said = this.byRow.get(row);
    if (!said) return;
    said.reasons = said.reasons.filter((reason) => reason.about !== about);
    said.runnersUp = said.runnersUp.filter((other) => other.about !== about);
  }

  reasonsOf(row: ProcessRow): readonly Reason[] {
    return this.byRow.get(row)?.reasons ?? [];
  }

  /** The runners-up with rows put through `renumber`; one that was no process after all is nobody. */
  runnersUpOf(row: ProcessRow, renumber: Int32Array): readonly RunnerUp[] {
    return (this.byRow.get(row)?.runnersUp ?? []).map((other) => ({ ...other, process: other.process === NO_PROCESS ? NO_PROCESS : renumber[other.process]! }));
  }

  settledByOf(row: ProcessRow): readonly string[] {
    return this.byRow.get(row)?.settledBy ?? [];
  }

  private of(row: ProcessRow): { reasons: Reason[]; runnersUp: RunnerUp[]; settledBy: string[] } {
    let said = this.byRow.get(row);
    if (!said) {
      said = { reasons: [], runnersUp: [], settledBy: [] };
      this.byRow.set(row, said);
    }
    return said;
  }
}

import type { Member } from '../model/index.js';
import type { PlannedEvidence } from './plan.js';
import type { ReadProgress } from './set.js';

/** How many bytes are read between two words of progress. */
const PROGRESS_STEP = 4 << 20;

/** Bytes done of bytes known; compressed members count by what is stored. */
export class ReadingProgress {
  private readonly total: number;
  private readonly read = new Map<Member, number>();
  private done = 0;
  private said = 0;

  constructor(
    planned: readonly PlannedEvidence[],
    private readonly tell: ((progress: ReadProgress) => void) | undefined,
  ) {
    this.total = planned.reduce((sum, evidence) => sum + evidence.members.reduce((size, member) => size + sizeOf(member), 0), 0);
  }

  add(member: Member, bytes: number): void {
    if (!this.tell) return;
    const before = this.read.get(member) ?? 0;
    const now = member.stored ? member.stored.read : before + bytes;
    this.read.set(member, now);
    this.done += now - before;
    const done = Math.min(this.total, this.done);
    if (done - this.said < PROGRESS_STEP && this.said !== 0) return;
    this.said = done;
    this.tell({ doneBytes: done, totalBytes: this.total, what: member.path });
  }

  end(): void {
    this.tell?.({ doneBytes: this.total, totalBytes: this.total, what: 'the evidence' });
  }
}

/** Bytes as they are stored; 0 where that is not known. */
export function sizeOf(member: Member): number {
  return member.stored?.size ?? member.size ?? 0;
}

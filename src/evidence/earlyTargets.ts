import type { EventBatch } from './auditEvents.js';

/** So many targets wait for their call. */
const WAITING_MOST = 256;

/** Further targets (OBJ_PID) of calls whose SYSCALL record has not come yet: exports tell it last. */
export class EarlyTargets {
  private waiting: { readonly events: EventBatch; readonly row: number; readonly pid: number }[] = [];

  hold(events: EventBatch, row: number, pid: number): void {
    if (this.waiting.length === WAITING_MOST) this.waiting.shift();
    this.waiting.push({ events, row, pid });
  }

  /** The targets that wait for this event; they wait no longer. */
  take(events: EventBatch, row: number): readonly number[] {
    if (this.waiting.length === 0) return NONE;
    const mine = this.waiting.filter((target) => target.events === events && target.row === row);
    if (mine.length > 0) this.waiting = this.waiting.filter((target) => !mine.includes(target));
    return mine.map(({ pid }) => pid);
  }
}

const NONE: readonly number[] = [];

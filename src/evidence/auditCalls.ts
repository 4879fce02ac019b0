import { FLAGS_UNKNOWN, NOT_STATED } from '../model/index.js';
import type { EventBatch } from './auditEvents.js';
import { ACTION, PR_SET_CHILD_SUBREAPER } from './auditSyscalls.js';
import { KIND, OPERATION, OUTCOME } from './batch.js';

/** What a system call means for its row. fork's exit= is the child; exit and exit_group never return, so they have no exit= at all. `a0` is NaN where it is not stated. */
export function decideCall(events: EventBatch, row: number, action: number, success: number, exit: number, a0: number, a1: number, a2: number): void {
  const { batch, openFlags } = events;
  switch (action) {
    case ACTION.fork:
    case ACTION.clone:
    case ACTION.clone3:
      if (success !== OUTCOME.success || !(exit > 0)) return;
      batch.kind[row] = KIND.fork;
      batch.other[row] = exit;
      batch.flags[row] = action === ACTION.clone && !Number.isNaN(a0) ? a0 : action === ACTION.fork ? 0 : FLAGS_UNKNOWN;
      return;
    case ACTION.exec:
      if (success === OUTCOME.success) batch.kind[row] = KIND.exec;
      else batch.operation[row] = OPERATION['exec-failed'];
      return;
    case ACTION.exit:
      batch.kind[row] = KIND.threadExit;
      batch.exitCode[row] = Number.isNaN(a0) ? NOT_STATED : a0 & 0xff;
      return;
    case ACTION.exitGroup:
      batch.kind[row] = KIND.exit;
      batch.exitCode[row] = Number.isNaN(a0) ? NOT_STATED : a0 & 0xff;
      return;
    case ACTION.setsid:
      if (success === OUTCOME.success) batch.kind[row] = KIND.setsid;
      return;
    case ACTION.prctl:
      if (a0 !== PR_SET_CHILD_SUBREAPER || success !== OUTCOME.success) return;
      batch.kind[row] = KIND.subreaper;
      batch.flags[row] = a1 === 0 ? 0 : 1;
      return;
    case ACTION.kill:
    case ACTION.tkill:
      batch.kind[row] = KIND.signal;
      batch.flags[row] = a1;
      return;
    case ACTION.tgkill:
      batch.kind[row] = KIND.signal;
      batch.flags[row] = a2;
      return;
    case ACTION.connect:
    case ACTION.bind:
    case ACTION.accept:
      batch.operation[row] = action === ACTION.connect ? OPERATION.connection_attempted : action === ACTION.bind ? OPERATION['bound-socket'] : OPERATION.connection_accepted;
      if (batch.path[row] !== 0) batch.kind[row] = KIND.socket;
      return;
    case ACTION.open:
      openFlags[row] = a1;
      return;
    case ACTION.openat:
      openFlags[row] = a2;
      return;
    case ACTION.creat:
    case ACTION.openat2: // its flags lie behind a pointer
      openFlags[row] = 0x41;
      return;
    default:
  }
}

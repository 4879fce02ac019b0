import type { Batch, Coverage, Member } from '../model/index.js';
import type { Account } from './account.js';
import { KIND, OPERATION } from './batch.js';
import type { Format, ParseContext } from './format.js';

export const FORK_RULE = '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork';
export const EXIT_RULE = '-a always,exit -F arch=b64 -S exit,exit_group -k exit';
export const EXEC_RULE = '-a always,exit -F arch=b64 -S execve,execveat -k exec';

/** Finds what an audit log could not have shown, from what never occurs in it and from what it says of its own rules. */
export class AuditCoverage {
  private readonly kinds = new Uint32Array(256);
  private readonly operations = new Uint32Array(256);

  see(batch: Batch): void {
    for (let row = 0; row < batch.count; row++) {
      const kind = batch.kind[row]!;
      this.kinds[kind]!++;
      if (kind === KIND.configuration) this.operations[batch.operation[row]!]!++;
    }
  }

  gaps(account: Account): Coverage[] {
    const count = (kind: number): number => this.kinds[kind]!;
    const says: Coverage[] = [];
    const forks = count(KIND.fork);
    const exits = count(KIND.exit);
    const execs = count(KIND.exec);
    if (forks === 0) says.push({ gap: 'no-forks', says: 'No fork, vfork, clone or clone3 is recorded: who created whom rests on the parent that later records name.', remedy: FORK_RULE });
    if (exits === 0) says.push({ gap: 'no-exits', says: 'No process end is recorded: adoptions show only where a later record names another parent.', remedy: EXIT_RULE });
    if (execs === 0) says.push({ gap: 'no-exec', says: 'No exec is recorded: which program a process ran is known only from its other records.', remedy: EXEC_RULE });
    else if (forks === 0 && exits === 0) says.push({ gap: 'exec-only', says: 'Only execs are recorded: a process that forks and never runs a program of its own, such as the middle of a double fork, leaves no record.', remedy: `${FORK_RULE}\n${EXIT_RULE}` });
    if (account.lostBySource > 0) says.push({ gap: 'records-lost', says: `${account.lostBySource} event numbers are missing: the events were lost by auditd or the kernel, or left out of this export.`, remedy: '-b 65536\n--backlog_wait_time 60000' });
    const removed = this.operations[OPERATION['rules-removed']]!;
    const off = this.operations[OPERATION['auditing-off']]!;
    const stopped = this.operations[OPERATION['daemon-stopped']]!;
    if (removed + off + stopped > 0) {
      const what = [off > 0 ? `auditing was switched off ${times(off)}` : '', removed > 0 ? `rules were removed ${times(removed)}` : '', stopped > 0 ? `auditd ended ${times(stopped)}` : ''].filter((part) => part !== '');
      says.push({ gap: 'rules-changed', says: `Inside this log ${what.join(', ')}: what happened meanwhile may be missing.` });
    }
    return says;
  }
}

/** How a format of audit records is parsed: member by member, then what they all together could not have shown. */
export function withAuditCoverage(parseMember: (member: Member, memberId: number, context: ParseContext) => AsyncIterable<Batch>): Format['parse'] {
  return async function* (members, context) {
    const coverage = new AuditCoverage();
    for (const [index, member] of members.entries()) {
      for await (const batch of parseMember(member, context.firstMember + index, context)) {
        coverage.see(batch);
        yield batch;
      }
    }
    for (const gap of coverage.gaps(context.account)) context.cover?.(gap);
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

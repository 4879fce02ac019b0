import type { Coverage } from '../model/index.js';
import { EXEC_RULE, EXIT_RULE, FORK_RULE } from './auditCoverage.js';
import { byteText } from './byteText.js';
import type { Format } from './format.js';
import { linesOf } from './lines.js';

/** A rule as auditctl -l prints it, and as it stands in audit.rules. */
const RULE = /^-(?:a|A) (?:always|never|task|exit|entry|user|exclude|filesystem|io_uring|possible)\b,?|^-w \/\S*/;
/** Control lines of audit.rules: backlog, failure mode, lock. */
const CONTROL = /^(?:-[bfrceDi](?: \d+)?|--\w[\w-]*(?: \S+)?)\s*$/;
/** auditctl -s: a word and a number a line, in audit 2.x all on one line as name=number. */
const STATUS = /^(?:enabled|failure|pid|rate_limit|backlog_limit|lost|backlog|backlog_wait_time|backlog_wait_time_actual|loginuid_immutable)\s+-?\w+(?:\s+\w+)?\s*$/;
const OLD_STATUS = /^AUDIT_STATUS: enabled=\d/;

const FORKS = /^(?:fork|vfork|clone3?|all)$/;

/** Listings of audit rules (`auditctl -l`, audit.rules) and of the kernel's audit state (`auditctl -s`): no observations, but what could have been seen. */
export const auditctlFormat: Format = {
  id: 'auditctl',
  title: 'audit rules or status',
  sniff(head) {
    const lines = byteText(head, 0, head.length)
      .split(/\r?\n/)
      .slice(0, 200)
      .filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (lines.length === 1 && /^No rules\s*$/.test(lines[0] ?? '')) return 0.8;
    const known = lines.filter((line) => RULE.test(line) || STATUS.test(line) || OLD_STATUS.test(line));
    const control = lines.filter((line) => CONTROL.test(line));
    return known.length > 0 && (known.length + control.length) * 5 >= lines.length * 4 ? 0.9 : 0;
  },
  // eslint-disable-next-line require-yield -- it states no observation
  async *parse(members, context) {
    const { account } = context;
    const rules: string[] = [];
    const status = new Map<string, number>();
    let isListing = false;
    for (const member of members) {
      for await (const line of linesOf(member)) {
        context.signal?.throwIfAborted();
        const text = byteText(line.bytes, line.from, line.to).trim();
        if (text === '') continue; // a blank line is no record
        if (RULE.test(text)) {
          rules.push(text);
          account.understood++;
        } else if (/^No rules$/.test(text)) {
          isListing = true;
          account.understood++;
        } else if (STATUS.test(text) || OLD_STATUS.test(text)) {
          for (const [, name = '', value] of text.matchAll(/(\w+)(?:\s+|=)(-?\d+)/g)) status.set(name, Number(value));
          account.understood++;
        } else if (text.startsWith('#') || CONTROL.test(text)) account.notNeeded++;
        else account.reject('expected an audit rule or a line of auditctl -s', member.path, line.offset);
      }
    }
    for (const gap of gapsOf(rules, isListing, status)) context.cover?.(gap);
    account.lostBySource += Math.max(0, status.get('lost') ?? 0);
  },
};

function gapsOf(rules: readonly string[], isListing: boolean, status: ReadonlyMap<string, number>): Coverage[] {
  const gaps: Coverage[] = [];
  if (rules.length > 0 || isListing) {
    const recorded = new Set<string>();
    // A rule that is narrowed by a field other than the architecture sees some calls only, and a never rule none.
    for (const rule of rules) {
      if (/\bnever\b/.test(rule) || rule.startsWith('-w') || /-[FC] (?!arch=|key=)/.test(rule)) continue;
      for (const [, calls = ''] of rule.matchAll(/-S (\S+)/g)) for (const call of calls.split(',')) recorded.add(call);
    }
    const has = (calls: RegExp): boolean => [...recorded].some((call) => calls.test(call));
    if (rules.some((rule) => /^-a (?:never,task|task,never)/.test(rule)))
      gaps.push({ gap: 'no-exec', says: 'A rule "never,task" keeps the kernel from recording any system call.', remedy: '-d never,task' });
    else if (!has(/^(?:execve|execveat|all)$/)) gaps.push({ gap: 'no-exec', says: 'No rule of this listing records every exec.', remedy: EXEC_RULE });
    if (!has(FORKS)) gaps.push({ gap: 'no-forks', says: 'No rule of this listing records every fork, vfork, clone and clone3.', remedy: FORK_RULE });
    if (!has(/^(?:exit_group|all)$/)) gaps.push({ gap: 'no-exits', says: 'No rule of this listing records process ends.', remedy: EXIT_RULE });
  }
  const lost = status.get('lost') ?? 0;
  if (lost > 0) gaps.push({ gap: 'records-lost', says: `The kernel counted ${lost} audit records that it lost since boot.`, remedy: '-b 65536\n--backlog_wait_time 60000' });
  if (status.get('enabled') === 0) gaps.push({ gap: 'rules-changed', says: 'Auditing was switched off when the status was read.', remedy: '-e 1' });
  return gaps;
}

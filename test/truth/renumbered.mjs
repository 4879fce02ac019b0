// A capture of execs alone as it would be on a host whose pids come round sooner: the same processes, each under the number that a smaller pid_max would have given it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { auditLines, timeOf } from './cut.mjs';

/** After a wrap the kernel goes on from here (RESERVED_PIDS). */
const FIRST = 300;
/** Fields of the truth that hold a number of a process or thread. */
const NUMBERS = ['pid', 'tid', 'tgid', 'parent_pid', 'parent_tgid', 'caller_pid', 'caller_tgid', 'parent_now', 'final_parent_pid', 'final_parent_tgid', 'old_parent', 'new_parent'];
/** A record is stamped at its system call's entry, by a coarse clock: up to so many seconds before the birth that the truth has. */
const EARLY = 0.02;

/** Writes log, truth and labels of a capture into a folder, with pids below `limit`; answers the folder. */
export function renumbered(folder, limit, into) {
  mkdirSync(into, { recursive: true });
  const given = new Map(); // old number -> its holders, oldest first: { number, from }
  const current = new Map();
  const living = new Set();
  let next = FIRST;
  const free = () => {
    for (let tried = FIRST; tried < limit; tried++) {
      const number = next;
      next = next + 1 >= limit ? FIRST : next + 1;
      if (!living.has(number)) return number;
    }
    throw new Error(`more than ${limit - FIRST} live at once`);
  };
  const bear = (old, number, from) => {
    living.add(number);
    current.set(old, number);
    given.set(old, [...(given.get(old) ?? []), { number, from }]);
  };
  const now = (old) => (old ? (current.get(old) ?? old) : old);
  const at = (old, time) => {
    const holders = given.get(old);
    return holders === undefined ? old : (holders.findLast(({ from }) => from - EARLY <= time) ?? holders[0]).number;
  };

  const events = gunzipSync(readFileSync(join(folder, 'truth.jsonl.gz'))).toString().trim().split('\n').map((line) => JSON.parse(line));
  // Who was there before the record has a number of its own first.
  for (const { event, pid } of events) if (event === 'existing') bear(pid, pid < FIRST ? pid : free(), -Infinity);
  const told = events.map((event) => {
    const changed = { ...event };
    for (const name of NUMBERS) if (name in changed) changed[name] = now(changed[name]);
    if (event.event === 'fork') {
      const number = free();
      changed.child_pid = number;
      changed.child_tgid = event.child_tgid === event.child_pid ? number : now(event.child_tgid);
      bear(event.child_pid, number, event.time ?? 0);
    }
    if (event.nspid) changed.nspid = [now(event.event === 'fork' ? event.child_pid : event.nspid[0]), ...event.nspid.slice(1)];
    if (event.event === 'group_exit' || (event.event === 'exit' && event.thread)) living.delete(now(event.pid));
    return JSON.stringify(changed);
  });
  writeFileSync(join(into, 'truth.jsonl.gz'), gzipSync(`${told.join('\n')}\n`));

  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'), (_key, value) => (typeof value?.pid === 'number' && typeof value.start === 'number' ? { ...value, pid: at(value.pid, value.start) } : value));
  writeFileSync(join(into, 'labels.json'), JSON.stringify(labels));
  const log = auditLines(join(folder, 'audit.log.gz')).map((line) => line.replace(/\b(pid|ppid|opid)=(\d+)/g, (_all, name, pid) => `${name}=${at(Number(pid), timeOf(line))}`));
  writeFileSync(join(into, 'audit.log.gz'), gzipSync(Buffer.from(`${log.join('\n')}\n`, 'latin1')));
  return into;
}

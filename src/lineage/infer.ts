import { BASIS_DERIVED, BASIS_INFERRED, BASIS_NONE, BASIS_OBSERVED, FLAG, ID_NOT_STATED, NO_PROCESS, type StringTable, UNSET_ID } from '../model/index.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import { baseName, systemName } from './programNames.js';
import type { LoginRecord } from './sessions.js';
import { CREATOR_WHY, ORPHAN_WHY } from './why.js';

/** A launcher named the payload's program in its own arguments this long before at most (12 s in the lab captures, sleeps included). */
const LAUNCHED_WITHIN_MICROS = 60_000_000;
/** Stamps of two execs of one launch may be out of order by this much. */
const TICK_MICROS = 50_000;
/** Shorter names occur in arguments by chance. */
const NAME_LENGTH = 3;
/** Programs that init starts and that then belong to a session by right. */
const OF_INIT: ReadonlySet<string> = new Set(['systemd', 'login', 'agetty', 'getty', 'mingetty', 'sulogin', 'gdm-session-worker', 'lightdm']);

/**
 * What traces say where forks are not on record: the audit session survives every fork and adoption, so a process of a login session that init has
 * was adopted; and whoever named its program in its own arguments shortly before, in the same session, launched it. argv is the attacker's to write,
 * so it only picks among processes of the same session, which is not.
 */
export function inferFromTraces(p: Processes, intervals: Links, programs: Links, strings: StringTable, logins: readonly LoginRecord[], forksSince: ReadonlyMap<number, number>): void {
  const leaders = new Map(logins.map((login) => [sessionKey(login.host, login.boot, login.ses), login.leader]));
  const given = new Set(logins.map((login) => login.leader));
  // A child has its parent's session unless a LOGIN gave it one of its own; so a parent that is only pointed to has its child's.
  for (let row = 0; row < p.count; row++) {
    const parent = p.parent[row]!;
    if (parent !== NO_PROCESS && p.spoke[parent] === 0 && p.ses[parent] === ID_NOT_STATED && p.pid[parent]! > 2 && inSession(p, row) && !given.has(row)) p.ses[parent] = p.ses[row]!;
  }
  const bySession = groupBy(p, (row) => (inSession(p, row) ? p.ses[row]! : undefined));
  const byUser = groupBy(p, (row) => (p.ses[row] === UNSET_ID && p.uid[row] !== ID_NOT_STATED ? p.uid[row]! : undefined));
  const count = p.count; // rows added here are no candidates
  let holders: Map<string, number[]> | undefined;
  const holdersOf = (row: number, pid: number): readonly number[] => {
    if (!holders) {
      holders = new Map();
      for (let other = 0; other < count; other++) {
        const key = sessionKey(p.host[other]!, p.boot[other]!, p.pid[other]!);
        const known = holders.get(key);
        if (known) known.push(other);
        else holders.set(key, [other]);
      }
    }
    return holders.get(sessionKey(p.host[row]!, p.boot[row]!, pid)) ?? [];
  };
  for (let row = 0; row < count; row++) {
    if (forksSince.has(p.host[row]!) || p.spoke[row] === 0) continue;
    if (p.creatorWhy[row] === CREATOR_WHY.firstParentInit && p.ses[row] === UNSET_ID) {
      torn(row, byUser.get(sessionKey(p.host[row]!, p.boot[row]!, p.uid[row]!)) ?? []);
      continue;
    }
    if (!inSession(p, row)) continue;
    // Known by a ps without sessions first, and by its session later: what was said of init then is taken back.
    if (p.creatorWhy[row] === CREATOR_WHY.firstParentInit) p.creator[row] = NO_PROCESS;
    if (p.creator[row] !== NO_PROCESS) continue;
    const key = sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!);
    const parent = p.parent[row]!;
    if (parent === NO_PROCESS) belowLeader(row, leaders.get(key));
    else if (p.pid[parent] === 1 && OF_INIT.has(systemName(strings.text(p.exe[row]!)))) ofInit(row, parent);
    else if (p.pid[parent] === 1 && !given.has(row)) adopted(row, bySession.get(key) ?? []);
  }

  function ofInit(row: number, init: number): void {
    p.creator[row] = init;
    p.creatorBasis[row] = BASIS_DERIVED;
    p.creatorWhy[row] = CREATOR_WHY.firstParentInit;
  }

  /** A session's sshd that runs as the user: made by the one that LOGIN gave the session to. */
  function belowLeader(row: number, leader: number | undefined): void {
    if (leader === undefined || leader === row || p.start[leader]! > p.start[row]! || baseName(strings.text(p.exe[row]!)) !== baseName(strings.text(p.exe[leader]!))) return;
    p.creator[row] = leader;
    p.creatorBasis[row] = BASIS_INFERRED;
    p.creatorWhy[row] = CREATOR_WHY.sessionLeader;
  }

  /** Outside a session init may have started it; not if another process of the same user had just named its program in its arguments. */
  function torn(row: number, others: readonly number[]): void {
    const launcher = launcherOf(row, others, true);
    if (launcher === NO_PROCESS) return;
    p.creator[row] = NO_PROCESS;
    adopted(row, others, true);
    p.orphanWhy[row] = ORPHAN_WHY.namedByOther;
  }

  function adopted(row: number, session: readonly number[], strict = false): void {
    if (p.orphanBasis[row] === BASIS_NONE) {
      p.orphanBasis[row] = BASIS_INFERRED;
      p.orphanWhy[row] = ORPHAN_WHY.initInSession;
      const interval = p.interval[row]!;
      if (interval !== -1) {
        intervals.c[interval] = 1; // init has it by adoption, as long as it is on record
        intervals.b[interval] = BASIS_OBSERVED;
      }
    }
    const launcher = launcherOf(row, session, strict);
    if (launcher === NO_PROCESS) return;
    const middle = middleOf(row, launcher, session);
    p.creator[row] = middle === NO_PROCESS ? launcher : middle;
    p.creatorBasis[row] = BASIS_INFERRED;
    p.creatorWhy[row] = middle === NO_PROCESS ? CREATOR_WHY.argvContained : CREATOR_WHY.pidBefore;
  }

  /**
   * The last process of the group that named this one's program in its arguments before it ran. `strict`, where no session binds the two: it ran
   * another program, and named this one's whole path.
   */
  function launcherOf(row: number, session: readonly number[], strict: boolean): number {
    const first = p.firstProgram[row]!;
    if (first === -1) return NO_PROCESS;
    const exe = strings.text(programs.b[first]!) ?? '';
    const name = baseName(exe);
    const shown = baseName(strings.list(programs.c[first]!)[0]);
    let best = NO_PROCESS;
    let bestTime = -Infinity;
    for (const other of session) {
      if (other === row || p.pid[other]! >= p.pid[row]!) continue;
      for (let at = p.firstProgram[other]!; at !== -1; at = programs.next[at]!) {
        const t = programs.time[at]!;
        if (t > programs.time[first]! + TICK_MICROS || t < programs.time[first]! - LAUNCHED_WITHIN_MICROS || t < bestTime) continue;
        const args = strings.text(programs.c[at]!) ?? '';
        if (strict && (baseName(strings.text(programs.b[at]!)) === name || !exe.includes('/') || !args.includes(exe))) continue;
        if (!((name.length >= NAME_LENGTH && args.includes(name)) || (shown.length >= NAME_LENGTH && args.includes(shown)))) continue;
        best = other;
        bestTime = t;
      }
    }
    return best;
  }

  /** The vanished middle of a double fork: the pid just before, if it is nobody else's; pids are given one after the other. NO_PROCESS: none. */
  function middleOf(row: number, launcher: number, session: readonly number[]): number {
    const pid = p.pid[row]! - 1;
    if (pid <= p.pid[launcher]!) return NO_PROCESS;
    for (const other of holdersOf(row, pid)) {
      if (Math.abs(p.start[other]! - p.start[row]!) > LAUNCHED_WITHIN_MICROS) continue;
      return session.includes(other) && p.spoke[other] === 1 ? other : NO_PROCESS;
    }
    const middle = p.add(p.host[row]!, p.boot[row]!, pid, p.start[row]!);
    p.flags[middle] = FLAG.unrecorded | FLAG.intermediate;
    p.creator[middle] = launcher;
    p.creatorBasis[middle] = BASIS_INFERRED;
    p.creatorWhy[middle] = CREATOR_WHY.argvContained;
    p.ses[middle] = p.ses[row]!;
    p.auid[middle] = p.auid[row]!;
    p.end[middle] = p.start[row]!;
    p.endBasis[middle] = BASIS_INFERRED;
    return middle;
  }
}

function groupBy(p: Processes, keyOf: (row: number) => number | undefined): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < p.count; row++) {
    const value = keyOf(row);
    if (value === undefined) continue;
    const key = sessionKey(p.host[row]!, p.boot[row]!, value);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

function inSession(p: Processes, row: number): boolean {
  return p.ses[row] !== UNSET_ID && p.ses[row] !== ID_NOT_STATED;
}

function sessionKey(host: number, boot: number, ses: number): string {
  return `${host} ${boot} ${ses}`;
}

import { BASIS_NONE, NO_PROCESS } from '../model/index.js';
import { type Inferred, sessionKey } from './inferred.js';
import { inSession } from './launches.js';
import type { Processes } from './processes.js';
import type { LoginRecord } from './sessions.js';
import { SURE } from './sure.js';

/** What a logout ends is gone this long after the session was closed: who acts later was left behind. */
const CLOSING_MICROS = 2_000_000;
/** Who is run with nohup is to outlive the session; if that is closed this soon, it does. */
const NOHUP_MICROS = 60_000_000;

/**
 * Orphans that outlived their login session, where no exit is on record: a session is closed when its shell has left (sshd's session.c, login), so a
 * process that acts afterwards, or is named as a parent then, was left behind, unless its own creator is one that lives on. `isShell` says who takes the
 * session's commands, `ranNohup` who was run so that it outlives them (nohup(1)): of those no later act is needed.
 */
export function inferOutlived(p: Processes, rows: readonly number[], logins: readonly LoginRecord[], alive: (row: number) => number, said: Inferred, isShell: (row: number) => boolean, ranNohup: (row: number) => boolean): void {
  const closed = new Map(logins.filter(({ end }) => !Number.isNaN(end)).map((login) => [sessionKey(login.host, login.boot, login.ses), login]));
  if (closed.size === 0) return;
  for (const row of rows) {
    if (p.orphanBasis[row] !== BASIS_NONE || !inSession(p, row) || p.pid[row]! <= 2) continue;
    const login = closed.get(sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!));
    if (!login || row === login.leader || !(p.start[row]! < login.end)) continue;
    const creator = p.creator[row]!;
    if (!(alive(row) > login.end + CLOSING_MICROS)) {
      const isMeantTo = creator !== NO_PROCESS && login.end - p.start[row]! <= NOHUP_MICROS && ranNohup(row) && isShell(creator) && !(alive(creator) > login.end);
      if (isMeantTo) said.left(row, SURE.nohup, 'arguments', `${said.name(creator)}, a shell that takes commands, ran it with nohup, and its login session was closed soon after`, login.end);
      continue;
    }
    // Who it waits for may live on in silence; a shell that the session was closed behind has left.
    if (creator !== NO_PROCESS && creator !== login.leader && (alive(creator) > login.end + CLOSING_MICROS || !isShell(creator))) continue;
    said.left(row, creator === NO_PROCESS ? SURE.outlivedSessionAlone : SURE.outlivedSession, 'audit-session', 'its login session was closed, so the shell that held it had left, and it lived on', login.end);
  }
}

/** Until when a process is known to have lived: by its own records, and by those that name it as their parent. */
export function aliveUntil(p: Processes, rows: readonly number[]): (row: number) => number {
  const named = new Float64Array(p.count).fill(-Infinity);
  for (const row of rows) {
    const parent = p.parent[row]!, creator = p.creator[row]!;
    if (parent !== NO_PROCESS && p.parentSeen[row]! > named[parent]!) named[parent] = p.parentSeen[row]!;
    if (creator !== NO_PROCESS && creator === parent && p.start[row]! > named[creator]!) named[creator] = p.start[row]!;
  }
  return (row) => (p.lastSeen[row]! > named[row]! ? p.lastSeen[row]! : named[row]!);
}

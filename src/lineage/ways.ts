import { BASIS_DERIVED, BASIS_INFERRED, BASIS_NONE, ENTRY_KINDS, type EntryKind, FLAG, ID_NOT_STATED, NO_PROCESS, type StringTable, UNSET_ID } from '../model/index.js';
import type { ToldEntry } from './brokers.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import { systemName } from './programNames.js';
import type { LoginRecord } from './sessions.js';

const ENTRY = Object.fromEntries(ENTRY_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<EntryKind, number>>;

/** Launcher and entry of every process, found along the creators. Rows are those of `processes`. */
export interface Ways {
  readonly launcher: Int32Array;
  readonly launcherBasis: Uint8Array;
  readonly launcherConfidence: Float32Array;
  readonly launcherDistance: Uint16Array;
  readonly entry: Int32Array;
  readonly entryKind: Uint8Array;
  readonly entryBasis: Uint8Array;
  readonly entryConfidence: Float32Array;
}

/** What a listener or manager makes is a way in: by the name of its program. */
const LISTENERS: ReadonlyMap<string, EntryKind> = new Map([
  ['sshd', 'login'], ['dropbear', 'login'], ['in.telnetd', 'login'], ['gdm', 'login'], ['gdm3', 'login'], ['lightdm', 'login'], ['sddm', 'login'],
  ['cron', 'cron'], ['crond', 'cron'], ['anacron', 'cron'], ['fcron', 'cron'], ['atd', 'at'],
  ['containerd-shim', 'container'], ['containerd-shim-runc-v2', 'container'], ['conmon', 'container'], ['crun', 'container'],
]);
/** How sure an entry is that only the audit session leads to, and one that the creators lead to as well. */
const SESSION_SURE = 0.97;
const SESSION_AGREES = 0.99;
/** How much of a creator's doubt is a doubt of the entry: a wrong creator is mostly of the same session or service. */
const DOUBT_OF_ENTRY = 0.25;
/** An entry below this gives way to one from traces. */
const ENTRY_WEAK = 0.5;
const CONSOLES: ReadonlySet<string> = new Set(['agetty', 'getty', 'mingetty', 'login', 'mgetty', 'sulogin']);

/** Finds launcher and entry of all rows; `confidence` gives a creator edge's, `told` what brokers and logs say of an entry. */
export function findWays(p: Processes, programs: Links, strings: StringTable, logins: readonly LoginRecord[], confidence: (row: number) => number, told: (row: number) => ToldEntry | undefined): Ways {
  const n = p.count;
  const ways: Ways = {
    launcher: new Int32Array(n).fill(NO_PROCESS), launcherBasis: new Uint8Array(n).fill(BASIS_NONE), launcherConfidence: new Float32Array(n), launcherDistance: new Uint16Array(n),
    entry: new Int32Array(n).fill(NO_PROCESS), entryKind: new Uint8Array(n), entryBasis: new Uint8Array(n).fill(BASIS_NONE), entryConfidence: new Float32Array(n),
  };
  const names = new Map<number, string>();
  const baseName = (exe: number): string => {
    let name = names.get(exe);
    if (name === undefined) {
      name = systemName(strings.text(exe));
      names.set(exe, name);
    }
    return name;
  };
  /** Names of all programs that a process ran, its present one included. */
  const ran = (row: number, test: (name: string) => boolean): boolean => {
    for (let at = p.firstProgram[row]!; at !== -1; at = programs.next[at]!) if (test(baseName(programs.b[at]!))) return true;
    return test(baseName(p.exe[row]!)) || (p.exe[row] === 0 && test(strings.text(p.comm[row]!) ?? ''));
  };
  const isInit = (row: number): boolean => p.pid[row] === 1 && (p.creator[row] === NO_PROCESS || p.creator[row] === row);
  const belowInit = (row: number): boolean => {
    const creator = p.creator[row]!;
    if (creator !== NO_PROCESS) return isInit(creator);
    const parent = p.parent[row]!;
    // Nothing says who made it: a listener is in no session, the process that serves a login is.
    return parent === NO_PROCESS ? p.ses[row] === UNSET_ID : isInit(parent);
  };
  const managed = (row: number): EntryKind => {
    if (!belowInit(row)) return LISTENERS.get(baseName(p.exe[row]!)) === 'container' ? 'container' : '';
    let kind: EntryKind = '';
    ran(row, (name) => {
      const listens = LISTENERS.get(name);
      if (listens) kind = listens;
      return listens !== undefined;
    });
    // systemd --user; `ps -ef` shows its arguments alone, which made it a subreaper (traits.ts)
    if (kind === '' && p.subreaper[row] === 1 && ((p.exe[row] === 0 && p.comm[row] === 0) || ran(row, (name) => name === 'systemd'))) return 'service';
    return kind;
  };
  /** A process that ran a program of its own before it made the child. */
  const launches = (row: number, child: number): boolean => {
    const first = p.firstProgram[row]!;
    if (first !== -1) return programs.time[first]! <= p.start[child]!;
    return p.creatorBasis[row] !== 0 && p.spoke[row] === 1; // from before the evidence: what it ran, it ran before
  };

  const leaders = new Map(logins.map((login) => [`${login.host} ${login.boot} ${login.ses}`, login.leader]));
  const sessionKind = (leader: number): EntryKind => {
    let kind: EntryKind = '';
    ran(leader, (name) => {
      kind = LISTENERS.get(name.replace(/^sshd-session$/, 'sshd')) ?? (CONSOLES.has(name) ? 'console' : name === 'systemd' ? 'service' : '');
      return kind !== '';
    });
    return kind;
  };

  /** 1 where nothing but the session led to the entry, of the process or of the creator that it has it from. */
  const bySessionOnly = new Uint8Array(n);
  const path: number[] = [];
  const state = new Uint8Array(n);
  for (let start = 0; start < n; start++) {
    for (let row = start; state[row] === 0; ) {
      state[row] = 1;
      path.push(row);
      const creator = p.creator[row]!;
      if (creator === NO_PROCESS || state[creator] !== 0) break;
      row = creator;
    }
    while (path.length > 0) {
      const row = path.pop()!;
      settle(row);
      bySession(row);
      byTraces(row);
    }
  }
  return ways;

  function enter(row: number, { entry, kind, basis, sure }: ToldEntry): void {
    ways.entry[row] = entry;
    ways.entryKind[row] = ENTRY[kind];
    ways.entryBasis[row] = basis;
    ways.entryConfidence[row] = sure;
  }

  function inSession(row: number): boolean {
    return p.ses[row] !== UNSET_ID && p.ses[row] !== ID_NOT_STATED;
  }

  /**
   * A process in an audit session came in by it, for the session survives every fork and adoption: whoever was given it by LOGIN stands for the way in.
   * Where creators lead to the same by themselves, the two confirm each other; where they lead elsewhere by weaker claims, the session is believed. A user's manager
   * has a session too, and what it starts has an entry of its own.
   */
  function bySession(row: number): void {
    if (!inSession(row)) return;
    const leader = leaders.get(`${p.host[row]} ${p.boot[row]} ${p.ses[row]}`);
    const kind = leader === undefined ? '' : sessionKind(leader);
    if (leader === undefined || kind === '') return;
    if (ways.entry[row] === leader) ways.entryConfidence[row] = Math.max(ways.entryConfidence[row]!, bySessionOnly[row] === 1 ? SESSION_SURE : SESSION_AGREES);
    else if (ways.entry[row] === NO_PROCESS || (kind !== 'service' && ways.entryConfidence[row]! < SESSION_SURE)) {
      enter(row, { entry: leader, kind, basis: leader === row ? BASIS_DERIVED : BASIS_INFERRED, sure: SESSION_SURE });
      bySessionOnly[row] = leader === row ? 0 : 1;
    }
  }

  /** Where creators lead nowhere, traces may still tell who launched it and how it came in, also by a session or unit whose process is gone. */
  function byTraces(row: number): void {
    if (ways.launcher[row] === NO_PROCESS && p.launcherSure[row]! > 0) {
      ways.launcher[row] = p.launcherHint[row]!;
      ways.launcherBasis[row] = BASIS_INFERRED;
      ways.launcherConfidence[row] = p.launcherSure[row]!;
      ways.launcherDistance[row] = 1;
    }
    const agrees = ways.entry[row] === p.entryHint[row] && ways.entryKind[row] === p.entryHintKind[row] && ways.entryConfidence[row]! < p.entrySure[row]!;
    if (p.entrySure[row]! > 0 && (agrees || ways.entryKind[row] === 0 || ways.entryConfidence[row]! < ENTRY_WEAK)) {
      enter(row, { entry: p.entryHint[row]!, kind: ENTRY_KINDS[p.entryHintKind[row]!] ?? '', basis: BASIS_INFERRED, sure: p.entrySure[row]! });
    }
  }

  function settle(row: number): void {
    const creator = p.creator[row]!;
    if (isInit(row) || p.pid[row] === 2 || (p.flags[row]! & FLAG.kernelThread) !== 0) return;
    const hint = told(row);
    if (creator === NO_PROCESS) {
      if (hint) return enter(row, hint);
      if (inSession(row)) return; // see bySession
      // An orphan whose creator nobody knows came in by somebody else, as did what only a number shows.
      if (p.orphanBasis[row] !== BASIS_NONE || Number.isNaN(p.startSpan[row]!)) return;
      if (p.parent[row] === NO_PROCESS && (p.spoke[row] === 1 || p.snapshotStamp[row]! > 0)) return; // seen, by a list or report without parents
      ways.entry[row] = row;
      ways.entryKind[row] = ran(row, (name) => CONSOLES.has(name)) ? ENTRY.console : p.unit[row] !== 0 ? ENTRY.service : ENTRY.boot;
      ways.entryBasis[row] = BASIS_DERIVED;
      ways.entryConfidence[row] = 0.3;
      return;
    }
    const sure = confidence(row);
    const basis = p.creatorBasis[row]!;
    // The launcher: nearest creator that ran a program of its own; pid 1 and 2 never are.
    if (!isInit(creator) && p.pid[creator] !== 2) {
      const here = launches(creator, row);
      const above = ways.launcher[creator]!;
      if (here || above !== NO_PROCESS) {
        ways.launcher[row] = here ? creator : above;
        ways.launcherBasis[row] = here ? basis : Math.max(basis, ways.launcherBasis[creator]!);
        ways.launcherConfidence[row] = here ? sure : Math.min(sure, ways.launcherConfidence[creator]!); // links of one chain stand or fall together
        ways.launcherDistance[row] = here ? 1 : ways.launcherDistance[creator]! + 1;
        // Traces may be surer of the launcher than of the middle that lies between.
        if (p.launcherHint[row] === ways.launcher[row]) ways.launcherConfidence[row] = Math.max(p.launcherSure[row]!, ways.launcherConfidence[row]);
      }
    }
    if (hint) return enter(row, { ...hint, basis: Math.max(basis, hint.basis), sure: hint.entry === row ? Math.max(sure, hint.sure) : hint.sure });
    const kind: EntryKind = isInit(creator) ? (ran(row, (name) => CONSOLES.has(name)) ? 'console' : 'service') : managed(creator);
    if (kind !== '') {
      ways.entry[row] = row;
      ways.entryKind[row] = ENTRY[kind];
      ways.entryBasis[row] = Math.max(basis, BASIS_DERIVED);
      ways.entryConfidence[row] = sure;
      return;
    }
    bySessionOnly[row] = bySessionOnly[creator]!;
    ways.entry[row] = ways.entry[creator]!;
    ways.entryKind[row] = ways.entryKind[creator]!;
    ways.entryBasis[row] = Math.max(basis, ways.entryBasis[creator]!);
    ways.entryConfidence[row] = (1 - DOUBT_OF_ENTRY * (1 - sure)) * ways.entryConfidence[creator]!;
  }
}

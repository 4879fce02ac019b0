import { ID_NOT_STATED, NO_PROCESS, NOT_STATED, type StringTable, UNSET_ID } from '../model/index.js';
import { mayBeBornAfter, type Processes } from './processes.js';
import { baseName, systemName } from './programNames.js';
import { BOOT_SECONDS, SAME_START_MICROS } from './snapshotWeights.js';

/** Pids a second apart by more than this between two living neighbours: the counter was moved, or wrapped. */
const LEAP = 10_000;
/** Programs that init starts and that then belong to a login session by right. */
const OF_INIT: ReadonlySet<string> = new Set(['systemd', 'login', 'agetty', 'getty', 'mingetty', 'sulogin', 'gdm-session-worker', 'lightdm']);
/** Other programs that open login sessions; `crond` is Red Hat's, whose PAM stack gives jobs a scope (Debian's `cron` does not). */
const OTHER_OPENERS: ReadonlySet<string> = new Set(['gdm', 'gdm3', 'lightdm', 'sddm', 'crond', 'xrdp-sesman', 'dropbear', 'in.telnetd']);
/** Two births further apart than this, by the pid clock, are of different rounds of the numbers. */
const ROUND_BIRTHS = 250;
const FIRST_USER_ID = 1000;
const NOBODY = 65_534;

/** What the snapshots of one boot of one host show, indexed by the traces that survive adoption. */
export class SnapshotHost {
  /** Births a second, from the numbers and starts of living neighbours; NaN where no starts are known. */
  readonly forkRate: number;
  private readonly byPid = new Map<number, number[]>();
  private readonly byAuditSession = new Map<number, number[]>();
  private readonly byCgroup = new Map<number, number[]>();
  private readonly byUser = new Map<string, number[]>();
  private readonly userManagers: number[] = [];
  private readonly sshListeners: number[] = [];
  private readonly hasOtherOpeners: boolean;
  private readonly initIsSystemd: boolean;

  constructor(
    private readonly p: Processes,
    private readonly strings: StringTable,
    /** Rows that a snapshot shows, in order of start. */
    readonly rows: readonly number[],
    all: readonly number[],
  ) {
    for (const row of all) into(this.byPid, p.pid[row]!, row);
    for (const row of rows) {
      if (this.isLogin(row)) into(this.byAuditSession, p.ses[row]!, row);
      if (p.cgroup[row] !== 0) into(this.byCgroup, p.cgroup[row]!, row);
      into(this.byUser, this.userOf(row), row);
      if (!this.isInit(p.parent[row]!)) continue;
      if (this.isUserManager(row)) this.userManagers.push(row);
      if (/^(sshd: )?\/usr\/(local\/)?s?bin\/sshd\b/.test(this.argumentsOf(row)) || this.nameOf(row) === 'sshd') this.sshListeners.push(row);
    }
    this.hasOtherOpeners = rows.some((row) => this.isInit(p.parent[row]!) && OTHER_OPENERS.has(this.nameOf(row)));
    const init = this.holder(1);
    this.initIsSystemd = init !== NO_PROCESS && /\b(systemd|init)\b/.test(`${this.nameOf(init)} ${strings.text(p.comm[init]!) ?? ''}`) && this.holder(2) !== NO_PROCESS;
    this.forkRate = this.rate();
  }

  isInit(row: number): boolean {
    return row !== NO_PROCESS && this.p.pid[row] === 1;
  }

  /** init or a `systemd --user`: starts units, and adopts. */
  isManager(row: number): boolean {
    return this.isInit(row) || this.isUserManager(row);
  }

  isUserManager(row: number): boolean {
    if (row === NO_PROCESS) return false;
    return this.p.subreaper[row] === 1 ? this.nameOf(row) === 'systemd' : /^\/(usr\/)?lib\/systemd\/systemd --user\b/.test(this.argumentsOf(row)) && this.isInit(this.p.parent[row]!);
  }

  /** A process that init starts and that a login session then holds by right (a terminal's login, `systemd --user`). */
  isOfInit(row: number): boolean {
    const { p } = this;
    if (!OF_INIT.has(this.nameOf(row))) return false;
    // Where the executable is not stated, the name is the process's own word; a terminal is not.
    return p.exe[row] !== 0 || p.tty[row] !== 0 || this.isUserManager(row);
  }

  /** The name of its program where the system keeps it; from its arguments where the executable is not stated. */
  nameOf(row: number): string {
    const exe = this.strings.text(this.p.exe[row]!);
    if (exe !== undefined) return systemName(exe);
    return systemName((this.strings.list(this.p.args[row]!)[0] ?? this.strings.text(this.p.comm[row]!) ?? '').split(' ')[0]?.replace(/^-/, ''));
  }

  argumentsOf(row: number): string {
    return this.strings.list(this.p.args[row]!).join(' ');
  }

  unitOf(row: number): string {
    return this.strings.text(this.p.unit[row]!) ?? '';
  }

  isLogin(row: number): boolean {
    return this.p.ses[row] !== UNSET_ID && this.p.ses[row] !== ID_NOT_STATED;
  }

  /** The process that held a pid when `row` was born, or holds it now where no `row` is given; -1 when none is known. */
  holder(pid: number, row = NO_PROCESS): number {
    const { p } = this;
    const bornBy = row === NO_PROCESS ? NaN : p.start[row]!;
    let found = NO_PROCESS;
    for (const other of this.byPid.get(pid) ?? []) {
      if (p.start[other]! > bornBy + SAME_START_MICROS || (row !== NO_PROCESS && this.isOfEarlierRound(other, row))) continue;
      if (found === NO_PROCESS || p.start[other]! >= p.start[found]!) found = other;
    }
    return found;
  }

  /**
   * Was the number of `other` given again just before `row` was born? By the pid clock its turn came then, a round or more after `other` was born, which is
   * not heard of since.
   */
  private isOfEarlierRound(other: number, row: number): boolean {
    const { p } = this;
    const numbers = p.pid[row]! - p.pid[other]!;
    if (p.bornInTurn[other] === 0 || p.bornInTurn[row] === 0 || numbers < 0 || numbers > ROUND_BIRTHS) return false;
    const turn = p.bornAt[row]! - numbers;
    return turn - p.bornAt[other]! > ROUND_BIRTHS && p.activeAt[other]! < turn;
  }

  /** Did `other` begin clearly before `row`? Where a start is not known, the numbers tell: by the pid clock where it knows, since numbers come round. */
  beganBefore(other: number, row: number, by = 0): boolean {
    const { p } = this;
    if (p.startSpan[other] === Infinity || p.startSpan[row] === Infinity) return by === 0 && mayBeBornAfter(p, row, other);
    return p.start[other]! + by < p.start[row]! || (by === 0 && p.start[other] === p.start[row] && p.pid[other]! < p.pid[row]!);
  }

  /** The living process at the top of a process's audit session; -1 none. */
  topOfSession(row: number): number {
    const { p } = this;
    if (!this.isLogin(row)) return NO_PROCESS;
    let top = NO_PROCESS;
    for (const other of this.byAuditSession.get(p.ses[row]!) ?? []) {
      if (other === row || !this.beganBefore(other, row)) continue;
      const parent = p.parent[other]!;
      if (parent === NO_PROCESS || p.ses[parent] === p.ses[row] || (this.isInit(parent) && !this.isOfInit(other))) continue;
      if (top === NO_PROCESS || this.beganBefore(other, top)) top = other;
    }
    return top;
  }

  /** The process of its service that the manager started first; -1 when that is itself, or it is in no service. */
  mainOfUnit(row: number): number {
    const { p } = this;
    if (!this.unitOf(row).endsWith('.service')) return NO_PROCESS;
    const managers = p.parent[row]!;
    let main = row;
    for (const other of this.byCgroup.get(p.cgroup[row]!) ?? []) {
      if (!(p.lastSeen[other]! >= p.start[row]!)) continue; // it ended first: the service was started again
      if (p.parent[other] !== managers || (p.sid[other] !== NOT_STATED && p.sid[other] !== p.pid[other])) continue;
      if (this.beganBefore(other, main)) main = other;
    }
    return main === row ? NO_PROCESS : main;
  }

  /** The last living process of the same audit session or service that names this one's program in its arguments; -1 none. */
  namerOf(row: number): number {
    const { p, strings } = this;
    const exe = strings.text(p.exe[row]!) ?? strings.list(p.args[row]!)[0]?.split(' ')[0] ?? '';
    if (!exe.includes('/') || baseName(exe).length < 3) return NO_PROCESS;
    const group = this.isLogin(row) ? this.byAuditSession.get(p.ses[row]!) : this.byCgroup.get(p.cgroup[row]!);
    let namer = NO_PROCESS;
    for (const other of group ?? []) {
      if (other === row || p.exe[other] === p.exe[row] || !this.beganBefore(other, row) || !this.argumentsOf(other).includes(exe)) continue;
      if (this.isOfInit(other) || this.isUserManager(other)) continue;
      if (namer === NO_PROCESS || this.beganBefore(namer, other)) namer = other;
    }
    return namer;
  }

  /** The ssh daemon that listens, if it began before `row`; and whether others open login sessions too. */
  listener(row: number): { readonly row: number; readonly isOnly: boolean } {
    const before = this.sshListeners.filter((other) => other !== row && this.beganBefore(other, row));
    return { row: before.length === 1 ? before[0]! : NO_PROCESS, isOnly: !this.hasOtherOpeners };
  }

  /** The `systemd --user` of a process's user, which lives as long as that user is logged in; -1 when there is none, or the user is the system's. */
  userManager(row: number): number {
    const { p } = this;
    if (!this.initIsSystemd) return NO_PROCESS;
    const uid = p.uid[row]!;
    if (uid !== ID_NOT_STATED && (uid < FIRST_USER_ID || uid === NOBODY)) return NO_PROCESS;
    return this.userManagers.find((manager) => manager !== row && (uid !== ID_NOT_STATED ? p.uid[manager] === uid : p.user[row] !== 0 && p.user[manager] === p.user[row] && this.strings.text(p.user[row]!) !== 'root')) ?? NO_PROCESS;
  }

  /**
   * The service that the user of a later process runs since the host came up; -1 when there is none, or the user is root, a person (has a terminal, a
   * login or a manager) or nobody, whom services share.
   */
  serviceOfUser(row: number): number {
    const { p } = this;
    const user = this.userOf(row);
    if (user === '' || user === 'root' || user === 'nobody' || !this.initIsSystemd || this.userManager(row) !== NO_PROCESS) return NO_PROCESS;
    let service = NO_PROCESS;
    for (const other of this.byUser.get(user) ?? []) {
      if (p.tty[other] !== 0 || this.isLogin(other) || /^sshd: /.test(this.argumentsOf(other))) return NO_PROCESS;
      if (other === row || !this.isInit(p.parent[other]!) || p.sid[other] !== p.pid[other] || !this.beganBefore(other, row, SAME_START_MICROS)) continue;
      if (this.isOfBoot(other) && (service === NO_PROCESS || this.beganBefore(other, service))) service = other;
    }
    return service;
  }

  /** Did it begin when the host came up, as far as starts are known? */
  isOfBoot(row: number): boolean {
    const { p } = this;
    const init = this.holder(1);
    return init === NO_PROCESS || p.startSpan[row] === Infinity || !(p.start[row]! > p.start[init]! + BOOT_SECONDS * 1e6);
  }

  /** A user by name where the evidence has it (ps), else by number; '' where it has neither. */
  private userOf(row: number): string {
    const uid = this.p.uid[row]!;
    return this.strings.text(this.p.user[row]!) ?? (uid === 0 ? 'root' : uid === NOBODY ? 'nobody' : uid === ID_NOT_STATED || uid >= FIRST_USER_ID ? '' : String(uid));
  }

  /** Pids between two that no process of the snapshot bears: where vanished ones were. */
  vanishedBetween(from: number, to: number, most: number): readonly number[] {
    const gone: number[] = [];
    for (let pid = from + 1; pid < to && gone.length <= most; pid++) if (!(this.byPid.get(pid) ?? []).some((row) => this.p.snapshotStamp[row]! > 0)) gone.push(pid);
    return gone;
  }

  private rate(): number {
    const { p, rows } = this;
    let pids = 0;
    let micros = 0;
    let last = NO_PROCESS;
    for (const row of rows) {
      if (p.startSpan[row] === Infinity || p.pid[row]! <= 2) continue;
      if (last !== NO_PROCESS) {
        const step = p.pid[row]! - p.pid[last]!;
        if (step > 0 && step < LEAP) {
          pids += step;
          micros += p.start[row]! - p.start[last]!;
        }
      }
      last = row;
    }
    return micros > 0 ? (pids / micros) * 1e6 : NaN;
  }
}

function into<Key>(map: Map<Key, number[]>, key: Key, row: number): void {
  const rows = map.get(key);
  if (rows) rows.push(row);
  else map.set(key, [row]);
}

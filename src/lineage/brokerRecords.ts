import { type Batch, ID_NOT_STATED, NO_PROCESS, OBSERVATION_KINDS, OPERATIONS, OUTCOMES, type StringTable } from '../model/index.js';
import { serviceName } from './asks.js';

const SERVICE = OBSERVATION_KINDS.indexOf('service');
const SESSION = OBSERVATION_KINDS.indexOf('session');
const LOG = OBSERVATION_KINDS.indexOf('log');
const FILE = OBSERVATION_KINDS.indexOf('file');
const OPENED_ONLY = OPERATIONS.indexOf('open');
const STARTED = OPERATIONS.indexOf('started');
const STOPPED = OPERATIONS.indexOf('stopped');
const DELETED = OPERATIONS.indexOf('deletion');
const OPENED = OPERATIONS.indexOf('opened');
const FAILED = OUTCOMES.indexOf('failure');

/** A manager's word on one of its units. `manager` is the row of pid 1 or of a `systemd --user`. */
export interface UnitEvent {
  readonly time: number;
  readonly manager: number;
  readonly unit: string;
  readonly what: 'starting' | 'started' | 'stopped';
  /** What systemd calls it: of a transient unit the command line. '' where it is not said. */
  readonly description: string;
}

/** A file that tells a broker what to start, written or removed. */
export interface FileEvent {
  readonly time: number;
  readonly row: number;
  readonly path: string;
  readonly removed: boolean;
}

/** A log line that names the process it is about: a job of cron or at, a login, its session, what a unit left behind. logind's own (`logind`) names a session's user only. */
export interface JobLine {
  readonly time: number;
  readonly row: number;
  readonly kind: 'cron' | 'at' | 'login' | 'session' | 'logind' | 'left';
  readonly user: string;
  /** The command of cron's job, the file of at's, the unit that left it behind, the session's number. */
  readonly about: string;
  /** As the log has it. */
  readonly says: string;
}

/** A D-Bus daemon's word that somebody's message made it start a service. */
export interface Activation {
  readonly time: number;
  /** The daemon, and the pid of who asked. */
  readonly bus: number;
  readonly pid: number;
  readonly name: string;
  /** The unit, where systemd is to start it. */
  readonly unit: string;
}

/** Files by which brokers are told: systemd.unit(5), crontab(5), at(1), and the places of D-Bus services. */
const TELLING = /^\/(etc\/(cron(tab$|\.)|anacrontab$|systemd\/)|var\/spool\/(cron|at|anacron)\/|(usr\/(local\/)?)?lib\/systemd\/|run\/systemd\/|usr\/(local\/)?share\/dbus-1\/)|\/\.config\/systemd\/user\/|\/\.local\/share\/(systemd\/user|dbus-1)\//;
/** Records kept of one evidence set at most: a bound against hostile logs, far above what a host starts. */
const KEPT_AT_MOST = 1_000_000;

/** Collects, while the pass runs, what brokers and their files say. */
export class BrokerRecords {
  readonly units: UnitEvent[] = [];
  readonly files: FileEvent[] = [];
  readonly jobs: JobLine[] = [];
  readonly activations: Activation[] = [];
  private readonly telling = new Map<number, boolean>();
  private kept = 0;

  constructor(private readonly strings: StringTable) {}

  /** Takes an observation that was given to `row`. */
  see(batch: Batch, at: number, row: number): void {
    const kind = batch.kind[at]!;
    if (kind !== FILE && kind !== SERVICE && kind !== LOG && kind !== SESSION) return;
    if (row === NO_PROCESS || this.kept >= KEPT_AT_MOST) return;
    const time = batch.time[at]!;
    if (kind === FILE) return this.file(batch, at, row, time);
    if (kind === SERVICE) return this.unit(batch, at, row, time);
    if (batch.serial[at] !== 0) return;
    const message = this.strings.text(batch.message[at]!);
    if (message === undefined) return;
    if (kind === SESSION) this.session(batch, at, row, time, message);
    else this.line(batch, at, row, time, message);
  }

  /** Rows have new numbers; what is of those that were let go goes with them. */
  renumber(renumber: Int32Array): void {
    const keep = <Event>(events: Event[], rowOf: (event: Event) => number, moved: (event: Event, row: number) => Event): void => {
      for (const event of events.splice(0)) if (renumber[rowOf(event)] !== NO_PROCESS) events.push(moved(event, renumber[rowOf(event)]!));
    };
    keep(this.units, ({ manager }) => manager, (event, manager) => ({ ...event, manager }));
    keep(this.files, ({ row }) => row, (event, row) => ({ ...event, row }));
    keep(this.jobs, ({ row }) => row, (event, row) => ({ ...event, row }));
    keep(this.activations, ({ bus }) => bus, (event, bus) => ({ ...event, bus }));
  }

  private file(batch: Batch, at: number, row: number, time: number): void {
    const operation = batch.operation[at]!;
    if (operation === OPENED_ONLY || batch.outcome[at] === FAILED) return;
    const id = batch.path[at]!;
    let telling = this.telling.get(id);
    if (telling === undefined) {
      telling = TELLING.test(this.strings.text(id) ?? '');
      this.telling.set(id, telling);
    }
    if (!telling) return;
    this.kept++;
    this.files.push({ time, row, path: this.strings.text(id) ?? '', removed: operation === DELETED });
  }

  private unit(batch: Batch, at: number, row: number, time: number): void {
    const operation = batch.operation[at]!;
    const unit = this.strings.text(batch.unit[at]!);
    if (unit === undefined || (operation !== STARTED && operation !== STOPPED)) return;
    const message = this.strings.text(batch.message[at]!) ?? '';
    this.add({ time, manager: row, unit: /\.[a-z]+$/.test(unit) ? unit : serviceName(unit), what: operation === STARTED ? 'started' : 'stopped', description: descriptionIn(message) });
  }

  private line(batch: Batch, at: number, row: number, time: number, message: string): void {
    const starting = /^Starting (\S+\.service)( - .*)?$/s.exec(message);
    if (starting) return this.add({ time, manager: row, unit: starting[1] ?? '', what: 'starting', description: descriptionIn(message) });
    const left = /^(?:systemd: )?(\S+): ((?:Unit process|Found left-over process) \d+ .*)$/s.exec(message);
    if (left) return this.job({ time, row, kind: 'left', user: '', about: left[1] ?? '', says: left[2] ?? '' });
    const activating = /Activating (?:via systemd: )?service name='([^']+)'(?: unit='([^']*)')? requested by '[^']*' \(uid=\d+ pid=(\d{1,10})/.exec(message);
    if (activating) {
      this.kept++;
      this.activations.push({ time, bus: row, name: activating[1] ?? '', unit: activating[2] ?? '', pid: Number(activating[3]) });
      return;
    }
    // atd of Debian and Fedora: Starting job 3 (a0000301c8a0b0) for user 'bob' (1001)
    const starts = /^Starting job \d+ \((\S+)\) for user '([^']*)'/.exec(message);
    if (starts) this.job({ time, row, kind: 'at', user: starts[2] ?? '', about: starts[1] ?? '', says: message });
    const session = /^New session ['"]?(\d{1,9})['"]? of user/.exec(message);
    if (session) this.job({ time, row, kind: 'logind', user: this.strings.text(batch.user[at]!) ?? '', about: session[1] ?? '', says: message });
  }

  private session(batch: Batch, at: number, row: number, time: number, message: string): void {
    const command = /^\((\S+)\) CMD \((.*)\)\s*$/s.exec(message);
    const user = this.strings.text(batch.user[at]!) ?? '';
    if (command) this.job({ time, row, kind: 'cron', user: command[1] ?? '', about: command[2] ?? '', says: message });
    if (batch.ses[at] !== ID_NOT_STATED) this.job({ time, row, kind: 'session', user, about: String(batch.ses[at]), says: message });
    if (batch.operation[at] === OPENED && /^pam_unix\((sshd|login):session\)/.test(message)) this.job({ time, row, kind: 'login', user, about: '', says: message });
  }

  private add(event: UnitEvent): void {
    this.kept++;
    this.units.push(event);
  }

  private job(line: JobLine): void {
    this.kept++;
    this.jobs.push(line);
  }
}

/** Started run-u12.service - /bin/sh -c true. */
function descriptionIn(message: string): string {
  return (/^(?:Starting|Started|Finished) \S+ - (.*?)(?:\.{1,3})?$/s.exec(message)?.[1] ?? '').trim();
}

/**
 * What a command line asks of a broker: pure reading of arguments, by the manual pages of systemd-run(1), systemctl(1), at(1), crontab(1), busctl(1),
 * dbus-send(1), gdbus(1) and the container clients.
 */

/** Who starts processes for others. `system` is pid 1, `user` a `systemd --user`, `bus` a D-Bus daemon. */
export type Broker = 'system' | 'user' | 'cron' | 'at' | 'bus' | 'container';

/** One request, as far as the arguments state it. */
export interface Request {
  readonly broker: Broker;
  /** The program that asks, for a sentence: `systemctl --user`. */
  readonly by: string;
  /** Services that it wants started, by their full names; [] where it does not say. */
  readonly units: readonly string[];
  /** The command that it wants run; [] where it stands elsewhere. */
  readonly command: readonly string[];
  /** It asks for a later start: by a timer, a path or a socket, or at a time. */
  readonly later: boolean;
  /** That later start is a timer's. */
  readonly timer: boolean;
  /** How long after the request the start is due, microseconds; NaN where the arguments do not say. */
  readonly dueMicros: number;
  /** Name that is asked for on the bus, user whose crontab it is, or container. '' where it does not say. */
  readonly target: string;
  /** For `bus`: the session's bus, not the system's; undefined where it may be either. */
  readonly session?: boolean;
  /** For `cron`: the table that it writes; '' for the own program of cron, which knows where. */
  readonly file: string;
  /** It may ask for another user's manager (`--machine`). */
  readonly otherUser?: boolean;
}

const NOTHING = { units: [], command: [], later: false, timer: false, dueMicros: 0, target: '', file: '' } as const;

type Reader = (args: readonly string[], program: string) => Request | readonly Request[] | undefined;

/**
 * Reads the requests of a program that is known to make some; [] where it makes none (a listing, a removal). `args` gives the arguments, each but the
 * last ended by NUL. Few programs ask, so they are decoded only for those.
 */
export function requestsIn(program: string, args: () => string): readonly Request[] {
  const reader = READERS.get(program);
  if (!reader) return [];
  const text = args();
  if (WRITERS.has(reader) && !text.includes('cron')) return []; // nine of ten of them are shells, which write no table
  const read = reader(text.split('\0').slice(1), program) ?? [];
  return isList(read) ? read : [read];
}

function isList(read: Request | readonly Request[]): read is readonly Request[] {
  return Array.isArray(read);
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['systemd-run', systemdRun], ['systemctl', systemctl], ['at', at], ['batch', (): Request => ({ ...NOTHING, broker: 'at', by: 'batch' })], ['crontab', crontab],
  ['busctl', busctl], ['dbus-send', dbusSend], ['gdbus', gdbus], ['qdbus', qdbus],
  ['docker', container], ['podman', container], ['nerdctl', container], ['crictl', container], ['ctr', container], ['lxc-attach', container], ['machinectl', container],
  ['tee', written], ['cp', copied], ['mv', copied], ['install', copied], ['ln', copied], ['dd', written], ['sed', written], ['nano', written], ['vi', written], ['vim', written], ['ed', written],
  ['sh', shell], ['bash', shell], ['dash', shell], ['zsh', shell], ['ksh', shell],
]);

/** What asks only by writing a table of cron: all of those have `cron` in their names. */
const WRITERS: ReadonlySet<Reader> = new Set<Reader>([written, copied, shell]);

const RUN_VALUES: ReadonlySet<string> = new Set([
  'host', 'machine', 'unit', 'property', 'description', 'slice', 'uid', 'gid', 'nice', 'working-directory', 'setenv', 'service-type', 'on-active', 'on-boot', 'on-startup',
  'on-unit-active', 'on-unit-inactive', 'on-calendar', 'path-property', 'socket-property', 'timer-property', 'background', 'job-mode', 'json',
]);
const SECOND = 1_000_000;

function systemdRun(args: readonly string[]): Request | undefined {
  const { options, rest } = optionsOf(args, RUN_VALUES, 'HMupE', true);
  if (options.has('scope') || options.has('H') || options.has('host')) return undefined; // runs it itself; elsewhere
  const unit = options.get('unit') ?? options.get('u');
  const timer = [...options.keys()].some((name) => name.startsWith('on-') || name === 'timer-property');
  const later = timer || options.has('path-property') || options.has('socket-property');
  const user = options.has('user');
  const shell = rest.length === 0 && (options.has('shell') || options.has('S'));
  if (rest.length === 0 && !shell && unit === undefined) return undefined;
  const due = options.get('on-active');
  return {
    ...NOTHING, broker: user ? 'user' : 'system', by: user ? 'systemd-run --user' : 'systemd-run', units: unit === undefined ? [] : [serviceName(unit)], command: rest, later, timer,
    dueMicros: due === undefined ? (timer ? NaN : 0) : spanMicros(due), otherUser: options.has('M') || options.has('machine'),
  };
}

const CTL_VALUES: ReadonlySet<string> = new Set(['host', 'machine', 'type', 'state', 'property', 'job-mode', 'signal', 'kill-who', 'kill-whom', 'lines', 'output', 'root', 'image', 'what', 'preset-mode', 'message', 'timestamp', 'drop-in']);
const STARTS: ReadonlySet<string> = new Set(['start', 'restart', 'try-restart', 'condrestart', 'reload-or-restart', 'reload-or-try-restart', 'force-reload', 'isolate', 'reload']);

function systemctl(args: readonly string[]): readonly Request[] {
  const { options, rest } = optionsOf(args, CTL_VALUES, 'HMtpsno', false);
  const [verb = '', ...names] = rest;
  if (!STARTS.has(verb) && !((verb === 'enable' || verb === 'reenable') && options.has('now'))) return [];
  if (options.has('H') || options.has('host')) return [];
  return unitsAsked(names, options.has('user'), options.has('user') ? 'systemctl --user' : 'systemctl', options.has('M') || options.has('machine'));
}

/** Units to be started: services at once, and what a timer, path or socket starts later. */
function unitsAsked(names: readonly string[], user: boolean, by: string, otherUser: boolean): readonly Request[] {
  const base = { ...NOTHING, broker: user ? ('user' as const) : ('system' as const), by, otherUser };
  const now = names.filter((name) => !/\.(timer|path|socket|target|slice|mount)$/.test(name));
  const timers = names.filter((name) => name.endsWith('.timer'));
  const triggers = names.filter((name) => /\.(path|socket)$/.test(name));
  return [
    ...(now.length > 0 ? [{ ...base, units: now.map(serviceName) }] : []),
    ...(timers.length > 0 ? [{ ...base, units: timers.map(serviceName), later: true, timer: true, dueMicros: NaN }] : []),
    ...(triggers.length > 0 ? [{ ...base, units: triggers.map(serviceName), later: true, dueMicros: NaN }] : []),
  ];
}

/** at now; at now + 5 minutes; at 10:30. Listings and removals ask for nothing. */
function at(args: readonly string[]): Request | undefined {
  const { options, rest } = optionsOf(args, new Set(), 'qft', false);
  if (['l', 'd', 'r', 'c', 'V'].some((name) => options.has(name))) return undefined;
  const when = rest.join(' ');
  const now = /^now(?: *\+ *(\d+) *(min|hour|day|week)\w*)?$/i.exec(when);
  const unit = { min: 60, hour: 3600, day: 86400, week: 604800 }[(now?.[2] ?? 'min').toLowerCase()] ?? 60;
  return { ...NOTHING, broker: 'at', by: 'at', later: !now || now[1] !== undefined, dueMicros: now ? Number(now[1] ?? 0) * unit * SECOND : NaN };
}

function crontab(args: readonly string[]): Request | undefined {
  const { options } = optionsOf(args, new Set(), 'ucx', false);
  if (['l', 'r', 'V', 'T'].some((name) => options.has(name))) return undefined;
  return { ...NOTHING, broker: 'cron', by: 'crontab', later: true, dueMicros: NaN, target: options.get('u') ?? '' };
}

/** Tables of cron, whose jobs may be anybody's or, in the spool, one user's. */
export const CRON_TABLE = /^\/(?:etc\/(?:crontab|anacrontab|cron\.d\/[^/]+)|var\/spool\/cron\/(?:crontabs\/)?([^/]+))$/;

/** Files that are written by name: tee FILE, dd of=FILE, sed -i FILE, an editor. */
function written(args: readonly string[], program: string): readonly Request[] {
  if (program === 'sed' && !args.some((arg) => /^(-\w*i|--in-place)/.test(arg))) return [];
  return tables(args.filter((arg) => !arg.startsWith('-')).map((arg) => (program === 'dd' ? (/^of=(.*)$/.exec(arg)?.[1] ?? '') : arg)), program);
}

/** cp FILE TARGET: the target, or the file's name in it. */
function copied(args: readonly string[], program: string): readonly Request[] {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const to = (names.at(-1) ?? '').replace(/\/$/, '');
  return tables([to, `${to}/${(names.at(-2) ?? '').replace(/^.*\//, '')}`], program);
}

/** sh -c 'echo ... > FILE' */
function shell(args: readonly string[], program: string): readonly Request[] {
  const at = args.findIndex((arg) => /^-\w*c$/.test(arg));
  return at < 0 ? [] : tables([...(args[at + 1] ?? '').matchAll(/>>?\s*["']?(\/[\w./-]+)/g)].map((match) => match[1] ?? ''), program);
}

function tables(files: readonly string[], by: string): readonly Request[] {
  return files.filter((file) => CRON_TABLE.test(file)).map((file) => ({ ...NOTHING, broker: 'cron', by, later: true, dueMicros: NaN, file }));
}

function busctl(args: readonly string[]): ReturnType<Reader> {
  const { options, rest } = optionsOf(args, new Set(['host', 'machine', 'address', 'match', 'timeout', 'size', 'limit-messages', 'json', 'destination']), 'HMN', true);
  const [verb = '', name = ''] = rest;
  if (!['call', 'get-property', 'set-property', 'introspect', 'tree', 'status'].includes(verb) || name === '') return undefined;
  return busCall('busctl', name, options.has('user'), rest);
}

function dbusSend(args: readonly string[]): ReturnType<Reader> {
  const { options, rest } = optionsOf(args, new Set(), '', false);
  const name = options.get('dest') ?? '';
  return name === '' ? undefined : busCall('dbus-send', name, !options.has('system'), rest);
}

function gdbus(args: readonly string[]): ReturnType<Reader> {
  const { options, rest } = optionsOf(args, new Set(['dest', 'object-path', 'method', 'address', 'timeout', 'activate']), 'dom', false);
  const name = options.get('dest') ?? options.get('d') ?? options.get('activate') ?? '';
  if (!['call', 'wait', 'introspect'].includes(rest[0] ?? '') || name === '') return undefined;
  return busCall('gdbus', name, !options.has('system') && !options.has('y'), [...rest, ...[...options.values()]]);
}

function qdbus(args: readonly string[]): ReturnType<Reader> {
  const { options, rest } = optionsOf(args, new Set(['bus']), '', true);
  return rest[0] === undefined ? undefined : busCall('qdbus', rest[0], !options.has('system'), rest);
}

/** A call on a bus. The bus itself is no service that it could start; a call of systemd's StartUnit asks systemd. */
function busCall(by: string, target: string, session: boolean, words: readonly string[]): ReturnType<Reader> {
  if (target === 'org.freedesktop.DBus') return undefined;
  if (target !== 'org.freedesktop.systemd1') return { ...NOTHING, broker: 'bus', by, target, session };
  if (!words.some((word) => /(Re)?[Ss]tart\w*Unit$/.test(word))) return undefined;
  return unitsAsked(words.map((word) => word.replace(/^string:/, '')).filter((word) => /^[\w@:.\\-]+\.(service|timer|path|socket)$/.test(word)), session, by, false);
}

/** docker exec C cmd; docker run IMAGE cmd; crictl exec C cmd; machinectl shell NAME cmd. Their options are many: the command is looked for at the end. */
function container(args: readonly string[], program: string): Request | undefined {
  const at = program === 'lxc-attach' ? 0 : args.findIndex((arg) => /^(exec|run|start|restart|create|shell|compose)$/.test(arg));
  return at < 0 ? undefined : { ...NOTHING, broker: 'container', by: program, command: args.slice(at + 1) };
}

/**
 * Options as getopt_long reads them: `values` are the long ones and `letters` the short ones that take a value. `stops`: the first other argument ends
 * them. Values are '' where there is none; of a repeated one the last counts.
 */
function optionsOf(args: readonly string[], values: ReadonlySet<string>, letters: string, stops: boolean): { options: ReadonlyMap<string, string>; rest: readonly string[] } {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') return { options, rest: [...rest, ...args.slice(at + 1)] };
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=');
      const name = arg.slice(2, equals < 0 ? undefined : equals);
      options.set(name, equals >= 0 ? arg.slice(equals + 1) : values.has(name) ? (args[++at] ?? '') : '');
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let letter = 1; letter < arg.length; letter++) {
        const name = arg.charAt(letter);
        if (!letters.includes(name)) {
          options.set(name, '');
          continue;
        }
        options.set(name, letter + 1 < arg.length ? arg.slice(letter + 1) : (args[++at] ?? ''));
        break;
      }
    } else {
      if (stops) return { options, rest: args.slice(at) };
      rest.push(arg);
    }
  }
  return { options, rest };
}

/** The service that a unit's name stands for: of `x`, `x.service` and what triggers it, `x.timer`, it is `x.service`. */
export function serviceName(unit: string): string {
  return `${unit.replace(/^.*\//, '').replace(/\.(service|timer|path|socket)$/, '')}.service`;
}

/** A time span of systemd.time(7), `4`, `1min 30s`, in microseconds; NaN where it is none. */
export function spanMicros(text: string): number {
  const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, sec: 1, second: 1, seconds: 1, m: 60, min: 60, minute: 60, minutes: 60, h: 3600, hr: 3600, hour: 3600, hours: 3600, d: 86400, day: 86400, days: 86400, w: 604800, week: 604800, weeks: 604800 };
  let sum = 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)];
  for (const [, count, unit = ''] of parts) sum += Number(count) * (unit === '' ? 1 : (units[unit] ?? NaN));
  return parts.length === 0 ? NaN : sum * SECOND;
}

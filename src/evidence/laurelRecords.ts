import { encodedUtf8 } from './auditRetold.js';

type Fields = Readonly<Record<string, unknown>>;

/** Types whose records hold what needs its own translation; SYSCALL first, so that what follows knows the call. */
const FIRST = ['SYSCALL', 'URINGOP', 'EXECVE', 'CWD', 'PATH', 'SOCKADDR', 'OBJ_PID', 'PROCTITLE'];

/**
 * The records of one of laurel's events, told as auditd's lines without their head. Laurel's own look-ups (PPID, PID, ENV, SCRIPT, ...) are left
 * out: what it read in /proc later is not what the record says.
 */
export function recordsOfEvent(event: Fields): readonly { readonly type: string; readonly body: string }[] {
  const told: { type: string; body: string }[] = [];
  const types = [...FIRST.filter((type) => Object.hasOwn(event, type)), ...Object.keys(event).filter((type) => !FIRST.includes(type))];
  for (const type of types) {
    if (!/^[A-Z][A-Z0-9_]*(\[\d+\])?$/.test(type) || NOT_RECORDS.has(type)) continue;
    const value = event[type];
    for (const record of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (isFields(record)) told.push({ type, body: bodyOf(type, record) });
    }
  }
  return told;
}

const NOT_RECORDS: ReadonlySet<string> = new Set(['ID', 'NODE', 'CONTAINER_INFO', 'PARENT_INFO', 'ENV']);

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bodyOf(type: string, record: Fields): string {
  switch (type) {
    case 'SYSCALL':
    case 'URINGOP':
      return syscall(record);
    case 'EXECVE':
      return argumentsOf(record)
        .map((argument, at) => `a${at}=${argument === '' ? '""' : hexOf(argument)}`)
        .join(' ');
    case 'PROCTITLE': {
      const title = argumentsOf(record).map(hexOf).join('00');
      return title === '' ? '' : `proctitle=${title}`;
    }
    case 'CWD':
      return text('cwd', record['cwd']);
    case 'PATH':
      return `item=${numeric(record['item']) ?? 0} ${text('name', record['name'])} nametype=${plain(record['nametype']) ?? 'NORMAL'}`;
    case 'SOCKADDR':
      return typeof record['saddr'] === 'string' ? `saddr=${hexOf(record['saddr'])}` : '';
    case 'OBJ_PID':
      return `opid=${numeric(record['opid']) ?? ''}`;
    default:
      return common(record);
  }
}

function syscall(record: Fields): string {
  const out = [`arch=${hexDigits(record['arch']) ?? '0'} syscall=${numeric(record['syscall']) ?? -1}`];
  const success = plain(record['success']);
  if (success !== undefined) out.push(`success=${success}`);
  const exit = numeric(record['exit']);
  if (exit !== undefined) out.push(`exit=${exit}`);
  const given = Array.isArray(record['ARGV']) ? (record['ARGV'] as readonly unknown[]) : [record['a0'], record['a1'], record['a2'], record['a3']];
  for (const [at, value] of given.slice(0, 4).entries()) {
    const digits = hexDigits(value);
    if (digits !== undefined) out.push(`a${at}=${digits}`);
  }
  for (const name of ['ppid', 'pid', 'auid', 'uid', 'gid', 'euid']) number(out, name, record[name]);
  const tty = plain(record['tty']);
  if (tty !== undefined) out.push(`tty=${tty}`);
  number(out, 'ses', record['ses']);
  for (const name of ['comm', 'exe', 'key']) if (typeof record[name] === 'string') out.push(text(name, record[name]));
  return out.join(' ') + enrichedUser(record);
}

function common(record: Fields): string {
  const out: string[] = [];
  for (const [name, value] of Object.entries(record)) {
    if (!/^[a-z][\w-]*$/.test(name) || name === 'msg') continue;
    if (name === 'comm' || name === 'exe' || name === 'key') out.push(text(name, value));
    else if (typeof value === 'number') out.push(`${name}=${value}`);
    else if (typeof value === 'string') out.push(`${name}=${plain(value) ?? `"${byteForm(value).replaceAll('"', ' ')}"`}`);
  }
  const message = record['msg'];
  if (typeof message === 'string') out.push(`msg='${byteForm(message)}'`);
  return out.join(' ') + enrichedUser(record);
}

/** ARGV, or ARGV_STR where laurel was told to join (blanks part the arguments then). Numbers stay as they are written; null is an argument that was lost. */
function argumentsOf(record: Fields): string[] {
  const list = record['ARGV'];
  if (Array.isArray(list)) return (list as readonly unknown[]).map((item) => (typeof item === 'string' ? item : typeof item === 'number' ? String(item) : ''));
  return typeof record['ARGV_STR'] === 'string' ? record['ARGV_STR'].split(' ') : [];
}

function enrichedUser(record: Fields): string {
  const user = record['UID'];
  return typeof user === 'string' && /^[\w.@+-]+\$?$/.test(user) ? `\u001dUID="${user}"` : '';
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '(null)' || value === '(none)' || value === '?') return `${name}=(null)`;
  return `${name}=${value === '' ? '""' : hexOf(value)}`;
}

function number(out: string[], name: string, value: unknown): void {
  const found = numeric(value);
  if (found !== undefined) out.push(`${name}=${found}`);
}

/** Numbers are numbers, but older versions have some as text. */
function numeric(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? value : undefined;
}

/** A word without blanks and quotes. */
function plain(value: unknown): string | undefined {
  return typeof value === 'string' && /^[^\s"']+$/.test(value) ? byteForm(value) : undefined;
}

function hexDigits(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value.toString(16);
  return typeof value === 'string' ? /^0x([0-9a-f]+)$/i.exec(value)?.[1] : undefined;
}

/** Bytes that are no UTF-8 stand as %XX, and so does the per cent sign itself. */
function hexOf(value: string): string {
  if (!value.includes('%')) return encodedUtf8(value);
  return value
    .split(/(%[0-9A-Fa-f]{2})/)
    .map((part, at) => (at % 2 === 1 ? part.slice(1).toUpperCase() : encodedUtf8(part)))
    .join('');
}

/** UTF-8, a char a byte, without line ends: for texts that are told as they are. */
function byteForm(value: string): string {
  const hex = hexOf(value);
  let form = '';
  for (let at = 0; at < hex.length; at += 2) {
    const code = parseInt(hex.slice(at, at + 2), 16);
    form += code === 0x0a || code === 0x0d || code === 0x1d ? ' ' : String.fromCharCode(code);
  }
  return form;
}


import { argumentNumber, signalNumber, SYSCALL_NUMBERS } from './auditNames.js';
import { encoded, encodedAddress } from './auditRetold.js';

/** Fields of a record that libauparse printed with names, told with numbers again. All texts are one byte a char. */

/** SYSCALL and URINGOP: fixed order, comm, exe and key last, which alone can hold blanks. */
export function syscallFields(body: string): string {
  const commAt = body.indexOf(' comm=');
  const numbers = fieldsOf(commAt < 0 ? body : body.slice(0, commAt));
  const call = numbers.get('syscall') ?? '';
  const out = [`arch=c000003e syscall=${/^\d+$/.test(call) ? call : (SYSCALL_NUMBERS[call] ?? -1)}`];
  const success = numbers.get('success');
  if (success !== undefined) out.push(`success=${success}`);
  const exit = numbers.get('exit');
  if (exit !== undefined) out.push(`exit=${/^-?\d+$/.test(exit) ? exit : exit.startsWith('0x') ? Number(exit) : -1}`); // ENOENT(No such file or directory)
  for (const name of ['a0', 'a1', 'a2']) {
    const value = argumentNumber(numbers.get(name) ?? '');
    if (value !== undefined) out.push(`${name}=${value.toString(16)}`);
  }
  for (const name of ['ppid', 'pid']) if (numbers.has(name)) out.push(`${name}=${numbers.get(name)}`);
  out.push(ids(numbers));
  if (numbers.has('tty')) out.push(`tty=${numbers.get('tty')}`);
  if (commAt >= 0) {
    const tail = body.slice(commAt + 6);
    const exeAt = tail.lastIndexOf(' exe=');
    out.push(text('comm', exeAt < 0 ? tail : tail.slice(0, exeAt)));
    if (exeAt >= 0) {
      const rest = tail.slice(exeAt + 5);
      const keyAt = rest.lastIndexOf(' key=');
      const subjectAt = rest.indexOf(' subj=');
      const end = subjectAt >= 0 ? subjectAt : keyAt >= 0 ? keyAt : rest.length;
      out.push(text('exe', rest.slice(0, end)));
      if (keyAt >= 0) out.push(text('key', rest.slice(keyAt + 5)));
    }
  }
  return out.join(' ') + enrichedUser(numbers.get('uid'));
}

/** argc=3 a0=sh a1=-c a2=for i in 1 2; ...: each value runs to the next argument's name; which that is, follows from the numbers. */
export function execveFields(body: string): string {
  const argc = Number(/^argc=(\d+)/.exec(body)?.[1] ?? NaN);
  const first = /(?:^| )a(\d+)(?:\[(\d+)\])?=/.exec(body);
  if (!first) return '';
  let number = Number(first[1]);
  let part = first[2] === undefined ? -1 : Number(first[2]);
  let at = first.index + first[0].length;
  const out: string[] = [];
  for (;;) {
    const next: { at: number; length: number; number: number; part: number }[] = [];
    const look = (name: string, itsNumber: number, itsPart: number): void => {
      const found = body.indexOf(name, at);
      if (found >= 0) next.push({ at: found, length: name.length, number: itsNumber, part: itsPart });
    };
    if (part >= 0) look(` a${number}[${part + 1}]=`, number, part + 1);
    if (!(number + 1 >= argc)) {
      look(` a${number + 1}=`, number + 1, -1);
      look(` a${number + 1}[0]=`, number + 1, 0);
    }
    const nearest = next.sort((a, b) => a.at - b.at)[0];
    let end = nearest?.at ?? body.length;
    const lengthAt = body.slice(at, end).search(new RegExp(` a${nearest && nearest.number > number ? nearest.number : number + 1}_len=\\S+$`));
    if (lengthAt >= 0) end = at + lengthAt;
    out.push(`a${number}${part >= 0 ? `[${part}]` : ''}=${quotedOrHex(body.slice(at, end))}`);
    if (!nearest) return out.join(' ');
    at = nearest.at + nearest.length;
    number = nearest.number;
    part = nearest.part;
  }
}

/** item=0 name=/a b inode=...: the name runs to inode= or nametype=. */
export function pathFields(body: string): string {
  const found = /^(?:item=(\d+) )?name=(.*?)(?: inode=\d.*)? (?:nametype|objtype)=(\w+)/s.exec(body);
  if (!found) return '';
  return `item=${found[1] ?? 0} ${text('name', found[2] ?? '')} nametype=${found[3]}`;
}

export function cwdFields(body: string): string {
  return text('cwd', body.replace(/^cwd=/, ''));
}

/** The NULs between arguments were printed as blanks: split at each, which reads as printed when joined again. */
export function titleFields(body: string): string {
  return `proctitle=${encoded(body.replace(/^proctitle=/, '').replaceAll(' ', '\0'))}`;
}

/** saddr={ saddr_fam=inet laddr=10.0.0.5 lport=22 }; before audit 3.0 `inet host:10.0.0.5 serv:22` and `local /dev/log`. */
export function addressFields(body: string): string {
  const local = /saddr_fam=local path=(.*?) ?\}$/s.exec(body)?.[1] ?? /^saddr=local (.*)$/s.exec(body)?.[1];
  if (local !== undefined) return `saddr=0100${encoded(local.startsWith('@') ? `\0${local.slice(1)}` : local)}00`;
  const address = /(?:laddr=|host:)(\S+) (?:lport=|serv:)(\d+)/.exec(body);
  if (!address) return '';
  const [, host = '', port] = address;
  const saddr = encodedAddress(host.includes(':') ? 'inet6' : 'inet', host, Number(port));
  return saddr === undefined ? '' : `saddr=${saddr}`;
}

/** Records in the common shape: numbers and names first, the rest, if any, inside msg='...'. */
export function commonFields(body: string): string {
  const quoted = body.indexOf(" msg='");
  const head = quoted < 0 ? body : body.slice(0, quoted);
  const fields = fieldsOf(head);
  const out: string[] = [];
  for (const [name, value] of fields) {
    if (IDS.has(name) || name === 'comm' || name === 'exe') continue;
    if (name === 'sig') out.push(`sig=${signalNumber(value) ?? value}`);
    else out.push(`${name}=${name === 'res' && value === 'yes' ? '1' : value}`);
  }
  out.push(ids(fields));
  for (const name of ['comm', 'exe'] as const) if (fields.has(name)) out.push(text(name, fields.get(name) ?? ''));
  return out.filter((part) => part !== '').join(' ') + (quoted < 0 ? '' : body.slice(quoted)) + enrichedUser(fields.get('uid'));
}

const IDS: ReadonlySet<string> = new Set(['uid', 'euid', 'gid', 'auid', 'ses', 'old-auid', 'old-ses']);

/** Ids that are numbers still, or names whose number is no matter of doubt; others are left out: only the host's own passwd file could tell. */
function ids(fields: ReadonlyMap<string, string>): string {
  const out: string[] = [];
  for (const name of ['uid', 'euid', 'gid', 'auid', 'ses']) {
    const value = fields.get(name);
    if (value === undefined) continue;
    const unknown = /^unknown\((\d+)\)$/.exec(value)?.[1];
    const number = unknown ?? (value === 'root' ? '0' : value === 'unset' || value === '-1' ? '4294967295' : value);
    if (/^\d+$/.test(number)) out.push(`${name}=${number}`);
  }
  return out.join(' ');
}

/** A user's name, where auditd's enriched form has it. */
function enrichedUser(user: string | undefined): string {
  return user === undefined || !/^[\w.@+-]+\$?$/.test(user) || /^(\d+|unset|unknown.*)$/.test(user) ? '' : `\u001dUID="${user}"`;
}

function fieldsOf(part: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const match of part.matchAll(/(?:^|\s)([a-z][\w-]*)=(\S*)/g)) if (!fields.has(match[1] ?? '')) fields.set(match[1] ?? '', match[2] ?? '');
  return fields;
}

function text(name: string, value: string): string {
  return `${name}=${value === '(null)' || value === '(none)' || value === '?' ? value : quotedOrHex(value)}`;
}

/** An empty text has no hex form. */
function quotedOrHex(value: string): string {
  return value === '' ? '""' : encoded(value);
}

import { encoded } from './auditRetold.js';

/** type=AUOMS_EXECVE audit(1652292621.986:84138): ...; AUOMS may leave out the prefix for types that it only passes on. */
const HEAD = /^\s*type=(AUOMS_)?([A-Z][A-Z_0-9]*) audit\((\d{1,12}\.\d{3}:\d{1,15})\): ?(.*)$/s;
/** What stands last, unquoted and with blanks; each runs to the next of them or to the end. */
const TAIL = /(?:^| )(proctitle|cmdline|redactors|containerid)=/g;
const ARCHES: ReadonlyMap<string, string> = new Map(Object.entries({ x86_64: 'c000003e', i386: '40000003', i686: '40000003', aarch64: 'c00000b7', arm: '40000028' }));

/**
 * The records of an event that Azure's audit agent (AUOMS) merged to one message, told as auditd's lines; undefined for what is none. Texts are one char a
 * byte. Values are not escaped, so that an argument with blanks and quotes of its own can only be told where the count of arguments agrees.
 */
export function auomsRecords(message: string): readonly string[] | undefined {
  const head = HEAD.exec(message);
  if (!head) return undefined;
  const [, prefix, type = '', id = '', body = ''] = head;
  const tail = tailOf(body);
  const fields = fieldsOf(body.slice(0, tail.from));
  const node = fields.get('node');
  const line = (kind: string, text: string): string => `${node !== undefined && /^\S+$/.test(node) ? `node=${node} ` : ''}type=${kind} msg=audit(${id}): ${text}`;
  if (prefix === undefined || !(type === 'EXECVE' || type === 'SYSCALL')) return [line(type, userFields(fields))];
  const told = [line('SYSCALL', callFields(fields))];
  const command = tail.values.get('cmdline');
  if (command !== undefined && command !== '') {
    told.push(line('EXECVE', argumentsOf(command, Number(fields.get('argc') ?? NaN)).map((argument, at) => `a${at}=${argument === '' ? '""' : encoded(argument)}`).join(' ')));
  }
  if (fields.has('cwd')) told.push(line('CWD', text('cwd', fields.get('cwd'))));
  for (const [item, [name, kind]] of pathsOf(fields).entries()) told.push(line('PATH', `item=${item} ${text('name', name)} nametype=${kind}`));
  const title = tail.values.get('proctitle');
  if (title !== undefined && title !== '') told.push(line('PROCTITLE', `proctitle=${encoded(title.replaceAll(' ', '\0'))}`));
  return told;
}

function callFields(fields: ReadonlyMap<string, string>): string {
  const arch = fields.get('arch') ?? '';
  const call = fields.get('syscall_r') ?? fields.get('syscall') ?? '';
  const out = [`arch=${ARCHES.get(arch) ?? (/^[0-9a-f]{8}$/.test(arch) ? arch : '0')} syscall=${/^\d+$/.test(call) ? call : -1}`];
  for (const name of ['success', 'exit', 'a0', 'a1', 'a2', 'ppid', 'pid', 'auid', 'uid', 'gid', 'euid', 'tty', 'ses']) {
    const value = fields.get(name);
    if (value !== undefined && /^[^\s"]+$/.test(value)) out.push(`${name}=${value === '-1' && name !== 'exit' ? '4294967295' : value}`);
  }
  for (const name of ['comm', 'exe']) if (fields.has(name)) out.push(text(name, fields.get(name)));
  const key = fields.get('key_r');
  if (key !== undefined) out.push(/^(?:[0-9A-F]{2})+$/.test(key) ? `key=${key}` : text('key', key));
  else if (fields.has('key')) out.push(text('key', fields.get('key')));
  return out.join(' ') + userName(fields);
}

/** USER_*, CRED_*, LOGIN and the rest: AUOMS flattens what stood in msg='...'. */
function userFields(fields: ReadonlyMap<string, string>): string {
  const known = ['pid', 'uid', 'auid', 'ses', 'old-auid', 'old-ses', 'res'];
  const out = known.filter((name) => /^[^\s"]+$/.test(fields.get(name) ?? '')).map((name) => `${name}=${fields.get(name) === '-1' ? '4294967295' : fields.get(name)}`);
  const inner = ['op', 'acct', 'unit', 'comm', 'exe', 'hostname', 'addr', 'terminal', 'cmd', 'res'];
  const said = inner.filter((name) => fields.has(name)).map((name) => `${name}=${/^[^\s"']*$/.test(fields.get(name) ?? '') ? fields.get(name) : `"${(fields.get(name) ?? '').replaceAll(/["']/g, ' ')}"`}`);
  return `${out.join(' ')} msg='${said.join(' ')}'${userName(fields)}`;
}

function userName(fields: ReadonlyMap<string, string>): string {
  const user = fields.get('user');
  return user !== undefined && /^[\w.@+-]+\$?$/.test(user) && user !== 'unset' ? `\u001dUID="${user}"` : '';
}

function text(name: string, value: string | undefined): string {
  return value === undefined || value === '(null)' || value === '(none)' || value === '?' ? `${name}=(null)` : `${name}=${value === '' ? '""' : encoded(value)}`;
}

/** path_name=["/bin/bash","/lib64/ld.so"] path_nametype=["NORMAL","NORMAL"]; older agents have name= and nametype= of the first alone. */
function pathsOf(fields: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  const names = listIn(fields.get('path_name'));
  const kinds = listIn(fields.get('path_nametype'));
  if (names.length > 0) return names.map((name, at) => [name, wordOf(kinds[at])]);
  const name = fields.get('name');
  return name === undefined ? [] : [[name, wordOf(fields.get('nametype'))]];
}

function wordOf(kind: string | undefined): string {
  return kind !== undefined && /^[A-Z]+$/.test(kind) ? kind : 'NORMAL';
}

function listIn(json: string | undefined): readonly string[] {
  if (json === undefined) return [];
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  } catch {
    return []; // cut
  }
}

function fieldsOf(head: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const match of head.matchAll(/(?:^| )([a-z][\w-]*)=(?:"([^"]*)"(?= |$)|(\[[^\]]*\])|(\S*))/g)) {
    const [, name = '', quoted, list, plain] = match;
    if (!fields.has(name)) fields.set(name, quoted ?? list ?? plain ?? '');
  }
  return fields;
}

function tailOf(body: string): { readonly from: number; readonly values: ReadonlyMap<string, string> } {
  const values = new Map<string, string>();
  const marks = [...body.matchAll(TAIL)];
  for (const [at, mark] of marks.entries()) {
    const value = body.slice(mark.index + mark[0].length, marks[at + 1]?.index).trimEnd();
    const name = mark[1] ?? '';
    if (!values.has(name)) values.set(name, name === 'cmdline' && value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);
  }
  return { from: marks[0]?.index ?? body.length, values };
}

/** The agent quotes an argument as a shell would; where that does not give argc arguments, blanks part them. */
function argumentsOf(command: string, argc: number): readonly string[] {
  const found: string[] = [];
  let argument = '';
  let quote = '';
  let isBegun = false;
  for (let at = 0; at < command.length; at++) {
    const character = command[at] ?? '';
    if (character === '\\' && quote !== "'" && at + 1 < command.length) {
      argument += command[++at] ?? '';
      isBegun = true;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else argument += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      isBegun = true;
    } else if (character === ' ') {
      if (isBegun) found.push(argument);
      argument = '';
      isBegun = false;
    } else {
      argument += character;
      isBegun = true;
    }
  }
  if (isBegun) found.push(argument);
  return found.length === argc && quote === '' ? found : command.split(' ');
}

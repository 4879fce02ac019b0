import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { huntPrevention, preventionOf, preventionText } from '../../../src/report/index.js';
import { FINDING_KINDS } from '../../../src/triage/index.js';

/** Of Falco's documented fields (falco.org/docs/reference/rules/supported-fields) those that our rules may use. */
const FALCO_FIELDS: ReadonlySet<string> = new Set([
  'evt.type', 'evt.rawres', 'evt.hostname', 'evt.is_open_write', 'fd.name', 'fd.num', 'fd.sockfamily', 'fd.sip', 'fd.cip', 'fd.rip', 'fd.sport', 'fd.cport', 'fd.rport', 'user.name', 'user.uid', 'user.loginuid', 'container.id',
  'proc.name', 'proc.exe', 'proc.exepath', 'proc.args', 'proc.cmdline', 'proc.cwd', 'proc.pid', 'proc.ppid', 'proc.pname', 'proc.pexe', 'proc.pexepath', 'proc.pcmdline', 'proc.aname', 'proc.sid', 'proc.tty', 'proc.is_sid_leader', 'proc.is_vpgid_leader', 'proc.is_exe_from_memfd',
]);
/** Parameters of the events that we ask, by falco.org/docs/reference/rules/supported-events: clone flags; socket domain; rename newpath; kill and tkill pid, sig; open name. */
const EVENT_PARAMETERS: ReadonlySet<string> = new Set(['flags', 'domain', 'newpath', 'oldpath', 'pid', 'sig', 'name', 'path']);
const EVENTS: ReadonlySet<string> = new Set(['execve', 'execveat', 'clone', 'clone3', 'fork', 'vfork', 'setsid', 'ptrace', 'open', 'openat', 'openat2', 'creat', 'connect', 'socket', 'bind', 'listen', 'accept', 'accept4', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'kill', 'tkill', 'tgkill', 'procexit', 'chmod', 'fchmod', 'fchmodat', 'link', 'linkat', 'symlink', 'symlinkat', 'mkdir', 'mkdirat', 'sendto', 'sendmsg', 'recvfrom', 'recvmsg', 'setuid', 'setresuid', 'dup', 'dup2', 'dup3', 'chdir']);
const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'icontains', 'startswith', 'endswith', 'glob', 'iglob', 'pmatch', 'intersects', 'exists']);

/** Reads a Falco condition to its end (falco.org/docs/concepts/rules/conditions) and answers its comparisons; throws where it is none. */
function falcoComparisons(condition: string): { readonly field: string; readonly operator: string; readonly values: readonly string[] }[] {
  const tokens = condition.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()]|,|!=|<=|>=|[=<>]|[^\s(),=<>!"']+/g) ?? [];
  const found: { field: string; operator: string; values: string[] }[] = [];
  let at = 0;
  const take = (): string => tokens[at++] ?? '(the end)';
  const isValue = (token: string): boolean => !['(', ')', ',', '(the end)', 'and', 'or', 'not'].includes(token) && !OPERATORS.has(token);
  const value = (): string => {
    const token = take();
    if (!isValue(token)) throw new Error(`a value was expected before ${token}`);
    return token;
  };
  const term = (): void => {
    if (tokens[at] === 'not') {
      at++;
      term();
      return;
    }
    if (tokens[at] === '(') {
      at++;
      either();
      if (take() !== ')') throw new Error('a bracket is not closed');
      return;
    }
    const field = value(), operator = take();
    if (!OPERATORS.has(operator)) throw new Error(`${field} is followed by ${operator}`);
    const values: string[] = [];
    if (tokens[at] === '(') {
      at++;
      do values.push(value()); while (take() === ',');
      if (tokens[at - 1] !== ')') throw new Error('a list is not closed');
    } else if (operator !== 'exists') values.push(value());
    found.push({ field, operator, values });
  };
  const both = (): void => {
    term();
    while (tokens[at] === 'and') {
      at++;
      term();
    }
  };
  const either = (): void => {
    both();
    while (tokens[at] === 'or') {
      at++;
      both();
    }
  };
  either();
  if (at !== tokens.length) throw new Error(`not read to its end: ${tokens.slice(at).join(' ')}`);
  return found;
}

function checkFalco(text: string): void {
  const [rule] = parseYaml(text) as { condition: string; output: string; priority: string }[];
  const comparisons = falcoComparisons(rule!.condition);
  expect(comparisons.length).toBeGreaterThan(0);
  for (const { field, values } of comparisons) {
    const parameter = /^evt\.arg\.(\w+)$/.exec(field)?.[1];
    expect(parameter === undefined ? FALCO_FIELDS.has(field) : EVENT_PARAMETERS.has(parameter), field).toBe(true);
    if (field === 'evt.type') for (const value of values) expect(EVENTS, value).toContain(value);
  }
  for (const [, field] of rule!.output.matchAll(/%([a-z_.]+[a-z_])/g)) expect(FALCO_FIELDS, field).toContain(field);
  expect(rule!.priority).toMatch(/^(?:EMERGENCY|ALERT|CRITICAL|ERROR|WARNING|NOTICE|INFORMATIONAL|DEBUG)$/);
}

/** What Splunk's add-ons extract from audit records as they are (key=value; splunkbase 833 and 3476), with Splunk's own fields, and those of its `ps` listing. */
const SPL_FIELDS: ReadonlySet<string> = new Set([
  'index', 'sourcetype', 'source', 'host', '_time', '_raw', 'type', 'msg', 'syscall', 'success', 'exit', 'a0', 'a1', 'a2', 'a3', 'pid', 'ppid', 'auid', 'uid', 'gid', 'euid', 'ses', 'tty', 'comm', 'exe', 'key', 'op', 'res', 'unit', 'acct', 'saddr', 'name', 'nametype', 'cwd', 'proctitle', 'audit_enabled', 'PID', 'PPID',
]);
/** And of the Common Information Model's Endpoint and Network_Traffic models, which searches of hunts ask. */
const CIM_FIELDS = ['process', 'process_name', 'process_path', 'process_exec', 'process_id', 'parent_process', 'parent_process_name', 'parent_process_path', 'parent_process_id', 'user', 'user_id', 'dest', 'dest_ip', 'dest_port', 'src', 'src_ip', 'src_port', 'file_name', 'file_path', 'action', 'tag', 'transport'];
const SPL_COMMANDS: ReadonlySet<string> = new Set(['search', 'where', 'eval', 'stats', 'table', 'rex', 'bin', 'mvexpand', 'dedup', 'sort', 'rename', 'fields', 'head', 'eventstats', 'streamstats', 'transaction']);
const SPL_WORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'IN', 'BY', 'AS', 'count', 'true', 'false', 'span', 'field', 'LIKE', 'mode', 'sed', 'max_match', 'maxspan', 'startswith', 'endswith', 'desc', 'asc']);

/** Pipes that stand outside quotes and brackets. */
function splParts(search: string): string[] {
  const parts = [''];
  let isQuoted = false, depth = 0;
  for (let at = 0; at < search.length; at++) {
    const letter = search[at]!;
    if (letter === '\\' && isQuoted) parts[parts.length - 1] += letter + (search[++at] ?? '');
    else {
      if (letter === '"') isQuoted = !isQuoted;
      if (!isQuoted && letter === '(') depth++;
      if (!isQuoted && letter === ')') depth--;
      expect(depth, search).toBeGreaterThanOrEqual(0);
      if (letter === '|' && !isQuoted && depth === 0) parts.push('');
      else parts[parts.length - 1] += letter;
    }
  }
  expect([isQuoted, depth], search).toEqual([false, 0]);
  return parts.map((part) => part.trim());
}

/** Every field of a search is one of the add-on's, or was made by a command before it. */
function checkSpl(text: string): void {
  const [first, ...rest] = splParts(text.split('\n').filter((line) => !line.startsWith('```')).join('\n'));
  expect(first).toMatch(/^index=/);
  const known = new Set([...SPL_FIELDS, ...CIM_FIELDS]);
  for (const part of [`search ${first}`, ...rest]) {
    const [, command = '', body = ''] = /^(\w+)\s*([^]*)$/.exec(part) ?? [];
    expect(SPL_COMMANDS, part).toContain(command);
    for (const [, group] of command === 'rex' ? body.matchAll(/\(\?<(\w+)>/g) : []) known.add(group!);
    const plain = body.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const made = [...plain.matchAll(/\bAS (\w+)/g), ...(command === 'eval' ? plain.matchAll(/(?:^|,\s*)(\w+)=(?!=)/g) : [])].map(([, name]) => name!);
    // Of a search only what stands before an operator is a field; elsewhere every word that is no function.
    const used = command === 'search' ? [...plain.matchAll(/([\w.]+)(?:\s*(?:!?=|[<>])|\s+IN\b)/g)].map(([, name]) => name!) : [...plain.matchAll(/(?<![\w.])([A-Za-z_]\w*)(?!\w*\s*\(|\w)/g)].map(([, name]) => name!);
    for (const name of made) known.add(name);
    for (const name of used) if (!SPL_WORDS.has(name) && !/^\d/.test(name) && !/^\d+[smhd]$/.test(name)) expect([...known], `${name} in: ${part}`).toContain(name);
    if (command === 'stats') for (const name of [...known]) if (!made.includes(name) && !new RegExp(String.raw`\bBY\b[^]*\b${name}\b`).test(plain)) known.delete(name);
  }
}

describe.each(FINDING_KINDS)('the rules for %s', (kind) => {
  const prevention = preventionOf(kind);
  test('Falco reads the condition to its end, and its fields, parameters and events are documented', () => checkFalco(preventionText(prevention, 'falco')));
  test('every command of its Splunk search is SPL’s, and every field is the add-on’s or made before', () => checkSpl(preventionText(prevention, 'spl')));
});

test.each([
  'exec where process.executable : "/tmp/*" and process.args : "*-x*"',
  'network where destination.port == 4444',
  'file where file.path : "/etc/cron.d/*"',
  'exec where process.parent.name in ("nginx", "php-fpm") and user.name == "www-data"',
])('the rules for the hunt %s too', (text) => {
  checkFalco(huntPrevention(text, 'falco'));
  checkSpl(huntPrevention(text, 'spl'));
});

test('the checks find what they are for', () => {
  const falco = (condition: string): string => `- rule: x\n  condition: ${JSON.stringify(condition)}\n  output: "%proc.name"\n  priority: NOTICE\n`;
  expect(() => checkFalco(falco('evt.type = execve and proc.nmae = x'))).toThrow(/proc\.nmae/);
  expect(() => checkFalco(falco('evt.type = execve and (proc.name = x'))).toThrow(/not closed/);
  expect(() => checkFalco(falco('evt.type = execv'))).toThrow();
  expect(() => checkFalco(falco('evt.type = execve proc.name = x'))).toThrow(/read to its end/);
  expect(() => checkSpl('index=* type=SYSCALL\n| where prent=1')).toThrow(/prent/);
  expect(() => checkSpl('index=* type=SYSCALL\n| stats count BY host\n| where pid=1')).toThrow(/pid in/);
  expect(() => checkSpl('index=* (type=SYSCALL\n| table host')).toThrow();
  expect(() => checkSpl('index=* type=SYSCALL\n| tabel host')).toThrow(/tabel/);
});

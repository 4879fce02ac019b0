import { alone, elasticEql, parse } from '../../hunt/index.js';
import { unreachable } from '../../model/index.js';
import { type Ask, CannotTranslate, type EventWord, isOurs, type Predicate, type SimpleHunt, simpleHunt } from './predicate.js';
import { AUDIT, type Origin, type PreventLanguage, type SigmaRule } from './recipe.js';
import { auditText, commented, falcoText, sigmaText, splText } from './render.js';

/** A hunt in one of the languages. Throws {@link CannotTranslate}, which says what cannot be said and what to do. */
export function huntPrevention(text: string, language: PreventLanguage): string {
  const { hunt, diagnostics } = parse(text);
  const mistake = diagnostics.find(({ severity }) => severity === 'error');
  if (mistake !== undefined || hunt.query === undefined) throw new CannotTranslate(mistake === undefined ? 'there is no query in it' : mistake.message);
  const origin: Origin = {
    title: `Foundling hunt: ${text.replace(/\s+/g, ' ').trim().slice(0, 120)}`,
    looksFor: 'what the hunt of the title finds',
    techniques: ['T1036.009'],
    basis: 'the fields of one sensor’s own events: observed, as far as that sensor observes',
    level: 'medium',
    falsePositives: ['run the hunt on known good evidence first and count'],
  };
  if (language === 'audit') return auditText(origin, auditRulesFor(text), 'What the rules of a host that runs already do not record: they speak only of what comes after them. Fields that no audit record has (hashes, containers) need another sensor.');
  const eql = elasticEql(alone(text));
  if ('refused' in eql) throw new CannotTranslate(`${eql.refused} The audit rules that make it visible to Foundling: --as audit`);
  if (language === 'eql') return commented('//', origin, 'What the fields do not hold on your hosts: a field that no sensor fills never matches.', eql.text.trimEnd());
  const simple = simpleHunt(parse(eql.text).hunt.query!); // what was translated a line above has a query
  switch (language) {
    case 'sigma': return sigmaText(origin, [sigmaRule(simple)], 'Sigma’s field names are those of its process_creation taxonomy; the backend maps them to what your sensor sends.');
    case 'spl': return splText(origin, `index=* (${[...new Set(simple.events.map(splTag))].join(' OR ')})\n| where ${splOf(simple.predicate)}`, 'The fields are those of the Common Information Model; an add-on must fill them.');
    case 'falco': return falcoText(origin, falcoOf(simple), 'Falco tells the parent of the moment: an adoption after the event is not seen.');
    default: return unreachable(language);
  }
}

/** The audit rules that write the records that a hunt asks about, by its sources and fields, wherever in it they stand. */
function auditRulesFor(text: string): readonly string[] {
  const words = new Set(text.toLowerCase().match(/\w+(?:\.\w+)*/g) ?? []);
  const has = (...names: readonly string[]): boolean => names.some((name) => words.has(name));
  const asksBelow = (...heads: readonly string[]): boolean => [...words].some((word) => heads.some((head) => word.startsWith(`${head}.`)));
  const rules: string[] = [...AUDIT.execs];
  const lineage = [...words].some((word) => isOurs(word)) || has('processes', 'reparent', 'lineage', 'descendant', 'ancestor', 'child', 'sibling');
  if (lineage || has('process', 'any', 'fork', 'exit', 'end')) rules.push(...AUDIT.forks, ...AUDIT.exits);
  if (lineage) rules.push(...AUDIT.setsid, ...AUDIT.subreapers);
  if (has('network') || asksBelow('destination', 'source', 'network')) rules.push(...AUDIT.connections);
  if (has('file') || asksBelow('file')) rules.push(...AUDIT.persistence, ...AUDIT.scratchRemovals);
  if (asksBelow('process.exe')) rules.push(...AUDIT.memfd);
  return rules;
}

// ---- Sigma

const SIGMA_FIELDS: Readonly<Record<string, string>> = {
  'process.executable': 'Image', 'process.command_line': 'CommandLine', 'process.working_directory': 'CurrentDirectory', 'process.pid': 'ProcessId', 'process.parent.pid': 'ParentProcessId', 'process.parent.executable': 'ParentImage',
  'process.parent.command_line': 'ParentCommandLine', 'user.name': 'User', 'process.user.name': 'User', 'file.path': 'TargetFilename', 'destination.ip': 'DestinationIp', 'destination.port': 'DestinationPort', 'source.ip': 'SourceIp', 'source.port': 'SourcePort',
  'process.hash.sha256': 'Hashes', 'process.args': 'CommandLine',
};
const SIGMA_CATEGORY: Readonly<Partial<Record<EventWord, string>>> = { exec: 'process_creation', network: 'network_connection', file: 'file_event' };

function sigmaRule({ events, predicate }: SimpleHunt): SigmaRule {
  const [event] = events.filter((word) => SIGMA_CATEGORY[word] !== undefined);
  if (event === undefined) throw new CannotTranslate('Sigma’s Linux taxonomy has starts of programs, connections and files; forks and ends only as audit records: use the kind double-fork');
  const detection: Record<string, Record<string, string | number | (string | number)[]>> = {};
  let count = 0;
  const say = (part: Predicate): string => {
    switch (part.kind) {
      case 'always': return selection({ EventID: [1] }); // every event of the category has it
      case 'not': return `not ${say(part.part)}`;
      case 'and':
      case 'or': return `(${part.parts.map(say).join(` ${part.kind} `)})`;
      case 'ask': return selection(sigmaAsk(part));
    }
  };
  const selection = (fields: Record<string, string | number | (string | number)[]>): string => {
    const name = `selection_${++count}`;
    detection[name] = fields;
    return name;
  };
  const condition = say(predicate).replace(/^\((.*)\)$/, (whole, inner: string) => (balanced(inner) ? inner : whole));
  return { logsource: { product: 'linux', category: SIGMA_CATEGORY[event]! }, detection, condition };
}

function sigmaAsk(ask: Ask): Record<string, string | number | (string | number)[]> {
  const isName = ask.field === 'process.name' || ask.field === 'process.parent.name' || ask.field === 'file.name';
  const field = ask.field === 'process.name' ? 'Image' : ask.field === 'process.parent.name' ? 'ParentImage' : ask.field === 'file.name' ? 'TargetFilename' : SIGMA_FIELDS[ask.field];
  if (field === undefined) throw new CannotTranslate(`Sigma’s Linux taxonomy has no field for ${ask.field}`);
  if (ask.op === 'exists') return { [`${field}|exists`]: 'true' };
  const compared = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const;
  if (ask.op !== 'is' && ask.op !== 'wild') return { [`${field}|${compared[ask.op]}`]: Number(ask.values[0]) };
  const values = ask.values.map((value) => (typeof value === 'number' ? value : typeof value === 'boolean' ? String(value) : ask.op === 'wild' ? sigmaWild(value) : sigmaLiteral(value)));
  if (isName) return { [`${field}|endswith${ask.cased ? '|cased' : ''}`]: values.map((value) => `/${value}`) };
  if (ask.field === 'process.args') return { [`${field}|contains${ask.cased ? '|cased' : ''}`]: values };
  const cased = ask.cased && values.some((value) => typeof value === 'string' && /[a-z]/i.test(value));
  return { [`${field}${cased ? '|cased' : ''}`]: values.length === 1 ? values[0]! : values };
}

/** A literal in Sigma: its wildcards and the backslash before one are escaped. */
function sigmaLiteral(value: string): string {
  return value.replace(/[\\*?]/g, '\\$&');
}

/** EQL's wildcards are Sigma's; only a backslash must be escaped. */
function sigmaWild(value: string): string {
  return value.replace(/\\/g, '\\\\');
}

function balanced(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth++;
    else if (letter === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

// ---- Splunk

const SPL_FIELDS: Readonly<Record<string, string>> = {
  'process.name': 'process_name', 'process.executable': 'process_path', 'process.command_line': 'process', 'process.args': 'process', 'process.pid': 'process_id', 'process.working_directory': 'process_current_directory', 'process.parent.name': 'parent_process_name', 'process.parent.executable': 'parent_process_path',
  'process.parent.command_line': 'parent_process', 'process.parent.pid': 'parent_process_id', 'user.name': 'user', 'user.id': 'user_id', 'host.name': 'dest', 'file.path': 'file_path', 'file.name': 'file_name', 'destination.ip': 'dest_ip', 'destination.port': 'dest_port', 'source.ip': 'src_ip', 'source.port': 'src_port', 'process.hash.sha256': 'process_hash',
};

function splTag(event: EventWord): string {
  return { exec: 'tag=process', fork: 'tag=process', exit: 'tag=process', network: '(tag=network tag=communicate)', file: '(tag=endpoint tag=filesystem)' }[event];
}

function splOf(part: Predicate): string {
  switch (part.kind) {
    case 'always': return 'true()';
    case 'not': return `NOT (${splOf(part.part)})`;
    case 'and':
    case 'or': return `(${part.parts.map(splOf).join(part.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'ask': return splAsk(part);
  }
}

function splAsk(ask: Ask): string {
  const field = SPL_FIELDS[ask.field];
  if (field === undefined) throw new CannotTranslate(`the Common Information Model has no field for ${ask.field}`);
  if (ask.op === 'exists') return `isnotnull(${field})`;
  if (ask.op !== 'is' && ask.op !== 'wild') return `tonumber(${field}) ${ask.op} ${Number(ask.values[0])}`;
  const one = (value: string | number | boolean): string => {
    if (typeof value !== 'string') return `${field}="${String(value)}"`;
    // SPL's like() cannot escape its own wildcards, and its strings no control characters: a regular expression can.
    const asList = ask.field === 'process.args';
    const pattern = asList ? `(^|\\s)${regexOf(value, ask.op === 'wild')}(\\s|$)` : `^${regexOf(value, ask.op === 'wild')}$`;
    return ask.op === 'is' && ask.cased && !asList && /^[\w ./:@+-]*$/.test(value) ? `${field}="${value}"` : `match(${field}, ${splLiteral(`${ask.cased ? '' : '(?i)'}${pattern}`)})`;
  };
  return ask.values.length === 1 ? one(ask.values[0]!) : `(${ask.values.map(one).join(' OR ')})`;
}

/** Ends in no case before its quote: backslashes are doubled for the string, quotes are not left in it. */
function splLiteral(pattern: string): string {
  return `"${pattern.replace(/\\/g, '\\\\').replace(/"/g, '\\\\x22').replace(/`/g, '\\\\x60')}"`;
}

function regexOf(value: string, isWild: boolean): string {
  return [...value]
    .map((letter) => {
      if (isWild && letter === '*') return '.*';
      if (isWild && letter === '?') return '.';
      // What a string, a search or an expression could read as its own is written by its number.
      if (/[\w/ :=@,<>'!#%&;~-]/.test(letter)) return letter;
      if (/[.()+$^*?{}\\]/.test(letter)) return `\\${letter}`;
      const code = letter.codePointAt(0) ?? 0;
      return code > 0xff ? `\\x{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

// ---- Falco

const FALCO_FIELDS: Readonly<Record<string, string>> = {
  'process.name': 'proc.name', 'process.executable': 'proc.exepath', 'process.command_line': 'proc.cmdline', 'process.args': 'proc.args', 'process.pid': 'proc.pid', 'process.working_directory': 'proc.cwd', 'process.parent.name': 'proc.pname', 'process.parent.executable': 'proc.pexepath', 'process.parent.command_line': 'proc.pcmdline', 'process.parent.pid': 'proc.ppid',
  'user.name': 'user.name', 'user.id': 'user.uid', 'container.id': 'container.id', 'file.path': 'fd.name', 'file.name': 'fd.filename', 'file.directory': 'fd.directory', 'destination.ip': 'fd.rip', 'destination.port': 'fd.rport', 'source.ip': 'fd.lip', 'source.port': 'fd.lport', 'process.session_leader.pid': 'proc.sid', 'process.group_leader.pid': 'proc.vpgid',
};
const FALCO_EVENTS: Readonly<Record<EventWord, string>> = {
  exec: '(evt.type in (execve, execveat) and evt.rawres = 0)', fork: '(evt.type in (fork, vfork, clone, clone3) and evt.rawres = 0)', exit: 'evt.type = procexit', network: 'evt.type in (connect, accept, accept4)', file: '(evt.type in (open, openat, openat2) and evt.is_open_write = true)',
};

function falcoOf({ events, predicate }: SimpleHunt): string {
  const asked = events.map((event) => FALCO_EVENTS[event]);
  const types = asked.length === 1 ? asked[0]! : `(${asked.join(' or ')})`;
  return predicate.kind === 'always' ? types : `${types} and ${falcoPart(predicate)}`;
}

function falcoPart(part: Predicate): string {
  switch (part.kind) {
    case 'always': return 'evt.num >= 0';
    case 'not': return `not (${falcoPart(part.part)})`;
    case 'and':
    case 'or': return `(${part.parts.map(falcoPart).join(` ${part.kind} `)})`;
    case 'ask': return falcoAsk(part);
  }
}

function falcoAsk(ask: Ask): string {
  const field = FALCO_FIELDS[ask.field];
  if (field === undefined) throw new CannotTranslate(`Falco has no field for ${ask.field}`);
  if (ask.op === 'exists') return `${field} exists`;
  if (ask.op !== 'is' && ask.op !== 'wild') return `${field} ${ask.op} ${Number(ask.values[0])}`;
  const parts = ask.values.map((value) => {
    if (typeof value !== 'string') return `${field} = ${String(value)}`;
    const quoted = falcoLiteral(value);
    if (ask.op === 'wild') return `${field} ${ask.cased ? 'glob' : 'iglob'} ${quoted}`;
    return ask.field === 'process.args' ? `${field} contains ${quoted}` : ask.cased ? `${field} = ${quoted}` : `${field} icontains ${quoted}`;
  });
  return parts.length === 1 ? parts[0]! : `(${parts.join(' or ')})`;
}

/** A quoted Falco string: only the backslash and the quote mean anything in it; what no terminal shows cannot be asked for. */
function falcoLiteral(value: string): string {
  if (/\p{Cc}/u.test(value)) throw new CannotTranslate('a Falco condition cannot hold control characters');
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

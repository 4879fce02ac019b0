import { STORE_FIELDS } from '../resolve.js';
import { kinOf, type Kin } from '../types.js';
import { AUDIT_FIELDS, AUDIT_WORDS } from './sigmaAudit.js';
import { IS_EXEC, test, type Condition } from './condition.js';
import { fieldText } from './huntText.js';
import { isPlainMap, textOf, type Plain } from './readYaml.js';
import { NotTranslated } from './ruleSet.js';

/** Where a field of Sigma lies in Hunt. `words`: values that stand for a condition of their own (`Initiated: true`); others are asked of the field. */
export interface SigmaField {
  readonly field: string;
  readonly kin: Kin;
  readonly exec?: 'needs';
  readonly words?: ReadonlyMap<string, Condition>;
  /** A value without wildcards matches with this after it as well. */
  readonly ending?: string;
  /** The value stands after this in the field's text (`USER=root ;` of sudo's lines). */
  readonly label?: string;
  /** Why no evidence that is read today has it. */
  readonly absent?: string;
}

/** What a `logsource` is in Hunt. */
export interface SigmaLog {
  readonly source: string;
  /** What is asked besides the source. */
  readonly where?: string;
  /** The source as a condition on `any`: for a correlation over several. Empty for `any` itself. */
  readonly asCondition: string;
  /** Fields that keywords are sought in. */
  readonly keywords: readonly { readonly field: string; readonly exec?: 'needs' | 'never' }[];
  readonly isAudit: boolean;
  /** Rows are lines of a service: what a field of such a line holds lies in the message only. Its labels are those that can be found there. */
  readonly labels?: ReadonlySet<string>;
  /** What is wider or narrower here than in the log that the rule was written for. */
  readonly differs: readonly string[];
}

const MESSAGE = { field: 'message' } as const;
const COMMAND_LINE = { field: 'process.command_line' } as const;
const CONNECTION = 'event.action in ("connection_attempted", "connection_accepted", "open-socket")';

const row = (source: string, asCondition: string, where?: string): SigmaLog => ({ source, asCondition, ...(where !== undefined && { where }), keywords: [COMMAND_LINE], isAudit: false, differs: [] });
const file = (where?: string): SigmaLog => ({ ...row('file', 'event.category == "file"', where), keywords: [{ field: 'file.path' }] });

/** Categories of Sigma's taxonomy that evidence of Linux holds. */
const CATEGORIES: Readonly<Record<string, SigmaLog>> = {
  process_creation: row('exec', IS_EXEC),
  process_termination: row('exit', 'event.action == "exit"'),
  file_event: file('not event.type in ("deletion", "access")'),
  file_change: file('event.type == "change"'),
  file_delete: file('event.type == "deletion"'),
  file_rename: file('event.action == "rename"'),
  file_access: file(),
  network_connection: row('network', 'event.category == "network"', CONNECTION),
  driver_load: row('driver', 'event.category == "driver"'),
  authentication: { ...row('authentication', 'event.category == "authentication"'), keywords: [MESSAGE] },
};

/** Products whose logs are lines that `message` holds, beside Linux's own. */
const LINE_PRODUCTS = new Set(['apache', 'nginx', 'modsecurity', 'mysql', 'postgresql', 'openssh', 'haproxy', 'squid', 'bind', 'vsftpd', 'postfix', 'nodejs', 'python', 'django', 'ruby_on_rails', 'spring', 'velocity', 'jvm', 'sql']);

const NO_LABELS: ReadonlySet<string> = new Set();
/** `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id` (sudo's logging.c). */
const SUDO_LABELS: ReadonlySet<string> = new Set(['TTY', 'PWD', 'USER', 'GROUP', 'TSID', 'ENV', 'COMMAND']);

/** Services whose lines begin with the program's name. */
const PROGRAMS: Readonly<Record<string, string>> = { cron: 'process.name : ("cron*", "anacron*", "*crontab")', sshd: 'process.name : "sshd*"' };

/** What a rule's `logsource` is in Hunt; throws {@link NotTranslated} where no evidence of Linux is meant. */
export function logOf(logsource: Plain | undefined): SigmaLog {
  if (!isPlainMap(logsource)) throw new NotTranslated('it has no logsource');
  const word = (name: string): string | undefined => textOf(logsource.get(name))?.toLowerCase();
  const product = word('product'), category = word('category'), service = word('service');
  if (product !== undefined && product !== 'linux' && !LINE_PRODUCTS.has(product)) throw new NotTranslated(`its logsource is ${product}, and the evidence is Linux's`);
  if (category !== undefined) {
    const log = Object.hasOwn(CATEGORIES, category) ? CATEGORIES[category] : undefined;
    if (log !== undefined) return log;
    if (category !== 'webserver' && category !== 'application') throw new NotTranslated(`no source of Hunt holds the logs of category ${category}`);
  }
  if (service === 'auditd') {
    return { source: 'any', asCondition: '', keywords: [{ ...MESSAGE, exec: 'never' }, { ...COMMAND_LINE, exec: 'needs' }], isAudit: true, differs: [] };
  }
  const lines: SigmaLog = { source: 'any', asCondition: '', keywords: [MESSAGE], isAudit: false, differs: [] };
  if (service === undefined && category === undefined && product === 'linux') return { ...lines, keywords: [MESSAGE, { ...COMMAND_LINE, exec: 'needs' }] };
  const labels = service === 'sudo' ? SUDO_LABELS : NO_LABELS;
  if (service !== undefined && Object.hasOwn(PROGRAMS, service)) return { ...lines, labels, where: PROGRAMS[service]! };
  if (service === undefined && category === undefined && product === undefined) throw new NotTranslated('its logsource names neither product, category nor service');
  return { ...lines, labels, differs: [`the message of every log line is looked at, whichever program wrote it: which lines are ${[product, category, service].filter((one) => one !== undefined).join(' ')} logs is not recorded`] };
}

/** Fields of Sigma's taxonomy, and of Sysmon for Linux. */
const FIELDS: Readonly<Record<string, string>> = {
  image: 'process.executable', commandline: 'process.command_line', processid: 'process.pid', processname: 'process.name', currentdirectory: 'process.working_directory', user: 'user.name', username: 'user.name',
  parentimage: 'process.parent.executable', parentcommandline: 'process.parent.command_line', parentprocessid: 'process.parent.pid', parentprocessname: 'process.parent.name', parentuser: 'process.parent.user.name',
  // Sysmon for Linux writes the uid here.
  logonid: 'user.id', terminalsessionid: 'session.id', processguid: 'process.entity_id', parentprocessguid: 'process.parent.entity_id', utctime: '@timestamp',
  md5: 'process.hash.md5', sha1: 'process.hash.sha1', sha256: 'process.hash.sha256', originalfilename: 'process.pe.original_file_name', proctitle: 'process.command_line', exitcode: 'process.exit_code',
  targetfilename: 'file.path', sourcefilename: 'file.Ext.original.path', filename: 'file.name',
  destinationip: 'destination.ip', destinationport: 'destination.port', destinationhostname: 'destination.domain', sourceip: 'source.ip', sourceport: 'source.port', sourcehostname: 'source.domain', protocol: 'network.transport',
  imageloaded: 'file.path', computername: 'host.name', computer: 'host.name', hostname: 'host.name', host: 'host.name', message: 'message', msg: 'message',
};

/** What is kept of any line besides its message. */
const LINE_FIELDS = new Set(['message', 'msg', 'host', 'hostname', 'computer', 'computername', 'utctime']);

const INITIATED: ReadonlyMap<string, Condition> = new Map([['true', test('network.direction == "egress"')], ['false', test('network.direction == "ingress"')]]);

/** Where a field lies; throws {@link NotTranslated} where nowhere. */
export function sigmaField(name: string, log: SigmaLog): SigmaField {
  if (log.isAudit) {
    const numbered = /^a(\d{1,3})$/.exec(name);
    if (numbered !== null) return { field: `process.args[${numbered[1]!}]`, kin: 'text', exec: 'needs' };
    const known = Object.hasOwn(AUDIT_FIELDS, name) ? AUDIT_FIELDS[name] : undefined;
    if (known !== undefined) return { ...placed(known.field), ...(known.exec !== undefined && { exec: known.exec }), ...(known.ending !== undefined && { ending: known.ending }), ...(AUDIT_WORDS.has(name) && { words: AUDIT_WORDS.get(name)! }), ...(known.field.startsWith('auditd.') && known.field !== 'auditd.key' && { absent: known.field }) };
    return isKnown(name) && name.includes('.') ? placed(name) : { field: fieldText(`auditd.data.${name}`), kin: 'any', absent: `auditd.data.${name}` };
  }
  if (log.labels?.has(name) === true) return { field: 'message', kin: 'text', label: `${name}=` };
  const lower = name.toLowerCase();
  if (log.labels !== undefined && !LINE_FIELDS.has(lower) && !(name.includes('.') && isKnown(name))) throw new NotTranslated(`${name} is not kept apart in the lines of such a log; only keywords can be asked of them`);
  if (lower === 'initiated') return { field: 'network.direction', kin: 'text', words: INITIATED };
  const field = Object.hasOwn(FIELDS, lower) ? FIELDS[lower]! : name;
  if (!isKnown(field)) throw new NotTranslated(`no field of Hunt stands for ${name}`);
  return placed(field);
}

function isKnown(name: string): boolean {
  return STORE_FIELDS.resolve(name, 'event', 'recorded').kind !== 'unknown';
}

function placed(name: string): SigmaField {
  const found = STORE_FIELDS.resolve(name, 'event', 'recorded');
  if (name.startsWith('coalesce(')) return { field: name, kin: 'text' };
  return { field: fieldText(name), kin: found.kind === 'place' ? kinOf(found.place.type) : 'any', ...(found.kind === 'absent' && { absent: name }) };
}

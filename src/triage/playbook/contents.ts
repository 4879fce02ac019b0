import { huntLiteral } from '../../hunt/index.js';
import type { ProcessRow } from '../../model/index.js';
import type { RecordPlace } from '../finding.js';
import { factsOf } from './facts.js';
import type { StepFact } from './playbook.js';
import { chainOf, type Subject, type World } from './world.js';

/** What a fact says where the file that it speaks of can be opened. */
export const HAS_CONTENT = 'its content is in the evidence';

const SCRIPT = /\.(?:sh|bash|py|pl|rb|php|js|lua|awk|tcl)$/;
/** Where systemd looks for units (systemd.unit(5)); a person's own lie in the home folder. */
const UNIT_FOLDERS = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system', '/etc/systemd/user', '/usr/lib/systemd/user', '/.config/systemd/user', '/.local/share/systemd/user'];
/** Of a unit file, what says what runs, as whom, and whether it is left behind. */
const TOLD_SETTINGS = /\] (Type|Exec\w+|PIDFile|User|KillMode|On\w+|Unit|Restart)=/;
const SETTINGS_TOLD = 8;

/** Files that the programs of the chain were told to run: scripts, and what stands after an interpreter. What itself became a program's image is none: of a script that is the interpreter. */
export function scriptsOf(world: World, subject: Subject): string[] {
  const { lineage, strings } = world;
  const scripts = new Set<string>(), images = new Set<string | undefined>();
  if (subject.process >= 0) for (const row of chainOf(lineage, subject.process)) for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) images.add(strings.text(lineage.programExe[at]!));
  for (const arg of argumentsOf(world, subject).flatMap((item) => item.split(/[\s;&|()<>"']+/))) {
    if (arg.startsWith('/') && !images.has(arg) && (SCRIPT.test(arg) || arg.startsWith('/etc/') || arg.startsWith('/usr/local/'))) scripts.add(arg);
  }
  return [...scripts].slice(0, 200);
}

/** The scripts of the chain whose content is in the evidence. */
export function scriptContents(world: World, subject: Subject): StepFact[] {
  return scriptsOf(world, subject).flatMap((path) => {
    const place = world.contentOf(path, subject.host);
    return place === undefined ? [] : [fact(subject.process, `${path} is in the chain; ${HAS_CONTENT}`, place)];
  });
}

/** The unit files and crontabs that the chain was started by, where the evidence has their content: what they say, and where. */
export function starterContents(world: World, subject: Subject): StepFact[] {
  return subject.process < 0 ? [] : [...unitContents(world, subject), ...crontabContents(world, subject)];
}

/** Units by the name that the processes of the chain ran in. Managers of sessions and scopes have no file that starts anything. */
function unitContents(world: World, subject: Subject): StepFact[] {
  const { lineage, strings } = world;
  const units = new Map<string, ProcessRow>();
  for (const row of chainOf(lineage, subject.process)) {
    const unit = strings.text(lineage.unit[row]!) ?? '';
    if (/\.service$/.test(unit) && !/^user@\d+\.service$/.test(unit)) units.set(unit, row);
  }
  return [...units].flatMap(([unit, row]) =>
    [unit, unit.replace(/\.service$/, '.timer')].flatMap((name) =>
      UNIT_FOLDERS.flatMap((folder) => {
        const path = `${folder}/${name}`;
        const place = world.contentOf(path, subject.host);
        if (place === undefined) return [];
        const settings = settingsIn(world, subject, path);
        const says = settings.length === 0 ? '' : ` (${settings.map(({ says: each }) => each).join(', ')})`;
        return [fact(row, `${folder.startsWith('/.') ? `~${path}` : path}${says}: the unit of the chain; ${HAS_CONTENT}`, place, settings.flatMap(({ records }) => records))];
      }),
    ),
  );
}

/** The settings of one unit file, as "Type=forking". */
function settingsIn(world: World, subject: Subject, path: string): readonly StepFact[] {
  return factsOf(world, `configuration where message : ${huntLiteral(`*${path}: *`)}${ofHost(subject)}`, (row) => {
    const message = row.text('message');
    const setting = TOLD_SETTINGS.exec(message);
    return setting === null ? undefined : message.slice(setting.index + 2);
  }).facts.slice(0, SETTINGS_TOLD);
}

/** Crontabs with an entry whose command a shell of the chain ran: cron gives the whole command to `sh -c`. */
function crontabContents(world: World, subject: Subject): StepFact[] {
  const commands = argumentsOf(world, subject).filter((arg, at, all) => at > 0 && all[at - 1] === '-c' && arg.trim() !== '').map((arg) => arg.trim());
  if (commands.length === 0) return [];
  const entries = factsOf(world, `configuration where message : ("/*/cron*: *", "/*crontab*: *")${ofHost(subject)}`, (row) => {
    const entry = row.text('message').trim();
    return commands.some((command) => commandIn(entry).endsWith(` ${command}`)) ? entry : undefined;
  }).facts;
  return entries.flatMap(({ says, records }) => {
    const place = world.contentOf(says.slice(0, says.indexOf(': ')), subject.host);
    return place === undefined ? [] : [fact(subject.process, `${says}: the entry of the chain's job; ${HAS_CONTENT}`, place, records)];
  });
}

/** An entry of a crontab without what is the job's standard input: all after a percent sign that is not escaped (crontab(5)). */
function commandIn(entry: string): string {
  return entry.replace(/(?<!\\)%.*$/s, '').replaceAll('\\%', '%').trim();
}

/** Collected files that name no host are a host of their own ("file:..."): they may be of this one. */
function ofHost({ host }: Subject): string {
  return host === '' ? '' : ` and (host.name == ${huntLiteral(host)} or host.name : "file:*")`;
}

function argumentsOf({ lineage, strings }: World, subject: Subject): string[] {
  if (subject.process < 0) return [];
  const found: string[] = [];
  for (const row of chainOf(lineage, subject.process)) for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) found.push(...strings.list(lineage.programArgs[at]!));
  return found;
}

function fact(process: ProcessRow, says: string, content: RecordPlace, records: readonly RecordPlace[] = []): StepFact {
  return { says, process, time: NaN, basis: 'observed', records: records.length === 0 ? [content] : records, content: content.member };
}

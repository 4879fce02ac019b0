import { isInterpreter } from '../../lineage/index.js';
import { ENTRY_KINDS, FLAG, type ProcessRow } from '../../model/index.js';
import { runsOf } from '../baseline/shape.js';
import { windowOf } from '../intel/changeWindows.js';
import { cutAtWord } from './cut.js';
import { called, chainOf, momentOf, stated, type World } from './world.js';

/** Whether a process can be laid at the door of legitimate administration. */
export const ATTRIBUTIONS = ['attributed', 'partly attributed', 'not attributed', 'cannot be known'] as const;
export interface Attribution {
  readonly state: (typeof ATTRIBUTIONS)[number];
  /** What it rests on, a sentence each. */
  readonly says: readonly string[];
  /** What would settle it. */
  readonly missing: readonly string[];
}

const BECOMING_ROOT = new Set(['sudo', 'su', 'pkexec', 'doas', 'runuser']);

/**
 * Follows a process to its entry and asks whether a person or an announced change stands there. A login uid alone attributes nothing once a root shell
 * lies between: whoever has root can act below anybody's login.
 */
export function attributionOf(world: World, row: ProcessRow, depth = 0): Attribution {
  const { lineage } = world;
  const verdict = world.verdicts.get(row);
  if (verdict?.verdict === 'authorised' || verdict?.verdict === 'benign') return { state: 'attributed', says: [`${verdict.author} judged it ${verdict.verdict}.`], missing: [] };
  const explained = world.findings.find(({ process, state }) => process === row && state === 'explained');
  if (explained?.baseline[0]) return { state: 'attributed', says: [`It fits the baseline entry "${explained.baseline[0].entry}" in every condition.`], missing: [] };
  const kind = ENTRY_KINDS[lineage.entryKind[row]!] ?? '';
  const entry = lineage.entry[row]!;
  if (kind === '') return { state: 'cannot be known', says: ['Its way in is not known.'], missing: ['Fork records, or the logs of logins, services and timers of that time, would show the way in.'] };
  const requester = lineage.requester[row]!;
  if (kind === 'login' || kind === 'console') return personal(world, row, kind);
  if (requester >= 0 && depth < 4) {
    const asked = attributionOf(world, requester, depth + 1);
    return { ...asked, says: [`${called(world, requester)} asked a broker for it; no fork joins the two.`, ...asked.says] };
  }
  const window = windowAt(world, row);
  if (window !== undefined) return { state: 'partly attributed', says: [`The way in is a ${kind} (${called(world, entry)}), within the announced work "${window}".`], missing: ['Who started that work is not on record.'] };
  return { state: 'not attributed', says: [`The way in is a ${kind}${entry < 0 ? '' : ` (${called(world, entry)})`}: no login and nobody on record who asked for it.`], missing: [] };
}

function personal(world: World, row: ProcessRow, kind: 'login' | 'console'): Attribution {
  const { lineage } = world;
  const auid = stated(lineage.auid[row]!);
  const name = auid === undefined ? null : (world.userName(row, lineage.auid[row]!) ?? String(auid));
  const source = loginSource(world, row);
  const way = `The way in is a ${kind}${name === null ? '' : ` of ${name}`}${stated(lineage.ses[row]!) === undefined ? '' : `, session ${lineage.ses[row]}`}${source === undefined ? '' : `, from ${source}`}.`;
  if (name === null) return { state: 'not attributed', says: [way, 'It has no login uid.'], missing: [] };
  const rootShell = rootShellAbove(world, row);
  const sudo = sudoCommandAbove(world, row);
  const window = windowAt(world, row, name);
  const says = [way];
  if (sudo !== undefined) says.push(`It was started by ${sudo}.`);
  if (window !== undefined) says.push(`It falls into the announced work "${window}".`);
  if (rootShell !== undefined) {
    return { state: 'partly attributed', says: [...says, `A root shell, or what is as good as one (${called(world, rootShell)}), lies between: from there on the login uid tells the door, not the person.`], missing: ['A session recording, TTY records or the person\'s own word would tell who typed.'] };
  }
  if (window !== undefined) return { state: 'attributed', says, missing: [] };
  return { state: 'partly attributed', says: [...says, 'The login is a person\'s; no announced change covers it.'], missing: [world.windows.length === 0 ? 'No change windows were given: add the change calendar (CSV or iCalendar) to the case.' : 'None of the change windows covers this moment, host and user.'] };
}

/** Where the session's login came from, as sshd's records say. */
function loginSource(world: World, row: ProcessRow): string | undefined {
  const leader = world.lineage.entry[row]!;
  if (leader < 0) return undefined;
  const result = world.hunt(`authentication where process.entity_id == "${world.entityId(leader)}" and message like ("Accepted *", "*addr=*") | head 20`);
  const at = result.columns.findIndex(({ name }) => name === 'message');
  for (const cells of result.rows) {
    const found = / from (\S{2,60}) port (\d{1,5})|addr=([0-9a-fA-F.:]{3,45})/.exec(String(cells[at] ?? ''));
    if (found) return found[1] === undefined ? found[3] : `${found[1]} port ${found[2]}`;
  }
  return undefined;
}

/** The nearest process above it that runs whatever it is told as root, below a login that was not root's: a shell or an interpreter by what it ran, or what lies where everybody may write. */
function rootShellAbove(world: World, row: ProcessRow): ProcessRow | undefined {
  const { lineage } = world;
  const login = stated(lineage.auid[row]!);
  if (login === undefined || login === 0) return undefined;
  return chainOf(lineage, row).slice(1).find((above) => lineage.euid[above] === 0 && stated(lineage.auid[above]!) === login && lineage.pid[above]! > 1 && runsAnything(world, above));
}

function runsAnything({ lineage, strings }: World, row: ProcessRow): boolean {
  if ((lineage.flags[row]! & (FLAG.writableDir | FLAG.memfd)) !== 0 || isInterpreter(strings.text(lineage.comm[row]!) ?? '')) return true;
  return runsOf(lineage, strings, row).some(({ exe }) => isInterpreter(exe));
}

/** The nearest sudo, su or pkexec above it with what it was told to run. */
function sudoCommandAbove(world: World, row: ProcessRow): string | undefined {
  const { lineage, strings } = world;
  const above = chainOf(lineage, row).find((each) => BECOMING_ROOT.has(strings.text(lineage.comm[each]!) ?? ''));
  if (above === undefined) return undefined;
  const args = strings.list(lineage.args[above]!).join(' ');
  return `${called(world, above)}${args === '' ? '' : `: ${cutAtWord(args, 300)}`}`;
}

function windowAt(world: World, row: ProcessRow, user: string | null = null): string | undefined {
  const host = world.strings.text(world.lineage.host[row]!) ?? '';
  return windowOf(world.windows, momentOf(world.lineage, row), host, user)?.title;
}

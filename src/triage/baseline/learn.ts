import { baseName, isShell } from '../../lineage/index.js';
import { FLAG, type ProcessRow } from '../../model/index.js';
import { isRawSocket, type Scene } from '../scene.js';
import type { ProcessFindings } from '../finding.js';
import type { BaselineEntry, Grade } from './entry.js';
import { isCode, isMiddle, type Shape } from './shape.js';

/** What detached within a time on one day may take this many times as long on another. */
const SLACK = 4;
const LEAST_DETACH = 1_000_000;

/** What a host teaches, and how many of its orphans it does not. */
export interface Learned {
  readonly entries: readonly BaselineEntry[];
  /** Orphans with an alert: a host that is taken for good may not be. An analyst's verdict makes an entry of one. */
  readonly standOut: number;
  /** Orphans whose program lies where everybody may write: the next one there is somebody else's. */
  readonly scratch: number;
}

/** Entries for the orphans of a good host: what detaches there, by its whole shape. Alike shapes are one entry. `judged` is what triage says of that host. */
export function learnBaseline(scene: Scene, judged: readonly ProcessFindings[]): Learned {
  const learned = new Map<string, BaselineEntry>();
  const loud = new Set(judged.filter(({ alert }) => alert).map(({ process }) => process));
  let standOut = 0, scratch = 0;
  for (const [row, shape] of scene.shapes) {
    const flags = scene.lineage.flags[row]!;
    if ((flags & FLAG.orphan) === 0 || isMiddle(scene.lineage, row)) continue;
    if (loud.has(row)) {
      standOut++;
      continue;
    }
    if ((flags & (FLAG.writableDir | FLAG.memfd)) !== 0) {
      scratch++;
      continue;
    }
    const host = scene.strings.text(scene.lineage.host[row]!) ?? 'a host without a name';
    const entry = entryOfShape(scene, row, shape, 'learned', `seen on ${host}, taken for good`);
    if (entry === undefined) continue;
    const known = learned.get(entry.id);
    const detach = Math.max(entry.detachMicros ?? 0, known?.detachMicros ?? 0);
    learned.set(entry.id, { ...(known ?? entry), ...(detach > 0 ? { detachMicros: detach } : {}) });
  }
  return { entries: [...learned.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), standOut, scratch };
}

/** The entry that an analyst's verdict on one process makes: its whole shape, in the analyst's name. Undefined where too little is known of it to know it again. */
export function entryOfVerdict(scene: Scene, row: ProcessRow, verdict: { readonly author: string; readonly note: string }): BaselineEntry | undefined {
  const shape = scene.shapes.get(row);
  return shape && entryOfShape(scene, row, shape, 'verdict', `${verdict.author}: ${verdict.note}`);
}

/** What is not known of a process cannot be part of an entry; program, chain and entry must be. */
function entryOfShape(scene: Scene, row: ProcessRow, shape: Shape, grade: Grade, source: string): BaselineEntry | undefined {
  const { executable, chain, entry, adopter, place, madeSession, entryUnit, launcherRun, detachMicros } = shape;
  if (executable === '' || chain === 'unknown' || entry === '') return undefined;
  const isOther = launcherRun !== undefined && chain !== 'itself' && chain !== 'subshell';
  const unit = place === 'own-unit' || entry === 'service' || entry === 'timer' ? numbersAway(entryUnit) : '';
  const path = numbersAway(executable);
  const command = interpreted(shape);
  return {
    id: [grade, path, chain, entry, unit, adopter, ...(isOther ? [baseName(launcherRun.exe)] : []), ...(command === undefined ? [] : [command])].filter((part) => part !== '').join(' '),
    title: `${baseName(executable)}, as seen before`,
    grade, source,
    executables: [path],
    ...(command === undefined ? {} : { arguments: command }),
    chains: [chain],
    ...(isOther ? { launchers: [numbersAway(launcherRun.exe)] } : {}),
    ...(madeSession === undefined ? {} : { session: madeSession }),
    ...(adopter === '' ? {} : { adopters: [adopter] }),
    ...(place === 'unknown' ? {} : { places: [place] }),
    ...(unit === '' ? {} : { units: [unit] }),
    entries: [entry],
    ...(Number.isNaN(detachMicros) ? {} : { detachMicros: Math.max(LEAST_DETACH, detachMicros * SLACK) }),
    ...(hasSockets(scene, row) ? { network: true } : {}),
    ...(hasRawSocket(scene, row) ? { raw: true } : {}),
  };
}

/** Of an interpreter the script is the program: its path, whatever its arguments. Code on the command line is never learned as a whole program. */
function interpreted({ run, executable }: Shape): string | undefined {
  if (run === undefined || !/^(python|perl|ruby|node|php|lua|tclsh|bash|sh|dash|zsh|ksh|java)[\d.]*$/.test(baseName(executable))) return undefined;
  const script = run.args.slice(1).find((arg) => !arg.startsWith('-'));
  return script === undefined || isCode(run) || (isShell(run.exe) && run.args[1] === '-c') ? escaped(run.line) : `*${escaped(numbersAway(script))}*`;
}

/** Runs of digits differ from one day to the next: numbers of packages, sessions, temporary folders. */
function numbersAway(text: string): string {
  return escaped(text).replace(/\d{2,}/g, '*');
}

/** A wildcard has no way to mean a star: such a character fits any one. */
function escaped(text: string): string {
  return text.replaceAll('*', '?');
}

function hasRawSocket(scene: Scene, row: ProcessRow): boolean {
  return (scene.facts.get(row) ?? []).some((fact) => fact.kind === 'socket' && isRawSocket(scene, fact));
}

function hasSockets(scene: Scene, row: ProcessRow): boolean {
  return (scene.facts.get(row) ?? []).some(({ kind, port }) => kind === 'socket' && port > 0);
}

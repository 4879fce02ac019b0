import { BASIS_OBSERVED, FLAG, type ProcessRow } from '../../model/index.js';
import { isMiddle, livesOn, type Shape, survivalOf } from '../baseline/shape.js';
import { baseName } from '../../lineage/index.js';
import type { FindingReason } from '../finding.js';
import { isSuspect, placeOf, type Scene } from '../scene.js';
import { HABIT, TIMES, WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf, spanWords, weakestOf, withinWords } from './detection.js';

const HOUR = 3_600_000_000;
/** A fetcher whose output a shell or an interpreter runs. */
const FETCHED = /\b(curl|wget|fetch|lwp-download)\b(?:[^|;&]|&(?=[\w%.-]{1,64}=)){0,512}\|\s{0,16}(sudo\s{1,16})?([^\s|]{0,128}\/)?((ba|da|z|k|a)?sh|python[\d.]*|perl)\b/;
/** So much of a command line is looked at. */
const LONGEST = 8192;
/** signal(7). */
const KILL = 9;

/** An orphan that no baseline entry explains (the baseline is asked when the score is made). */
export const adopted: Detection = {
  kind: 'adopted',
  what: 'An orphan: its parent died before it did, and another process has it now.',
  techniques: ['T1036.009'],
  needs: 'exits, a later record with its parent, or a snapshot',
  find(scene, settings) {
    const habits = habitsOf(scene);
    return [...scene.shapes].flatMap(([row, shape]) => {
      const { lineage } = scene;
      if (isSuspect(lineage, row)) return (shape.chain === 'wrapped' && findingOf('adopted', row, ['T1036.009'], [perhaps(scene, row), ...launched(scene, row, shape), onlyOne(scene, row)])) || [];
      if ((lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(lineage, row)) return [];
      if (shape.adopter !== '' && !settings.adopters.includes(shape.adopter)) return [];
      const reasons = [orphaned(scene, row, shape), ...launched(scene, row, shape)];
      const isHandedOn = reasons.some((reason) => reason !== undefined && reason.points >= WEIGHTS.handedOnLate);
      if (isHandedOn) reasons.push(staysOn(scene, row));
      if (isHandedOn || shape.chain === 'job' || shape.chain === 'wrapped') reasons.push(onlyOne(scene, row));
      reasons.push(suicide(scene, row), fetched(scene, shape));
      const habit = habitOf(shape);
      const count = habit === '' ? 0 : (habits.get(habit) ?? 0);
      if (count >= HABIT) reasons.push(reasonOf(`${baseName(shape.executable)} detaches in this way again and again here (${count} times, from the same kind of entry).`, WEIGHTS.habit, 'derived'));
      return findingOf('adopted', row, ['T1036.009'], reasons) ?? [];
    });
  },
};

function perhaps(scene: Scene, row: ProcessRow): FindingReason {
  return reasonOf('Whether it was adopted this evidence cannot say, since no exits are on record; its kind is one that is let go.', WEIGHTS.perhapsOrphan, 'inferred', recordsOf(scene, [row], ['exec']));
}

function orphaned(scene: Scene, row: ProcessRow, shape: Shape): FindingReason {
  const { lineage } = scene;
  const adopter = lineage.adopter[row]!, creator = lineage.creator[row]!;
  const maker = creator >= 0 ? `its creator ${called(scene, creator)}` : 'who made it';
  const isBirthKnown = lineage.startBasis[row] === BASIS_OBSERVED;
  // Of who was first seen as an orphan the bound says only how long it has been looked at.
  const when = Number.isNaN(shape.detachMicros) ? '' : shape.detachMicros > HOUR || (!isBirthKnown && shape.detachMicros === 0) ? ' before it was first seen' : ` ${withinWords(shape.detachMicros)}`;
  return reasonOf(
    `${maker[0]!.toUpperCase()}${maker.slice(1)} ended${when}, and ${adopter >= 0 ? called(scene, adopter) : 'an adopter that no record names'} has it.`,
    WEIGHTS.orphan,
    weakestOf(lineage.orphanBasis[row]),
    recordsOf(scene, creator >= 0 ? [row, creator] : [row], ['fork', 'exit', 'seen']),
  );
}

/** What the launcher was, and how it left. */
function launched(scene: Scene, row: ProcessRow, shape: Shape): (FindingReason | undefined)[] {
  const { lineage } = scene;
  const { launcher, launcherRun, chain } = shape;
  if (launcher < 0 || launcherRun === undefined) return [];
  const basis = weakestOf(lineage.launcherBasis[row]);
  const records = recordsOf(scene, [launcher, row], ['exec']);
  // By the program that it was then, unless that is its name with a version behind it: one process has one name.
  const name = scene.strings.text(lineage.comm[launcher]!) ?? '', ran = baseName(launcherRun.exe);
  const by = `${name !== '' && ran.startsWith(name) ? name : ran} ${lineage.pid[launcher]!}`;
  if (shape.isByCode && !isSuspect(lineage, row)) {
    const isMeant = shape.middles.length > 0 || shape.madeSession === true || shape.detachMicros <= TIMES.atOnce || Number.isNaN(shape.detachMicros);
    const points = chain === 'handed-on' || chain === 'itself' ? (isMeant ? WEIGHTS.byCode : WEIGHTS.byCodeLate) : 0;
    const also = chain === 'handed-on' ? handedOn(scene, row, launcher, basis, by) : undefined;
    return [points > 0 ? reasonOf(`${by} that launched it is code on a command line, which forks and leaves; daemons are files.`, points, basis, records) : undefined, also];
  }
  if (chain === 'wrapped') return [reasonOf(`${by} was used to let go of it.`, WEIGHTS.wrapped, basis, records)];
  if (chain !== 'handed-on' || isSuspect(lineage, row)) return [];
  return [
    handedOn(scene, row, launcher, basis, by),
    shape.isNamedByLauncher ? reasonOf(`The command line of ${by} names what it runs: ${by} is a tool for letting go of others.`, WEIGHTS.namedByLauncher, basis, records) : undefined,
  ];
}

function handedOn(scene: Scene, row: ProcessRow, launcher: ProcessRow, basis: FindingReason['basis'], by: string): FindingReason {
  const { lineage } = scene;
  const records = recordsOf(scene, [launcher, row], ['exec', 'exit']);
  // A middle's death, not the launcher's, may have made the orphan: a launcher that was seen long after its start had more to do than that.
  const end = lineage.end[launcher]!;
  const lived = (Number.isNaN(end) ? lineage.lastSeen[launcher]! : end) - lineage.start[launcher]!;
  const isBrief = !(lived > TIMES.briefLauncher) && !(survivalOf(lineage, row) <= TIMES.leftover);
  return reasonOf(
    isBrief ? `${by} started another program and was gone${Number.isNaN(end) ? '' : lived <= 0 ? ' at once' : ` after ${spanWords(lived)}`}: it did nothing but detach it. A daemon detaches itself.` : `${by} started another program and left it behind.`,
    isBrief ? WEIGHTS.handedOn : WEIGHTS.handedOnLate,
    basis,
    records.length > 0 ? records : recordsOf(scene, [row], ['exec', 'seen']),
  );
}

function staysOn(scene: Scene, row: ProcessRow): FindingReason | undefined {
  const { lineage } = scene;
  const end = livesOn(lineage, row) ? scene.to : lineage.end[row]!;
  return end - lineage.start[row]! > TIMES.stays ? reasonOf(`It stays: ${livesOn(lineage, row) ? 'nothing shows its end' : `it lived ${spanWords(end - lineage.start[row]!)}`}.`, WEIGHTS.staysOn, weakestOf(lineage.startBasis[row])) : undefined;
}

function onlyOne(scene: Scene, row: ProcessRow): FindingReason | undefined {
  return scene.uses.get(scene.lineage.exe[row]!) === 1 ? reasonOf('No other process here ran its executable.', WEIGHTS.onlyOne, 'derived') : undefined;
}

/** A shell that kills itself so that its child is torn off (kill -9 $$). */
function suicide(scene: Scene, row: ProcessRow): FindingReason | undefined {
  const creator = scene.lineage.creator[row]!;
  const kill = creator < 0 ? undefined : (scene.facts.get(creator) ?? []).find(({ kind, process, other, flags }) => kind === 'signal' && process === creator && other === creator && flags === KILL);
  return kill && reasonOf(`${called(scene, creator)} that created it killed itself.`, WEIGHTS.suicide, 'observed', [placeOf(scene, kill)]);
}

/** `curl ... | sh` where nobody sits: people install programs so, jobs and services fetch orders. */
function fetched(scene: Scene, { launcher, launcherRun, entry, chain }: Shape): FindingReason | undefined {
  if (launcherRun === undefined || entry === '' || entry === 'login' || entry === 'console' || chain === 'started' || chain === 'itself') return undefined;
  return FETCHED.test(launcherRun.line.slice(0, LONGEST)) ? reasonOf(`The shell that started it was told to run what it fetches: ${launcherRun.line.slice(0, 120)}`, WEIGHTS.fetched, 'observed', recordsOf(scene, [launcher], ['exec'])) : undefined;
}

/** How often one shape occurs: the same program, detached in the same way from the same kind of entry. */
function habitsOf(scene: Scene): Map<string, number> {
  const habits = new Map<string, number>();
  for (const [row, shape] of scene.shapes) {
    if ((scene.lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(scene.lineage, row)) continue;
    const habit = habitOf(shape);
    habits.set(habit, (habits.get(habit) ?? 0) + 1);
  }
  return habits;
}

function habitOf(shape: Shape): string {
  // Its launcher is part of a habit: three payloads of one dropper are none.
  return shape.chain === 'handed-on' || shape.isByCode ? '' : [shape.executable, shape.chain, shape.middles.length, shape.entry, shape.entryUnit].join('\0');
}

import { baseName, isInterpreter } from '../../lineage/index.js';
import type { ProcessRow } from '../../model/index.js';
import { isOfSession } from '../detections/detection.js';
import type { BaselineMatch } from '../finding.js';
import type { Scene } from '../scene.js';
import { fits } from '../wildcard.js';
import { type BaselineEntry, mayExplain } from './entry.js';
import { type Shape, survivalOf } from './shape.js';

/** How an entry fits, and what that means. */
export interface Match extends BaselineMatch {
  readonly of: BaselineEntry;
  readonly explains: boolean;
  /** It fits, and is general knowledge only. */
  readonly lowers: boolean;
  /** The right program in a wrong cgroup, unit or entry: louder than an unknown one (BASELINE 4.2, rule 2). */
  readonly isImpostor: boolean;
}

/** So many near misses are told. */
const NEAR_MISSES = 3;

/** The entries that speak of a process: the one that explains it, or those whose program it is (or is called like), nearest first. */
export function matchBaseline(scene: Scene, row: ProcessRow, shape: Shape, entries: readonly BaselineEntry[]): readonly Match[] {
  const near: Match[] = [];
  let lowering: Match | undefined;
  for (const entry of entries) {
    const isNamed = entry.executables.some((wildcard) => fits(wildcard, shape.executable));
    if (!isNamed && !entry.executables.some((wildcard) => baseName(wildcard) !== '*' && fits(baseName(wildcard), baseName(shape.executable)))) continue;
    const match = matchOf(scene, row, shape, entry, isNamed);
    if (match.explains) return [match];
    if (match.lowers) lowering ??= match;
    // An entry for any program, or for a folder of them, is near to everything: it is told only where it fits.
    if (entry.executables.some((wildcard) => baseName(wildcard) !== '*' && fits(baseName(wildcard), baseName(shape.executable)))) near.push(match);
  }
  if (lowering !== undefined) return [lowering];
  return near.sort((a, b) => a.failed.length - b.failed.length || a.unknown.length - b.unknown.length).slice(0, NEAR_MISSES);
}

function matchOf(scene: Scene, row: ProcessRow, shape: Shape, entry: BaselineEntry, isNamed: boolean): Match {
  const held: string[] = [], failed: string[] = [], unknown: string[] = [];
  const condition = (what: string, is: boolean | undefined, isSo: string, expected: string): void => {
    if (is === undefined) unknown.push(`${what} is not known`);
    else if (is) held.push(`${what} is ${isSo}`);
    else failed.push(`${what} is ${isSo}, not ${expected}`);
  };
  const listed = <T extends string>(what: string, value: T, list: readonly T[] | undefined, isUnknown: boolean): void => {
    if (list !== undefined) condition(what, isUnknown ? undefined : list.includes(value), value === '' ? 'none' : value, list.join(' or '));
  };
  const within = (what: string, micros: number, most: number | undefined): void => {
    if (most !== undefined) condition(what, Number.isNaN(micros) ? undefined : micros <= most, micros === Infinity ? 'without an end' : `${(micros / 1e6).toFixed(2)} s`, `within ${(most / 1e6).toFixed(2)} s`);
  };
  condition('the executable', isNamed, shape.executable, entry.executables.join(' or '));
  if (entry.arguments !== undefined) condition('its command line', shape.run === undefined ? undefined : fits(entry.arguments, shape.run.line), shape.run?.line ?? '', entry.arguments);
  listed('how it left its launcher', shape.chain, entry.chains, shape.chain === 'unknown');
  if (entry.launchers !== undefined) {
    const by = shape.launcherRun?.exe;
    condition('the launcher', by === undefined ? undefined : entry.launchers.some((wildcard) => fits(wildcard, by)), by ?? '', entry.launchers.join(' or '));
  }
  if (entry.byMain === true) {
    const main = scene.lineage.entry[row]!;
    condition('who launched it', shape.launcher < 0 || main < 0 ? undefined : shape.launcher === main, shape.launcher === main ? 'the first process of its entry' : 'another than its entry\'s first process', 'the first process of its entry');
  }
  if (entry.session !== undefined) condition('its session', shape.madeSession === undefined ? undefined : shape.madeSession === entry.session, shape.madeSession ? 'its own' : 'its launcher\'s', entry.session ? 'its own' : 'its launcher\'s');
  listed('the adopter', shape.adopter, entry.adopters, shape.adopter === '');
  listed('the cgroup', shape.place, entry.places, shape.place === 'unknown');
  if (entry.units !== undefined) condition('the unit', shape.entryUnit === '' ? undefined : entry.units.some((wildcard) => fits(wildcard, shape.entryUnit)), shape.entryUnit, entry.units.join(' or '));
  listed('the entry', shape.entry, entry.entries, shape.entry === '');
  // A late first sight bounds from above only: what may have been quick is not known to have been slow.
  const { detachMicros: most, detachMinMicros: least } = shape;
  within('the time to its adoption', entry.detachMicros !== undefined && most > entry.detachMicros && !(least > entry.detachMicros) ? NaN : most, entry.detachMicros);
  if (entry.survivesMicros !== undefined) within('its life after the adoption', survivalOf(scene.lineage, row), entry.survivesMicros);
  if (entry.unasked === true) {
    const requester = scene.lineage.requester[row]!;
    condition('who asked for it', !(requester >= 0 && isOfSession(scene, requester)), requester >= 0 ? 'known' : 'nobody', 'nobody with a session');
  }
  // What it is, how it came to be and where from must be known; where it lies now and how fast it was, a log alone cannot say.
  const isKnown = !unknown.some((text) => /^(the executable|how it left|the entry|its life)/.test(text));
  const isOut = failed.some((text) => /^the (cgroup|unit|entry) /.test(text)) && !failed.some((text) => text.startsWith('its command line'));
  // A shell, an interpreter or java has no place of its own: only what it was told to run can be in a wrong one.
  const hasPlace = entry.arguments !== undefined || !(isInterpreter(shape.executable) || baseName(shape.executable) === 'java');
  return {
    entry: entry.title, source: `${entry.grade === 'M' ? 'measured: ' : entry.grade === 'S' ? 'read: ' : entry.grade === 'K' ? 'general knowledge, not verified: ' : ''}${entry.source}`,
    held, failed, unknown, of: entry,
    explains: failed.length === 0 && isKnown && mayExplain(entry.grade),
    lowers: failed.length === 0 && isKnown && !mayExplain(entry.grade),
    isImpostor: isNamed && isOut && hasPlace,
  };
}

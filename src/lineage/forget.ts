import { type Batch, FLAG, NO_PROCESS, NO_STRING, OBSERVATION_KINDS } from '../model/index.js';
import { ORPHAN_FLOOR, orphanChance } from './confidence.js';
import { Counts } from './counts.js';
import type { HostPass } from './hostPass.js';
import type { Forgotten, Rebuilt } from './rebuilt.js';
import { END_WHY } from './why.js';

/** A process that ended this long ago is changed by no record any more: the latest that may be are a log's own lines (5 s) and what timeout(1) struck (10 s). */
const SETTLED_MICROS = 10_000_000;
/** So many more than `kept` are taken before it is looked again for those that can go: looking at all then costs little for each. */
export const MORE_THAN = (kept: number): number => Math.max(16_384, kept);
const SEEN = OBSERVATION_KINDS.indexOf('seen');
const SNAPSHOT = OBSERVATION_KINDS.indexOf('snapshot');

/** Whatever keeps rows of a pass. */
export interface RowHolder {
  /** Rows that must stay though they have ended, long ago as far as `mayGo` knows. */
  held?(mayGo: (row: number) => boolean): Iterable<number>;
  /** Rows have new numbers; NO_PROCESS: the row was let go. */
  renumber(renumber: Int32Array): void;
}

interface OfBoot {
  readonly host: number;
  readonly boot: number;
  /** As the pass has them, and as its last word on the boot would. */
  readonly passed: Counts;
  readonly settled: Counts;
}

/** Does a batch say more of processes than their own records do: a snapshot, a sensor's ids? What it says may be of any process, however long that is gone. */
export function looksBack(batch: Batch): boolean {
  const kinds = batch.kind.subarray(0, batch.count);
  return kinds.includes(SEEN) || kinds.includes(SNAPSHOT) || batch.identity.subarray(0, batch.count).some((identity) => identity !== NO_STRING);
}

/**
 * Counts processes that have ended and lets them go, so that a pass holds only what is alive, and who made it: of hosts whose births and exits are on record.
 * Elsewhere what came later may tell of them, and they are kept.
 */
export class Forgetting implements Forgotten {
  private readonly ofBoots = new Map<string, OfBoot>();
  readonly firstStarts = new Map<number, number>();
  named: ReadonlySet<number> = new Set();
  hasForgotten = false;
  private lookAt: number;

  /** `waits` is what {@link Deaths.settle} takes; `more`: see {@link MORE_THAN}. */
  constructor(
    private readonly pass: Pick<Rebuilt, 'processes' | 'intervals' | 'programs' | 'logins' | 'forksSince' | 'exitsSeen'>,
    private readonly waits: (row: number) => boolean,
    private readonly more: (kept: number) => number,
  ) {
    this.lookAt = more(0);
  }

  /** Lets go what can go at `t`, when there may be much. `passes` are those over the present boots; they and the `holders` are told the new numbers of rows. */
  forget(passes: readonly HostPass[], holders: readonly RowHolder[], t: number): void {
    const { processes: p, intervals, programs, logins } = this.pass;
    if (p.count < this.lookAt) return;
    const all = [...passes, ...holders];
    const stays = this.staying(all, t);
    const renumber = new Int32Array(p.count).fill(NO_PROCESS);
    const rows = new Uint32Array(p.count);
    let kept = 0;
    for (let row = 0; row < p.count; row++) {
      if (stays[row] === 0) continue;
      rows[kept] = row;
      renumber[row] = kept++;
    }
    this.lookAt = kept + this.more(kept);
    if (kept === p.count) return;
    this.hasForgotten = true;
    this.count(stays, renumber, new Map(passes.map((pass) => [pass.host, pass])));
    const isIntervalKept = new Uint8Array(intervals.count);
    const isProgramKept = new Uint8Array(programs.count);
    for (let row = 0; row < kept; row++) {
      for (let at = p.interval[rows[row]!]!; at !== -1; at = intervals.next[at]!) isIntervalKept[at] = 1;
      for (let at = p.firstProgram[rows[row]!]!; at !== -1; at = programs.next[at]!) isProgramKept[at] = 1;
    }
    const interval = intervals.keep(isIntervalKept);
    const program = programs.keep(isProgramKept);
    p.keep(rows.subarray(0, kept), renumber);
    for (let row = 0; row < kept; row++) {
      if (p.interval[row] !== -1) p.interval[row] = interval[p.interval[row]!]!;
      if (p.firstProgram[row] === -1) continue;
      p.firstProgram[row] = program[p.firstProgram[row]!]!;
      p.lastProgram[row] = program[p.lastProgram[row]!]!;
    }
    for (let at = 0; at < intervals.count; at++) if (intervals.a[at] !== NO_PROCESS) intervals.a[at] = renumber[intervals.a[at]!]!;
    for (const login of logins) if (login.leader !== NO_PROCESS) login.leader = renumber[login.leader]!;
    for (const holder of all) holder.renumber(renumber);
  }

  counts(isLast: (host: number, boot: number) => boolean): Counts {
    const all = new Counts();
    for (const { host, boot, passed, settled } of this.ofBoots.values()) all.addAll(isLast(host, boot) ? settled : passed);
    return all;
  }

  /** 1 for the rows that stay: those that may still change, and all that they lead to. */
  private staying(holders: readonly RowHolder[], t: number): Uint8Array {
    const { processes: p, intervals, forksSince, exitsSeen } = this.pass;
    const mayGo = (row: number): boolean => {
      const host = p.host[row]!;
      return t - p.end[row]! > SETTLED_MICROS && p.endWhy[row] !== END_WHY.notInSnapshot && forksSince.has(host) && exitsSeen.has(host);
    };
    const stays = new Uint8Array(p.count);
    const path: number[] = [];
    const stay = (row: number): void => {
      if (row === NO_PROCESS || stays[row] === 1) return;
      stays[row] = 1;
      path.push(row);
    };
    // Where a circle of creators is cut, and whose creator is unknown for that, is decided when all is known; one that closes later may be cut elsewhere without those that went.
    const isEndless = endless(p.creator, p.count);
    for (let row = 0; row < p.count; row++) if (isEndless[row] === 1 || !mayGo(row)) stay(row);
    for (const holder of holders) for (const row of holder.held?.(mayGo) ?? []) stay(row);
    for (let row = path.pop(); row !== undefined; row = path.pop()) {
      for (const column of [p.creator, p.parent, p.firstChild, p.nextSibling, p.previousSibling, p.namespaceInit]) stay(column[row]!);
      for (let at = p.interval[row]!; at !== -1; at = intervals.next[at]!) stay(intervals.a[at]!);
    }
    return stays;
  }

  /** Counts the rows that go, as they would be when all is known. */
  private count(stays: Uint8Array, renumber: Int32Array, present: ReadonlyMap<number, HostPass>): void {
    const { processes: p, exitsSeen } = this.pass;
    const isThread = (row: number): boolean => p.tentative[row] === 1 && p.spoke[row] === 0;
    const isNamed = new Uint8Array(p.count);
    for (const row of this.named) isNamed[row] = 1;
    const name = (row: number, above: Int32Array): void => {
      for (let at = above[row]!; at !== NO_PROCESS && isNamed[at] === 0; at = above[at]!) isNamed[at] = 1;
    };
    for (let row = 0; row < p.count; row++) {
      if (stays[row] === 1 || isThread(row)) continue;
      name(row, p.creator);
      name(row, p.parent);
    }
    const named = new Set<number>();
    for (let row = 0; row < p.count; row++) {
      if (stays[row] === 1) {
        if (isNamed[row] === 1 && isThread(row)) named.add(renumber[row]!);
        continue;
      }
      if (isThread(row) && isNamed[row] === 0) continue;
      const host = p.host[row]!;
      const boot = p.boot[row]!;
      const { passed, settled } = this.ofBoot(host, boot);
      const isOrphan = orphanChance({ processes: p, exitsSeen }, row) >= ORPHAN_FLOOR;
      const pass = present.get(host);
      const diedFirst = isOrphan && pass?.boot === boot && pass.deaths.diedFirst(row, this.waits, false) !== '';
      const add = (to: Counts, orphan: boolean): void => to.add(p.creator[row]!, p.creatorBasis[row]!, p.pid[row]!, orphan ? p.flags[row]! | FLAG.orphan : p.flags[row]!);
      add(passed, isOrphan);
      add(settled, isOrphan && !diedFirst);
      if (!(this.firstStarts.get(host)! <= p.start[row]!)) this.firstStarts.set(host, p.start[row]!);
    }
    this.named = named;
  }

  private ofBoot(host: number, boot: number): OfBoot {
    const key = `${host} ${boot}`;
    let found = this.ofBoots.get(key);
    if (!found) this.ofBoots.set(key, (found = { host, boot, passed: new Counts(), settled: new Counts() }));
    return found;
  }
}

/** 1 for the rows whose creators lead into a circle, which records that contradict each other make. */
function endless(creator: Int32Array, count: number): Uint8Array {
  const isEndless = new Uint8Array(count);
  const isKnown = new Uint8Array(count);
  const path: number[] = [];
  for (let start = 0; start < count; start++) {
    let row = start;
    for (; row !== NO_PROCESS && isKnown[row] === 0; row = creator[row]!) {
      isKnown[row] = 1;
      isEndless[row] = 1; // so far: who comes back to it is on a circle
      path.push(row);
    }
    const verdict = row === NO_PROCESS ? 0 : isEndless[row]!;
    for (let at = path.pop(); at !== undefined; at = path.pop()) isEndless[at] = verdict;
  }
  return isEndless;
}

import { type Batch, COLUMNS, type ColumnName, type ObservationKind, OBSERVATION_KINDS, OPERATIONS, type Operation, type StringTable } from '../model/index.js';
import type { Order } from './rowOrder.js';

const CODE = Object.fromEntries(OBSERVATION_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<ObservationKind, number>>;

/** What comes first of one moment, whoever it is about: the system comes up, processes act, processes end, the system goes down, a snapshot ends. */
const UP = 0;
const ACTS = 1;
const ENDS = 2;
const DOWN = 3;
const TAKEN = 4;

/** What comes first of one process: its birth, its login, its program, what it does. */
const BORN = 0;
const RANKS: Readonly<Partial<Record<ObservationKind, number>>> = { fork: BORN, login: 1, seen: 2, exec: 3 };
const DOES = 4;
/** Of one thing: its beginning, what goes on, its end. */
const FIRST: ReadonlySet<Operation> = new Set(['opened', 'started', 'daemon-started', 'creation', 'account-added']);
const LAST: ReadonlySet<Operation> = new Set(['closed', 'stopped', 'daemon-stopped', 'deletion', 'account-removed', 'auditing-off']);
const STEPS = OPERATIONS.map((operation) => (FIRST.has(operation) ? 0 : LAST.has(operation) ? 2 : 1));

const NAMES = Object.keys(COLUMNS) as ColumnName[];
const TEXTS: ReadonlySet<ColumnName> = new Set<ColumnName>(['host', 'user', 'tty', 'comm', 'exe', 'args', 'cwd', 'cgroup', 'unit', 'path', 'path2', 'key', 'message', 'identity', 'parentIdentity', 'container']);
/** What a record says, the telling first; where it stands is no part of it. */
const SAID = ['kind', 'pid', 'ppid', 'other', ...NAMES.filter((name) => !['kind', 'pid', 'ppid', 'other', 'member', 'offset', 'byteLength'].includes(name))] as readonly ColumnName[];
/** A chain of parents within one moment is not followed further: evidence may claim anything. */
const DEEPEST = 64;

interface Place {
  readonly batch: Batch;
  readonly index: number;
  readonly row: number;
}

/** The rows of one record: they stay together, in their order. */
interface Unit {
  readonly rows: Place[];
  readonly host: string;
  readonly phase: number;
  readonly depth: number;
  readonly rank: number;
  readonly pid: number;
  readonly step: number;
}

/**
 * Puts records that bear the same time and number into an order that rests on what they say, so that it is the same in whatever order they are stored:
 * who starts another before the one who is started, a process's birth before its program, that before what it does, and that before its end;
 * children end before their parents, since nothing shows that they were left behind. What then is alike goes by its words. Changes `order`.
 */
export function settleTies(order: Order, strings: StringTable): void {
  for (let from = 0; from < order.count; ) {
    let to = from + 1;
    let isOne = true;
    while (to < order.count && isTie(order, from, to)) {
      if (!isSameRecord(order, from, to)) isOne = false;
      to++;
    }
    if (!isOne) settle(order, from, to, strings);
    from = to;
  }
}

function isTie({ batches, batch, row }: Order, a: number, b: number): boolean {
  const left = batches[batch[a]!]!, right = batches[batch[b]!]!;
  return left.time[row[a]!] === right.time[row[b]!] && left.serial[row[a]!] === right.serial[row[b]!];
}

function isSameRecord({ batches, batch, row }: Order, a: number, b: number): boolean {
  const left = batches[batch[a]!]!, right = batches[batch[b]!]!;
  return left.member[row[a]!] === right.member[row[b]!] && left.offset[row[a]!] === right.offset[row[b]!];
}

function isTaken({ batches, batch, row }: Order, at: number): boolean {
  return batches[batch[at]!]!.kind[row[at]!] === CODE.snapshot;
}

function settle(order: Order, from: number, to: number, strings: StringTable): void {
  const depths = new Depths();
  for (let at = from; at < to; at++) depths.see(order.batches[order.batch[at]!]!, order.row[at]!);
  const units: Unit[] = [];
  for (let at = from; at < to; at++) {
    const index = order.batch[at]!;
    const place: Place = { batch: order.batches[index]!, index, row: order.row[at]! };
    // That a snapshot was taken stands at one of its rows, and comes after all of them.
    if (at > from && isSameRecord(order, at - 1, at) && !isTaken(order, at - 1) && !isTaken(order, at)) units.at(-1)?.rows.push(place);
    else units.push(unitOf(place, depths, strings));
  }
  units.sort((a, b) => compare(a, b, strings));
  let at = from;
  for (const { rows } of units) {
    for (const { index, row } of rows) {
      order.batch[at] = index;
      order.row[at++] = row;
    }
  }
}

function unitOf(place: Place, depths: Depths, strings: StringTable): Unit {
  const { batch, row } = place;
  const kind = batch.kind[row]!;
  const step = STEPS[batch.operation[row]!] ?? 1;
  const depth = depths.of(batch.host[row]!, kind === CODE.fork ? batch.other[row]! : batch.pid[row]!);
  const isEnd = kind === CODE.exit || kind === CODE.threadExit;
  return {
    rows: [place],
    step,
    pid: batch.pid[row]!,
    host: strings.text(batch.host[row]!) ?? '',
    phase: kind === CODE.snapshot ? TAKEN : kind === CODE.boot ? (OPERATIONS[batch.operation[row]!] === 'down' ? DOWN : UP) : isEnd ? ENDS : ACTS,
    depth: isEnd ? -depth : depth,
    rank: isEnd ? (kind === CODE.exit ? 1 : 0) : (RANKS[OBSERVATION_KINDS[kind]!] ?? DOES),
  };
}

function compare(a: Unit, b: Unit, strings: StringTable): number {
  return compareTexts(a.host, b.host) || a.phase - b.phase || a.depth - b.depth || a.rank - b.rank || a.pid - b.pid || a.step - b.step || compareWords(a, b, strings);
}

/** By what two records say, row by row; 0 only where they say the same. */
function compareWords(a: Unit, b: Unit, strings: StringTable): number {
  for (const [at, one] of a.rows.entries()) {
    const other = b.rows[at];
    if (!other) return 1;
    for (const name of SAID) {
      const left = one.batch[name][one.row]!, right = other.batch[name][other.row]!;
      if (Object.is(left, right)) continue;
      if (!TEXTS.has(name)) return Number.isNaN(left) ? -1 : Number.isNaN(right) ? 1 : left - right;
      const byText = compareTexts(strings.text(left) ?? '', strings.text(right) ?? '');
      if (byText !== 0) return byText;
    }
  }
  return a.rows.length - b.rows.length;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many of a process's ancestors act in the same moment too. */
class Depths {
  private readonly hosts = new Map<number, number>();
  private readonly parents = new Map<number, number>();
  private readonly acting = new Set<number>();
  private readonly born = new Set<number>();

  see(batch: Batch, row: number): void {
    const host = batch.host[row]!, pid = batch.pid[row]!, ppid = batch.ppid[row]!;
    if (!(pid > 0)) return;
    const process = this.key(host, pid);
    this.acting.add(process);
    if (batch.kind[row] === CODE.fork) {
      const child = this.key(host, batch.other[row]!);
      this.acting.add(child);
      this.join(child, process, true);
    }
    if (ppid > 0) this.join(process, this.key(host, ppid), false);
  }

  of(host: number, pid: number): number {
    let depth = 0;
    for (let at = this.parents.get(this.key(host, pid)); at !== undefined && this.acting.has(at) && depth < DEEPEST; at = this.parents.get(at)) depth++;
    return depth;
  }

  /** The parent by a birth, else any that is named; of several the one with the highest number, so that the order in which they are named is no matter. */
  private join(child: number, parent: number, isBirth: boolean): void {
    const isBorn = this.born.has(child);
    if (child === parent || (isBorn && !isBirth)) return;
    if (isBirth) this.born.add(child);
    this.parents.set(child, isBirth === isBorn ? Math.max(parent, this.parents.get(child) ?? 0) : parent);
  }

  private key(host: number, pid: number): number {
    let index = this.hosts.get(host);
    if (index === undefined) this.hosts.set(host, (index = this.hosts.size));
    return index * 2 ** 32 + pid;
  }
}

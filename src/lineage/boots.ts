import { type Batch, NO_STRING, OBSERVATION_KINDS, OPERATIONS } from '../model/index.js';

const BOOT = OBSERVATION_KINDS.indexOf('boot');
const CONFIGURATION = OBSERVATION_KINDS.indexOf('configuration');
const LOG = OBSERVATION_KINDS.indexOf('log');
const UP = OPERATIONS.indexOf('up');
/** SYSTEM_BOOT comes this long after the kernel's first records at most (it waits for user space). */
const BOOT_TAKES_MICROS = 180_000_000;
/** A gap at least this long before SYSTEM_BOOT is taken for the time the machine was down. */
const DOWN_MICROS = 2_000_000;
/** Audit serials start again at 1 with each boot; a step back by this much, to a number this small, is no disorder. */
const SERIAL_STEP = 1000;
const FIRST_SERIALS = 50;

/** What was seen of a host so far. */
interface Signs {
  readonly boundaries: number[];
  lastTime: number;
  /** End of the last long gap: here a boot may have begun. */
  gapEnd: number;
  serial: number;
  began: boolean;
  bootTime: number;
  /** Ids of boots (StringId): the last that was named, and when each began. */
  bootId: number;
  readonly ids: Set<number>;
}

/**
 * When each host came up: boot `n` of a host lasts from its n-th boundary to the next. Fed with all rows in order of time, it finds reboots: a
 * SYSTEM_BOOT record (the boot then began behind the last long gap before it), a kernel serial that starts again, another boot id or boot time in a snapshot or journal.
 * The first boot needs no boundary.
 */
export class Boots {
  private readonly hosts = new Map<number, Signs>();
  /** Boundaries found so far, of all hosts. */
  found = 0;

  /** The next row in order of time; `t` is its time. */
  feed(batch: Batch, at: number, t: number): void {
    const kind = batch.kind[at]!;
    const host = batch.host[at]!;
    let signs = this.hosts.get(host);
    if (!signs) this.hosts.set(host, (signs = { boundaries: [], lastTime: t, gapEnd: NaN, serial: 0, began: false, bootTime: NaN, bootId: NO_STRING, ids: new Set() }));
    const serial = batch.serial[at]!;
    const isUp = kind === BOOT && batch.operation[at] === UP;
    if (isUp && serial === 0) {
      const id = batch.message[at]!;
      if (id !== NO_STRING && signs.ids.has(id)) return; // told before, by a clock that was set since
      // A snapshot states when its boot began: to the second, so where no ids tell, only a clear difference is another boot.
      const isOther = id !== NO_STRING && signs.bootId !== NO_STRING ? true : t > signs.bootTime + DOWN_MICROS;
      if (!Number.isNaN(signs.bootTime) && isOther) this.put(signs, t);
      signs.bootTime = t;
      if (id !== NO_STRING) {
        signs.bootId = id;
        signs.ids.add(id);
      }
      signs.began = true;
      return;
    }
    if (t - signs.lastTime >= DOWN_MICROS) signs.gapEnd = t;
    signs.lastTime = t;
    if (serial === 0) return;
    if (kind !== CONFIGURATION && kind !== LOG) {
      // auditd's own records (DAEMON_*) carry random numbers between the kernel's, and aureport does not tell them apart
      if (serial < FIRST_SERIALS && serial < signs.serial - SERIAL_STEP) {
        this.mark(signs, t);
        signs.serial = serial;
      } else if (serial > signs.serial) signs.serial = serial;
    }
    if (isUp) {
      const from = t - signs.gapEnd <= BOOT_TAKES_MICROS ? signs.gapEnd : t;
      if (signs.began && !(Math.abs(t - signs.bootTime) <= BOOT_TAKES_MICROS)) this.mark(signs, from);
      signs.began = true;
    }
  }

  /** Rows from here on may still turn out to belong to another boot, when the last row fed was of time `newest`. */
  openFrom(newest: number): number {
    let from = Infinity;
    for (const { gapEnd } of this.hosts.values()) if (newest - gapEnd <= BOOT_TAKES_MICROS && gapEnd < from) from = gapEnd;
    return from;
  }

  at(host: number, t: number): { readonly boot: number; readonly from: number; readonly until: number } {
    const list = this.hosts.get(host)?.boundaries ?? [];
    let boot = 0;
    while (boot < list.length && list[boot]! <= t) boot++;
    return { boot, from: boot === 0 ? -Infinity : list[boot - 1]!, until: list[boot] ?? Infinity };
  }

  /** Adds a boundary unless another sign of the same boot was found already. */
  private mark(signs: Signs, t: number): void {
    if (signs.boundaries.some((known) => Math.abs(known - t) <= BOOT_TAKES_MICROS)) return;
    this.put(signs, t);
  }

  private put({ boundaries }: Signs, t: number): void {
    let at = boundaries.length;
    while (at > 0 && boundaries[at - 1]! > t) at--; // found in order of time, nearly
    boundaries.splice(at, 0, t);
    this.found++;
  }
}

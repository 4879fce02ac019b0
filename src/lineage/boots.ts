import { type Batch, OBSERVATION_KINDS, OPERATIONS } from '../model/index.js';
import type { Order } from './order.js';

const BOOT = OBSERVATION_KINDS.indexOf('boot');
const CONFIGURATION = OBSERVATION_KINDS.indexOf('configuration');
const UP = OPERATIONS.indexOf('up');
/** SYSTEM_BOOT comes this long after the kernel's first records at most (it waits for user space). */
const BOOT_TAKES_MICROS = 180_000_000;
/** A gap at least this long before SYSTEM_BOOT is taken for the time the machine was down. */
const DOWN_MICROS = 2_000_000;
/** Audit serials start again at 1 with each boot; a step back by this much, to a number this small, is no disorder. */
const SERIAL_STEP = 1000;
const FIRST_SERIALS = 50;

/** When each host came up: boot `n` of a host lasts from its n-th boundary to the next. */
export interface Boots {
  at(host: number, t: number): { readonly boot: number; readonly from: number; readonly until: number };
}

/**
 * Finds reboots: a SYSTEM_BOOT record (the boot then began behind the last long gap before it), a kernel serial that starts again, another boot id
 * in a snapshot. The first boot needs no boundary.
 */
export function bootsOf(batches: readonly Batch[], order: Order): Boots {
  const boundaries = new Map<number, number[]>();
  const seen = new Map<number, { lastTime: number; gapEnd: number; serial: number; began: boolean; bootTime: number }>();
  for (let i = 0; i < order.count; i++) {
    const batch = batches[order.batch[i]!]!;
    const at = order.row[i]!;
    const t = batch.time[at]!;
    if (Number.isNaN(t)) continue;
    const host = batch.host[at]!;
    const kind = batch.kind[at]!;
    let state = seen.get(host);
    if (!state) {
      state = { lastTime: t, gapEnd: NaN, serial: 0, began: false, bootTime: NaN };
      seen.set(host, state);
      boundaries.set(host, []);
    }
    if (kind === BOOT && batch.operation[at] === UP && batch.serial[at] === 0) {
      // A snapshot states when its boot began: to the second, so only a clear difference is another boot.
      if (!Number.isNaN(state.bootTime) && t > state.bootTime + DOWN_MICROS) boundaries.get(host)!.push(t);
      state.bootTime = t;
      state.began = true;
      continue;
    }
    if (t - state.lastTime >= DOWN_MICROS) state.gapEnd = t;
    state.lastTime = t;
    if (batch.serial[at] === 0) continue;
    if (kind !== CONFIGURATION) {
      // auditd's own records (DAEMON_*) carry random numbers between the kernel's
      const serial = batch.serial[at]!;
      if (serial < FIRST_SERIALS && serial < state.serial - SERIAL_STEP) {
        mark(boundaries.get(host)!, t);
        state.serial = serial;
      } else if (serial > state.serial) state.serial = serial;
    }
    if (kind === BOOT && batch.operation[at] === UP) {
      const from = t - state.gapEnd <= BOOT_TAKES_MICROS ? state.gapEnd : t;
      if (state.began && !(Math.abs(t - state.bootTime) <= BOOT_TAKES_MICROS)) mark(boundaries.get(host)!, from);
      state.began = true;
    }
  }
  for (const list of boundaries.values()) list.sort((a, b) => a - b);
  return {
    at(host, t) {
      const list = boundaries.get(host) ?? [];
      let boot = 0;
      while (boot < list.length && list[boot]! <= t) boot++;
      return { boot, from: boot === 0 ? -Infinity : list[boot - 1]!, until: list[boot] ?? Infinity };
    },
  };
}

/** Adds a boundary unless another sign of the same boot was found already. */
function mark(list: number[], t: number): void {
  if (list.some((known) => Math.abs(known - t) <= BOOT_TAKES_MICROS)) return;
  list.push(t);
}

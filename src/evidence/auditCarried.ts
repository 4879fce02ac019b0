import type { StringId } from '../model/index.js';
import { SerialGaps } from './auditSerials.js';

/** Processes whose title was read lately, by pid. */
export const TITLED = 1 << 12;
/** In {@link Carried.titled}: no process was met there yet. */
export const NONE_TITLED = -0x80000000;

/** What the reading of a record rests on besides its own event: what came before it in the log. */
export interface Carried {
  /**
   * Is shown the number of each record, with its time and node; `finish` answers how many events are missing, and `isDisordered` whether the log is out
   * of order, as far as this reader can tell.
   */
  readonly serials: { see(serial: number, time: number, node: StringId): void; finish(): number; readonly isDisordered: boolean };
  /** Users whose name was looked at, and the row that it was looked at for. */
  readonly namedUsers: Map<number, number>;
  /** The process whose title was read last, by the low bits of its pid. */
  readonly titled: Int32Array;
}

/** At the beginning of a log. */
export function carryNothing(serials: Carried['serials'] = new SerialGaps()): Carried {
  return { serials, namedUsers: new Map(), titled: new Int32Array(TITLED).fill(NONE_TITLED) };
}

/** The numbers of records, their times and nodes, in the order in which they came. */
export interface SerialsRead {
  readonly serials: Float64Array;
  readonly times: Float64Array;
  readonly nodes: Uint32Array;
}

/** Keeps the numbers of records for whoever counts the missing ones later. Records of one event mostly follow each other: they are kept once. */
export class SerialList {
  /** What stands out of order may do so only beside another part. */
  readonly isDisordered = false;
  private serials = new Float64Array(1 << 12);
  private times = new Float64Array(1 << 12);
  private nodes = new Uint32Array(1 << 12);
  private count = 0;
  private last = NaN;
  private lastNode: StringId = 0;

  see(serial: number, time: number, node: StringId): void {
    if (serial === this.last && node === this.lastNode) return;
    this.last = serial;
    this.lastNode = node;
    if (this.count === this.serials.length) {
      this.serials = longer(this.serials, new Float64Array(this.count * 2));
      this.times = longer(this.times, new Float64Array(this.count * 2));
      this.nodes = longer(this.nodes, new Uint32Array(this.count * 2));
    }
    this.serials[this.count] = serial;
    this.times[this.count] = time;
    this.nodes[this.count++] = node;
  }

  finish(): number {
    return 0; // what is missing here may be in another part
  }

  taken(): SerialsRead {
    return { serials: this.serials.slice(0, this.count), times: this.times.slice(0, this.count), nodes: this.nodes.slice(0, this.count) };
  }
}

function longer<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

import { SerialGaps } from './auditCoverage.js';

/** Processes whose title was read lately, by pid. */
export const TITLED = 1 << 12;
/** In {@link Carried.titled}: no process was met there yet. */
export const NONE_TITLED = -0x80000000;

/** What the reading of a record rests on besides its own event: what came before it in the log. */
export interface Carried {
  /** Is shown the number of each record; `finish` answers how many events are missing, as far as this reader can tell. */
  readonly serials: { see(serial: number): void; finish(): number };
  /** Users whose name was looked at, and the row that it was looked at for. */
  readonly namedUsers: Map<number, number>;
  /** The process whose title was read last, by the low bits of its pid. */
  readonly titled: Int32Array;
}

/** At the beginning of a log. */
export function carryNothing(): Carried {
  return { serials: new SerialGaps(), namedUsers: new Map(), titled: new Int32Array(TITLED).fill(NONE_TITLED) };
}

/** The numbers of records as they come, for whoever counts the missing ones later. Records of one event mostly follow each other: they are kept once. */
export class SerialList {
  private list = new Float64Array(1 << 12);
  private count = 0;
  private last = NaN;

  see(serial: number): void {
    if (serial === this.last) return;
    this.last = serial;
    if (this.count === this.list.length) {
      const longer = new Float64Array(this.list.length * 2);
      longer.set(this.list);
      this.list = longer;
    }
    this.list[this.count++] = serial;
  }

  finish(): number {
    return 0; // what is missing here may be in another part
  }

  taken(): Float64Array {
    return this.list.slice(0, this.count);
  }
}

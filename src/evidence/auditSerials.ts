import { NO_STRING, type StringId } from '../model/index.js';

/** Records may come this many numbers late. A step back by more is another boot, whose numbers begin at 1 again, or a log that is out of order. */
const WINDOW = 8192;
/** A number this small, after a large one, is of another boot even where its clock was set back. */
const FIRST_SERIALS = 50;
/** A step back in number and time by so many events is no race between processors (47 were seen): the log is out of order. */
const DISORDER_SERIALS = 1000;
/** A step back is measured from the least of the latest numbers: one long call is stamped much earlier than its number. */
const LATEST = 16;
/** The kernel counts in 32 bits. */
const SERIALS = 2 ** 32;
const PAGE_SERIALS = 1 << 16;
/** So many pages of numbers, and nodes, are kept at most, whatever a made-up log says; what is beyond is not counted as missing. */
const PAGES_MOST = 4096;
const NODES_MOST = 256;

/** Which of some following numbers were seen, one bit each. */
interface Page {
  readonly bits: Uint8Array;
  count: number;
}

const FULL: Page = { bits: new Uint8Array(0), count: PAGE_SERIALS };

/** The numbers of one boot of a node. */
class BootSerials {
  least = Infinity;
  most = -1;
  /** Time of the record with the highest number. */
  mostTime = -Infinity;
  newest = -Infinity;
  private seen = 0;
  private pageNumber = -1;
  private page: Page = FULL;
  private readonly pages = new Map<number, Page>();
  private readonly latest = new Float64Array(LATEST).fill(Infinity);
  private next = 0;

  constructor(private readonly budget: { pages: number }) {}

  add(serial: number, time: number): void {
    const number = Math.floor(serial / PAGE_SERIALS);
    if (number !== this.pageNumber) {
      let page = this.pages.get(number);
      if (!page) {
        if (this.budget.pages === PAGES_MOST) return;
        this.budget.pages++;
        this.pages.set(number, (page = { bits: new Uint8Array(PAGE_SERIALS / 8), count: 0 }));
      }
      this.pageNumber = number;
      this.page = page;
    }
    const { page } = this;
    const bit = serial % PAGE_SERIALS;
    const mask = 1 << (bit & 7);
    if (page !== FULL && (page.bits[bit >> 3]! & mask) === 0) {
      page.bits[bit >> 3]! |= mask;
      this.seen++;
      if (++page.count === PAGE_SERIALS) {
        this.pages.set(number, FULL);
        this.page = FULL;
        this.budget.pages--;
      }
    }
    if (serial < this.least) this.least = serial;
    if (serial > this.most) {
      this.most = serial;
      this.mostTime = time;
    }
    if (time > this.newest) this.newest = time;
    this.latest[this.next++ % LATEST] = serial;
  }

  /** True if a number can only be of another boot. */
  isBefore(serial: number, time: number): boolean {
    if (serial >= this.most - WINDOW) return false;
    let least = this.most;
    for (const each of this.latest) if (each < least) least = each;
    return serial < least - WINDOW && (time > this.newest || serial < FIRST_SERIALS);
  }

  /** How many numbers between the first and the last were not seen. */
  close(): number {
    this.budget.pages -= [...this.pages.values()].filter((page) => page !== FULL).length;
    this.pages.clear();
    return this.most < 0 ? 0 : this.most - this.least + 1 - this.seen;
  }
}

/**
 * Counts the events that the log itself lacks: the kernel numbers them one by one (audit_serial, kernel/audit.c), so a hole in the numbers is an
 * event that was lost or left out, in whatever order they stand. auditd's own DAEMON_* records carry other numbers and must not be shown. Sees, too,
 * whether the log is out of order.
 */
export class SerialGaps {
  /** True once a record came so late that its event may have been told without it. */
  isDisordered = false;
  private lost = 0;
  private readonly budget = { pages: 0 };
  private readonly nodes = new Map<StringId, BootSerials>();
  private lastSerial = NaN;
  private lastNode: StringId = NO_STRING;
  private boot: BootSerials | undefined;

  /** `time` in microseconds; each node counts for itself. */
  see(serial: number, time: number, node: StringId): void {
    if (serial === this.lastSerial && node === this.lastNode) return;
    this.lastSerial = serial;
    if (serial >= SERIALS) return;
    let boot = node === this.lastNode ? this.boot : this.nodes.get(node);
    this.lastNode = node;
    if (!boot) {
      if (this.nodes.size === NODES_MOST) {
        this.boot = undefined;
        return;
      }
      this.nodes.set(node, (boot = new BootSerials(this.budget)));
    } else if (serial < boot.most - DISORDER_SERIALS) {
      if (boot.isBefore(serial, time)) {
        this.lost += boot.close();
        this.nodes.set(node, (boot = new BootSerials(this.budget)));
      } else if (time < boot.mostTime) this.isDisordered = true;
    }
    this.boot = boot;
    boot.add(serial, time);
  }

  /** Ends the log; answers how many events it lacks. */
  finish(): number {
    for (const boot of this.nodes.values()) this.lost += boot.close();
    this.nodes.clear();
    return this.lost;
  }
}

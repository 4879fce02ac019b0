import type { Batch, StringId } from '../model/index.js';
import { type Carried, carryNothing, NONE_TITLED } from './auditCarried.js';
import { type EventKey, slotOf, SLOTS } from './auditEvents.js';
import type { AuditPart, AuditPartRead } from './auditReaders.js';
import { TEXT_COLUMNS } from './batch.js';
import type { ParseContext } from './format.js';

/**
 * Puts the parts of a log together in their order, so that they give what one reader would have given: strings of one table, counts added up, and
 * what rests on earlier parts (names of users, titles, missing numbers) settled. Where an event lies in two parts after all it says so, and the last
 * part that is needed to read it anew is still held.
 */
export class AuditJoin {
  /** What the parts given so far leave behind, for whoever reads on. */
  readonly carried: Carried = carryNothing();
  /** True once the log turned out to be out of order. */
  isDisordered = false;
  private held: AuditPartRead | undefined;
  /** The latest events before the part held, with it, and with the one that is looked at. */
  private before = new LatestEvents();
  private latest = new LatestEvents();
  private spare = new LatestEvents();
  private readonly tables = new Map<number, Uint32Array>();
  private parts = 0;

  constructor(private readonly context: Pick<ParseContext, 'strings' | 'account'>) {}

  /**
   * Takes the next part, read by `reader`, and answers the part before it, settled; `undefined` where the part has records of an event that was begun
   * before it: then it must be read again, from {@link heldPart} on, by one reader that knows {@link known}.
   */
  next(read: AuditPartRead, reader: number): { readonly batches: readonly Batch[]; readonly free: ArrayBuffer | undefined } | undefined {
    this.translate(read, reader);
    const latest = this.spare;
    latest.copy(this.latest);
    if (!latest.add(read.batches, ++this.parts)) return undefined;
    [this.before, this.latest, this.spare] = [this.latest, latest, this.before];
    const { held } = this;
    this.held = read;
    return { batches: held ? this.settle(held) : [], free: held?.part.buffer };
  }

  /** The last part, settled. */
  end(): readonly Batch[] {
    const { held } = this;
    this.held = undefined;
    return held ? this.settle(held) : [];
  }

  /** The part that was taken last and not given yet. */
  get heldPart(): AuditPart | undefined {
    return this.held?.part;
  }

  /** The latest events of the parts given. */
  known(): Iterable<EventKey> {
    return this.before.keys();
  }

  /** Gives the cells of a part the ids of the set's table. */
  private translate(read: AuditPartRead, reader: number): void {
    const { first, bytes, ends } = read.strings;
    let table = this.tables.get(reader);
    if (!table || table.length < first + ends.length) {
      const longer = new Uint32Array(2 * (first + ends.length));
      if (table) longer.set(table);
      this.tables.set(reader, (table = longer));
    }
    for (let at = 0, from = 0; at < ends.length; at++) {
      table[first + at] = this.context.strings.intern(bytes, from, ends[at]!);
      from = ends[at]!;
    }
    for (const batch of read.batches) {
      for (const name of TEXT_COLUMNS) {
        const column = batch[name];
        for (let row = 0; row < batch.count; row++) column[row] = table[column[row]!]!;
      }
    }
    const { nodes } = read.serials;
    for (let at = 0; at < nodes.length; at++) nodes[at] = table[nodes[at]!]!;
  }

  private settle(read: AuditPartRead): readonly Batch[] {
    const { serials, namedUsers, titled } = this.carried;
    for (const [at, uid] of read.users.uids.entries()) {
      const row = read.users.rows[at]!;
      if (namedUsers.has(uid)) blank(read.batches, 'user', row);
      else namedUsers.set(uid, row);
    }
    for (const [at, row] of read.titles.rows.entries()) {
      const pid = read.titles.pids[at]!;
      if (titled[pid % titled.length] === pid) blank(read.batches, 'args', row);
    }
    for (let slot = 0; slot < titled.length; slot++) if (read.titles.titled[slot] !== NONE_TITLED) titled[slot] = read.titles.titled[slot]!;
    const { serials: seen, times, nodes } = read.serials;
    for (let at = 0; at < seen.length; at++) serials.see(seen[at]!, times[at]!, nodes[at]!);
    this.isDisordered ||= read.isTorn || serials.isDisordered;
    this.context.account.add(read.counts, read.troubles);
    return read.batches;
  }
}

/** Clears a cell, by the number of its row among all of a part. */
function blank(batches: readonly Batch[], column: 'user' | 'args', row: number): void {
  for (const batch of batches) {
    if (row < batch.count) {
      batch[column][row] = 0;
      return;
    }
    row -= batch.count;
  }
}

/** The latest event of each slot of {@link EventRows}, as one reader of all parts would have them. */
class LatestEvents {
  private readonly serial = new Float64Array(SLOTS).fill(-1);
  private readonly time = new Float64Array(SLOTS);
  private readonly node = new Uint32Array(SLOTS);
  private readonly part = new Uint32Array(SLOTS);

  copy(from: LatestEvents): void {
    this.serial.set(from.serial);
    this.time.set(from.time);
    this.node.set(from.node);
    this.part.set(from.part);
  }

  /** Adds the events of a part; false where one of them is an event of another part. */
  add(batches: readonly Batch[], part: number): boolean {
    for (const { count, serial: serials, time: times, host } of batches) {
      for (let row = 0; row < count; row++) {
        const serial = serials[row]!;
        const slot = slotOf(serial);
        const node: StringId = host[row]!;
        const isKnown = this.serial[slot] === serial && this.time[slot] === times[row] && this.node[slot] === node;
        if (isKnown && this.part[slot] !== part) return false;
        this.serial[slot] = serial;
        this.time[slot] = times[row]!;
        this.node[slot] = node;
        this.part[slot] = part;
      }
    }
    return true;
  }

  *keys(): Iterable<EventKey> {
    for (let slot = 0; slot < SLOTS; slot++) if (this.serial[slot]! >= 0) yield { serial: this.serial[slot]!, time: this.time[slot]!, node: this.node[slot]! };
  }
}

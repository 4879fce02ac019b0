import type { Batch, StringId } from '../model/index.js';
import { BATCH_ROWS, createBatch, KIND, OPERATION, trimBatch } from './batch.js';
import { ACTION, OPEN_WRITES } from './auditSyscalls.js';

/** Open events by serial, direct-mapped: an event whose records lie further apart than this many later serials is told twice. */
export const SLOTS = 8192;
/**
 * A record that stands further than this behind the first of its event comes too late to be joined. Told in bytes of the log, so that it does not
 * depend on how the log was cut into batches or parts.
 */
export const LATE_BYTES = 4 << 20;
/** So many full batches wait at most for late records; offsets that do not rise (events told in another order than they are stored) let none be late. */
const COOLING_MOST = 8;
/** Records of an event that were found further apart than this, by sorting, are not shown as one place. */
const NEAR_BYTES = 64 << 10;
const FIRST_ROWS = 1024;

/** What is known of an event besides its batch row, until it is closed. */
export class EventBatch {
  readonly batch: Batch;
  /** ACTION of the SYSCALL record, 0xff while none was seen. */
  readonly action: Uint8Array;
  /** Which record types came (SEEN bits), to know duplicates. */
  readonly seen: Uint16Array;
  readonly openFlags: Uint32Array;
  readonly created: Uint32Array;
  readonly deleted: Uint32Array;
  readonly normal: Uint32Array;
  readonly title: Uint32Array;
  /** The process whose title this is, where it is the first that this reader met of it, so that it may be known from before; 0 elsewhere. */
  readonly firstTitle: Int32Array;
  handedOn = false;

  /** `firstRow`: how many rows were made before this batch. */
  constructor(
    capacity: number,
    readonly firstRow: number,
  ) {
    this.batch = createBatch(capacity);
    this.action = new Uint8Array(capacity).fill(0xff);
    this.seen = new Uint16Array(capacity);
    this.openFlags = new Uint32Array(capacity);
    this.created = new Uint32Array(capacity);
    this.deleted = new Uint32Array(capacity);
    this.normal = new Uint32Array(capacity);
    this.title = new Uint32Array(capacity);
    this.firstTitle = new Int32Array(capacity);
  }
}

/** An event by what its records share. */
export interface EventKey {
  readonly serial: number;
  readonly time: number;
  readonly node: StringId;
}

export const SEEN = { syscall: 1, execve: 2, cwd: 4, sockaddr: 8, title: 16, login: 32, other: 64 } as const;

/**
 * Joins the records of an event (same node, time and serial) to one row, in place: the row is made at the first record, whichever it is, and later
 * records fill it. `onReady` gets finished batches.
 */
export class EventRows {
  /** The event of the last {@link find}. */
  current: EventBatch;
  row = 0;
  fresh = false;
  private readonly slotSerial = new Float64Array(SLOTS).fill(-1);
  private readonly slotTime = new Float64Array(SLOTS);
  private readonly slotNode = new Uint32Array(SLOTS);
  private readonly slotRow = new Uint32Array(SLOTS);
  private readonly slotBatch: (EventBatch | undefined)[] = new Array<EventBatch | undefined>(SLOTS).fill(undefined);
  private filling = new EventBatch(FIRST_ROWS, 0);
  private readonly cooling: EventBatch[] = [];
  private readonly ready: Batch[] = [];
  /** Rows whose arguments are a title that may be known from before (see {@link EventBatch.firstTitle}). */
  readonly firstTitles: { readonly rows: number[]; readonly pids: number[] } = { rows: [], pids: [] };

  /** `join` makes a relative file name whole by its working directory. `isSorted`: each event's records come one after another, from anywhere in the member. */
  constructor(
    private readonly member: number,
    private readonly join: (directory: StringId, name: StringId) => StringId,
    private readonly isSorted = false,
  ) {
    this.current = this.filling;
  }

  /** Finds or makes the row of an event; false if the event was handed on already (the record comes too late to be joined). */
  find(serial: number, time: number, node: StringId, offset: number, lineEnd: number): boolean {
    const slot = slotOf(serial);
    const known = this.slotBatch[slot];
    if (known && this.slotSerial[slot] === serial && this.slotTime[slot] === time && this.slotNode[slot] === node) {
      this.current = known;
      this.row = this.slotRow[slot]!;
      this.fresh = false;
      const batch = known.batch;
      if (known.handedOn || (!this.isSorted && offset - batch.offset[this.row]! > LATE_BYTES)) return false;
      if (this.isSorted) this.widen(batch, offset, lineEnd);
      else batch.byteLength[this.row] = lineEnd - batch.offset[this.row]!;
      return true;
    }
    this.make(serial, time, node, offset, lineEnd);
    this.slotSerial[slot] = serial;
    this.slotTime[slot] = time;
    this.slotNode[slot] = node;
    this.slotRow[slot] = this.row;
    this.slotBatch[slot] = this.current;
    return true;
  }

  /** Lets the place of the current event reach over another of its records, where that is near. */
  private widen(batch: Batch, offset: number, lineEnd: number): void {
    const { row } = this;
    const from = Math.min(offset, batch.offset[row]!);
    const end = Math.max(lineEnd, batch.offset[row]! + batch.byteLength[row]!);
    if (end - from > NEAR_BYTES) return;
    batch.offset[row] = from;
    batch.byteLength[row] = end - from;
  }

  /** Says that these events were told by another reader: what comes of them now is late. */
  know(events: Iterable<EventKey>): void {
    const told = new EventBatch(0, 0);
    told.handedOn = true;
    for (const { serial, time, node } of events) {
      const slot = slotOf(serial);
      this.slotSerial[slot] = serial;
      this.slotTime[slot] = time;
      this.slotNode[slot] = node;
      this.slotBatch[slot] = told;
    }
  }

  /** A further row for the current event (a second target of a kill). */
  split(): void {
    const from = this.current.batch;
    const old = this.row;
    this.make(from.serial[old]!, from.time[old]!, from.host[old]!, from.offset[old]!, from.offset[old]! + from.byteLength[old]!);
    const to = this.current.batch;
    for (const column of ['kind', 'operation', 'outcome', 'parentKind', 'pid', 'ppid', 'flags', 'uid', 'euid', 'gid', 'auid', 'ses', 'tty', 'comm', 'exe', 'key'] as const) {
      to[column][this.row] = from[column][old]!;
    }
    this.current.action[this.row] = ACTION.other;
  }

  private make(serial: number, time: number, node: StringId, offset: number, lineEnd: number): void {
    let filling = this.filling;
    if (filling.batch.count === filling.batch.capacity) {
      this.cooling.push(filling);
      filling = this.filling = new EventBatch(Math.min(BATCH_ROWS, filling.batch.capacity * 8), filling.firstRow + filling.batch.count);
    }
    if (this.cooling.length > 0) this.cool(offset);
    const row = filling.batch.count++;
    const batch = filling.batch;
    batch.kind[row] = KIND.sight;
    batch.time[row] = time;
    batch.serial[row] = serial;
    batch.member[row] = this.member;
    batch.offset[row] = offset;
    batch.byteLength[row] = lineEnd - offset;
    batch.host[row] = node;
    this.current = filling;
    this.row = row;
    this.fresh = true;
  }

  /** Batches finished since the last call. */
  take(): Batch[] {
    return this.ready.splice(0);
  }

  finish(): void {
    for (const events of this.cooling.splice(0)) this.handOn(events);
    if (this.filling.batch.count > 0) this.handOn(this.filling);
  }

  /** Hands on the batches that no record at `offset` or later can add to. */
  private cool(offset: number): void {
    for (let oldest = this.cooling[0]; oldest !== undefined; oldest = this.cooling[0]) {
      if (this.isSorted ? this.cooling.length === 1 : this.cooling.length <= COOLING_MOST && offset - oldest.batch.offset[oldest.batch.count - 1]! <= LATE_BYTES) return;
      this.cooling.shift();
      this.handOn(oldest);
    }
  }

  private handOn(events: EventBatch): void {
    for (let row = 0; row < events.batch.count; row++) this.close(events, row);
    events.handedOn = true;
    this.ready.push(trimBatch(events.batch));
  }

  /** Decides what an event was, now that all its records are there. */
  private close(events: EventBatch, row: number): void {
    const { batch } = events;
    const action = events.action[row]!;
    if (action === 0xff) {
      if (batch.kind[row] === KIND.sight && batch.pid[row]! < 0) batch.kind[row] = KIND.log;
      return;
    }
    if (events.title[row] !== 0 && batch.args[row] === 0) {
      batch.args[row] = events.title[row]!;
      if (events.firstTitle[row] !== 0) {
        this.firstTitles.rows.push(events.firstRow + row);
        this.firstTitles.pids.push(events.firstTitle[row]!);
      }
    }
    if (batch.kind[row] !== KIND.sight) return;
    const operation = fileOperation(action, events, row);
    if (operation === 0) return;
    const directory = batch.cwd[row]!;
    const { created, deleted, normal } = events;
    const renamed = operation === OPERATION.rename;
    batch.kind[row] = KIND.file;
    batch.operation[row] = operation;
    batch.path[row] = this.join(directory, created[row] || (renamed ? 0 : deleted[row]!) || normal[row]!);
    if (renamed || operation === OPERATION.link) batch.path2[row] = this.join(directory, deleted[row] || normal[row]!);
  }
}

/** Where an event is looked for. */
export function slotOf(serial: number): number {
  return serial % SLOTS;
}

/** The file operation of a system call with its PATH records; 0 if it is none or names no file. */
function fileOperation(action: number, events: EventBatch, row: number): number {
  const created = events.created[row] !== 0;
  const deleted = events.deleted[row] !== 0;
  if (!created && !deleted && events.normal[row] === 0) return 0;
  switch (action) {
    case ACTION.open:
    case ACTION.openat:
    case ACTION.openat2:
    case ACTION.creat:
      return created ? OPERATION.creation : (events.openFlags[row]! & OPEN_WRITES) !== 0 ? OPERATION.modification : OPERATION.open;
    case ACTION.rename:
      return OPERATION.rename;
    case ACTION.unlink:
      return OPERATION.deletion;
    case ACTION.mkdir:
      return OPERATION.creation;
    case ACTION.link:
      return OPERATION.link;
    case ACTION.chmod:
      return OPERATION.mode;
    case ACTION.chown:
      return OPERATION.owner;
    case ACTION.truncate:
      return OPERATION.modification;
    case ACTION.other: // setxattr and whatever else a watch reports
      return created ? OPERATION.creation : deleted ? OPERATION.deletion : 0;
    default:
      return 0;
  }
}

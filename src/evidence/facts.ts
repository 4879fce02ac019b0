import { type Batch, type ObservationKind, type Operation, OUTCOMES, type Outcome, type ParentKind, type StringTable } from '../model/index.js';
import { BATCH_ROWS, createBatch, KIND, OPERATION, PARENT_KIND, trimBatch } from './batch.js';
import { hashOf } from './lineSort.js';
import type { Provenance } from './procRows.js';
import { internSome } from './snapshotRows.js';

/** What one record states, in words; a row of a batch before it is one. What is left out is not stated. */
export interface Fact {
  readonly kind: ObservationKind;
  readonly operation?: Operation | undefined;
  readonly outcome?: Outcome | undefined;
  /** Microseconds since the epoch; NaN: nothing dates it. */
  readonly time: number;
  readonly serial?: number | undefined;
  readonly host?: string | undefined;
  readonly pid?: number | undefined;
  readonly ppid?: number | undefined;
  /** Which parent `ppid` is; only read where there is one. */
  readonly parentKind?: ParentKind | undefined;
  readonly other?: number | undefined;
  readonly flags?: number | undefined;
  readonly sid?: number | undefined;
  readonly pgid?: number | undefined;
  readonly uid?: number | undefined;
  readonly euid?: number | undefined;
  readonly gid?: number | undefined;
  readonly auid?: number | undefined;
  readonly ses?: number | undefined;
  readonly user?: string | undefined;
  readonly tty?: string | undefined;
  readonly comm?: string | undefined;
  readonly exe?: string | undefined;
  /** Arguments one by one, or a command line that is split at its blanks. */
  readonly args?: readonly string[] | string | undefined;
  readonly cwd?: string | undefined;
  readonly cgroup?: string | undefined;
  readonly unit?: string | undefined;
  readonly start?: { readonly from: number; readonly until: number } | undefined;
  readonly exitCode?: number | undefined;
  readonly path?: string | undefined;
  readonly path2?: string | undefined;
  readonly port?: number | undefined;
  readonly key?: string | undefined;
  readonly message?: string | undefined;
  readonly pidNamespace?: number | undefined;
  readonly namespacePid?: number | undefined;
  readonly isZombie?: boolean | undefined;
  readonly isExeDeleted?: boolean | undefined;
  readonly identity?: string | undefined;
  readonly parentIdentity?: string | undefined;
  readonly container?: string | undefined;
}

/** A start that is stated this finely counts as stated, not only as bounded. */
const STATED_MICROS = 1_000_000;
const FIRST_ROWS = 256;
/** Above every id of a string table: what has no text there, but is the same where the text was. */
const UNKEPT = 2 ** 31;

/** Turns facts into batches. */
export class FactRows {
  private batch = createBatch(FIRST_ROWS);
  private readonly full: Batch[] = [];

  /** `keepsMessage` (default: all) says of which facts the message is kept; of the others it is only known whether it is the same. */
  constructor(
    private readonly strings: StringTable,
    private readonly keepsMessage?: (fact: Fact) => boolean,
  ) {}

  add(fact: Fact, from: Provenance): void {
    if (this.batch.count === this.batch.capacity) {
      this.full.push(this.batch);
      this.batch = createBatch(Math.min(this.batch.capacity * 4, BATCH_ROWS));
    }
    const { message } = fact;
    const isDropped = message !== undefined && this.keepsMessage?.(fact) === false;
    const row = this.batch.count++;
    writeFact(this.batch, row, isDropped ? { ...fact, message: undefined } : fact, from, this.strings);
    if (isDropped) this.batch.message[row] = UNKEPT + (hashOf(message) >>> 1);
  }

  /** The batches that are full. */
  take(): Batch[] {
    return this.full.splice(0);
  }

  /** All that are left, at the end. */
  rest(): Batch[] {
    const rest = [...this.take(), ...(this.batch.count > 0 ? [trimBatch(this.batch)] : [])];
    this.batch = createBatch(FIRST_ROWS);
    return rest;
  }
}

const NUMBERS = ['time', 'serial', 'pid', 'other', 'flags', 'sid', 'pgid', 'uid', 'euid', 'gid', 'auid', 'ses', 'exitCode', 'port', 'pidNamespace', 'namespacePid'] as const;
const TEXTS = [
  'host', 'user', 'tty', 'comm', 'exe', 'cwd', 'cgroup', 'unit', 'path', 'path2', 'key', 'message', 'identity', 'parentIdentity', 'container',
] as const;

function writeFact(batch: Batch, at: number, fact: Fact, from: Provenance, strings: StringTable): void {
  batch.kind[at] = KIND[fact.kind];
  if (fact.operation !== undefined) batch.operation[at] = OPERATION[fact.operation];
  if (fact.outcome !== undefined) batch.outcome[at] = OUTCOMES.indexOf(fact.outcome);
  batch.member[at] = from.member;
  batch.offset[at] = from.offset;
  batch.byteLength[at] = Math.min(from.byteLength, 0xffffffff);
  for (const name of NUMBERS) {
    const number = fact[name];
    if (number !== undefined) batch[name][at] = number;
  }
  if (fact.ppid !== undefined && fact.ppid >= 0) {
    batch.ppid[at] = fact.ppid;
    batch.parentKind[at] = PARENT_KIND[fact.parentKind ?? 'none'];
  }
  for (const name of TEXTS) {
    const text = fact[name];
    if (text !== undefined && text !== '') batch[name][at] = internSome(strings, text);
  }
  const { args, start } = fact;
  if (args !== undefined) batch.args[at] = internSome(strings, typeof args === 'string' ? args.split(' ').join('\0') : args.join('\0'));
  if (start && !Number.isNaN(start.from)) {
    batch.startFrom[at] = start.from;
    batch.startUntil[at] = start.until;
    if (start.until - start.from <= STATED_MICROS) batch.start[at] = start.from;
  }
  if (fact.isZombie === true) batch.zombie[at] = 1;
  if (fact.isExeDeleted === true) batch.exeDeleted[at] = 1;
}

/** A start that is stated to a grain, in microseconds; undefined when it is not known. */
export function startOf(micros: number, grainMicros: number): { readonly from: number; readonly until: number } | undefined {
  return Number.isNaN(micros) ? undefined : { from: micros, until: micros + grainMicros };
}

/** The last part of a path, at most the 15 bytes that the kernel keeps as a name. */
export function commOf(path: string | undefined): string | undefined {
  return path?.split('/').at(-1)?.slice(0, 15);
}

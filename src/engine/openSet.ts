import { type EvidenceSet, type ReadProgress, readSet, type SetOptions, type Source } from '../evidence/index.js';
import { type Counts, createHealer, createProcessCounter, type Healer, type ProcessCounter } from '../lineage/index.js';
import type { Batch, EvidenceEntry, Lineage, Member, SessionRecord, StringId, StringTable } from '../model/index.js';
import type { LoadInput } from '../store/index.js';
import { createEntityIds } from './identity.js';
import { createUserNames, type UserNames } from './userNames.js';

/** One evidence set, read and healed: what every answer of the engine rests on. */
export interface OpenedSet {
  readonly strings: StringTable;
  readonly lineage: Lineage;
  readonly sessions: readonly SessionRecord[];
  readonly hosts: readonly string[];
  readonly entries: readonly EvidenceEntry[];
  readonly observations: number;
  /** First and last dated observation of processes, of all where no process is seen; NaN when none is dated. */
  readonly from: number;
  readonly to: number;
  readonly users: UserNames;
  entityId(row: number): string;
  member(id: number): { readonly evidence: number; readonly path: string; readonly member: Member };
  /** The observations with the processes they are about, until the store holds them. */
  kept: Kept | undefined;
}

/** One evidence set, read and counted: all that its summary says. */
export type CountedSet = Pick<OpenedSet, 'hosts' | 'entries' | 'observations' | 'from' | 'to'> & { readonly counts: Counts };

/** What the store is filled from beside the lineage. */
export type Kept = Pick<LoadInput, 'batches' | 'assignments' | 'others'>;

export interface OpenSetOptions extends SetOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string, done: number, total: number) => void) | undefined;
  /** Keep the observations for the store. Without it memory stays bounded by what is alive and by the lineage. */
  readonly keep: boolean;
  readonly read?: ((sources: readonly Source[], options: SetOptions & { signal?: AbortSignal; sortsAll?: boolean; keepsMessages?: boolean; onProgress?: (progress: ReadProgress) => void }) => EvidenceSet) | undefined;
}

/** Reads sources to their end and heals the tree. Unreadable sources are entries with `error`; throws only when aborted. */
export async function openSet(sources: readonly Source[], options: OpenSetOptions): Promise<OpenedSet> {
  const { set, healer, users, batches, said } = await readTill(sources, options, { isInOrder: !options.keep, sortsAll: false, forgets: false }, (strings) => createHealer(strings, { keepAssignments: options.keep }));
  options.onProgress?.('healing the tree', 0, 1);
  const healed = healer.finish(options.signal);
  options.onProgress?.('healing the tree', 1, 1);
  return {
    ...said,
    strings: set.strings,
    lineage: healed.lineage,
    sessions: healed.sessions,
    hosts: healed.hosts,
    users,
    entityId: createEntityIds(healed.lineage, set.strings),
    member: (id: StringId) => set.member(id),
    kept: options.keep ? { batches, assignments: healed.assignments, others: healed.others } : undefined,
  };
}

/**
 * The same for who asks for the summary alone: processes that have ended, and that nothing can change any more, are counted and let go, so that memory is
 * bounded by what is alive, where births and exits are on record.
 */
export async function countSet(sources: readonly Source[], options: OpenSetOptions): Promise<CountedSet> {
  const { healer, said } = await readTill(sources, options, { isInOrder: true, sortsAll: false, forgets: true }, (strings, { forgets }) => createProcessCounter(strings, forgets ? {} : { more: () => Infinity }));
  const { counts, hosts } = healer.finish(options.signal);
  return { ...said, counts, hosts };
}

/** Reads until what the set was taken for turns out to be right. */
async function readTill<H extends Taking>(sources: readonly Source[], options: OpenSetOptions, first: Taken, createTaking: (strings: StringTable, taken: Taken) => H): Promise<Read<H>> {
  // Evidence is taken to be in order, so that what is settled can be let go. Where records of an event turn out to lie too far apart to be joined, it is
  // read again and sorted by its reader; where observations are out of order for another reason, it is read again, and kept until all of it can be sorted.
  let taken = first;
  for (;;) {
    const read = await readAll(sources, options, taken, createTaking);
    if (!('isInOrder' in read)) return read;
    taken = read;
  }
}

/** What a set is taken for while it is read. */
interface Taken {
  /** Rows come in order, nearly: what is settled may be let go. */
  readonly isInOrder: boolean;
  readonly sortsAll: boolean;
  /** Nothing speaks of processes long after they ended: those may be let go, where only counts are asked for. */
  readonly forgets: boolean;
}

type Taking = Pick<Healer, 'add' | 'settle' | 'isDisordered'> & Partial<Pick<ProcessCounter, 'forgotTooMuch'>>;

/** A set whose observations a healer has taken. */
interface Read<H> {
  readonly set: EvidenceSet;
  readonly healer: H;
  readonly users: UserNames;
  /** The observations, where they are kept. */
  readonly batches: readonly Batch[];
  readonly said: Pick<OpenedSet, 'entries' | 'observations' | 'from' | 'to'>;
}

/** Answers what the set is to be taken for instead, where `taken` was a mistake. */
async function readAll<H extends Taking>(sources: readonly Source[], options: OpenSetOptions, taken: Taken, createTaking: (strings: StringTable, taken: Taken) => H): Promise<Read<H> | Taken> {
  const { isInOrder, sortsAll, forgets } = taken;
  const { signal, onProgress } = options;
  const set = (options.read ?? readSet)(sources, {
    ...(options.zone === undefined ? {} : { zone: options.zone }),
    ...(options.takenMicros === undefined ? {} : { takenMicros: options.takenMicros }),
    ...(options.hostOf === undefined ? {} : { hostOf: options.hostOf }),
    ...(signal ? { signal } : {}),
    sortsAll,
    keepsMessages: options.keep,
    ...(onProgress ? { onProgress: (p: ReadProgress) => onProgress(`reading ${p.what}`, p.doneBytes, p.totalBytes) } : {}),
  });
  const healer = createTaking(set.strings, taken);
  const users = createUserNames(set.strings);
  const batches: Batch[] = [];
  let observations = 0;
  const ofProcesses = new Extent(), ofAll = new Extent();
  for await (const batch of set.batches) {
    signal?.throwIfAborted();
    healer.add(batch);
    if (isInOrder) healer.settle(set.settledMicros(), signal);
    if (!sortsAll && set.isDisordered()) return { ...taken, sortsAll: true };
    if (forgets && healer.forgotTooMuch) return { ...taken, forgets: false };
    if (healer.isDisordered) return sortsAll ? { ...taken, isInOrder: false } : { ...taken, sortsAll: true };
    users.add(batch);
    if (options.keep) batches.push(batch);
    observations += batch.count;
    const { time, pid } = batch;
    for (let row = 0; row < batch.count; row++) {
      const at = time[row]!;
      ofAll.add(at);
      if (pid[row]! > 0) ofProcesses.add(at);
    }
  }
  if (!sortsAll && set.isDisordered()) return { ...taken, sortsAll: true };
  return {
    set,
    healer,
    users,
    batches,
    // When a file was written, or who logged in last year, says nothing of when processes were watched.
    said: { entries: set.entries(), observations, ...(ofProcesses.isEmpty ? ofAll : ofProcesses).bounds },
  };
}

/** The first and the last of some times. */
class Extent {
  private first = Infinity;
  private last = -Infinity;

  add(time: number): void {
    if (time < this.first) this.first = time;
    if (time > this.last) this.last = time;
  }

  get isEmpty(): boolean {
    return this.first === Infinity;
  }

  get bounds(): { readonly from: number; readonly to: number } {
    return this.isEmpty ? { from: NaN, to: NaN } : { from: this.first, to: this.last };
  }
}

import { type Batch, type Coverage, type EvidenceEntry, type Member, NO_STRING, type StringId, type StringTable } from '../model/index.js';
import { Account } from './account.js';
import type { AuditReaders } from './auditReaders.js';
import { parseZone, SECOND, zoneText } from './clock.js';
import { clockOf, zoneStated } from './dating.js';
import { KnownEvents } from './duplicates.js';
import type { ParseContext } from './format.js';
import { coverHost, decideHosts } from './hostDecision.js';
import { inStep } from './inStep.js';
import { planEvidence, type PlannedEvidence } from './plan.js';
import { ReadingProgress, sizeOf } from './readingProgress.js';
import { endWithin, type Seam, SeamedMember, seamsOf } from './rotation.js';
import type { EvidenceSet, ReadProgress, SetOptions, Source } from './set.js';
import { type Joined, joinByEvents } from './sharedEvents.js';
import { SkewMeter, skewNote } from './skew.js';
import { createStringTable } from './stringTable.js';
import type { OpenTemporary } from './temporary.js';
import { placeInStored } from './textForm.js';
import { WatchedMember } from './watchedMember.js';

export interface ReadOptions extends SetOptions {
  /** Ends the reading: `batches` throws what `signal.throwIfAborted` throws. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Starts threads that read long audit logs in parts; without it all is read in this thread. */
  readonly startReaders?: (() => AuditReaders | undefined) | undefined;
  /** Opens a temporary file for what has to be sorted and is too much for memory; without it all stays in memory. */
  readonly openTemporary?: OpenTemporary | undefined;
  /** Sorts all that can be: for a set whose {@link EvidenceSet.isDisordered} was true. */
  readonly sortsAll?: boolean | undefined;
  /** As {@link ParseContext.keepsMessages}. */
  readonly keepsMessages?: boolean | undefined;
}

/** From this size on evidence is read side by side with others, so that its observations need not be held back for theirs. */
const LARGE_BYTES = 8 << 20;

/**
 * Reads a set of evidence: finds the format of each member, decides host and clock, and hands on the observations, those of one evidence in its own order.
 * What cannot be read or recognised is an entry that says so; the rest is read all the same. Throws RangeError at once for a zone that is none.
 */
export function readSet(sources: readonly Source[], options: ReadOptions = {}): EvidenceSet {
  const strings = createStringTable();
  const zoneMinutes = options.zone === undefined ? undefined : parseZone(options.zone);
  for (const source of sources) if (source.stated?.zone !== undefined) parseZone(source.stated.zone);
  const entries: EvidenceEntry[] = [];
  const members: { evidence: number; path: string; member: Member }[] = [];
  let settled = -Infinity;
  let isDisordered = false;

  async function* batches(): AsyncGenerator<Batch> {
    const planned = await planEvidence(sources, options.signal);
    const joined = await joinByEvents(planned, decideHosts(planned, options), (at) => zoneStated(planned[at], zoneMinutes), options.signal);
    const seams = await seamsOf(planned, options.signal);
    const progress = new ReadingProgress(planned, options.onProgress);
    const known = planned.filter(({ format }) => format.numbersEvents === true).length > 1 ? new KnownEvents(planned.some(({ format }) => format.isReport === true)) : undefined;
    // Members are numbered, and copies of an event told, in order of names: whoever lists the same files in another order gets the same.
    const byName = [...planned.entries()].sort(([a, left], [b, right]) => compare(placeOf(left), placeOf(right)) || a - b);
    const streams = byName.map(([index, evidence]) => {
      const account = new Account();
      const firstMember = members.length;
      for (const member of evidence.members) members.push({ evidence: index, path: member.path, member });
      const own: Joined = joined[index] ?? { host: { host: `file:${evidence.source.name}`, basis: 'file' } };
      const isCopied = evidence.format.numbersEvents === true;
      const batches = readOne(evidence, { seam: seams.get(evidence), strings, firstMember, joined: own, account, zoneMinutes: own.zoneMinutes ?? zoneMinutes, options, progress, foundDisorder: () => (isDisordered = true), done: (entry) => (entries[index] = entry) });
      const isReport = evidence.format.isReport === true;
      const isKnownByMoment = evidence.format.isKnownByMoment === true;
      return { batches, isCopied, isKnownByMoment, isInOrder: evidence.format.isInOrder === true, isKernelTimed: evidence.format.isKernelTimed === true, isReport, grainMicros: isReport ? SECOND : 0, account, index, isLarge: evidence.members.some((member) => sizeOf(member) >= LARGE_BYTES) };
    });
    const fresh = (batch: Batch, stream: (typeof streams)[number]): Batch => {
      if (!known || !stream.isCopied) return batch;
      const { batch: unseen, duplicates } = stream.isReport ? known.unreported(batch) : known.unseen(batch, stream.index, stream.isKnownByMoment);
      stream.account.duplicates += duplicates;
      return unseen;
    };
    // Small evidence that nothing else tells again first, whole; then the others side by side.
    const large = streams.filter(({ isCopied, isLarge }) => isCopied || isLarge);
    const aside = [...large.filter(({ isReport }) => !isReport), ...large.filter(({ isReport }) => isReport)];
    const skews = new SkewMeter();
    for (const stream of streams) {
      if (aside.includes(stream)) continue;
      for await (const batch of stream.batches) {
        skews.see(batch, stream.index);
        yield batch;
      }
    }
    for await (const { batch, index, settledMicros } of inStep(aside)) {
      skews.see(batch, aside[index]!.index);
      const unseen = fresh(batch, aside[index]!);
      settled = settledMicros;
      if (unseen.count > 0) yield unseen;
    }
    const kernels = streams.filter(({ isKernelTimed }) => isKernelTimed);
    for (const [index, entry] of entries.entries()) entries[index] = withSkew(entry, index, kernels, entries, skews);
    progress.end();
  }

  return {
    strings,
    batches: batches(),
    settledMicros: () => settled,
    isDisordered: () => isDisordered,
    entries: () => entries,
    member(id) {
      const found = members[id];
      if (!found) throw new RangeError(`no member ${id} in this set`);
      return found;
    },
  };
}

interface Reading {
  readonly seam: Seam | undefined;
  readonly strings: StringTable;
  readonly firstMember: number;
  readonly joined: Joined;
  readonly account: Account;
  readonly zoneMinutes: number | undefined;
  readonly options: ReadOptions;
  readonly progress: ReadingProgress;
  foundDisorder(): void;
  done(entry: EvidenceEntry): void;
}

async function* readOne(evidence: PlannedEvidence, reading: Reading): AsyncGenerator<Batch> {
  const { source, format } = evidence;
  const { account, joined } = reading;
  const coverage = new Map<string, Coverage>();
  const cover = (note: Coverage): void => {
    if (!coverage.has(note.gap)) coverage.set(note.gap, note);
  };
  const watched = evidence.members.map((member, at) => new WatchedMember(member, at === 0 ? evidence.error : undefined, { signal: reading.options.signal, progress: reading.progress }, evidence.form));
  const error = (): string | undefined => source.error ?? watched.find((member) => member.error !== undefined)?.error;

  let named: StringId = NO_STRING; // the one host that the records themselves name
  let isNamedAlike = true;
  let hasUnnamed = false;
  const hostId = reading.strings.internText(joined.host.host);
  const context: ParseContext = {
    strings: reading.strings,
    account,
    firstMember: reading.firstMember,
    ...clockOf(evidence, { zoneMinutes: reading.zoneMinutes, takenMicros: reading.options.takenMicros }),
    cover,
    isCut: () => error() !== undefined,
    signal: reading.options.signal,
    startReaders: reading.options.startReaders,
    openTemporary: reading.options.openTemporary,
    sortsAll: reading.options.sortsAll,
    keepsMessages: reading.options.keepsMessages,
    foundDisorder: () => reading.foundDisorder(),
  };
  const { seam } = reading;
  for await (const batch of format.parse(seam ? watched.map((member) => new SeamedMember(member, seam)) : watched, context)) {
    reading.options.signal?.throwIfAborted();
    const [{ text, bytes } = { text: undefined, bytes: 0 }] = watched;
    if (seam?.taken) endWithin(batch, bytes);
    if (text) placeInStored(batch, reading.firstMember, text);
    const column = batch.host;
    for (let row = 0; row < batch.count; row++) {
      const stated = column[row]!;
      if (stated === NO_STRING) {
        column[row] = hostId;
        hasUnnamed = true;
      } else if (named === NO_STRING) named = stated;
      else if (named !== stated) isNamedAlike = false;
    }
    if (batch.count > 0) yield batch;
  }
  account.bytes = watched.reduce((sum, member) => sum + member.bytes, 0);
  const host = named !== NO_STRING && isNamedAlike && !hasUnnamed ? (reading.strings.text(named) ?? joined.host.host) : joined.host.host;
  if (hasUnnamed) coverHost(joined, source, cover);
  if (joined.zoneMinutes !== undefined) cover({ gap: 'zone-guessed', says: `Its stamps name no zone; ${zoneText(joined.zoneMinutes)} is right: events at its beginning are in ${joined.with?.name} too, which states them in UTC.` });
  const failure = error();
  if (failure !== undefined) cover({ gap: 'truncated', says: 'The file could not be read to its end; what came after is not known.' });
  reading.done({
    file: source.name,
    members: evidence.members.map((member) => member.path),
    format: format.id,
    host,
    sha256: undefined,
    accounting: {
      bytes: account.bytes,
      records: account.records,
      understood: account.understood,
      notNeeded: account.notNeeded,
      notUnderstood: account.notUnderstood,
      lostBySource: account.lostBySource,
      duplicates: account.duplicates,
    },
    troubles: watched[0]?.text ? account.troubles.map((trouble) => ({ ...trouble, places: trouble.places.map((place) => ({ ...place, offset: watched[0]?.text?.storedAt(place.offset) ?? place.offset })) })) : account.troubles,
    coverage: [...coverage.values()],
    ...(failure === undefined ? {} : { error: failure }),
  });
}

/** Adds how far its clock is from that of an audit log of the same host. */
function withSkew(entry: EvidenceEntry, index: number, kernels: readonly { readonly index: number }[], entries: readonly EvidenceEntry[], skews: SkewMeter): EvidenceEntry {
  if (kernels.some((kernel) => kernel.index === index)) return entry;
  for (const kernel of kernels) {
    const against = entries[kernel.index];
    const measured = against?.host === entry.host ? skews.between(index, kernel.index) : undefined;
    if (!measured || !against) continue;
    const skew = { against: against.file, ...measured };
    const note = skewNote(skew, entry.file);
    return { ...entry, skew, coverage: note ? [...entry.coverage, note] : entry.coverage };
  }
  return entry;
}

/** Source and first member: what tells pieces of evidence apart whatever order they are listed in. */
function placeOf({ source, members }: PlannedEvidence): string {
  return `${source.name}\0${members[0]?.path ?? ''}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

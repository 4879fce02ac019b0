import type { Source } from '../evidence/index.js';
import type { EvidenceEntry } from '../model/index.js';
import type { Loaded } from '../store/index.js';
import type { ProcessFindings } from '../triage/index.js';
import type { EvidenceFields } from './evidenceFields.js';
import type { Triaged } from './findings.js';
import { countsOf } from './known.js';
import { statedStarts } from './lineageRecord.js';
import type { CountedSet, OpenedSet } from './openSet.js';
import type { HeldIntel } from './playbook.js';
import type { CaseIntelText } from './ports.js';
import type { MemberOf } from './raw.js';
import type { Catalogue, Summary } from './requests.js';
import type { VerdictBook, VerdictText } from './verdicts.js';

/** What is said of evidence that was read, whatever is kept of it. */
export interface Stated {
  readonly sources: readonly Source[];
  readonly title: string | undefined;
  /** With hashes once the files are hashed. */
  entries: readonly EvidenceEntry[];
  isHashed: boolean;
}

/** Evidence of which only the summary was asked for. */
export interface Counted extends Stated {
  readonly set: CountedSet;
}

/** An open evidence set with what is made from it when first asked for. */
export interface Opened extends Stated {
  readonly set: OpenedSet;
  readonly members: readonly (MemberOf & { readonly evidence: number })[];
  readonly paths: readonly string[];
  verdictTexts: readonly VerdictText[];
  /** Made anew when texts, hashes or the store are. */
  verdicts?: VerdictBook;
  /** What triage says; runs before the store fills. */
  triaging?: Promise<Triaged>;
  /** The same by process, in order of rank, once it is there. */
  findings?: ReadonlyMap<number, ProcessFindings>;
  /** IoC lists and calendars of the case, then those that were added; looked for in the store when first asked. */
  intelTexts: readonly CaseIntelText[];
  readonly caseHosts: readonly string[];
  intel?: Promise<HeldIntel>;
  /** Set when the store is full. */
  loaded?: Loaded;
  /** What only the records have, read when a hunt asks; set with the store. */
  fields?: EvidenceFields;
  starts?: Float64Array;
  /** Rows in order of start. */
  order?: Uint32Array;
  cataloguing?: Promise<Catalogue>;
  catalogue?: Catalogue;
}

/** When each process started, as `lineage` states it. */
export function startsOf(of: Opened): Float64Array {
  return (of.starts ??= statedStarts(of.set));
}

/** What is known of a set by now. */
export function summaryOf({ set, title, entries, isHashed }: Opened | Counted, storeReady: boolean): Summary {
  const { processes, orphans, creators, unrecorded, orphanUnknown } = 'counts' in set ? set.counts : countsOf(set);
  return {
    evidence: entries,
    hosts: set.hosts,
    processes,
    orphans,
    known: { creators, unrecorded, orphanUnknown },
    observations: set.observations,
    from: set.from,
    to: set.to,
    ...(title === undefined ? {} : { title }),
    storeReady,
    hashed: isHashed,
  };
}

/** All members of a set, by their global id. */
export function membersOf(set: OpenedSet): (MemberOf & { readonly evidence: number })[] {
  const count = set.entries.reduce((sum, entry) => sum + entry.members.length, 0);
  return Array.from({ length: count }, (_, id) => {
    const { evidence, member } = set.member(id);
    return { evidence, member, file: set.entries[evidence]!.file };
  });
}

/** Members as the store and triage name them. */
export function placesOf(of: Opened): { evidence: number; path: string }[] {
  return of.members.map(({ evidence, member }) => ({ evidence, path: member.path }));
}

/** Gives an open set the hashes of its files. Throws only what `signal` throws. */
export async function hashFiles(of: Stated & Pick<Opened, 'verdicts'>, signal: AbortSignal | undefined): Promise<void> {
  of.entries = await hashedEntries(of.entries, of.sources, signal);
  delete of.verdicts;
  of.isHashed = true;
}

/** Entries with the hashes of their files, and whether those are still what the case says. A file that went away has none. Throws only what `signal` throws. */
export async function hashedEntries(entries: readonly EvidenceEntry[], sources: readonly Source[], signal: AbortSignal | undefined): Promise<readonly EvidenceEntry[]> {
  const hashes = new Map<string, Hashed>();
  for (const source of sources) {
    signal?.throwIfAborted();
    hashes.set(source.name, await hashOf(source, signal));
  }
  return entries.map((entry) => {
    const found = hashes.get(entry.file);
    // That a file changed is told beside whatever else is wrong with it; why it cannot be hashed says nothing new of one that could not be read.
    const error = found?.changed === undefined ? (entry.error ?? found?.error) : [found.changed, ...(entry.error === undefined ? [] : [entry.error])].join('; ');
    return { ...entry, sha256: found?.sha256, ...(error === undefined ? {} : { error }), ...(found?.changed === undefined ? {} : { isChanged: true }) };
  });
}

interface Hashed {
  readonly sha256?: string;
  /** Why it cannot be hashed. */
  readonly error?: string;
  /** That it is not the file that the case states. */
  readonly changed?: string;
}

async function hashOf(source: Source, signal: AbortSignal | undefined): Promise<Hashed> {
  if (!source.sha256) return {};
  try {
    const sha256 = await source.sha256(signal);
    const stated = source.stated?.sha256;
    if (stated === undefined || stated.toLowerCase() === sha256) return { sha256 };
    return { sha256, changed: `${source.name}: its SHA-256 is ${sha256}, the case says ${stated}; the file is not the one that was added` };
  } catch (error) {
    signal?.throwIfAborted();
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

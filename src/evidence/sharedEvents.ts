import { EvidenceUnreadable, type Member } from '../model/index.js';
import { Account } from './account.js';
import { MINUTE, SECOND } from './clock.js';
import type { DecidedHost } from './hosts.js';
import type { PlannedEvidence } from './plan.js';
import { createStringTable } from './stringTable.js';

/** So much of each evidence is looked at first, and so much where that shows nothing (files that begin at other times): 32 MiB are about 100,000 records of a log. */
const SAMPLE_FIRST = 2 << 20;
const SAMPLE_BYTES = 32 << 20;
/** The most that is looked at of all together. */
const SAMPLES_BYTES = 256 << 20;
/** Zones differ by quarters of an hour, and by no more than 26 hours from each other. */
const QUARTER = 15 * MINUTE;
const APART_MOST = 26 * 60 * MINUTE;
/** So many events have to agree in number and time. Two hosts give one number in the same millisecond (mod 15 minutes) once in 900,000 times, in the same second once in 900. */
const AGREE_MILLIS = 3;
const AGREE_SECONDS = 12;

/** What shared events say of one evidence. */
export interface Joined {
  readonly host: DecidedHost;
  /** The evidence that it shares events with, and how many of those that were looked at. */
  readonly with?: { readonly name: string; readonly events: number } | undefined;
  /** The zone of its local stamps, minutes east of UTC, where another evidence of the same events has them in UTC. */
  readonly zoneMinutes?: number | undefined;
}

/**
 * Finds evidences that hold the same events of one kernel's audit, by number and time, among those that name no host: they are of one host (the log beside
 * its export, its JSON copy, its report). Where one of them has local stamps without a zone, the other's tell it. Reads the head of each once more, and
 * only where something is to be found: two evidences with numbered events, of which one has no host or no zone.
 */
export async function joinByEvents(planned: readonly PlannedEvidence[], decided: readonly DecidedHost[], zoneOf: (at: number) => number | undefined, signal: AbortSignal | undefined): Promise<Joined[]> {
  const isHomeless = (at: number): boolean => decided[at]?.basis === 'file' && planned[at]?.hosts.length === 0;
  const isTimeless = (at: number): boolean => planned[at]?.format.hasLocalTime === true && zoneOf(at) === undefined;
  const looked = worthLooking(planned, isHomeless, isTimeless);
  const groups = new Groups(planned.length);
  const partners = new Map<number, Partner>();
  if (looked.length > 1) {
    const share = Math.max(SAMPLE_FIRST, Math.min(SAMPLE_BYTES, Math.floor(SAMPLES_BYTES / looked.length)));
    for (const bytes of new Set([SAMPLE_FIRST, share])) {
      const isWanting = await compare(planned, looked, bytes, isTimeless, groups, partners, signal);
      if (!looked.some((at) => isWanting.has(at) && (isHomeless(at) || isTimeless(at)))) break;
    }
  }
  return decided.map((own, at): Joined => {
    const partner = partners.get(at);
    const host = isHomeless(at) ? hostOfGroup(at, groups, decided, isHomeless) : undefined;
    return {
      host: host === undefined || host === own.host ? own : { host, basis: 'events' },
      with: partner && { name: planned[partner.at]!.members[0]?.path ?? planned[partner.at]!.source.name, events: partner.events },
      zoneMinutes: partner && isTimeless(at) && !isTimeless(partner.at) ? partner.apart / MINUTE : undefined,
    };
  });
}

/** Compares the heads of evidences; answers those that have numbered events and share none. */
async function compare(
  planned: readonly PlannedEvidence[],
  looked: readonly number[],
  bytes: number,
  isTimeless: (at: number) => boolean,
  groups: Groups,
  partners: Map<number, Partner>,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<number>> {
  const samples: { readonly at: number; readonly sample: Sample }[] = [];
  for (const at of looked) samples.push({ at, sample: await sampleOf(planned[at]!, bytes, signal) });
  // What knows its time best comes first: the others are compared with it.
  const rank = ({ at, sample }: (typeof samples)[number]): number => (sample.isCoarse ? 2 : 0) + (isTimeless(at) ? 1 : 0);
  const nameOf = (at: number): string => planned[at]?.source.name ?? '';
  const owners = new Owners();
  for (const { at, sample } of samples.sort((a, b) => rank(a) - rank(b) || (nameOf(a.at) < nameOf(b.at) ? -1 : 1))) {
    for (const partner of owners.partnersOf(at, sample, isTimeless)) {
      groups.join(at, partner.at, partner.host);
      keepBetter(partners, at, partner, isTimeless);
      keepBetter(partners, partner.at, { ...partner, at, apart: -partner.apart }, isTimeless);
    }
  }
  return new Set(samples.filter(({ at, sample }) => sample.bySeconds.size > 0 && !partners.has(at)).map(({ at }) => at));
}

/** A partner that knows its time is better than one that does not, then one that shares more. */
function keepBetter(partners: Map<number, Partner>, at: number, partner: Partner, isTimeless: (at: number) => boolean): void {
  const before = partners.get(at);
  const isBetter = !before || (isTimeless(before.at) === isTimeless(partner.at) ? partner.events > before.events : isTimeless(before.at));
  if (isBetter) partners.set(at, partner);
}

function worthLooking(planned: readonly PlannedEvidence[], isHomeless: (at: number) => boolean, isTimeless: (at: number) => boolean): readonly number[] {
  const numbered = [...planned.keys()].filter((at) => planned[at]?.format.numbersEvents === true);
  if (numbered.some(isHomeless)) return numbered;
  // Only zones are to be found: one log in UTC is enough to compare with.
  const timeless = numbered.filter(isTimeless);
  const clock = numbered.find((at) => planned[at]?.format.id === 'auditd') ?? numbered.find((at) => planned[at]?.format.hasLocalTime !== true);
  return clock === undefined ? [] : [clock, ...timeless];
}

/** The one host that a group names, else the first of its files; undefined where it names several. */
function hostOfGroup(at: number, groups: Groups, decided: readonly DecidedHost[], isHomeless: (at: number) => boolean): string | undefined {
  const group = groups.of(at);
  const names = new Set(groups.names(at));
  for (const each of group) if (!isHomeless(each) && decided[each]?.basis !== 'file') names.add(decided[each]!.host);
  if (names.size > 1) return undefined;
  return [...names][0] ?? group.filter(isHomeless).map((each) => decided[each]!.host).sort()[0]; // whatever order they were listed in
}

/** Evidences that were found to be of one host. */
class Groups {
  private readonly root: number[];
  private readonly hosts = new Map<number, Set<string>>();

  constructor(count: number) {
    this.root = Array.from({ length: count }, (_, at) => at);
  }

  join(one: number, other: number, host: string | undefined): void {
    const [low, high] = [this.find(one), this.find(other)].sort((a, b) => a - b) as [number, number]; // two of them
    this.root[high] = low;
    const hosts = new Set([...(this.hosts.get(low) ?? []), ...(this.hosts.get(high) ?? []), ...(host === undefined ? [] : [host])]);
    this.hosts.set(low, hosts);
  }

  of(at: number): readonly number[] {
    const root = this.find(at);
    return [...this.root.keys()].filter((each) => this.find(each) === root);
  }

  /** Hosts that the shared records themselves name. */
  names(at: number): Iterable<string> {
    return this.hosts.get(this.find(at)) ?? [];
  }

  private find(at: number): number {
    while (this.root[at] !== at) at = this.root[at]!;
    return at;
  }
}

interface Seen {
  readonly time: number;
  /** As the record names it. */
  readonly host: string | undefined;
}

interface Sample {
  /** Number of the event and its millisecond within 15 minutes. */
  readonly byMillis: Map<number, Seen>;
  /** The same by seconds. */
  readonly bySeconds: Map<number, Seen>;
  /** True where all its times are whole seconds. */
  isCoarse: boolean;
}

interface Partner {
  readonly at: number;
  readonly events: number;
  /** How much later the stamps of this evidence are than those of the partner, microseconds. */
  readonly apart: number;
  readonly host: string | undefined;
}

interface Votes {
  readonly byApart: Map<number, number>;
  readonly hosts: Set<string>;
  all: number;
}

/** Which evidence had an event first. */
class Owners {
  private readonly byMillis = new Map<number, Seen & { readonly at: number }>();
  private readonly bySeconds = new Map<number, Seen & { readonly at: number }>();

  /** The evidences asked before that share events with this one. */
  partnersOf(at: number, sample: Sample, isTimeless: (at: number) => boolean): readonly Partner[] {
    const votes = new Map<number, Votes>();
    const compare = (mine: Sample['byMillis'], owners: Map<number, Seen & { readonly at: number }>, counts: boolean): void => {
      for (const [key, seen] of mine) {
        const owner = owners.get(key);
        if (!owner) owners.set(key, { ...seen, at });
        else if (counts) vote(votes, owner, seen);
      }
    };
    compare(sample.byMillis, this.byMillis, !sample.isCoarse);
    compare(sample.bySeconds, this.bySeconds, sample.isCoarse);
    return [...votes].flatMap(([other, found]) => settled(other, found, sample.isCoarse ? AGREE_SECONDS : AGREE_MILLIS, isTimeless(at) || isTimeless(other)) ?? []);
  }
}

function vote(votes: Map<number, Votes>, owner: Seen & { readonly at: number }, seen: Seen): void {
  let found = votes.get(owner.at);
  if (!found) votes.set(owner.at, (found = { byApart: new Map(), hosts: new Set(), all: 0 }));
  const apart = seen.time - owner.time;
  found.byApart.set(apart, (found.byApart.get(apart) ?? 0) + 1);
  found.all++;
  const host = owner.host ?? seen.host;
  if (host !== undefined) found.hosts.add(host);
}

/** The partner that the votes show; undefined: too few agree on one distance in time, or on one that no zones are apart. */
function settled(at: number, { byApart, hosts, all }: Votes, least: number, mayBeApart: boolean): Partner | undefined {
  let apart = 0;
  let events = 0;
  for (const [distance, count] of byApart) if (count > events) [apart, events] = [distance, count];
  if (events < least || events * 2 < all) return undefined;
  if (apart !== 0 && (!mayBeApart || apart % QUARTER !== 0 || Math.abs(apart) > APART_MOST)) return undefined;
  return { at, events, apart, host: hosts.size === 1 ? [...hosts][0] : undefined };
}

/** The numbers and times of the events in the head of an evidence, local stamps read as UTC. */
async function sampleOf(evidence: PlannedEvidence, bytes: number, signal: AbortSignal | undefined): Promise<Sample> {
  const sample: Sample = { byMillis: new Map(), bySeconds: new Map(), isCoarse: true };
  const strings = createStringTable();
  const members = evidence.members.map((member) => headOf(member, bytes));
  const batches = evidence.format.parse(members, { strings, account: new Account(), firstMember: 0, zoneMinutes: undefined, takenMicros: undefined, signal });
  for await (const batch of batches) {
    for (let row = 0; row < batch.count; row++) {
      const serial = batch.serial[row]!;
      const time = batch.time[row]!;
      if (serial === 0 || !(time >= 0) || serial > 2 ** 33) continue;
      const millis = Math.floor(time / 1000);
      if (millis % 1000 !== 0) sample.isCoarse = false;
      const host = strings.text(batch.host[row]!);
      sample.byMillis.set(serial * 900_000 + (millis % 900_000), { time, host });
      const second = Math.floor(millis / 1000);
      sample.bySeconds.set(serial * 900 + (second % 900), { time: second * SECOND, host });
    }
  }
  return sample;
}

/** The first part of a member, ending where it cannot be read further: reading it in full says so. */
function headOf(member: Member, bytes: number): Member {
  return {
    path: member.path,
    size: undefined,
    modifiedMicros: member.modifiedMicros,
    async *open(from) {
      let left = bytes - from;
      try {
        for await (const chunk of member.open(from)) {
          if (chunk.length >= left) {
            yield chunk.subarray(0, left);
            return;
          }
          left -= chunk.length;
          yield chunk;
        }
      } catch (cause) {
        if (!(cause instanceof EvidenceUnreadable)) throw cause;
      }
    },
  };
}

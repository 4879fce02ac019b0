import { EvidenceUnreadable, type Member } from '../model/index.js';
import { type ArchiveEntry, isTar, type ListedArchive, type ReadArchive, readTar } from './archive.js';
import { compressionOf, unpackedMember } from './compression.js';
import { ARCHIVE_LIMITS, type ArchiveLimits, Budget } from './limits.js';
import { headOf } from './ranges.js';
import type { Spill } from './spill.js';
import { isTtar, readTtar } from './ttar.js';
import { isZip, readZip } from './zip.js';

export interface OpenOptions {
  /** Ends the opening; of a large compressed archive it takes as long as unpacking does. */
  readonly signal?: AbortSignal | undefined;
  /** Told the file that is being looked into. */
  readonly onProgress?: ((what: string) => void) | undefined;
}

interface Container {
  /** How errors name it. */
  readonly shown: string;
  /** Stored bytes of the outermost file. */
  readonly size: number;
  readonly spill: Spill;
  readonly signal: AbortSignal | undefined;
  readonly limits?: ArchiveLimits;
}

const HEAD = 512;
/** In a zip no file's first bytes are at hand, so the name tells where it is worth a look. */
const PACKED_NAME = /\.(?:gz|xz|zst|bz2|tgz|txz|tar|ttar|zip)$/i;

/** What a stored member holds: itself, its unpacked bytes, or the files of an archive. Archives in archives are read through as well. */
export function openMember(stored: Member, container: Container): Promise<ReadArchive> {
  return open(stored, container.shown, container, new Budget(container.size, container.limits ?? ARCHIVE_LIMITS), 0);
}

async function open(stored: Member, shown: string, container: Container, budget: Budget, depth: number, known?: Uint8Array): Promise<ReadArchive> {
  const { spill, signal } = container;
  signal?.throwIfAborted();
  const head = known ?? (await headOf(stored.open(0), HEAD));
  const compression = compressionOf(head);
  if (!compression) return openPlain(stored, head, shown, container, budget, depth);
  const unpacked = unpackedMember(stored, compression, { spill, modifiedMicros: stored.modifiedMicros });
  let inside: Uint8Array;
  try {
    inside = await headOf(unpacked.open(0), HEAD);
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    return { members: [unpacked] }; // whoever reads it is told the same
  }
  return openPlain(unpacked, inside, shown, container, budget, depth);
}

async function openPlain(member: Member, head: Uint8Array, shown: string, container: Container, budget: Budget, depth: number): Promise<ReadArchive> {
  const { spill, signal } = container;
  if (isTar(head)) return expand(await readTar(member, shown, budget, signal), shown, container, budget, depth);
  if (isTtar(head)) return expand(await readTtar(member, shown, budget, signal), shown, container, budget, depth);
  if (isZip(head)) {
    const size = member.size ?? (await lengthOf(member));
    return expand(await readZip(member, size, shown, budget, spill, signal), shown, container, budget, depth);
  }
  return { members: [member] };
}

/** Opens what is packed among the files of an archive. */
async function expand(listed: ListedArchive, shown: string, container: Container, budget: Budget, depth: number): Promise<ReadArchive> {
  const members: Member[] = [];
  const errors = listed.error === undefined ? [] : [listed.error];
  for (const { member, head } of listed.entries) {
    const inner = await inside(member, head, shown, container, budget, depth);
    for (const each of inner.members) members.push(each);
    if (inner.error !== undefined) errors.push(inner.error);
  }
  const [first] = errors;
  return { members, ...(first === undefined ? {} : { error: errors.length > 1 ? `${first} (and ${errors.length - 1} more)` : first }) };
}

async function inside(member: Member, head: ArchiveEntry['head'], shown: string, container: Container, budget: Budget, depth: number): Promise<ReadArchive> {
  const isPacked = head ? compressionOf(head) !== undefined || isTar(head) || isTtar(head) || isZip(head) : member.linkTarget === undefined && PACKED_NAME.test(member.path);
  if (!isPacked) return { members: [member] };
  const place = `${shown}/${member.path}`;
  if (depth + 1 >= budget.limits.depth) return { members: [member], error: `${place}: archives lie more than ${budget.limits.depth} deep in each other; this one was not looked into` };
  try {
    const { members, error } = await open(member, place, container, budget, depth + 1, head);
    const isArchive = members.length !== 1 || members[0]?.path !== member.path;
    return { members: isArchive ? members.map((each) => ({ ...each, path: `${member.path}/${each.path}`, open: (from: number) => each.open(from) })) : members, ...(error === undefined ? {} : { error }) };
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    return { members: [member] }; // encrypted, or damaged: whoever reads it is told the same
  }
}

async function lengthOf(member: Member): Promise<number> {
  let length = 0;
  for await (const chunk of member.open(0)) length += chunk.length;
  return length;
}

import { EvidenceUnreadable, type Member } from '../model/index.js';
import { type Collected, collectionsOf } from './collections.js';
import { type Format, SNIFF_BYTES } from './format.js';
import { hostsNamedIn } from './hosts.js';
import { FORMATS, formatOf } from './registry.js';
import type { Source } from './set.js';
import { plainHead, type TextForm, textFormOf } from './textForm.js';
import { linkFormat, unknownFormat } from './unknown.js';

/** Members that will be read together as one evidence, with their format. */
export interface PlannedEvidence {
  readonly source: Source;
  readonly format: Format;
  readonly members: readonly Member[];
  /** Hosts that the head of a single member names. */
  readonly hosts: readonly string[];
  /** Why the head could not be read. */
  readonly error: string | undefined;
  /** How the text of a single member is written, where its format reads it as plain UTF-8 only. */
  readonly form?: TextForm | undefined;
  /** What the collection that it lies in says of it. */
  readonly collected?: Collected | undefined;
}

/** A made-up archive could hold a group for every member; each costs a pass over all of them. */
const GROUPS_MOST = 256;

/** Finds out what each source holds, from the heads of its members. Sources and members keep their order; groups come where their first member is. */
export async function planEvidence(sources: readonly Source[], signal: AbortSignal | undefined): Promise<PlannedEvidence[]> {
  const planned: PlannedEvidence[] = [];
  const collections = await collectionsOf(sources, signal);
  for (const source of sources) {
    if (source.members.length === 0) {
      planned.push({ source, format: unknownFormat, members: [], hosts: [], error: undefined });
      continue;
    }
    const groups = claimGroups(source.members);
    const placed = new Set<ClaimedGroup>();
    for (const member of source.members) {
      signal?.throwIfAborted();
      const group = groups.get(member);
      if (!group) {
        const head = await headOf(member);
        const { format, bytes, form } = recognise(member, head.bytes);
        planned.push({ source, format, members: [member], hosts: bytes ? await hostsOf(bytes, format) : [], error: head.error, form, collected: collections.get(member) });
      } else if (!placed.has(group)) {
        placed.add(group);
        planned.push({ source, format: group.format, members: group.members, hosts: [], error: undefined, collected: collections.get(member) });
      }
    }
  }
  return planned;
}

/** The format of a member by its head, which is read as plain text where it is none. */
function recognise(member: Member, bytes: Uint8Array | undefined): { readonly format: Format; readonly bytes: Uint8Array | undefined; readonly form: TextForm | undefined } {
  if (member.linkTarget !== undefined || !bytes) return { format: member.linkTarget !== undefined ? linkFormat : unknownFormat, bytes, form: undefined };
  const asStored = formatOf(bytes, member.path);
  const form = textFormOf(bytes);
  if (form) {
    const plain = plainHead(bytes, form);
    const asPlain = formatOf(plain, member.path);
    // Colours are taken out only of what stays the same evidence, or becomes one, without them.
    if (asPlain && (asStored === undefined || asStored === asPlain || form.encoding !== 'utf-8')) return { format: asPlain, bytes: plain, form };
  }
  return { format: asStored ?? unknownFormat, bytes, form: undefined };
}

async function hostsOf(head: Uint8Array, format: Format): Promise<readonly string[]> {
  return [...new Set([...((await format.hostsIn?.(head)) ?? []), ...hostsNamedIn(head)])];
}

/** The formats that a source holds evidence of, each once; none when nothing in it is recognised. */
export async function formatsIn(source: Source): Promise<readonly Format[]> {
  const planned = await planEvidence([source], undefined);
  return [...new Set(planned.map(({ format }) => format))].filter((format) => format !== unknownFormat && format !== linkFormat);
}

interface ClaimedGroup {
  readonly format: Format;
  readonly members: readonly Member[];
}

function claimGroups(members: readonly Member[]): Map<Member, ClaimedGroup> {
  const groups = new Map<Member, ClaimedGroup>();
  let free: readonly Member[] = members;
  let count = 0;
  for (const format of FORMATS) {
    if (!format.claim) continue;
    while (count++ < GROUPS_MOST) {
      const claimed = new Set(format.claim(free.map((member) => member.path)) ?? []);
      const mine = free.filter((member) => claimed.has(member.path));
      if (mine.length === 0) break;
      const group: ClaimedGroup = { format, members: mine };
      for (const member of mine) groups.set(member, group);
      free = free.filter((member) => !claimed.has(member.path));
    }
  }
  return groups;
}

/** Reads the first bytes of a member. A member that cannot be read has an error and, maybe, the bytes before it. */
async function headOf(member: Member): Promise<{ readonly bytes: Uint8Array | undefined; readonly error: string | undefined }> {
  if (member.linkTarget !== undefined) return { bytes: undefined, error: undefined };
  const head = new Uint8Array(SNIFF_BYTES);
  let length = 0;
  try {
    for await (const chunk of member.open(0)) {
      const part = chunk.subarray(0, SNIFF_BYTES - length);
      head.set(part, length);
      length += part.length;
      if (length === SNIFF_BYTES) break;
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    return { bytes: head.subarray(0, length), error: cause.message };
  }
  return { bytes: head.subarray(0, length), error: undefined };
}

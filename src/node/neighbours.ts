import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatOf, SNIFF_BYTES, type Source } from '../evidence/index.js';
import { EvidenceUnreadable, type Member } from '../model/index.js';
import { openSources } from './sources.js';

/** Evidence that lies beside a file that was opened alone. */
export interface Neighbour {
  readonly path: string;
  /** The format's title, for people. */
  readonly title: string;
}

/** So many files are looked into; a folder with more is offered as a whole. */
const LOOKED_AT = 200;
/** Folders beside a log in which collectors put their snapshots. */
const BESIDE = ['.', 'snapshots', 'process', 'live_response/process'];

/** Other evidence beside a file, sorted by name: what the person may want to open together with it. Files that cannot be read are left out. */
export async function neighbours(path: string): Promise<Neighbour[]> {
  const folder = dirname(path);
  const found: Neighbour[] = [];
  let looked = 0;
  for (const below of BESIDE) {
    const place = join(folder, below);
    for (const name of await filesIn(place)) {
      const file = join(place, name);
      if (file === join(path)) continue;
      if (++looked > LOOKED_AT) return found;
      const [source] = await openSources([file]);
      const title = source && (await titleOf(source));
      if (title !== undefined) found.push({ path: file, title });
    }
  }
  return found;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return []; // no such folder, or it may not be read: nothing to offer
    throw cause;
  }
}

async function titleOf(source: Source): Promise<string | undefined> {
  for (const member of source.members.slice(0, 8)) {
    const head = await headOf(member);
    const format = head && formatOf(head, member.path);
    if (format) return format.title;
  }
  return undefined;
}

async function headOf(member: Member): Promise<Uint8Array | undefined> {
  if (member.linkTarget !== undefined) return undefined;
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
    if (cause instanceof EvidenceUnreadable) return undefined;
    throw cause;
  }
  return head.subarray(0, length);
}

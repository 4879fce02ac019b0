import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatsIn } from '../evidence/index.js';
import { openSources } from './sources.js';

/** Evidence that lies beside a file that was opened alone. */
export interface Neighbour {
  readonly path: string;
  /** The titles of the formats in it, for people. */
  readonly title: string;
}

/** So many files are looked into; a folder with more is offered as a whole. */
const LOOKED_AT = 200;
const LARGE_ARCHIVE = 32 << 20;
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
      if (await isLargeArchive(file)) {
        found.push({ path: file, title: 'an archive that was not looked into' });
        continue;
      }
      const [source] = await openSources([file]);
      const formats = source ? await formatsIn(source) : [];
      if (formats.length > 0) found.push({ path: file, title: formats.map(({ title }) => title).join(', ') });
    }
  }
  return found;
}

/** An archive is read whole to know what is in it; that is too much for an offer. */
async function isLargeArchive(file: string): Promise<boolean> {
  if (!/\.(tar|tgz|tar\.gz)$/i.test(file)) return false;
  try {
    return (await stat(file)).size > LARGE_ARCHIVE;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return false; // openSources tells what is wrong with it
    throw cause;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return []; // no such folder, or it may not be read: nothing to offer
    throw cause;
  }
}

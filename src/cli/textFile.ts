import { readFile } from 'node:fs/promises';
import { unreadable } from '../node/index.js';

/** The text of a file that the user named: a hunt, a notebook, a list. Throws {@link EvidenceUnreadable} that names the file and says what is wrong with it. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { unreadable } from '../node/index.js';

/** The text of a file that the user named: a hunt, a notebook, a list. Throws {@link EvidenceUnreadable} that names the file and says what is wrong with it. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/**
 * Refuses a file that could not be written because its folder is not there, or because a folder has its name. Asked before work that takes long: a mistyped
 * path makes no folders, and nothing is read for a result that has no place. Throws an Error that names the folder and says what to do.
 */
export async function checkTarget(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  if (!(await isFolder(folder))) throw new Error(`${file} cannot be written: there is no folder ${folder}. Make it first, or name another file`);
  if (await isFolder(file)) throw new Error(`${file} cannot be written: it is a folder. Name a file in it`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return false;
    throw new Error(`${path} cannot be looked at: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Writes a result. Throws an Error that names the file and says why it could not be written. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new Error(`${file} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

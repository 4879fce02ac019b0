import { access, constants, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { MANIFEST_NAME } from '../case/index.js';
import type { EvidenceEntry } from '../model/index.js';
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
 * Refuses a file that could not be written because its folder is not there or may not be written to, because a folder has its name, or because it makes a
 * case of its folder. Asked before work that takes long: a mistyped path makes no folders, and nothing is read for a result that has no place. Throws an
 * Error that names the folder and says what to do.
 */
export async function checkTarget(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  if (!(await isFolder(folder))) throw new Error(`${file} cannot be written: there is no folder ${folder}. Make it first, or name another file`);
  if (await isFolder(file)) throw new Error(`${file} cannot be written: it is a folder. Name a file in it`);
  const real = await realPathOf(file);
  if ([file, real ?? file].some((path) => basename(path) === MANIFEST_NAME)) throw new Error(`${file} cannot be written: it says what is in the case. Name another file`);
  await access(real ?? folder, constants.W_OK).catch((cause: unknown) => {
    throw new Error(`${file} cannot be written: ${real === undefined ? `the folder ${folder}` : 'it'} may only be read. Name a file in another folder`, { cause });
  });
}

/** Refuses to write over evidence, by whatever name or link it is reached. Throws an Error that says what to do. */
export async function checkNoEvidence(file: string, evidence: readonly Pick<EvidenceEntry, 'file'>[]): Promise<void> {
  for (const { file: each } of evidence) if (await isSameOrBelow(file, each)) throw new Error(`${file} is evidence, and nothing is ever written to it. Name another file`);
}

/** Whether two paths lead to one file, by links too; or the first to a file below the second, a folder. A file that is not there yet is only called alike. */
export async function isSameOrBelow(file: string, of: string): Promise<boolean> {
  if (resolve(file) === resolve(of)) return true;
  const [real, ofReal] = [await realPathOf(file), await realPathOf(of)];
  if (real === undefined || ofReal === undefined) return false;
  if (real === ofReal || real.startsWith(ofReal + sep)) return true;
  const [one, other] = await Promise.all([real, ofReal].map((path) => stat(path, { bigint: true })));
  return one!.dev === other!.dev && one!.ino === other!.ino; // hard links
}

/** Where links lead; undefined where nothing is. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw new Error(`${path} cannot be looked at: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (isAbsent(cause)) return false;
    throw new Error(`${path} cannot be looked at: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
}

/** Writes a result. Throws an Error that names the file and says why it could not be written. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new Error(`${file} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

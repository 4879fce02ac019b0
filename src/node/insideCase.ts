import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/** A case that cannot be read or written as asked; the message names the file and what to do. */
export class CaseError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CaseError';
  }
}

/** More text than people write: a bound against hostile cases. */
export const TEXT_AT_MOST = 64 << 20;
const FILES_AT_MOST = 1000;

/** A text that people wrote into a case. */
export interface CaseText {
  /** Its path in the case, with `/`. */
  readonly file: string;
  /** Empty where `trouble` says why it was not read. */
  readonly text: string;
  readonly trouble?: string;
}

/**
 * The texts of a folder of the case whose names end so, sorted by name; none where there is no such folder. Links are not followed: they could make us show
 * other files. What is not read is an entry with its `trouble`, so that nothing is left out in silence.
 */
export async function readCaseTexts(folder: string, below: string, ending: string): Promise<readonly CaseText[]> {
  let names: string[];
  try {
    names = (await readdir(join(folder, below), { withFileTypes: true })).filter((entry) => !entry.isDirectory() && entry.name.endsWith(ending) && !entry.name.startsWith('.')).map(({ name }) => name);
  } catch (cause) {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return [];
    return [unread(below, cause)];
  }
  const texts: CaseText[] = [];
  for (const name of names.sort().slice(0, FILES_AT_MOST)) {
    const file = `${below}/${name}`;
    try {
      const text = await readInside(folder, file);
      if (text !== undefined) texts.push({ file, text }); // it went away meanwhile
    } catch (cause) {
      texts.push(unread(file, cause));
    }
  }
  if (names.length > FILES_AT_MOST) texts.push({ file: below, text: '', trouble: `it holds ${names.length} files, and only the first ${FILES_AT_MOST} by name are read; put some of them elsewhere` });
  return texts;
}

function unread(file: string, cause: unknown): CaseText {
  if (!(cause instanceof Error)) throw cause;
  return { file, text: '', trouble: cause.message };
}

/** A file of the case as text; undefined where it is not there. Throws {@link CaseError} for links, what is no regular file, and what is too large. */
export async function readInside(folder: string, path: string): Promise<string | undefined> {
  const file = join(folder, path);
  try {
    const status = await lstat(file);
    if (status.isSymbolicLink() || !(await isInside(folder, file))) throw new CaseError(`${file} is a link; in a case that could lead anywhere, so it was not followed. Put the file itself there`);
    if (!status.isFile()) throw new CaseError(`${file} is no regular file, so it was not read`);
    if (status.size > TEXT_AT_MOST) throw new CaseError(`${file} has ${status.size} bytes; what people write is smaller, so it was not read`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

/** Opens a file of the case for writing. A case comes from strangers: neither its folders nor the file may be links that lead elsewhere. Throws {@link CaseError}. */
export async function openInside(folder: string, path: string, flags: number): Promise<FileHandle> {
  const file = join(folder, path);
  if (!(await isInside(folder, dirname(file)))) throw new CaseError(`${dirname(file)} is a link that leads out of the case; nothing was written`);
  try {
    return await open(file, flags | constants.O_NOFOLLOW, 0o644);
  } catch (cause) {
    if (isCode(cause, 'ELOOP')) throw new CaseError(`${file} is a link; in a case that could lead anywhere, so nothing was written`, { cause });
    throw cause;
  }
}

/** True where a path, its links followed, does not lead out of the case. */
export async function isInside(folder: string, file: string): Promise<boolean> {
  const home = await realpath(folder), target = await realpath(file);
  const way = relative(home, target);
  return way === '' || (!way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way));
}

/** Makes a file of the case with its whole text, or none. Throws a {@link CaseError} with the words `there` where one has that name. */
export async function createInside(folder: string, path: string, text: string, there = `${join(folder, path)} is there already`): Promise<void> {
  let to: FileHandle;
  try {
    to = await openInside(folder, path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  } catch (cause) {
    if (isCode(cause, 'EEXIST')) throw new CaseError(there, { cause });
    throw cause;
  }
  try {
    await to.writeFile(text);
  } catch (cause) {
    await rm(join(folder, path), { force: true }); // half of it is worse than none
    throw cause;
  } finally {
    await to.close();
  }
}

/** A whole new text in one step: a reader sees the old or the new one, never half of one. `before` is done when the new one is safe beside it, and stops it by throwing. */
export async function replaceInside(folder: string, path: string, text: string, before: () => Promise<void>): Promise<void> {
  const beside = `.${path}.${process.pid}.new`;
  await rm(join(folder, beside), { force: true }); // left behind by a process of our number that was killed
  await createInside(folder, beside, text);
  try {
    await before();
    await rename(join(folder, beside), join(folder, path));
  } catch (cause) {
    await rm(join(folder, beside), { force: true });
    throw cause;
  }
}

/** Adds lines behind a text that was read before; a last line that lost its end is ended first. */
export async function appendInside(folder: string, path: string, before: string, lines: string): Promise<void> {
  await mkdir(join(folder, dirname(path)), { recursive: true });
  const to = await openInside(folder, path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
  try {
    await to.writeFile(before === '' || before.endsWith('\n') ? lines : `\n${lines}`);
  } finally {
    await to.close();
  }
}

const RETRY_MS = 20;
/** What is done alone takes milliseconds: a lock this old was left behind by a process that was killed. */
const STALE_MS = 10_000;
const WAIT_MS = 30_000;

/** Does what must not be done by two processes at once, since what is written follows from what was read: a chain would fork, a manifest lose an entry. */
export async function alone<T>(folder: string, path: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dirname(path), `.${path.slice(path.lastIndexOf('/') + 1)}.lock`), file = join(folder, lock);
  await mkdir(dirname(file), { recursive: true });
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      await (await openInside(folder, lock, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL)).close();
      break;
    } catch (cause) {
      if (!isCode(cause, 'EEXIST')) throw cause;
      if (waited >= WAIT_MS) throw new CaseError(`${join(folder, path)} is being written by another program (${file} is there); when there is none, remove that file`, { cause });
      if (await isStale(file)) await rm(file, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > STALE_MS;
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return false; // its holder is done
    throw cause;
  }
}

export function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}

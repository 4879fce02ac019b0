import { lstat, readdir, readFile as readWhole, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest, MANIFEST_NAME, ManifestError, type ManifestEvidence, parseManifest } from '../case/index.js';
import type { Source, Stated } from '../evidence/index.js';
import { EvidenceUnreadable, type Member } from '../model/index.js';
import { type OpenOptions, openMember } from './containers.js';
import { fileMember, type ListedFile, unreadable } from './files.js';
import { sha256Of } from './hash.js';
import { TEXT_AT_MOST } from './insideCase.js';
import { Spill } from './spill.js';

/** A folder with more files than this is told to be too large rather than read for hours. */
const FOLDER_FILES = 500_000;
const FOLDER_DEPTH = 64;

/** What the opening of one set shares. */
interface Opening {
  readonly spill: Spill;
  readonly signal: AbortSignal | undefined;
  /** Told which file is being looked into. */
  readonly onProgress: ((what: string) => void) | undefined;
}

/**
 * Opens files, folders and cases (a folder with `case.foundling.json`, or that file) for reading: one source a file, compression and archives read
 * through. Paths may be `file:` URIs. Never throws for what lies on the disk: a file that cannot be read is a source with `error`. Throws only what
 * `signal.throwIfAborted` throws.
 */
export async function openSources(paths: readonly string[], options: OpenOptions = {}): Promise<Source[]> {
  const opening: Opening = { spill: new Spill(), signal: options.signal, onProgress: options.onProgress };
  const sources: Source[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const source of await openPath(path, opening)) {
      // A folder and a file of it handed in together are one reading of that file.
      if (seen.has(resolve(source.name)) && source.members.length > 0) continue;
      seen.add(resolve(source.name));
      sources.push(source);
    }
  }
  return sources;
}

/** The case that a path belongs to: the manifest itself or a folder that holds one; undefined when it is no case. Throws ManifestError. */
export async function readCase(path: string): Promise<{ readonly folder: string; readonly manifest: Manifest } | undefined> {
  const name = pathOf(path);
  const file = basename(name) === MANIFEST_NAME ? name : join(name, MANIFEST_NAME);
  let text: string;
  try {
    const status = await stat(file);
    if (!status.isFile() || status.size > TEXT_AT_MOST) throw new EvidenceUnreadable(file, `it is ${status.isFile() ? `too large for a manifest (${status.size} bytes)` : 'no regular file'}, so the folder is not opened as a case`);
    text = await readWhole(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (file !== name && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw unreadable(file, cause);
  }
  return { folder: dirname(file), manifest: parseManifest(text) };
}

async function openPath(asked: string, opening: Opening): Promise<Source[]> {
  let path = asked;
  try {
    path = pathOf(asked);
    const found = await readCase(path);
    if (found) return await openCase(found.folder, found.manifest, opening);
    const status = await stat(path);
    if (status.isDirectory()) return await openFolder(path, opening);
    return [await openFile(path, basename(path), opening)];
  } catch (cause) {
    return [failed(path, cause, opening.signal)];
  }
}

function failed(name: string, cause: unknown, signal: AbortSignal | undefined): Source {
  signal?.throwIfAborted(); // cancelled is no failure of a file
  const error = cause instanceof ManifestError ? cause : unreadable(name, cause);
  return { name, members: [], error: error.message };
}

async function openCase(folder: string, manifest: Manifest, opening: Opening): Promise<Source[]> {
  const sources: Source[] = [];
  for (const evidence of manifest.evidence) {
    const stated = statedBy(evidence, manifest.hosts);
    for (const source of await openEvidence(folder, evidence, opening)) sources.push({ ...source, stated });
  }
  return sources;
}

async function openEvidence(folder: string, evidence: ManifestEvidence, opening: Opening): Promise<Source[]> {
  if (evidence.reference !== undefined) {
    return openPlain(evidence.reference, opening, folder);
  }
  const path = join(folder, evidence.path ?? '');
  try {
    // A link inside a case that came from elsewhere must not make us read the examiner's own files.
    const home = await realpath(folder);
    const target = await realpath(path);
    if (target !== home && !target.startsWith(home + sep))
      return [{ name: path, members: [], error: `${path}: it is a link that leads out of the case; it was not followed` }];
  } catch (cause) {
    return [failed(path, cause, opening.signal)];
  }
  return openPlain(path, opening);
}

/** Opens a file or a folder that is no case; `from` is the folder that a relative path starts at. */
async function openPlain(asked: string, opening: Opening, from = '.'): Promise<Source[]> {
  let path = asked;
  try {
    path = resolveFrom(from, pathOf(asked));
    const status = await stat(path);
    return status.isDirectory() ? await openFolder(path, opening) : [await openFile(path, basename(path), opening)];
  } catch (cause) {
    return [failed(path, cause, opening.signal)];
  }
}

/** A path as it is; of a `file:` URI what it names. Throws EvidenceUnreadable where it names no file of this machine. */
function pathOf(path: string): string {
  if (!path.startsWith('file:')) return path;
  try {
    return fileURLToPath(path);
  } catch (cause) {
    throw new EvidenceUnreadable(path, `it names no file of this machine (${cause instanceof Error ? cause.message : String(cause)}); give its path`, { cause });
  }
}

function resolveFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** A case of one host says with it whose evidence all of it is. */
function statedBy(evidence: ManifestEvidence, hosts: readonly string[]): Stated {
  const host = evidence.host ?? (hosts.length === 1 ? hosts[0] : undefined);
  return {
    ...(evidence.id === undefined ? {} : { id: evidence.id }),
    ...(host === undefined ? {} : { host }),
    ...(evidence.zone === undefined ? {} : { zone: evidence.zone }),
    ...(evidence.takenMicros === undefined ? {} : { takenMicros: evidence.takenMicros }),
    ...(evidence.sha256 === undefined ? {} : { sha256: evidence.sha256 }),
  };
}

/** Opens one file; `path` is how its member is named. */
async function openFile(file: string, path: string, { spill, signal, onProgress }: Opening): Promise<Source> {
  signal?.throwIfAborted();
  onProgress?.(file);
  try {
    const status = await stat(file);
    if (!status.isFile())
      return {
        name: file,
        members: [],
        error: `${file}: it is no regular file (a pipe, a device or a socket), so it cannot be read twice; copy it into a file`,
      };
    const listed: ListedFile = { file, path, size: status.size, modifiedMicros: Math.round(status.mtimeMs * 1000) };
    return { name: file, ...(await openMember(fileMember(listed), { shown: file, size: listed.size, spill, signal })), sha256: (until) => sha256Of(listed, until) };
  } catch (cause) {
    return failed(file, cause, signal);
  }
}

/** One file of a folder as the walk met it. */
interface Found {
  readonly file: string;
  /** Relative to the folder that was opened, with `/`. */
  readonly path: string;
  readonly linkTarget: string | undefined;
}

async function openFolder(folder: string, opening: Opening): Promise<Source[]> {
  const found: Found[] = [];
  const sources: Source[] = [];
  await walk(folder, '', 0, found, sources);
  const copies = new Map<string, Found[]>(); // files of a /proc copy by the folder that holds them
  for (const each of found) {
    const root = procFolder(each.path);
    if (root === undefined) continue;
    const files = copies.get(root);
    if (files) files.push(each);
    else copies.set(root, [each]);
  }
  for (const [root, files] of copies) sources.push(await openCopy(join(folder, root), files));
  for (const each of rotatedLogsOldestFirst(found.filter(({ path }) => procFolder(path) === undefined))) {
    sources.push(each.linkTarget === undefined ? await openFile(each.file, each.path, opening) : { name: each.file, members: [linkMember(each)] });
  }
  return sources;
}

/** Collects the files below a folder, sorted by name. Links are listed, never followed: they may lead out of the folder, or in circles. */
async function walk(folder: string, prefix: string, depth: number, found: Found[], failures: Source[]): Promise<void> {
  if (depth > FOLDER_DEPTH) {
    failures.push({ name: folder, members: [], error: `${folder}: folders lie more than ${FOLDER_DEPTH} deep; what is below was not read` });
    return;
  }
  let names: string[];
  try {
    names = (await readdir(folder)).sort();
  } catch (cause) {
    failures.push(failed(folder, cause, undefined));
    return;
  }
  for (const name of names) {
    if (found.length >= FOLDER_FILES) {
      failures.push({ name: folder, members: [], error: `${folder}: more than ${FOLDER_FILES} files; the rest was not read` });
      return;
    }
    const file = join(folder, name);
    const path = prefix === '' ? name : `${prefix}/${name}`;
    try {
      const status = await lstat(file);
      if (status.isSymbolicLink()) found.push({ file, path, linkTarget: await readlink(file) });
      else if (status.isDirectory()) await walk(file, path, depth + 1, found, failures);
      else if (status.isFile()) found.push({ file, path, linkTarget: undefined });
    } catch (cause) {
      failures.push(name.includes('\ufffd') ? { name: file, members: [], error: `${file}: it cannot be opened by its name, which is no UTF-8; rename it, or pack the folder (tar) and open the archive` } : failed(file, cause, undefined));
    }
  }
}

/** The part of a path up to and with `proc/` where process folders follow: all files below it are one snapshot. */
function procFolder(path: string): string | undefined {
  return /^((?:.*\/)?proc)\/(?:\d+\/|uptime$|stat$|loadavg$|sys\/kernel\/)/.exec(path)?.[1];
}

async function openCopy(root: string, files: readonly Found[]): Promise<Source> {
  const members: Member[] = [];
  const errors: string[] = [];
  for (const each of files) {
    if (each.linkTarget !== undefined) {
      members.push(linkMember(each));
      continue;
    }
    try {
      const status = await stat(each.file);
      members.push(fileMember({ file: each.file, path: each.path, size: status.size, modifiedMicros: Math.round(status.mtimeMs * 1000) }));
    } catch (cause) {
      errors.push(unreadable(each.file, cause).message);
    }
  }
  const [first] = errors;
  return { name: root, members, ...(first === undefined ? {} : { error: errors.length > 1 ? `${first} (and ${errors.length - 1} more)` : first }) };
}

function linkMember(found: Found): Member {
  return {
    path: found.path,
    size: 0,
    modifiedMicros: undefined,
    linkTarget: found.linkTarget ?? '',
    async *open() {},
  };
}

/** `audit.log.2.gz`, `audit.log.1`, `audit.log`: the order in which they were written. Other files keep their place. */
function rotatedLogsOldestFirst(files: readonly Found[]): Found[] {
  const key = ({ path }: Found): { base: string; number: number } => {
    const match = /^(.*?)(?:\.(\d{1,4}))?(?:\.(?:gz|xz|zst|bz2))?$/.exec(path);
    return { base: match?.[1] ?? path, number: Number(match?.[2] ?? 0) };
  };
  return files
    .map((file) => ({ file, ...key(file) }))
    .sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : b.number - a.number))
    .map(({ file }) => file);
}

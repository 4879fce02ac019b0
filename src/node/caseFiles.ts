import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, readFile, realpath, rename, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { checkCustody, type CustodyEntry, custodyFileOf, custodyLine, fileNameOf, GIT_ATTRIBUTES, MANIFEST_NAME, type ManifestEvidence, newManifest, type StepNote, stepNoteFileOf, stepNoteLine, verdictFileOf, type VerdictRecord, verdictLine, withEvidence } from '../case/index.js';
import { sha256Of } from './hash.js';
import { readCase } from './sources.js';

/** Who writes into a case, on which machine, and when. */
export interface Writer {
  readonly author: string;
  readonly machine: string;
  /** Microseconds since the epoch. */
  readonly now: () => number;
}

/** A case that cannot be written as asked; the message names the file and what to do. */
export class CaseError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CaseError';
  }
}

/** More text than people write: a bound against hostile cases. */
const TEXT_AT_MOST = 64 << 20;
const FILES_AT_MOST = 1000;

/** Makes a case of a folder that is none yet: manifest, `.gitattributes`, the folders, and the first line of custody. */
export async function initCase(folder: string, title: string, triage: Readonly<Record<string, unknown>>, writer: Writer): Promise<void> {
  await mkdir(folder, { recursive: true });
  await create(folder, MANIFEST_NAME, newManifest(title, triage), `${join(folder, MANIFEST_NAME)} is there already: this folder is a case`);
  await create(folder, '.gitattributes', GIT_ATTRIBUTES).catch((cause: unknown) => {
    if (!(cause instanceof CaseError)) throw cause; // one that is there may say more; it is left as it is
  });
  for (const each of ['evidence', 'hunts', 'verdicts', 'playbook', 'custody', 'report']) await mkdir(join(folder, each), { recursive: true });
  await writeCustody(folder, writer, { act: 'init', subject: MANIFEST_NAME, says: title });
}

/** What is known of evidence that is added. */
export type AddedFacts = Partial<Pick<ManifestEvidence, 'host' | 'zone' | 'takenMicros' | 'collector'>>;

/** Evidence as a case has it now. */
export interface Added {
  readonly id: string;
  /** Its path in the case, or where it stays when it is added by reference. */
  readonly place: string;
  /** Undefined of a folder. */
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
  /** False where the case had the same bytes (of a folder: the same reference) before: nothing was written then. */
  readonly isNew: boolean;
}

/** Adds one file: copied into `evidence/` and compared with what it was copied from, or by reference. Throws {@link CaseError}. */
export async function addEvidence(folder: string, file: string, options: { readonly reference: boolean; readonly facts: AddedFacts }, writer: Writer): Promise<Added> {
  const found = await readCase(folder);
  if (!found) throw new CaseError(`${folder} is no case; make one with: foundling case init ${folder}`);
  const status = await stat(file).catch((cause: unknown) => {
    throw new CaseError(`${file}: there is no such file`, { cause });
  });
  const isFolder = status.isDirectory();
  if (!isFolder && !status.isFile()) throw new CaseError(`${file}: it is no regular file; copy it into one first`);
  if (isFolder && !options.reference) throw new CaseError(`${file} is a folder: pack it (tar) and add the archive, or add it with --reference, which keeps no hash of it`);
  const source = resolve(file);
  const sha256 = isFolder ? undefined : await sha256Of({ file: source, path: file, size: status.size, modifiedMicros: Math.round(status.mtimeMs * 1000) });
  const bytes = isFolder ? undefined : status.size;
  const known = found.manifest.evidence.find((each) => (sha256 === undefined ? each.reference === source : each.sha256 === sha256));
  if (known) {
    const at = known.path ?? known.reference ?? '';
    return { id: known.id ?? at, place: at, sha256, bytes, isNew: false };
  }
  const place = options.reference ? { path: undefined, reference: source } : { path: await copyIn(found.folder, source, sha256!), reference: undefined };
  const { text, id } = withEvidence(found.manifest, { ...place, sha256, bytes, host: undefined, zone: undefined, takenMicros: undefined, collector: undefined, ...options.facts });
  await replace(found.folder, MANIFEST_NAME, text);
  const subject = place.path ?? place.reference ?? '';
  await writeCustody(found.folder, writer, { act: 'add', subject, ...(sha256 === undefined ? {} : { sha256 }), ...(bytes === undefined ? {} : { bytes }), says: options.reference ? 'by reference; the file stays where it is' : `copied from ${source}` });
  return { id, place: subject, sha256, bytes, isNew: true };
}

/** One evidence as `case verify` found it; `says` is there where something is wrong. */
export interface Verified {
  readonly name: string;
  readonly sha256: string | undefined;
  readonly says?: string;
  /** Nothing states what it should be. */
  readonly isUnstated?: boolean;
}

/** Hashes every evidence of a case again and checks every custody chain; writes into custody that it was done, and what is wrong. */
export async function verifyCase(folder: string, writer: Writer, onFile: (name: string) => void = () => undefined): Promise<{ readonly evidence: readonly Verified[]; readonly custody: readonly { readonly file: string; readonly head: string | undefined; readonly says?: string }[] }> {
  const found = await readCase(folder);
  if (!found) throw new CaseError(`${folder} is no case; make one with: foundling case init ${folder}`);
  const evidence: Verified[] = [];
  for (const each of found.manifest.evidence) {
    const name = each.path ?? each.reference ?? '';
    onFile(name);
    evidence.push(await verify(found.folder, each, name));
  }
  const custody: { file: string; head: string | undefined; says?: string }[] = [];
  for (const { file, text } of await readCaseTexts(found.folder, 'custody', '.jsonl')) {
    const { head, broken } = checkCustody(text);
    custody.push({ file, head, ...(broken === undefined ? {} : { says: `line ${broken.line}: ${broken.says}` }) });
  }
  for (const { name, sha256, says } of evidence) if (says !== undefined) await writeCustody(found.folder, writer, { act: 'changed', subject: name, ...(sha256 === undefined ? {} : { sha256 }), says });
  const wrong = [...evidence, ...custody].filter(({ says }) => says !== undefined).length;
  await writeCustody(found.folder, writer, { act: 'verify', subject: MANIFEST_NAME, says: wrong === 0 ? `${evidence.length} evidence and ${custody.length} custody chains are as they were written` : `${wrong} of ${evidence.length} evidence and ${custody.length} custody chains are not` });
  return { evidence, custody };
}

async function verify(folder: string, { path, reference, sha256: stated, bytes }: ManifestEvidence, name: string): Promise<Verified> {
  const file = path === undefined ? (isAbsolute(reference ?? '') ? reference! : join(folder, reference ?? '')) : join(folder, path);
  try {
    if (path !== undefined && !(await isInside(folder, file))) return { name, sha256: undefined, says: 'it is a link that leads out of the case; it was not followed' };
    const status = await stat(file);
    if (!status.isFile()) return { name, sha256: undefined, ...(stated === undefined ? { isUnstated: true } : { says: 'it is no file, so its hash cannot be compared' }) };
    const sha256 = await sha256Of({ file, path: name, size: status.size, modifiedMicros: 0 });
    if (stated === undefined) return { name, sha256, isUnstated: true };
    if (sha256 === stated) return { name, sha256 };
    return { name, sha256, says: `its SHA-256 is ${sha256}, the case says ${stated}${bytes === undefined || bytes === status.size ? '' : ` (${status.size} bytes where the case says ${bytes})`}` };
  } catch (cause) {
    return { name, sha256: undefined, says: cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'there is no such file (any more)' : cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Appends one act to its writer's chain. */
export async function writeCustody(folder: string, { author, machine, now }: Writer, act: Omit<CustodyEntry, 'at' | 'author' | 'machine'>): Promise<void> {
  const file = custodyFileOf(author, machine);
  const before = (await readInside(folder, file)) ?? '';
  await append(folder, file, before, custodyLine(before, { at: now(), author, machine, ...act }));
}

/** Appends a verdict to its author's file; nothing that stands there changes. */
export async function writeVerdict(folder: string, record: VerdictRecord): Promise<string> {
  const file = verdictFileOf(record.author);
  await append(folder, file, (await readInside(folder, file)) ?? '', verdictLine(record));
  return join(folder, file);
}

/** Appends notes to steps of the playbook to their authors' files, all of one author at once; nothing that stands there changes. Throws before anything is written where one is too long. */
export async function writeStepNotes(folder: string, notes: readonly StepNote[]): Promise<readonly string[]> {
  const lines = new Map<string, string>();
  for (const note of notes) lines.set(stepNoteFileOf(note.author), (lines.get(stepNoteFileOf(note.author)) ?? '') + stepNoteLine(note));
  for (const [file, text] of lines) await append(folder, file, (await readInside(folder, file)) ?? '', text);
  return [...lines.keys()].map((file) => join(folder, file));
}

/** The texts of a folder of the case whose names end so, sorted by name. Links are not followed: they could make us show other files. */
export async function readCaseTexts(folder: string, below: string, ending: string): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const texts: { file: string; text: string }[] = [];
  let names: string[];
  try {
    names = (await readdir(join(folder, below), { withFileTypes: true })).filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map(({ name }) => name);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return [];
    throw cause;
  }
  for (const name of names.sort().slice(0, FILES_AT_MOST)) texts.push({ file: `${below}/${name}`, text: (await readInside(folder, `${below}/${name}`)) ?? '' });
  return texts;
}

/** Copies a file into `evidence/` under a name that is free there, compares the copy, and answers its path in the case. */
async function copyIn(folder: string, source: string, sha256: string): Promise<string> {
  await mkdir(join(folder, 'evidence'), { recursive: true });
  const plain = fileNameOf(basename(source));
  for (let count = 1; ; count++) {
    const path = `evidence/${count === 1 ? plain : `${count}-${plain}`}`;
    const target = join(folder, path);
    let to: FileHandle;
    try {
      to = await openInside(folder, path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') continue;
      throw cause;
    }
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(source) as AsyncIterable<Uint8Array>) {
        hash.update(chunk);
        await to.write(chunk);
      }
      await to.chmod(0o444); // evidence is only read
    } finally {
      await to.close();
    }
    if (hash.digest('hex') !== sha256 || (await sha256Of({ file: target, path, size: (await stat(target)).size, modifiedMicros: 0 })) !== sha256) throw new CaseError(`${source} changed while it was copied; the copy ${target} is not in the manifest. Stop what writes to it, remove the copy and add it again`);
    return path;
  }
}

async function create(folder: string, path: string, text: string, there = `${join(folder, path)} is there already`): Promise<void> {
  let to: FileHandle;
  try {
    to = await openInside(folder, path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw new CaseError(there, { cause });
    throw cause;
  }
  try {
    await to.writeFile(text);
  } finally {
    await to.close();
  }
}

/** A whole new text in one step: a reader sees the old or the new manifest, never half of one. */
async function replace(folder: string, path: string, text: string): Promise<void> {
  const beside = `.${path}.${process.pid}.new`;
  await create(folder, beside, text);
  await rename(join(folder, beside), join(folder, path));
}

/** Adds a line behind what was read; a last line that lost its end is ended first. */
async function append(folder: string, path: string, before: string, line: string): Promise<void> {
  await mkdir(join(folder, dirname(path)), { recursive: true });
  const to = await openInside(folder, path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
  try {
    await to.writeFile(before === '' || before.endsWith('\n') ? line : `\n${line}`);
  } finally {
    await to.close();
  }
}

async function readInside(folder: string, path: string): Promise<string | undefined> {
  const file = join(folder, path);
  try {
    const status = await lstat(file);
    if (status.isSymbolicLink() || !(await isInside(folder, file))) throw new CaseError(`${file} is a link; in a case that could lead anywhere, so it was not followed. Put the file itself there`);
    if (status.size > TEXT_AT_MOST) throw new CaseError(`${file} has ${status.size} bytes; what people write is smaller`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Opens a file of the case for writing. A case comes from strangers: neither its folders nor the file may be links that lead elsewhere. */
async function openInside(folder: string, path: string, flags: number): Promise<FileHandle> {
  const file = join(folder, path);
  if (!(await isInside(folder, dirname(file)))) throw new CaseError(`${dirname(file)} is a link that leads out of the case; nothing was written`);
  try {
    return await open(file, flags | constants.O_NOFOLLOW, 0o644);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ELOOP') throw new CaseError(`${file} is a link; in a case that could lead anywhere, so nothing was written`, { cause });
    throw cause;
  }
}

async function isInside(folder: string, file: string): Promise<boolean> {
  const home = await realpath(folder), target = await realpath(file);
  const way = relative(home, target);
  return way === '' || (!way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way));
}

/** Now, as {@link Writer} wants it. */
export const clock = (): number => Date.now() * 1000;


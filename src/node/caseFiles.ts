import { constants, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { checkCustody, type CustodyEntry, custodyFileOf, custodyLine, fileNameOf, GIT_ATTRIBUTES, type Manifest, MANIFEST_NAME, type ManifestEvidence, newManifest, type StepNote, stepNoteFileOf, stepNoteLine, verdictFileOf, type VerdictRecord, verdictLine, withEvidence } from '../case/index.js';
import { unreadable } from './files.js';
import { sha256Of } from './hash.js';
import { alone, appendInside, CaseError, createInside, isCode, isInside, openInside, readCaseTexts, readInside, replaceInside } from './insideCase.js';
import { readCase } from './sources.js';

/** Who writes into a case, on which machine, and when. */
export interface Writer {
  readonly author: string;
  readonly machine: string;
  /** Microseconds since the epoch. */
  readonly now: () => number;
}

/** Makes a case of a folder that is none yet: manifest, `.gitattributes`, the folders, and the first line of custody. */
export async function initCase(folder: string, title: string, triage: Readonly<Record<string, unknown>>, writer: Writer): Promise<void> {
  await mkdir(folder, { recursive: true });
  await createInside(folder, MANIFEST_NAME, newManifest(title, triage), `${join(folder, MANIFEST_NAME)} is there already: this folder is a case`);
  await createInside(folder, '.gitattributes', GIT_ATTRIBUTES).catch((cause: unknown) => {
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

/**
 * Adds one file: copied into `evidence/` and compared with what it was copied from, or by reference. It is in the case with its act in custody, or not at
 * all. Throws {@link CaseError}, or EvidenceUnreadable where the file cannot be read.
 */
export async function addEvidence(folder: string, file: string, options: { readonly reference: boolean; readonly facts: AddedFacts }, writer: Writer): Promise<Added> {
  const found = await caseAt(folder);
  const status = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  const isFolder = status.isDirectory();
  if (!isFolder && !status.isFile()) throw new CaseError(`${file}: it is no regular file; copy it into one first`);
  if (isFolder && !options.reference) throw new CaseError(`${file} is a folder: pack it (tar) and add the archive, or add it with --reference, which keeps no hash of it`);
  const source = resolve(file);
  const sha256 = isFolder ? undefined : await sha256Of({ file: source, path: file, size: status.size, modifiedMicros: Math.round(status.mtimeMs * 1000) });
  const bytes = isFolder ? undefined : status.size;
  const isKnown = ({ evidence }: Manifest): Added | undefined => {
    const known = evidence.find((each) => (sha256 === undefined ? each.reference === source : each.sha256 === sha256));
    if (known === undefined) return undefined;
    const place = known.path ?? known.reference ?? '';
    return { id: known.id ?? place, place, sha256, bytes, isNew: false };
  };
  const known = isKnown(found.manifest);
  if (known) return known;
  const copy = options.reference ? undefined : await copyIn(found.folder, source, sha256!); // only a folder has no hash, and that is added by reference
  const place = copy ?? source;
  try {
    return await alone(found.folder, MANIFEST_NAME, async () => {
      // Hashing and copying took their time: others may have added theirs.
      const { manifest } = await caseAt(folder);
      const since = isKnown(manifest);
      if (since) {
        if (copy !== undefined) await rm(join(found.folder, copy), { force: true });
        return since;
      }
      const { text, id } = withEvidence(manifest, { path: copy, reference: copy === undefined ? source : undefined, sha256, bytes, host: undefined, zone: undefined, takenMicros: undefined, collector: undefined, ...options.facts });
      const act = { act: 'add', subject: place, ...(sha256 === undefined ? {} : { sha256 }), ...(bytes === undefined ? {} : { bytes }), says: copy === undefined ? 'by reference; the file stays where it is' : `copied from ${source}` } as const;
      await replaceInside(found.folder, MANIFEST_NAME, text, () => writeCustody(found.folder, writer, act));
      return { id, place, sha256, bytes, isNew: true };
    });
  } catch (cause) {
    if (copy !== undefined) await rm(join(found.folder, copy), { force: true });
    throw cause;
  }
}

async function caseAt(folder: string): Promise<NonNullable<Awaited<ReturnType<typeof readCase>>>> {
  const found = await readCase(folder);
  if (!found) throw new CaseError(`${folder} is no case; make one with: foundling case init ${folder}`);
  return found;
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
  const found = await caseAt(folder);
  const evidence: Verified[] = [];
  for (const each of found.manifest.evidence) {
    const name = each.path ?? each.reference ?? '';
    onFile(name);
    evidence.push(await verify(found.folder, each, name));
  }
  const custody: { file: string; head: string | undefined; says?: string }[] = [];
  for (const { file, text, trouble } of await readCaseTexts(found.folder, 'custody', '.jsonl')) {
    const { head, broken } = checkCustody(text);
    const says = trouble ?? (broken && `line ${broken.line}: ${broken.says}`);
    custody.push({ file, head, ...(says === undefined ? {} : { says }) });
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
    return { name, sha256: undefined, says: isCode(cause, 'ENOENT') ? 'there is no such file (any more)' : cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Appends one act to its writer's chain. */
export async function writeCustody(folder: string, { author, machine, now }: Writer, act: Omit<CustodyEntry, 'at' | 'author' | 'machine'>): Promise<void> {
  const file = custodyFileOf(author, machine);
  await alone(folder, file, async () => {
    const before = (await readInside(folder, file)) ?? '';
    await appendInside(folder, file, before, custodyLine(before, { at: now(), author, machine, ...act }));
  });
}

/** Appends a verdict to its author's file; nothing that stands there changes. Throws before anything is written where it is too long. */
export async function writeVerdict(folder: string, record: VerdictRecord): Promise<string> {
  const file = verdictFileOf(record.author), line = verdictLine(record);
  await appendInside(folder, file, (await readInside(folder, file)) ?? '', line);
  return join(folder, file);
}

/** Appends notes to steps of the playbook to their authors' files, all of one author at once; nothing that stands there changes. Throws before anything is written where one is too long. */
export async function writeStepNotes(folder: string, notes: readonly StepNote[]): Promise<readonly string[]> {
  const lines = new Map<string, string>();
  for (const note of notes) lines.set(stepNoteFileOf(note.author), (lines.get(stepNoteFileOf(note.author)) ?? '') + stepNoteLine(note));
  for (const [file, text] of lines) await appendInside(folder, file, (await readInside(folder, file)) ?? '', text);
  return [...lines.keys()].map((file) => join(folder, file));
}

/** Copies a file into `evidence/` under a name that is free there, compares the copy, and answers its path in the case. Nothing stays where it cannot be copied whole. */
async function copyIn(folder: string, source: string, sha256: string): Promise<string> {
  await mkdir(join(folder, 'evidence'), { recursive: true });
  const plain = fileNameOf(basename(source));
  for (let count = 1; ; count++) {
    const path = `evidence/${count === 1 ? plain : `${count}-${plain}`}`;
    let to: FileHandle;
    try {
      to = await openInside(folder, path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    } catch (cause) {
      if (isCode(cause, 'EEXIST')) continue;
      throw cause;
    }
    const target = join(folder, path);
    try {
      await copyTo(to, target, source, sha256);
      return path;
    } catch (cause) {
      await rm(target, { force: true });
      throw cause instanceof CaseError ? cause : new CaseError(`${source} could not be copied to ${target}, so it was not added: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

async function copyTo(to: FileHandle, target: string, source: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(source) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await to.appendFile(chunk); // unlike write(), all of it or an error
    }
    await to.chmod(0o444); // evidence is only read
  } finally {
    await to.close();
  }
  const copied = await sha256Of({ file: target, path: target, size: (await stat(target)).size, modifiedMicros: 0 });
  if (hash.digest('hex') !== sha256 || copied !== sha256) throw new CaseError(`${source} changed while it was copied, so it was not added. Stop what writes to it and add it again`);
}

/** Now, as {@link Writer} wants it. */
export const clock = (): number => Date.now() * 1000;

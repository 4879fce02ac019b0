import { parseZone } from '../evidence/index.js';
import { momentText, parseMoment } from './moment.js';
import { fileNameOf } from './writer.js';

/** Name of the file that makes a folder a case. */
export const MANIFEST_NAME = 'case.foundling.json';

/** One evidence of a case. Exactly one of `path` (inside the case) and `reference` (elsewhere) is there. */
export interface ManifestEvidence {
  readonly id: string | undefined;
  readonly path: string | undefined;
  readonly reference: string | undefined;
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
  readonly host: string | undefined;
  readonly zone: string | undefined;
  /** Capture time, microseconds since the epoch. */
  readonly takenMicros: number | undefined;
  readonly collector: string | undefined;
}

/** `case.foundling.json`, version 1 (DESIGN 10). */
export interface Manifest {
  readonly version: 1;
  readonly title: string;
  readonly hosts: readonly string[];
  readonly evidence: readonly ManifestEvidence[];
  /** The whole object as it was read: keys that we do not know are kept when it is written again. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A manifest that cannot be used; the message names the place and what was expected. */
export class ManifestError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(`${MANIFEST_NAME}: ${message}`, options);
    this.name = 'ManifestError';
  }
}

/** Parses the text of a manifest. Throws {@link ManifestError}. */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new ManifestError(`it is no JSON (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
  const raw = record(value, 'the file');
  if (raw['version'] !== 1) throw new ManifestError(`version is ${JSON.stringify(raw['version'])}; this program reads version 1`);
  return {
    version: 1,
    title: textOf(raw, 'title', '') ?? '',
    hosts: list(raw, 'hosts').map(hostName),
    evidence: list(raw, 'evidence').map((each, at) => evidenceOf(each, `evidence[${at}]`)),
    raw,
  };
}

/** The text of a new case's manifest. `triage` holds what this case weighs findings with; what it leaves out has its default. */
export function newManifest(title: string, triage: Readonly<Record<string, unknown>> = {}): string {
  return written({ version: 1, title, hosts: [], evidence: [], triage });
}

/**
 * The manifest with one more evidence, and the id that it got (unique in the case). Keys and evidence that were there stay as they were; a host that is
 * new is added to the list.
 */
export function withEvidence(manifest: Manifest, added: Omit<ManifestEvidence, 'id'>): { readonly text: string; readonly id: string } {
  const taken = new Set(manifest.evidence.map(({ id }) => id));
  const name = fileNameOf((added.path ?? added.reference ?? '').replace(/[\\/]+$/, '').split(/[\\/]/).pop() ?? '');
  let id = name;
  for (let count = 2; taken.has(id); count++) id = `${name}-${count}`;
  const { takenMicros, ...rest } = added;
  const entry = Object.fromEntries(Object.entries({ id, ...rest, taken: takenMicros === undefined ? undefined : momentText(takenMicros) }).filter(([, value]) => value !== undefined));
  const hosts: readonly unknown[] = Array.isArray(manifest.raw['hosts']) ? manifest.raw['hosts'] : [];
  return {
    id,
    text: written({
      ...manifest.raw,
      hosts: added.host === undefined || manifest.hosts.includes(added.host) ? hosts : [...hosts, added.host],
      evidence: [...(Array.isArray(manifest.raw['evidence']) ? (manifest.raw['evidence'] as readonly unknown[]) : []), entry],
    }),
  };
}

/** What `case init` puts beside a manifest: evidence is bytes, and what two analysts wrote is joined line by line. */
export const GIT_ATTRIBUTES = 'evidence/** -text -diff\nverdicts/*.jsonl merge=union\nplaybook/*.jsonl merge=union\n';

function written(manifest: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function evidenceOf(value: unknown, place: string): ManifestEvidence {
  const raw = record(value, place);
  const path = textOf(raw, 'path', place);
  const reference = textOf(raw, 'reference', place);
  if ((path === undefined) === (reference === undefined))
    throw new ManifestError(`${place} needs either a path inside the case or a reference to a file elsewhere`);
  if (path !== undefined && leavesFolder(path))
    throw new ManifestError(`${place}.path ${JSON.stringify(path)} leads out of the case; use reference for a file elsewhere`);
  const sha256 = textOf(raw, 'sha256', place)?.toLowerCase();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) throw new ManifestError(`${place}.sha256 is no SHA-256 (64 hexadecimal digits)`);
  const zone = textOf(raw, 'zone', place);
  if (zone !== undefined) {
    try {
      parseZone(zone);
    } catch (cause) {
      throw new ManifestError(`${place}.zone: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
  return {
    id: textOf(raw, 'id', place),
    path,
    reference,
    sha256,
    bytes: bytesOf(raw, place),
    host: textOf(raw, 'host', place),
    zone,
    takenMicros: takenOf(raw, place),
    collector: textOf(raw, 'collector', place),
  };
}

/** True for a path that is absolute, has a drive, or climbs above where it starts. */
function leavesFolder(path: string): boolean {
  if (/^([\\/]|[A-Za-z]:)/.test(path)) return true;
  let depth = 0;
  for (const part of path.split(/[\\/]/)) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

function takenOf(raw: Readonly<Record<string, unknown>>, place: string): number | undefined {
  const text = textOf(raw, 'taken', place);
  if (text === undefined) return undefined;
  const micros = parseMoment(text);
  if (micros === undefined) throw new ManifestError(`${place}.taken ${JSON.stringify(text)} is no time with a zone, such as 2026-11-24T15:01:38.851Z`);
  return micros;
}

function bytesOf(raw: Readonly<Record<string, unknown>>, place: string): number | undefined {
  const value = raw['bytes'];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new ManifestError(`${place}.bytes must be a whole number`);
  return value;
}

function hostName(value: unknown, at: number): string {
  if (typeof value === 'string') return value;
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  if (typeof name !== 'string') throw new ManifestError(`hosts[${at}] must be a name`);
  return name;
}

function list(raw: Readonly<Record<string, unknown>>, key: string): readonly unknown[] {
  const value = raw[key];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ManifestError(`${key} must be a list`);
  return value as readonly unknown[]; // Array.isArray says any[]
}

function record(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ManifestError(`${place} must be an object`);
  return value as Readonly<Record<string, unknown>>; // an object that is no array
}

function textOf(raw: Readonly<Record<string, unknown>>, key: string, place: string): string | undefined {
  const value = raw[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new ManifestError(`${place === '' ? key : `${place}.${key}`} must be text`);
  return value;
}

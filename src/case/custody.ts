import { momentText, parseMoment } from './moment.js';
import { sha256OfText } from './writer.js';

/** What is written into custody. Opening is not: it changes nothing. */
export const CUSTODY_ACTS = ['init', 'add', 'verify', 'export', 'changed'] as const;
export type CustodyAct = (typeof CUSTODY_ACTS)[number];

/** One act: who did what, when, on which machine, to which file. */
export interface CustodyEntry {
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly author: string;
  readonly machine: string;
  readonly act: CustodyAct;
  /** What it was done to: the evidence's path or reference, a report's file. */
  readonly subject: string;
  readonly sha256?: string;
  readonly bytes?: number;
  /** One sentence more: where it came from, what was found. */
  readonly says?: string;
}

export interface CustodyChain {
  readonly entries: readonly CustodyEntry[];
  /** Hash of the last whole line: whoever writes it down elsewhere can later tell whether lines were cut off the end. */
  readonly head: string | undefined;
  /** The first line that is not what its writer wrote; the chain proves nothing from there on. */
  readonly broken?: { readonly line: number; readonly says: string };
}

const HASH = /,"hash":"([0-9a-f]{64})"\}$/;

/**
 * The line that adds an act to a chain. Each line carries the hash of the line before it and its own: a line that is changed, taken out or put in
 * between breaks the chain there. Lines cut off the end leave no mark in the chain itself.
 */
export function custodyLine(chain: string, entry: CustodyEntry): string {
  const lines = linesOf(chain);
  const last = lines.length === 0 ? undefined : HASH.exec(lines[lines.length - 1] ?? '')?.[1];
  const { at, ...rest } = entry;
  const body = JSON.stringify({ at: momentText(at), ...rest, previous: last ?? null });
  return `${body.slice(0, -1)},"hash":"${sha256OfText(body)}"}\n`;
}

/** Reads a chain and says where it breaks, if it does. Never throws: custody comes from strangers too. */
export function checkCustody(chain: string): CustodyChain {
  const entries: CustodyEntry[] = [];
  let head: string | undefined;
  for (const [at, line] of linesOf(chain).entries()) {
    const broken = (says: string): CustodyChain => ({ entries, head, broken: { line: at + 1, says } });
    const hash = HASH.exec(line);
    if (!hash) return broken('it has no hash of its own');
    const body = `${line.slice(0, hash.index)}}`;
    if (sha256OfText(body) !== hash[1]) return broken('its hash is not that of its text: it was changed after it was written');
    const entry = entryOf(body);
    if (typeof entry === 'string') return broken(entry);
    if ((entry.previous ?? undefined) !== head) return broken(head === undefined ? 'it follows a line that is not there: lines before it were taken out' : 'it does not follow the line before it: lines were taken out or put in');
    entries.push(entry.entry);
    head = hash[1];
  }
  return { entries, head };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function entryOf(body: string): { readonly entry: CustodyEntry; readonly previous: string | null } | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'it is no JSON object';
  const raw = value as Readonly<Record<string, unknown>>; // an object: each key is checked below
  const text = (key: string): string | undefined => (typeof raw[key] === 'string' ? raw[key] : undefined);
  const at = parseMoment(text('at') ?? ''), act = CUSTODY_ACTS.find((each) => each === raw['act']);
  const author = text('author'), machine = text('machine'), subject = text('subject'), sha256 = text('sha256'), says = text('says');
  if (at === undefined || act === undefined || author === undefined || machine === undefined || subject === undefined) return 'it lacks at, act, author, machine or subject';
  const bytes = typeof raw['bytes'] === 'number' ? raw['bytes'] : undefined;
  return {
    entry: { at, author, machine, act, subject, ...(sha256 === undefined ? {} : { sha256 }), ...(bytes === undefined ? {} : { bytes }), ...(says === undefined ? {} : { says }) },
    previous: text('previous') ?? null,
  };
}

import { ADOPTER_KINDS, ENTRY_KINDS } from '../../model/index.js';
import { type BaselineEntry, GRADES } from './entry.js';
import { CHAINS, PLACES } from './shape.js';

/** Entries beyond this are another program's list, or an attack on the reader's time. */
const ENTRIES_AT_MOST = 10_000;
const LONGEST = 4096;

/** `baseline.json` of a case, version 1. */
export function writeBaseline(entries: readonly BaselineEntry[]): string {
  return `${JSON.stringify({ version: 1, entries }, null, 2)}\n`;
}

/** Reads `baseline.json`. An entry that is not whole is left out and told, by its place and what was expected; the others count. */
export function parseBaseline(text: string): { readonly entries: readonly BaselineEntry[]; readonly troubles: readonly string[] } {
  const nothing = (what: string): { entries: readonly BaselineEntry[]; troubles: readonly string[] } => ({ entries: [], troubles: [`baseline.json: ${what}; only the shipped baseline is used`] });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    return nothing(`it is no JSON (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['entries'])) return nothing('expected {"version": 1, "entries": [...]}');
  const listed: readonly unknown[] = value['entries'];
  if (listed.length > ENTRIES_AT_MOST) return nothing(`it has ${listed.length} entries, more than ${ENTRIES_AT_MOST}`);
  const entries: BaselineEntry[] = [], troubles: string[] = [];
  listed.forEach((each, at) => {
    const read = entryOf(each);
    if (typeof read === 'string') troubles.push(`baseline.json: entries[${at}]: ${read}; the entry is left out`);
    else entries.push(read);
  });
  return { entries, troubles };
}

function entryOf(raw: unknown): BaselineEntry | string {
  if (!isRecord(raw)) return 'it must be an object';
  const wrong: string[] = [];
  const text = (key: string): string => {
    const value = raw[key];
    if (typeof value === 'string' && value.length <= LONGEST) return value;
    wrong.push(`${key} must be text`);
    return '';
  };
  const texts = (key: string): string[] => list(key, (item): item is string => typeof item === 'string' && item.length <= LONGEST, 'texts');
  const list = <T>(key: string, isOne: (item: unknown) => item is T, expected: string): T[] => {
    const value = raw[key];
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      const fit = items.filter(isOne);
      if (fit.length === items.length) return fit;
    }
    wrong.push(`${key} must be a list of ${expected}`);
    return [];
  };
  const words = <T extends string>(key: string, of: readonly T[]): T[] => list(key, (item): item is T => typeof item === 'string' && (of as readonly string[]).includes(item), of.filter((word) => word !== '').join(', '));
  const has = (key: string): boolean => raw[key] !== undefined;
  const flag = (key: string): boolean => {
    if (typeof raw[key] === 'boolean') return raw[key];
    wrong.push(`${key} must be true or false`);
    return false;
  };
  const span = (key: string): number => {
    const value = raw[key];
    if (typeof value === 'number' && value >= 0) return value;
    wrong.push(`${key} must be microseconds, a number of at least 0`);
    return 0;
  };
  const grade = GRADES.find((word) => word === raw['grade']);
  if (grade === undefined) wrong.push(`grade must be one of ${GRADES.join(', ')}`);
  const entry: BaselineEntry = {
    id: text('id'), title: text('title'), grade: grade ?? 'K', source: text('source'), executables: texts('executables'), chains: words('chains', CHAINS),
    ...(has('arguments') ? { arguments: text('arguments') } : {}),
    ...(has('launchers') ? { launchers: texts('launchers') } : {}),
    ...(has('session') ? { session: flag('session') } : {}),
    ...(has('adopters') ? { adopters: words('adopters', ADOPTER_KINDS) } : {}),
    ...(has('places') ? { places: words('places', PLACES) } : {}),
    ...(has('units') ? { units: texts('units') } : {}),
    ...(has('entries') ? { entries: words('entries', ENTRY_KINDS) } : {}),
    ...(has('detachMicros') ? { detachMicros: span('detachMicros') } : {}),
    ...(has('survivesMicros') ? { survivesMicros: span('survivesMicros') } : {}),
    ...(has('network') ? { network: flag('network') } : {}),
    ...(has('raw') ? { raw: flag('raw') } : {}),
    ...(has('byMain') ? { byMain: flag('byMain') } : {}),
    ...(has('unasked') ? { unasked: flag('unasked') } : {}),
  };
  return wrong.length > 0 ? wrong.join('; ') : entry;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { isKnownElsewhere } from './absentFields.js';
import { LEAVES, LINKS, PROGRAM_COLUMNS, ROOTS, type Column, type LeafRow, type LinkRow, type Origin } from './fields.js';
import type { ValueType } from './types.js';

/** `sequence`: what a machine gave, one row a sequence, sample or join. */
export type Table = 'process' | 'event' | 'sequence';

/** The step from one row to a process: `sql` gives its id, `$` being the alias of the row stepped from. */
export interface Step {
  readonly name: string;
  readonly sql: string;
  readonly basis?: string;
  /** As of a column: true where nothing is stepped to, and evidence does not lack it. */
  readonly noneWhere?: string;
  /** The table that is stepped to; `process` unless said. */
  readonly table?: 'event';
}

/** Where a field lies: the steps from the row, then the column of the row reached. No steps: the row itself. */
export interface Place {
  readonly name: string;
  readonly type: ValueType;
  readonly list: boolean;
  readonly origin: Origin;
  readonly doc: string;
  readonly steps: readonly Step[];
  readonly column: Column;
  /** Of the records themselves (`evidenceFields.ts`): its number in the store, and how its values are typed there; `type` is that of the texts that are kept. */
  readonly record?: { readonly id: number; readonly type: 'text' | 'int' | 'float' | 'bool' };
}

export type Resolution = { readonly kind: 'place'; readonly place: Place } | { readonly kind: 'absent' } | { readonly kind: 'unknown' };

/** What a hunt is compiled against: the fields and sources of a store. */
export interface FieldModel {
  resolve(name: string, table: Table, parents: 'recorded' | 'created'): Resolution;
  /** Every name with a place, for suggestions and completion. */
  names(table: Table): readonly string[];
}

const LEAF = new Map(LEAVES.map((leaf) => [leaf.name, leaf]));
const LINK = new Map(LINKS.map((link) => [link.name, link]));
const ROOT = new Map(ROOTS.map((root) => [root.name, root]));

/** From an event to its process. */
export const OWN: Step = { name: 'process', sql: '$.process' };

/** The fields of src/store/schema.ts. */
export const STORE_FIELDS: FieldModel = { resolve: resolveField, names: (table) => (table === 'process' ? NAMES.process : NAMES.event) };

/** Whether rows of events and lifetimes alike have a field, so that nobody asks the records for it. */
export function isTableField(name: string): boolean {
  return (['event', 'process'] as const).every((table) => resolveField(name, table, 'recorded').kind === 'place');
}

const INDEXED_AS = /\.(?:caseless|keyword|text)$/;

function resolveField(name: string, table: Table, parents: 'recorded' | 'created'): Resolution {
  const root = ROOT.get(name);
  if (root !== undefined) {
    const own = table === 'event' ? root.event : root.process;
    const facts = { name, type: root.type, list: root.list === true, origin: root.origin, doc: root.doc };
    if (own !== undefined) return { kind: 'place', place: { ...facts, steps: [], column: own } };
    // What only the process knows (its container, its login's end), asked of its event.
    if (table === 'event' && root.process !== undefined) return { kind: 'place', place: { ...facts, steps: [OWN], column: root.process } };
    return { kind: 'absent' };
  }
  const indexed = /^(.*)\[(\d+)\]$/.exec(name);
  if (indexed !== null && !indexed[1]!.endsWith(']')) return element(indexed[1]!, Number(indexed[2]), resolveField(indexed[1]!, table, parents));
  const found = name.startsWith('process.') ? resolveBelow(name.slice('process.'.length), table, parents) : undefined;
  if (found !== undefined) return found === 'absent' ? { kind: 'absent' } : { kind: 'place', place: { ...found, name } };
  // Elastic indexes a text in other ways besides; rules name those as well.
  const base = name.replace(INDEXED_AS, '');
  return isKnownElsewhere(name) || (base !== name && !INDEXED_AS.test(base) && resolveField(base, table, parents).kind !== 'unknown') ? { kind: 'absent' } : { kind: 'unknown' };
}

/** `process.parent.parent...`: an engine joins 64 tables at most. */
const MAX_LINKS = 16;

function resolveBelow(rest: string, table: Table, parents: 'recorded' | 'created'): Place | 'absent' | undefined {
  const steps: Step[] = [];
  let onEvent = table === 'event';
  for (;;) {
    const leaf = LEAF.get(rest);
    if (leaf !== undefined) return placeOf(leaf, steps, onEvent);
    const link = linkOf(rest);
    if (link === undefined || steps.length >= MAX_LINKS) return undefined;
    rest = rest.slice(link.name.length + 1);
    const taken = link.name === 'parent' && parents === 'created' ? LINK.get('creator')! : link;
    if (taken.process === undefined) return LEAF.has(rest) ? 'absent' : undefined;
    if (onEvent && taken.event === undefined) {
      steps.push(OWN);
      onEvent = false;
    }
    const program = programOf(taken, rest, steps, onEvent);
    if (program !== undefined) return program;
    steps.push({ name: taken.name, sql: onEvent && taken.event !== undefined ? taken.event : taken.process, ...(taken.basis !== undefined && { basis: taken.basis }), ...(taken.noneWhere !== undefined && { noneWhere: taken.noneWhere }) });
    onEvent = false;
  }
}

/** What a linked process ran when it mattered, which the row stepped from says. */
function programOf(link: LinkRow, rest: string, steps: Step[], onEvent: boolean): Place | undefined {
  const prefix = onEvent ? link.program?.event : link.program?.process;
  const column = PROGRAM_COLUMNS[rest];
  const leaf = LEAF.get(rest);
  if (prefix === undefined || column === undefined || leaf?.process === undefined) return undefined;
  return { name: rest, type: leaf.type, list: rest === 'args', origin: leaf.origin, doc: leaf.doc, steps, column: { sql: prefix + column, form: leaf.process.form, ...(link.basis !== undefined && { basis: link.basis }) } };
}

function placeOf(leaf: LeafRow, steps: Step[], onEvent: boolean): Place | 'absent' {
  const facts = { name: leaf.name, type: leaf.type, list: leaf.name === 'args', origin: leaf.origin, doc: leaf.doc };
  if (onEvent && leaf.event !== undefined) return { ...facts, steps, column: leaf.event };
  if (leaf.process === undefined) return 'absent';
  return { ...facts, steps: onEvent ? [...steps, OWN] : steps, column: leaf.process };
}

function linkOf(rest: string): LinkRow | undefined {
  return LINKS.find((link) => rest.startsWith(`${link.name}.`));
}

/** `process.args[1]`: one item of the list; beyond its end absent. */
function element(name: string, at: number, list: Resolution): Resolution {
  if (list.kind !== 'place' || list.place.column.form !== 'args') return list;
  const { place } = list;
  return { kind: 'place', place: { ...place, name: `${name}[${at}]`, list: false, column: { sql: place.column.sql, item: at, form: 'interned' } } };
}

function allNames(table: Table): string[] {
  const names = ROOTS.filter((root) => (table === 'event' ? (root.event ?? root.process) : root.process) !== undefined).map((root) => root.name);
  const leaves = LEAVES.filter((leaf) => leaf.process !== undefined || table === 'event');
  for (const leaf of leaves) names.push(`process.${leaf.name}`);
  for (const link of LINKS) {
    if (link.process === undefined) continue;
    for (const leaf of LEAVES) if (leaf.process !== undefined && !leaf.name.includes('.basis') && !leaf.name.includes('.confidence')) names.push(`process.${link.name}.${leaf.name}`);
  }
  return names;
}

const NAMES: Readonly<Record<'process' | 'event', readonly string[]>> = { process: allNames('process'), event: allNames('event') };

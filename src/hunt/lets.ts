import { mistake, replace, type Diagnostic, type Range } from './diagnostics.js';
import { FUNCTION_NAMES } from './functions.js';
import type { SourceRow } from './sources.js';
import type { Definition } from './tree.js';

/** How deep lets may use lets. */
const MAX_NESTED = 32;

/** How much text lets may stand for in one hunt: each may use the one before it twice. */
const MAX_WRITTEN_OUT = 500_000;

/** The lets that a text sees, and those that are being read right now. A let sees what its own text sees, wherever it is used. */
export interface Lets {
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Those of other texts, each with the lets that its text sees. */
  readonly outer: ReadonlyMap<Definition, ReadonlyMap<string, Definition>>;
  readonly open: readonly Definition[];
  /** Circles that were told, by their names. */
  readonly rounds: Set<string>;
  /** Names that were asked for. */
  readonly used: Set<string>;
  /** Characters that lets stood for so far. */
  readonly writtenOut: { characters: number };
}

/**
 * The lets of a text after those of the texts before it (a case's hunts, the cells above; a text's own win). Tells what shadows (231).
 */
export function gatherLets(own: readonly Definition[], outer: readonly (readonly Definition[])[], sources: ReadonlyMap<string, SourceRow>, diagnostics: Diagnostic[]): Lets {
  const scopes = new Map<Definition, ReadonlyMap<string, Definition>>();
  let definitions = new Map<string, Definition>();
  for (const text of outer) {
    definitions = new Map([...definitions, ...text.map((definition) => [definition.name, definition] as const)]);
    for (const definition of text) scopes.set(definition, definitions);
  }
  definitions = new Map(definitions);
  const seen = new Set<string>();
  for (const definition of own) {
    const what = seen.has(definition.name) ? 'a let' : sources.has(definition.name) ? 'a source' : FUNCTION_NAMES.has(definition.name.toLowerCase()) ? 'a function' : undefined;
    if (what !== undefined) diagnostics.push(mistake(231, definition.nameRange, `${definition.name} is ${what} already; call this let something else.`, [replace(`Rename to my_${definition.name}`, definition.nameRange, `my_${definition.name}`)]));
    const names = definition.parameters.map((parameter) => parameter.name);
    for (const parameter of definition.parameters) {
      if (names.indexOf(parameter.name) !== definition.parameters.indexOf(parameter)) diagnostics.push(mistake(231, parameter, `The parameter ${parameter.name} comes twice; call one something else.`));
    }
    seen.add(definition.name);
    if (!sources.has(definition.name)) definitions.set(definition.name, definition);
  }
  return { definitions, outer: scopes, open: [], rounds: new Set(), used: new Set(), writtenOut: { characters: 0 } };
}

/** The lets with one more being read; undefined, and told, where it would go round (230). */
export function enterLet(lets: Lets, name: string, use: Range, diagnostics: Diagnostic[]): Lets | undefined {
  const definition = lets.definitions.get(name);
  if (definition === undefined || !lets.outer.has(definition)) lets.used.add(name);
  if (definition !== undefined && lets.open.includes(definition)) {
    const circle = lets.open.slice(lets.open.indexOf(definition)).map((one) => one.name);
    const round = [...circle].sort().join(' ');
    if (lets.rounds.has(round)) return undefined;
    lets.rounds.add(round);
    const fixes = lets.outer.has(definition) ? [] : [replace('Remove the let', definition, '')];
    diagnostics.push(mistake(230, lets.outer.has(definition) ? use : definition.nameRange, `The let ${name} uses itself${lets.open.length > 1 ? ` (${[...circle, name].join(', ')})` : ''}; a let cannot go round.`, fixes));
    return undefined;
  }
  if (lets.open.length >= MAX_NESTED) {
    diagnostics.push(mistake(230, use, `Lets are nested deeper than ${MAX_NESTED} here; write it flatter.`));
    return undefined;
  }
  if (definition === undefined) return lets;
  lets.writtenOut.characters += definition.to - definition.from;
  if (lets.writtenOut.characters > MAX_WRITTEN_OUT) {
    tellTooLong(lets, use, diagnostics);
    return undefined;
  }
  return { ...lets, definitions: lets.outer.get(definition) ?? lets.definitions, open: [...lets.open, definition] };
}

/** 230, once: what lets stand for is too much to run. */
export function tellTooLong(lets: Lets, use: Range, diagnostics: Diagnostic[]): void {
  if (lets.rounds.has(TOO_LONG)) return;
  lets.rounds.add(TOO_LONG);
  diagnostics.push(mistake(230, use, 'What these lets stand for is too long when it is written out; use each of them less often.'));
}

const TOO_LONG = ''; // no circle of names

/** 232: lets that nothing uses, in a text that has a query. */
export function tellUnused(own: readonly Definition[], lets: { readonly used: ReadonlySet<string> }, diagnostics: Diagnostic[]): void {
  for (const definition of own) {
    if (!lets.used.has(definition.name)) diagnostics.push(mistake(232, definition.nameRange, `Nothing here uses the let ${definition.name}.`, [replace('Remove the let', definition, '')], 'hint'));
  }
}

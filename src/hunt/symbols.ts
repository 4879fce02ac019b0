import type { Range } from './diagnostics.js';
import { FUNCTION_NAMES } from './functions.js';
import { read, type HuntText, type HuntTexts } from './huntTexts.js';
import { KEYWORDS } from './lexer.js';
import { namesOf, type NameUse } from './names.js';
import { STORE_FIELDS } from './resolve.js';
import { SOURCE_NAMES } from './sources.js';

/** A range of one of the texts. */
export interface Place extends Range {
  readonly uri: string;
}

export interface Rename {
  readonly edits: readonly (Place & { readonly text: string })[];
}

/** Where the name at `offset` is given; undefined where no let, parameter or `as` name stands. */
export function definitionOf(asked: HuntTexts, offset: number): Place | undefined {
  return found(asked, offset)?.places.find((place) => place.isDefinition);
}

/** All places of the name at `offset`, the one that gives it first. */
export function referencesOf(asked: HuntTexts, offset: number): readonly (Place & { readonly isDefinition: boolean })[] {
  return found(asked, offset)?.places ?? [];
}

/** The name at `offset` that may be renamed, and its range. */
export function renameable(asked: HuntTexts, offset: number): (Range & { readonly name: string }) | undefined {
  const name = found(asked, offset)?.name;
  return name === undefined ? undefined : { from: name.from, to: name.to, name: name.name };
}

/** The edits that give a name another one in all texts; `refused` says why that would change meaning. */
export function renameOf(asked: HuntTexts, offset: number, to: string): Rename | { readonly refused: string } {
  const symbol = found(asked, offset);
  if (symbol === undefined) return { refused: 'Only lets, their parameters and names given by as can be renamed.' };
  const refused = whyNot(to, symbol.name.kind, symbol, asked);
  if (refused !== undefined) return { refused };
  return { edits: symbol.places.map(({ uri, from, to: end }) => ({ uri, from, to: end, text: to })) };
}

/** The lets of the text asked about that it uses itself, or that a text behind it uses. */
export function usedLets({ texts, at }: HuntTexts): ReadonlySet<string> {
  const all = readAll(texts);
  const used = new Set<string>();
  for (let text = at; text < all.length; text++) {
    for (const { kind, name, isDefinition } of all[text]!.names) if (kind === 'let' && !isDefinition && homeOf(all, text, name) === at) used.add(name);
  }
  return used;
}

interface Symbol {
  readonly name: NameUse;
  readonly places: readonly (Place & { readonly isDefinition: boolean })[];
}

function found(asked: HuntTexts, offset: number): Symbol | undefined {
  const all = readAll(asked.texts);
  const name = all[asked.at]?.names.find((one) => one.from <= offset && offset <= one.to);
  if (name === undefined) return undefined;
  if (name.kind !== 'let') {
    const { uri, names } = all[asked.at]!;
    const places = names.filter((one) => one.kind === name.kind && one.definition?.from === name.definition?.from).map((one) => ({ uri, from: one.from, to: one.to, isDefinition: one.isDefinition }));
    return { name, places: first(places) };
  }
  const home = homeOf(all, asked.at, name.name);
  if (home === undefined) return undefined;
  const places = all.flatMap(({ uri, names }, at) => {
    if (at < home || homeOf(all, at, name.name) !== home) return [];
    return names.filter((one) => one.kind === 'let' && one.name === name.name).map((one) => ({ uri, from: one.from, to: one.to, isDefinition: one.isDefinition }));
  });
  return { name, places: first(places) };
}

function first<T extends { readonly isDefinition: boolean }>(places: readonly T[]): readonly T[] {
  return [...places.filter((one) => one.isDefinition), ...places.filter((one) => !one.isDefinition)];
}

interface Read extends HuntText {
  readonly names: readonly NameUse[];
  readonly lets: ReadonlySet<string>;
}

function readAll(texts: readonly HuntText[]): readonly Read[] {
  const outer = new Set<string>();
  return texts.map((one) => {
    const parsed = read(one);
    const names = namesOf(parsed, outer);
    const lets = new Set(parsed.hunt.definitions.map((definition) => definition.name));
    for (const name of lets) outer.add(name);
    return { ...one, names, lets };
  });
}

/** The text whose let a name means in the text `at`: its own, else the nearest before it. */
function homeOf(all: readonly Read[], at: number, name: string): number | undefined {
  for (let text = at; text >= 0; text--) if (all[text]!.lets.has(name)) return text;
  return undefined;
}

function whyNot(to: string, kind: NameUse['kind'], symbol: Symbol, asked: HuntTexts): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(to)) return `${JSON.stringify(to)} is no name; use letters, digits and _, and begin with a letter.`;
  if ((KEYWORDS as readonly string[]).includes(to)) return `${to} is a word of the language.`;
  if (to === symbol.name.name) return undefined;
  if (SOURCE_NAMES.has(to)) return `${to} is a source.`;
  if (FUNCTION_NAMES.has(to.toLowerCase())) return `${to} is a function.`;
  if (kind !== 'event' && STORE_FIELDS.resolve(to, 'event', 'recorded').kind === 'place') return `${to} is a field.`;
  const touched = new Set(symbol.places.map((place) => place.uri));
  const taken = readAll(asked.texts).filter((one) => touched.has(one.uri) || kind === 'let').some((one) => one.names.some((name) => name.name === to && (kind === 'let' || name.kind === 'let' || name.kind === kind)));
  return taken ? `The name ${to} is taken here.` : undefined;
}

import type { Catalogue } from './answers.js';
import { dialectOf, MAX_TEXT } from './compile.js';
import { tokenize, type Tokens } from './lexer.js';
import { parse, type Parsed } from './parser.js';
import type { Definition } from './tree.js';

/** A text of a notebook's cell or of a file, with the address that the editor knows it by. */
export interface HuntText {
  readonly uri: string;
  readonly text: string;
}

/** Why a hunt knows no values: nothing is open; its case is not; several sets are, and none of them is its own. Names are those of folders and files. */
export type LackingEvidence = { readonly kind: 'nothing open' } | { readonly kind: 'case not open'; readonly name: string } | { readonly kind: 'several open'; readonly names: readonly string[] };

/**
 * What an editor asks about: a text, and all texts that share lets with it (HUNT section 9): the case's hunts in the order of their names, then the cells
 * of its notebook from top to bottom. Each sees the lets of those before it, its own first; `at` is the place of the text asked about.
 */
export interface HuntTexts {
  readonly texts: readonly HuntText[];
  readonly at: number;
  readonly catalogue?: Catalogue | undefined;
  /** Why there is no catalogue, as far as the editor knows. */
  readonly lacks?: LackingEvidence | undefined;
  /** How many of the first are the case's hunts: their lets are for every notebook, so none is unused. */
  readonly shared?: number;
}

/** A text alone. */
export function alone(text: string, catalogue?: Catalogue): HuntTexts {
  return { texts: [{ uri: '', text }], at: 0, catalogue };
}

export function textOf({ texts, at }: HuntTexts): string {
  return texts[at]?.text ?? '';
}

export function parsedOf(text: string): Parsed {
  return parse(text.length > MAX_TEXT ? '' : text, dialectOf(text));
}

/** The tokens of a text; none of one that is too long to be a hunt: an editor asks for them with each letter. */
export function tokensOf(text: string): Tokens {
  return tokenize(text.length > MAX_TEXT ? '' : text, dialectOf(text).isEndgame);
}

/** What was read of a text, for as long as an editor holds that version of it: each keystroke asks of every cell. */
const READ = new WeakMap<HuntText, Parsed>();

export function read(one: HuntText): Parsed {
  let parsed = READ.get(one);
  if (parsed === undefined) {
    parsed = parsedOf(one.text);
    READ.set(one, parsed);
  }
  return parsed;
}

/** The text asked about, read. */
export function own(asked: HuntTexts): Parsed {
  const one = asked.texts[asked.at];
  return one === undefined ? parsedOf('') : read(one);
}

/** The texts before the one asked about. */
export function textsBefore({ texts, at }: HuntTexts): readonly string[] {
  return texts.slice(0, at).map((one) => one.text);
}

/** The lets that the text asked about sees from the texts before it, nearest first wins. */
export function outerLets(asked: HuntTexts): ReadonlyMap<string, Definition> {
  return new Map(asked.texts.slice(0, asked.at).flatMap((one) => read(one).hunt.definitions.map((definition) => [definition.name, definition] as const)));
}

/** The lets that the text asked about sees: its own, and those of the texts before it. */
export function visibleLets(asked: HuntTexts): ReadonlyMap<string, Definition> {
  return new Map([...outerLets(asked), ...own(asked).hunt.definitions.map((definition) => [definition.name, definition] as const)]);
}

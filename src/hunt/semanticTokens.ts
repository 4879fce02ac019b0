import type { Catalogue } from './answers.js';
import type { Range } from './diagnostics.js';
import { evidenceField } from './evidenceFields.js';
import { originOf } from './fieldList.js';
import { outerLets, own, textOf, type HuntTexts } from './huntTexts.js';
import type { Token } from './lexer.js';
import { namesOf } from './names.js';
import type { Parsed } from './parser.js';
import { STORE_FIELDS } from './resolve.js';
import { tokenFrom } from './tokenPlace.js';
import type { Expr } from './tree.js';
import { walkTree } from './treeNodes.js';

/** The kinds of words (HUNT section 11), in the order in which the editor numbers them. */
export const TOKEN_TYPES = ['keyword', 'source', 'field', 'function', 'let', 'parameter', 'text', 'pattern', 'regex', 'number', 'duration', 'operator', 'pipe', 'comment'] as const;
/** Of fields: whose they are, and whether no open evidence has them. */
export const TOKEN_MODIFIERS = ['ecs', 'lineage', 'absent'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];
export type TokenModifier = (typeof TOKEN_MODIFIERS)[number];

/** One coloured word; it never spans lines. */
export interface SemanticToken extends Range {
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
}

type Mark = Omit<SemanticToken, 'from' | 'to'>;

const OPERATOR_WORDS = new Set(['in', 'in~', 'like', 'like~', 'regex', 'regex~']);
const PUNCTUATION = new Set(['(', ')', '[', ']', ',', '.', '?', '~']);
/** Names that are words of the language where the tree gives them no other meaning. */
const WORDS = new Set(['let', 'macro', 'const', 'child', 'parent', 'descendant', 'ancestor', 'sibling', 'event', 'created', 'recorded', 'within', 'as', 'maxspan', 'runs', 'fork', 'per', 'up', 'down']);

/** Every word of the text with what it is. */
export function semanticTokens(asked: HuntTexts): readonly SemanticToken[] {
  const text = textOf(asked);
  const parsed = own(asked);
  const marks = marksOf(parsed, asked);
  const found: SemanticToken[] = [];
  const add = (range: Range, mark: Mark): void => {
    // A raw text or a long comment goes over lines: each is a token of its own.
    for (let from = range.from; from < range.to; ) {
      const end = text.indexOf('\n', from);
      const to = end < 0 || end >= range.to ? range.to : end;
      const visible = text[to - 1] === '\r' ? to - 1 : to;
      if (visible > from) found.push({ from, to: visible, ...mark });
      from = to + 1;
    }
  };
  for (const comment of parsed.comments) add(comment, { type: 'comment', modifiers: [] });
  let until = 0; // the end of a field that was marked whole
  for (const token of parsed.tokens) {
    if (token.from < until || token.kind === 'end') continue;
    const mark = marks.get(token.from);
    if (mark !== undefined) {
      add({ from: token.from, to: mark.to }, mark.mark);
      until = mark.to;
    } else {
      const type = plainType(token);
      if (type !== undefined) add(token, { type, modifiers: [] });
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

function plainType(token: Token): TokenType | undefined {
  switch (token.kind) {
    case 'keyword':
      return OPERATOR_WORDS.has(String(token.value)) ? 'operator' : 'keyword';
    case 'text':
    case 'raw':
      return 'text';
    case 'int':
    case 'float':
      return 'number';
    case 'duration':
      return 'duration';
    case 'symbol':
      return PUNCTUATION.has(String(token.value)) ? undefined : 'operator';
    case 'name':
      return token.quoted !== true && WORDS.has(String(token.value)) ? 'keyword' : undefined;
    case 'end':
      return undefined;
  }
}

/** What the tree and the names say of words, by where they begin. */
function marksOf(parsed: Parsed, asked: HuntTexts): Map<number, { readonly to: number; readonly mark: Mark }> {
  const marks = new Map<number, { to: number; mark: Mark }>();
  const put = ({ from, to }: Range, type: TokenType, modifiers: readonly TokenModifier[] = []): void => void (to > from && marks.set(from, { to, mark: { type, modifiers } }));
  const putItems = (items: readonly Expr[], type: TokenType): void => {
    for (const item of items) if (item.kind === 'literal' && item.type === 'text') put(bare(item, parsed.tokens), type);
  };
  walkTree({ is: 'hunt', node: parsed.hunt }, (one) => {
    if (one.is === 'pipe') put(one.node.nameRange, 'pipe');
    else if (one.is === 'source' && one.node.kind === 'event') put(one.node.sourceRange, 'source');
    else if (one.is === 'source' && one.node.kind === 'use') put(one.node, 'source');
    else if (one.is === 'expr') {
      const { node } = one;
      if (node.kind === 'field') put(bare(node, parsed.tokens), 'field', modifiersOf(node.name, asked.catalogue));
      else if (node.kind === 'call') {
        put(node.nameRange, 'function');
        const name = node.name.toLowerCase();
        if (name === 'wildcard' || name === 'match') putItems(node.args.slice(1), name === 'match' ? 'regex' : 'pattern');
      } else if (node.kind === 'match' && !node.op.startsWith('in')) putItems(node.items, node.op.startsWith('regex') ? 'regex' : 'pattern');
    }
  });
  const outer = new Set(outerLets(asked).keys());
  for (const use of namesOf(parsed, outer)) {
    const field = marks.get(use.from);
    put(use, use.kind === 'let' ? 'let' : 'parameter');
    // `a.process.pid`: the event's name, then the field of it.
    if (use.kind === 'event' && field?.mark.type === 'field' && field.to > use.to + 1) {
      const first = tokenFrom(parsed.tokens, use.from);
      const rest = parsed.tokens.slice(first + 2, tokenFrom(parsed.tokens, field.to));
      if (rest[0] !== undefined) put({ from: rest[0].from, to: field.to }, 'field', modifiersOf(rest.map((token) => String(token.value)).join(''), asked.catalogue));
    }
  }
  return marks;
}

/** A range without the brackets around it and the `?` before it. */
function bare({ from, to }: Range, tokens: readonly Token[]): Range {
  const isWrapping = (token: Token | undefined): boolean => token?.kind === 'symbol' && ['(', ')', '?'].includes(String(token.value));
  let first = tokenFrom(tokens, from);
  let last = tokenFrom(tokens, to) - 1;
  while (first < last && isWrapping(tokens[first])) first++;
  while (last > first && isWrapping(tokens[last])) last--;
  return { from: tokens[first]?.from ?? from, to: tokens[last]?.to ?? to };
}

function modifiersOf(name: string, catalogue: Catalogue | undefined): TokenModifier[] {
  const onEvents = STORE_FIELDS.resolve(name, 'event', 'recorded');
  const resolution = onEvents.kind === 'place' ? onEvents : STORE_FIELDS.resolve(name, 'process', 'recorded');
  if (resolution.kind === 'unknown' || (resolution.kind === 'absent' && evidenceField(catalogue, name) !== undefined)) return [];
  if (resolution.kind === 'absent') return ['ecs', 'absent'];
  const origin = originOf(name, resolution.place.origin);
  const isEmpty = catalogue?.fields.find((field) => field.name === name)?.filled === 0;
  return [...(origin === 'ecs' ? (['ecs'] as const) : origin === 'lineage' ? (['lineage'] as const) : []), ...(isEmpty ? (['absent'] as const) : [])];
}

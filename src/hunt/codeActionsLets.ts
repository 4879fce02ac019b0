import { edit, written, type ActionPlace, type CodeAction } from './codeAction.js';
import type { Range } from './diagnostics.js';
import { FUNCTION_NAMES } from './functions.js';
import { parsedOf, read } from './huntTexts.js';
import { namesOf } from './names.js';
import { definitionOf, referencesOf } from './symbols.js';
import type { Definition, Expr, Inner } from './tree.js';
import { pathTo, type TreeNode } from './treeNodes.js';

/** `let condition = ...` of the condition or rows that are selected (or that the cursor is in). */
export function extractLet(place: ActionPlace): CodeAction[] {
  const chosen = chosenPart(place);
  if (chosen === undefined) return [];
  const { node, what } = chosen;
  const local = namesOf(place.parsed, new Set()).some((one) => one.kind !== 'let' && one.from >= node.from && one.to <= node.to);
  if (local) return []; // what it says hangs on the sequence, let or pipe around it
  const statement = [...place.parsed.hunt.definitions, ...(place.parsed.hunt.query === undefined ? [] : [place.parsed.hunt.query])].find((one) => one.from <= node.from && node.to <= one.to);
  if (statement === undefined) return [];
  const name = freeName(place, what);
  const at = aboveComments(place, statement.from);
  return [{ title: `Extract a let from ${what === 'rows' ? 'this query' : 'this condition'}`, kind: 'extract', edits: [edit(place, { from: at, to: at }, `let ${name} = ${written(place, node)}\n`), edit(place, node, name)] }];
}

function chosenPart({ path, range }: ActionPlace): { readonly node: Range; readonly what: 'condition' | 'rows' } | undefined {
  const inLetBody = (at: number): boolean => path[at - 1]?.is === 'definition';
  for (let at = path.length - 1; at > 0; at--) {
    const one = path[at]!;
    const isWhole = range.from === range.to || (one.node.from === range.from && one.node.to === range.to);
    if (!isWhole || inLetBody(at)) continue;
    if (one.is === 'expr' && ['and', 'or', 'not', 'compare', 'match', 'relation'].includes(one.node.kind)) return { node: one.node, what: 'condition' };
    if (one.is === 'source' && one.node.kind === 'event' && !inLetBody(at - 1)) return { node: one.node, what: 'rows' };
  }
  return undefined;
}

function freeName({ asked }: ActionPlace, wanted: string): string {
  const taken = new Set(asked.texts.flatMap((one) => read(one).hunt.definitions.map((definition) => definition.name)));
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}${count}`;
    if (!taken.has(name) && !FUNCTION_NAMES.has(name)) return name;
  }
}

/** Where a statement begins with the comments right above it. */
function aboveComments({ parsed, text }: ActionPlace, from: number): number {
  let at = from;
  for (const comment of [...parsed.comments].reverse()) {
    if (comment.to > at || !/^[^\S\n]*\n?[^\S\n]*$/.test(text.slice(comment.to, at))) continue;
    const before = text.slice(text.lastIndexOf('\n', comment.from - 1) + 1, comment.from);
    if (before.trim() !== '') break; // it stands behind another statement
    at = comment.from;
  }
  return at;
}

/** The let's meaning in the place of its name: here, and everywhere with its definition gone. */
export function inlineLet(place: ActionPlace): CodeAction[] {
  const { asked, range } = place;
  const definition = definitionOf(asked, range.from);
  if (definition === undefined) return [];
  const home = asked.texts.find((one) => one.uri === definition.uri);
  if (home === undefined) return [];
  const given = read(home).hunt.definitions.find((one) => one.nameRange.from === definition.from);
  if (given === undefined) return [];
  const places = referencesOf(asked, range.from);
  const uses = places.filter((one) => !one.isDefinition);
  const edits = uses.map((use) => {
    const text = asked.texts.find((one) => one.uri === use.uri)!.text; // it was found there
    const made = inlinedAt(text, use, given, home.text);
    return made && { uri: use.uri, ...made };
  });
  const title = `Inline the let ${given.name}`;
  const found: CodeAction[] = [];
  const all = edits.filter((each) => each !== undefined);
  if (uses.length > 0 && all.length === uses.length) {
    const line = /^[^\S\n]*\r?\n?/.exec(home.text.slice(given.to))![0].length; // matches always
    found.push({ title, kind: 'inline', edits: [{ uri: home.uri, from: given.from, to: given.to + line, text: '' }, ...all] });
  }
  const here = uses.findIndex((use) => use.uri === place.uri && use.from <= range.from && range.from <= use.to);
  const one = here < 0 ? undefined : edits[here];
  if (one !== undefined && uses.length > 1) found.push({ title: `${title} here`, kind: 'inline', edits: [one] });
  return found;
}

/** The range of a use and what goes there; undefined where the let's query has no place in it. */
function inlinedAt(text: string, use: Range, given: Definition, home: string): (Range & { readonly text: string }) | undefined {
  const path = pathTo(parsedOf(text).hunt, use);
  const node = path.at(-1);
  if (node === undefined) return undefined;
  const { body } = given;
  if (body.kind === 'query') return inlinedRows(text, node, path, body.query.source, home.slice(body.query.from, body.query.to), body.query.pipes.length > 0, home);
  if (node.is !== 'expr') return undefined;
  const parent = path.at(-2);
  if (node.node.kind === 'field') return { from: node.node.from, to: node.node.to, text: bracketed(body.expr, home.slice(body.expr.from, body.expr.to), parent, node.node) };
  if (node.node.kind !== 'call' || node.node.args.length !== given.parameters.length) return undefined;
  const args = node.node.args;
  return { from: node.node.from, to: node.node.to, text: bracketed(body.expr, withArguments(given, args.map((arg) => ({ text: text.slice(arg.from, arg.to), isSimple: isSimple(arg) })), home), parent, node.node) };
}

function inlinedRows(text: string, node: TreeNode, path: readonly TreeNode[], source: Inner | { readonly kind: string }, rows: string, hasPipes: boolean, home: string): (Range & { readonly text: string }) | undefined {
  if (node.is !== 'source') return undefined;
  const parent = path.at(-2);
  if (node.node.kind === 'use') {
    const isWhole = parent?.is === 'query';
    if (isWhole) return { ...at(node.node), text: rows };
    if (hasPipes || (source.kind !== 'event' && source.kind !== 'use')) return undefined;
    // `child of name` has no brackets yet, `[name]` has.
    return { ...at(node.node), text: parent?.is === 'expr' && text.slice(0, node.node.from).trimEnd().at(-1) !== '[' ? `[${rows}]` : rows };
  }
  if (node.node.kind !== 'event' || hasPipes || !isEvent(source)) return undefined;
  const { where } = node.node;
  const condition = (expr: Expr, of: string): string => (expr.kind === 'or' && of[expr.from] !== '(' ? `(${of.slice(expr.from, expr.to)})` : of.slice(expr.from, expr.to));
  return { from: node.node.from, to: where.to, text: `${home.slice(source.sourceRange.from, source.sourceRange.to)} where ${condition(source.where, home)} and ${condition(where, text)}` };
}

function isEvent(source: Inner | { readonly kind: string }): source is Extract<Inner, { kind: 'event' }> {
  return source.kind === 'event';
}

function at({ from, to }: Range): Range {
  return { from, to };
}

/** The let's text with the arguments in the place of its parameters. */
function withArguments(given: Definition, args: readonly { readonly text: string; readonly isSimple: boolean }[], home: string): string {
  if (given.body.kind !== 'expr') return '';
  const { from, to } = given.body.expr;
  const { hunt, tokens } = parsedOf(home);
  const uses = namesOf({ hunt, tokens }, new Set()).filter((one) => one.kind === 'parameter' && !one.isDefinition && one.from >= from && one.to <= to);
  let text = home.slice(from, to);
  for (const use of [...uses].reverse()) {
    const arg = args[given.parameters.findIndex((parameter) => parameter.from === use.definition?.from)];
    if (arg !== undefined) text = text.slice(0, use.from - from) + (arg.isSimple ? arg.text : `(${arg.text})`) + text.slice(use.to - from);
  }
  return text;
}

function isSimple(expr: Expr): boolean {
  return expr.kind === 'field' || expr.kind === 'call' || (expr.kind === 'literal' && !(typeof expr.value === 'number' && expr.value < 0));
}

/** In brackets where the text would else join with what stands beside it. */
function bracketed(body: Expr, text: string, parent: TreeNode | undefined, use: Expr): string {
  if (isSimple(body) || body.kind === 'relation' || (text.startsWith('(') && text.endsWith(')'))) return text;
  if (parent?.is !== 'expr') return text;
  const { node } = parent;
  const isTest = body.kind === 'compare' || body.kind === 'match';
  if (isTest && (node.kind === 'and' || node.kind === 'or' || node.kind === 'not')) return text;
  if (node.kind === body.kind && (node.kind === 'and' || node.kind === 'or')) return text;
  if (node.kind === 'call' || (node.kind === 'match' && node.subject !== use)) return text;
  return `(${text})`;
}

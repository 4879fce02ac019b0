import type { BindContext } from './bindContext.js';
import type { Bound } from './bound.js';
import { mistake, replace, type Range } from './diagnostics.js';
import { folded } from './fold.js';
import { foldRegex } from './foldRegex.js';
import { FUNCTION_NAMES } from './functions.js';
import { checkRegex, translateRegex } from './pattern.js';
import { printText } from './print.js';
import { isNetwork } from './sqlFunctions.js';
import type { Compare, Expr, Literal } from './tree.js';
import { inWords, kinOf, parseTime, type ValueType } from './types.js';

/** `destination.ip == "10.0.0.0/8"` asks for a network. */
export function networkTest(address: Bound, network: Bound): Bound | undefined {
  if (address.type !== 'ip' || network.kind !== 'value' || typeof network.value !== 'string' || !network.value.includes('/')) return undefined;
  return { kind: 'call', type: 'bool', row: FUNCTION_NAMES.get('cidrmatch')!, folds: false, args: [address, network] };
}

/** 204: a literal that is no network matches nothing, and would pass as a clean result. */
export function tellNetworks(items: readonly Expr[], context: BindContext): void {
  for (const item of items) {
    if (item.kind === 'literal' && typeof item.value === 'string' && !isNetwork(item.value)) context.diagnostics.push(mistake(204, item, `${JSON.stringify(item.value)} is no network; write it like "10.0.0.0/8" or "fe80::/10".`));
  }
}

/** A literal beside a time: ISO text, or milliseconds. */
export function asTime(expr: Expr, bound: Bound, context: BindContext): Bound {
  if (bound.kind !== 'value') return bound;
  if (typeof bound.value === 'number' && bound.type !== 'duration') return { kind: 'value', type: 'time', value: bound.value * 1000 };
  if (typeof bound.value !== 'string') return bound;
  const micros = parseTime(bound.value);
  if (micros === undefined) context.diagnostics.push(mistake(203, expr, `${JSON.stringify(bound.value)} is no time; write it like "2026-11-24T10:00:00Z".`));
  return { kind: 'value', type: 'time', value: micros ?? null };
}

/** 203, with the literal in the other spelling where that would do. */
export function tellMismatch(expr: Compare, left: Bound, right: Bound, context: BindContext): void {
  const literal = expr.right.kind === 'literal' ? expr.right : expr.left.kind === 'literal' ? expr.left : undefined;
  const other = literal === expr.right ? left : right;
  context.diagnostics.push(mistake(203, expr, `${inWords(left.type)} does not compare with ${inWords(right.type)}; ${literal === undefined ? 'make one the kind of the other with number() or string()' : `write ${inWords(other.type)} here`}.`.replace(/^./, (first) => first.toUpperCase()), literal === undefined ? [] : literalFixes(literal, other.type)));
}

/** Text that should be a number, or a number that should be text. */
export function literalFixes(literal: Literal, wanted: ValueType): ReturnType<typeof replace>[] {
  if (kinOf(wanted) === 'number' && typeof literal.value === 'string' && /^-?\d+(\.\d+)?$/.test(literal.value)) return [replace(`Change to ${literal.value}`, literal, literal.value)];
  if (kinOf(wanted) === 'text' && typeof literal.value === 'number') return [replace(`Change to "${literal.value}"`, literal, `"${literal.value}"`)];
  return [];
}

/** 208: a `*` where no wildcards are read. */
export function hintWildcard(opRange: Range, items: readonly Expr[], fix: string | undefined, context: BindContext): void {
  const starred = items.find((item) => item.kind === 'literal' && item.type === 'text' && String(item.value).includes('*'));
  if (starred === undefined || fix === undefined) return;
  context.diagnostics.push(mistake(208, opRange, `* is an ordinary letter here; for a wildcard write ${fix} (or : to ignore case).`, [replace(`Change to ${fix}`, opRange, fix)], 'hint'));
}

/** The patterns after `regex` (or of match) as linear-time expressions; what cannot be run is told. `tail`: the operator and its list, where one stands. */
export function bindRegex(subject: Bound, literals: readonly Literal[], folds: boolean, context: BindContext, tail?: Range): Bound {
  const patterns: string[] = [];
  for (const literal of literals) {
    // The older dialect's syntax is Python's, matched from the start of the text.
    const translated = context.dialect.isEndgame ? checkRegex(`(?:${String(literal.value)}).*`) : translateRegex(String(literal.value));
    if ('pattern' in translated) patterns.push(folds ? foldRegex(translated.pattern) : translated.pattern);
    else context.diagnostics.push(mistake(206, literal, `This regular expression cannot be run (${translated.refused}); escape it with a backslash, or use like.`, tail === undefined ? [] : [replace('Change to like', tail, likeFor(literals, folds))]));
  }
  return { kind: 'regex', type: 'bool', subject, patterns };
}

/** Regular expressions as wildcards, as near as these come: `.*` and `.` are all they have in common. */
function likeFor(literals: readonly Literal[], folds: boolean): string {
  const patterns = literals.map((literal) => printText(String(literal.value).replace(/\.[*+]/g, '*').replace(/\\(.)|\./g, (_, escaped: string | undefined) => escaped ?? '?')));
  return `${folds ? 'like~' : 'like'} ${patterns.length === 1 ? patterns[0]! : `(${patterns.join(', ')})`}`;
}

/** The older dialect: `*` in a text is a wildcard after == and !=, and case is ignored. */
export function endgameCompare(expr: Compare, left: Bound, right: Bound, context: BindContext): Bound {
  const folds = context.dialect.ignoresCase;
  const isText = kinOf(left.type) === 'text' || kinOf(right.type) === 'text';
  if (isText && (expr.op === '==' || expr.op === '!=')) {
    const [pattern, subject] = isPattern(right) ? [right, left] : isPattern(left) ? [left, right] : [undefined, left];
    const test: Bound = pattern !== undefined
      ? { kind: 'wildcard', type: 'bool', folds, subject, patterns: [String((pattern as { value: unknown }).value)] } // isPattern saw a text
      : folds ? { kind: 'in', type: 'bool', folds: true, subject: left, items: [right] } : { kind: 'compare', type: 'bool', op: '==', left, right };
    return expr.op === '==' ? test : { kind: 'not', type: 'bool', operand: { kind: 'threeValued', type: 'bool', operand: test } };
  }
  return { kind: 'compare', type: 'bool', op: expr.op, left: isText && folds ? folded(left) : left, right: isText && folds ? folded(right) : right };
}

function isPattern(bound: Bound): boolean {
  return bound.kind === 'value' && typeof bound.value === 'string' && bound.value.includes('*');
}

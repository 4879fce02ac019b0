import { inSet } from './regexNode.js';

/** Kinds of letters that anchors tell apart. */
export type LetterKind = 'word' | 'line' | 'other';

/** Code points, first and last of each run, in order. */
type Runs = readonly (readonly [first: number, last: number])[];

const LAST = 0x10ffff;
const WORD: Runs = [[48, 57], [65, 90], [95, 95], [97, 122]];
const DIGIT: Runs = [[48, 57]];
const SPACE: Runs = [[9, 10], [12, 13], [32, 32]];
const LINE: Runs = [[10, 10]];
const BY_WORD: readonly (readonly [LetterKind, Runs])[] = [['word', WORD], ['other', complement(WORD)]];
const BY_LINE: typeof BY_WORD = [['word', WORD], ['line', LINE], ['other', without(complement(WORD), LINE)]];

/** `tellsLines`: a line's end is a kind of its own, else it is one of the others. */
export function kindOf(letter: string, tellsLines: boolean): LetterKind {
  return letter === '\n' && tellsLines ? 'line' : /^\w$/.test(letter) ? 'word' : 'other';
}

/** The letters of a class (`\w`, `.`, `[...]`) by their kinds, each as a class of its own; kinds that it has none of are not there. */
export function byKind(set: string, tellsLines: boolean): ReadonlyMap<LetterKind, string> {
  const runs = runsOf(set);
  const found = new Map<LetterKind, string>();
  for (const [kind, letters] of tellsLines ? BY_LINE : BY_WORD) {
    const own = without(runs, complement(letters));
    if (own.length > 0) found.set(kind, own.length === runs.length && same(own, runs) ? set : printed(own));
  }
  return found;
}

function runsOf(set: string): Runs {
  if (set === '.') return [[0, LAST]];
  if (set.startsWith('\\')) return named(set[1]!);
  const isNegated = set[1] === '^';
  const inner = [...set.slice(isNegated ? 2 : 1, -1)];
  let runs: (readonly [number, number])[] = [];
  for (let at = 0; at < inner.length; at++) {
    const isEscaped = inner[at] === '\\';
    if (isEscaped && /[dDwWsS]/.test(inner[at + 1] ?? '')) {
      runs = [...runs, ...named(inner[++at]!)];
      continue;
    }
    const first = inner[isEscaped ? ++at : at]!.codePointAt(0)!;
    let last = first;
    if (inner[at + 1] === '-' && at + 2 < inner.length) {
      at += 2;
      if (inner[at] === '\\') at++;
      last = inner[at]?.codePointAt(0) ?? first;
    }
    runs.push([first, last]);
  }
  const all = joined(runs);
  return isNegated ? complement(all) : all;
}

function named(letter: string): Runs {
  const runs = { d: DIGIT, w: WORD, s: SPACE }[letter.toLowerCase()] ?? [];
  return letter === letter.toLowerCase() ? runs : complement(runs);
}

/** In order, and none that meets another. */
function joined(runs: Runs): Runs {
  const found: [number, number][] = [];
  for (const [first, last] of [...runs].filter(([from, to]) => from <= to).sort((a, b) => a[0] - b[0])) {
    const before = found.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else found.push([first, last]);
  }
  return found;
}

function complement(runs: Runs): Runs {
  const found: [number, number][] = [];
  let next = 0;
  for (const [first, last] of runs) {
    if (first > next) found.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) found.push([next, LAST]);
  return found;
}

function without(runs: Runs, others: Runs): Runs {
  return complement(joined([...complement(runs), ...others]));
}

function same(a: Runs, b: Runs): boolean {
  return a.every(([first, last], at) => b[at]![0] === first && b[at]![1] === last);
}

function printed(runs: Runs): string {
  const all = complement(runs);
  if (runs.length === WORD.length && same(runs, WORD)) return '\\w';
  if (all.length === WORD.length && same(all, WORD)) return '\\W';
  // NUL can stand in no text of a hunt: what holds it is said by what it holds not.
  const [shown, open] = runs[0]?.[0] === 0 ? [all, '[^'] : [runs, '['];
  return `${open}${shown.map(([first, last]) => run(first, last)).join('')}]`;
}

function run(first: number, last: number): string {
  const [from, to] = [first, last].map((point) => inSet(String.fromCodePoint(point)));
  return first === last ? from! : last === first + 1 ? `${from!}${to!}` : `${from!}-${to!}`;
}

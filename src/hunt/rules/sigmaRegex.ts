import { luceneText } from './sigmaText.js';
import { NotTranslated } from './ruleSet.js';

/** A regular expression as a tree: what Sigma allows (PCRE without look-around, back references and atomic groups). */
type Node =
  | { readonly kind: 'text'; readonly text: string }
  /** A class or a dot, as Lucene writes it. */
  | { readonly kind: 'set'; readonly text: string }
  | { readonly kind: 'start' | 'end' | 'wordEdge' }
  | { readonly kind: 'repeat'; readonly of: Node; readonly count: string }
  | { readonly kind: 'branches'; readonly of: readonly (readonly Node[])[] };

const MAX_DEPTH = 50;
const MAX_LENGTH = 8 * 1024;

/**
 * Sigma's `re`: found anywhere in the text, letters exact. Hunt's `regex`: Lucene's syntax, matching the whole text, where `^` and `$` are letters. Throws
 * {@link NotTranslated} with the construct that has no translation. `i` is the caller's: it chooses `regex~`.
 */
export function luceneOf(expression: string, flags: { readonly multiline: boolean; readonly dotAll: boolean }): { readonly pattern: string; readonly folds: boolean } {
  if (expression.length > MAX_LENGTH) throw new NotTranslated('a regular expression is longer than 8 KiB');
  const inline = /^\(\?([ims]+)\)/.exec(expression);
  const [whole = '', own = ''] = inline ?? [];
  const reader = new Reader(expression.slice(whole.length), flags.dotAll || own.includes('s'));
  const isMultiline = flags.multiline || own.includes('m');
  const tree = reader.branches(0);
  if (!reader.isDone) throw new NotTranslated('a regular expression has a ) without its (');
  return { pattern: withoutBrackets(atEnd(atStart(bareEnds(tree), isMultiline), isMultiline)), folds: own.includes('i') };
}

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly dotAll: boolean,
  ) {}

  get isDone(): boolean {
    return this.at >= this.text.length;
  }

  branches(depth: number): Extract<Node, { kind: 'branches' }> {
    if (depth > MAX_DEPTH) throw new NotTranslated(`a regular expression is nested deeper than ${MAX_DEPTH}`);
    const of: Node[][] = [[]];
    while (!this.isDone && this.text[this.at] !== ')') {
      if (this.text[this.at] === '|') {
        this.at++;
        of.push([]);
      } else of.at(-1)!.push(this.repeated(this.one(depth)));
    }
    return { kind: 'branches', of: of.map(withoutEdges) };
  }

  private one(depth: number): Node {
    const char = this.text[this.at]!;
    switch (char) {
      case '(': {
        this.at++;
        const opener = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(this.text.slice(this.at, this.at + 80));
        if (opener !== null) this.at += opener[0].length;
        else if (this.text[this.at] === '?' || this.text[this.at] === '*') throw new NotTranslated(`a regular expression has ${JSON.stringify(this.text.slice(this.at - 1, this.at + 3))}: look-around, flags in the middle and atomic groups cannot be run`);
        const group = this.branches(depth + 1);
        if (this.isDone) throw new NotTranslated('a regular expression has a ( without its )');
        this.at++;
        return group;
      }
      case '[':
        return { kind: 'set', text: this.set() };
      case '\\':
        return this.escape();
      case '.':
        this.at++;
        return { kind: 'set', text: this.dotAll ? '.' : NO_LINE_END };
      case '^':
        this.at++;
        return { kind: 'start' };
      case '$':
        this.at++;
        return { kind: 'end' };
      case '*':
      case '+':
      case '?':
        throw new NotTranslated(`a regular expression repeats nothing with ${char}`);
      default: {
        const letter = String.fromCodePoint(this.text.codePointAt(this.at)!);
        this.at += letter.length;
        return { kind: 'text', text: letter };
      }
    }
  }

  private repeated(of: Node, times = 0): Node {
    const count = /^(?:[*+?]|\{\d{1,5}(?:,\d{0,5})?\})/.exec(this.text.slice(this.at, this.at + 14))?.[0];
    if (count === undefined) return of;
    if (times === MAX_DEPTH) throw new NotTranslated(`a regular expression repeats one thing more than ${MAX_DEPTH} times over`);
    if (of.kind === 'start' || of.kind === 'end' || of.kind === 'wordEdge') throw new NotTranslated('a regular expression repeats an anchor');
    this.at += count.length;
    if (this.text[this.at] === '+') throw new NotTranslated('a regular expression has a possessive repetition');
    if (this.text[this.at] === '?') this.at++; // lazy: which match is found first does not matter where only whether one is
    return this.repeated({ kind: 'repeat', of, count }, times + 1);
  }

  private escape(): Node {
    const next = this.text[this.at + 1];
    if (next === undefined) throw new NotTranslated('a regular expression ends with a backslash');
    this.at += 2;
    if (/[dDwWsS]/.test(next)) return { kind: 'set', text: `\\${next}` };
    switch (next) {
      case 'A':
        return { kind: 'start' };
      case 'z':
      case 'Z':
        return { kind: 'end' };
      case 'b':
        return { kind: 'wordEdge' };
      case 'h':
        return { kind: 'set', text: '[ \t]' };
    }
    return { kind: 'text', text: this.letter(next) };
  }

  /** The letter that an escape stands for; its backslash and first character are read. */
  private letter(next: string): string {
    const plain = CONTROLS[next];
    if (plain !== undefined) return plain;
    const code = next === 'x' ? /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(this.text.slice(this.at, this.at + 9)) : next === 'u' ? /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/.exec(this.text.slice(this.at, this.at + 9)) : null;
    if (code !== null) {
      const point = parseInt(code[1] ?? code[2] ?? '', 16);
      if (point > 0x10ffff) throw new NotTranslated('a regular expression names a character that does not exist');
      this.at += code[0].length;
      return String.fromCodePoint(point);
    }
    if (/[A-Za-z0-9]/.test(next)) throw new NotTranslated(`a regular expression has \\${next}, which cannot be run`);
    const letter = String.fromCodePoint(this.text.codePointAt(this.at - 1)!);
    this.at += letter.length - 1;
    return letter;
  }

  private set(): string {
    let text = '[';
    this.at++;
    if (this.text[this.at] === '^') {
      text += '^';
      this.at++;
    }
    for (let isFirst = true; ; isFirst = false) {
      if (this.isDone) throw new NotTranslated('a regular expression has a [ without its ]');
      const char = this.text[this.at]!;
      if (char === ']' && !isFirst) break;
      const posix = char === '[' ? /^\[:(\^?)([a-z]+):\]/.exec(this.text.slice(this.at, this.at + 14)) : null;
      if (posix !== null) {
        const range = POSIX[posix[2]!];
        if (range === undefined || posix[1] === '^') throw new NotTranslated(`a regular expression has ${posix[0]}, which cannot be run`);
        text += range;
        this.at += posix[0].length;
      } else if (char === '\\') {
        const next = this.text[this.at + 1] ?? '';
        this.at += 2;
        if (next === '') throw new NotTranslated('a regular expression ends with a backslash');
        text += /[dDwWsS]/.test(next) ? `\\${next}` : inSet(next === 'b' ? '\b' : next === 'h' ? ' \t' : this.letter(next));
      } else {
        const letter = String.fromCodePoint(this.text.codePointAt(this.at)!);
        const isRange = letter === '-' && text.length > 1 && !text.endsWith('^') && this.text[this.at + 1] !== ']';
        text += isRange ? '-' : inSet(letter);
        this.at += letter.length;
      }
    }
    this.at++;
    return `${text}]`;
  }
}

const NO_LINE_END = '[^\n]';
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\u0007', e: '\u001b' };
const POSIX: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', word: '\\w', xdigit: '0-9A-Fa-f', blank: ' \t', punct: '!-/:-@[-`{-~' };

/** A letter inside brackets. `[` stays bare: what reads the class escapes it. */
function inSet(letter: string): string {
  return letter.replace(/[\\\]^-]/g, '\\$&');
}

const REST: Node = { kind: 'repeat', of: { kind: 'set', text: '.' }, count: '*' };
const optional = (of: readonly Node[]): Node => ({ kind: 'repeat', of: { kind: 'branches', of: [of] }, count: '?' });
const LINE_END: Node = { kind: 'text', text: '\n' };
const NO_WORD: Node = { kind: 'set', text: '\\W' };

/** The same as a whole match: whatever may stand before is written out, and with it the anchors at the beginning go. */
function atStart(node: Node, isMultiline: boolean): Node {
  if (node.kind !== 'branches') return node;
  return {
    kind: 'branches',
    of: node.of.map((branch) => {
      const [first, ...rest] = branch;
      if (first === undefined) return [REST];
      if (first.kind === 'start') return isMultiline ? [optional([REST, LINE_END]), ...rest] : rest;
      // A word begins here: nothing stands before it, or something that is no word.
      if (first.kind === 'wordEdge' && isWord(rest[0], 'first')) return [optional([REST, NO_WORD]), ...rest];
      if (first.kind === 'branches') return [atStart(first, isMultiline), ...rest];
      return [REST, ...branch];
    }),
  };
}

function atEnd(node: Node, isMultiline: boolean): Node {
  if (node.kind !== 'branches') return node;
  return {
    kind: 'branches',
    of: node.of.map((branch) => {
      const last = branch.at(-1), rest = branch.slice(0, -1);
      if (last === undefined) return [REST];
      if (last.kind === 'end') return isMultiline ? [...rest, optional([LINE_END, REST])] : rest;
      if (last.kind === 'wordEdge' && isWord(rest.at(-1), 'last')) return [...rest, optional([NO_WORD, REST])];
      if (last === REST) return branch;
      if (last.kind === 'branches') return [...rest, atEnd(last, isMultiline)];
      return [...branch, REST];
    }),
  };
}

/** `.*` between a word's edge and either end says nothing: what is sought may stand anywhere. */
function bareEnds(tree: Extract<Node, { kind: 'branches' }>): Node {
  return {
    kind: 'branches',
    of: tree.of.map((branch) => {
      const from = isAnything(branch[0]) && branch[1]?.kind === 'wordEdge' ? 1 : 0;
      const to = isAnything(branch.at(-1)) && branch.at(-2)?.kind === 'wordEdge' ? -1 : undefined;
      return branch.slice(from, to);
    }),
  };
}

/** A branch without the edges of words in its middle that can be said otherwise: `a\b `, `a\b.*c` as `a\W.*c`, and `a\b.*-` as `a(\W.*)?-`. */
function withoutEdges(branch: readonly Node[]): readonly Node[] {
  const kept: Node[] = [];
  for (let at = 0; at < branch.length; at++) {
    const node = branch[at]!, before = branch[at - 1], after = branch[at + 1];
    if (node.kind !== 'wordEdge' || before === undefined || after === undefined) kept.push(node);
    else if (isAnything(after) && isWord(before, 'last') && isWord(branch[at + 2], 'first')) kept.push(noWordIn(after));
    else if (isAnything(before) && isWord(after, 'first') && isWord(branch[at - 2], 'last')) kept.push(noWordIn(before));
    else if (isAnything(after) && isWord(before, 'last') && isBlank(branch[at + 2])) {
      kept.push(optional([noWordIn(after), after]));
      at++;
    } else if (isAnything(before) && kept.at(-1) === before && isWord(after, 'first') && isBlank(branch[at - 2])) kept.splice(-1, 1, optional([before, noWordIn(before)]));
    else if (!(isWord(before, 'last') && isBlank(after)) && !(isBlank(before) && isWord(after, 'first'))) kept.push(node);
  }
  return kept;
}

/** `.*`, with line ends or without. */
function isAnything(node: Node | undefined): node is Extract<Node, { kind: 'repeat' }> {
  return node?.kind === 'repeat' && node.count === '*' && node.of.kind === 'set' && (node.of.text === '.' || node.of.text === NO_LINE_END);
}

function noWordIn({ of }: Extract<Node, { kind: 'repeat' }>): Node {
  return of.kind === 'set' && of.text === NO_LINE_END ? { kind: 'set', text: '[^\\w\n]' } : NO_WORD;
}

/** Whether a node surely begins (or ends) with a character of a word. */
function isWord(node: Node | undefined, side: 'first' | 'last'): boolean {
  switch (node?.kind) {
    case 'text':
      return /^\w/.test(node.text);
    case 'set':
      return /^(?:\\[wd]|\[[A-Za-z0-9_-]+\])$/.test(node.text);
    case 'repeat':
      return /^(?:\+|\{[1-9])/.test(node.count) && isWord(node.of, side);
    case 'branches':
      return node.of.every((branch) => isWord(branch.at(side === 'first' ? 0 : -1), side));
    default:
      return false;
  }
}

/** Whether a node is surely a character of no word. */
function isBlank(node: Node | undefined): boolean {
  if (node === undefined) return false;
  return (node.kind === 'text' && /^\W/.test(node.text)) || (node.kind === 'set' && /^\\[sW]$/.test(node.text)) || (node.kind === 'repeat' && /^(?:\+|\{[1-9])/.test(node.count) && isBlank(node.of));
}

function withoutBrackets(node: Node): string {
  return node.kind === 'branches' && node.of.length === 1 ? node.of[0]!.map(print).join('') : print(node);
}

function print(node: Node): string {
  switch (node.kind) {
    case 'text':
      return luceneText(node.text);
    case 'set':
      return node.text;
    case 'repeat': {
      const of = print(node.of);
      return `${node.of.kind === 'repeat' ? `(${of})` : of}${node.count}`;
    }
    case 'branches':
      return `(${node.of.map((branch) => branch.map(print).join('')).join('|')})`;
    case 'start':
    case 'end':
      throw new NotTranslated(`a regular expression has ${node.kind === 'start' ? '^' : '$'} in the middle`);
    case 'wordEdge':
      throw new NotTranslated('a regular expression has \\b where it cannot be written out (only before or after a word at its ends)');
  }
}

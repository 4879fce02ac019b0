import { withoutAnchors } from './regexAnchors.js';
import { inSet, NO_LINE_END, type Branches, type RegexNode as Node } from './regexNode.js';
import { NotTranslated } from './ruleSet.js';
import { luceneText } from './sigmaText.js';

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
  return { pattern: withoutBrackets(withoutAnchors(tree, isMultiline)), folds: own.includes('i') };
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

  branches(depth: number): Branches {
    if (depth > MAX_DEPTH) throw new NotTranslated(`a regular expression is nested deeper than ${MAX_DEPTH}`);
    const of: Node[][] = [[]];
    while (!this.isDone && this.text[this.at] !== ')') {
      if (this.text[this.at] === '|') {
        this.at++;
        of.push([]);
      } else of.at(-1)!.push(this.repeated(this.one(depth)));
    }
    return { kind: 'branches', of };
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
    if (of.kind === 'start' || of.kind === 'end' || of.kind === 'wordEdge' || of.kind === 'noWordEdge') throw new NotTranslated('a regular expression repeats an anchor');
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
      case 'B':
        return { kind: 'noWordEdge' };
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

const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\u0007', e: '\u001b' };
const POSIX: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', word: '\\w', xdigit: '0-9A-Fa-f', blank: ' \t', punct: '!-/:-@[-`{-~' };

function withoutBrackets(node: Branches): string {
  return node.of.length === 1 ? node.of[0]!.map(print).join('') : print(node);
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
    default:
      throw new NotTranslated('a regular expression repeats an anchor'); // those that stand alone are written out
  }
}

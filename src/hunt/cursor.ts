import { mistake, replace, type Diagnostic, type Fix, type Range } from './diagnostics.js';
import { KEYWORDS, type Token } from './lexer.js';

/** The place in the tokens and the mistakes so far. After a mistake nothing more is told until a place of recovery. */
export class Cursor {
  private at = 0;
  private isLost = false;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
    readonly diagnostics: Diagnostic[],
    /** The older EQL: `=` compares, `x:f()` calls, blanks separate the arguments of pipes. */
    readonly isEndgame = false,
  ) {}

  /** The text of a range as written. */
  source(range: Range): string {
    return this.text.slice(range.from, range.to);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!; // the list ends with `end`
  }

  next(): Token {
    const token = this.peek();
    if (token.kind === 'end') return token;
    this.at++;
    this.isLost = false;
    return token;
  }

  /** End of the token read last. */
  get end(): number {
    return this.at === 0 ? 0 : this.tokens[this.at - 1]!.to;
  }

  /** Whether the next token is this keyword or symbol. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'keyword' || token.kind === 'symbol') && token.value === text;
  }

  /** Whether the next token is this name: a word that is reserved nowhere else (`as`, `let`, `within`). */
  seesName(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.quoted !== true && token.value === text;
  }

  take(text: string): Token | undefined {
    return this.sees(text) ? this.next() : undefined;
  }

  takeName(text: string): Token | undefined {
    return this.seesName(text) ? this.next() : undefined;
  }

  /** Takes what must come, or tells what stands there instead. */
  expect(text: string, fixes: readonly Fix[] = []): Token | undefined {
    const token = this.take(text);
    if (token === undefined) this.unexpected(text, fixes.length > 0 ? fixes : [replace(`Insert ${text}`, { from: this.end, to: this.end }, ` ${text}`)]);
    return token;
  }

  /** Takes a closing bracket. Tells what stands before it and cannot (`missing` mends that); where none comes at all, which one is open. */
  close(opener: Token, closer: string, missing: () => readonly Fix[] = () => []): void {
    if (this.take(closer) !== undefined) return;
    const odd = this.isLost ? undefined : this.tokensBefore(closer);
    if (odd !== undefined) {
      this.unexpected(closer, missing());
      for (let read = 0; read <= odd; read++) this.next();
      return;
    }
    this.skip((token) => token.value === closer);
    if (this.take(closer) !== undefined) return;
    this.tell(mistake(102, opener, `This ${opener.text} is not closed; close it with ${closer}.`, [replace(`Insert ${closer}`, { from: this.end, to: this.end }, closer)]));
  }

  /** How many tokens stand before the bracket that closes the one that is open here; undefined where none does before a pipe, another query or the end. */
  private tokensBefore(closer: string): number | undefined {
    let depth = 0;
    for (let at = 0; ; at++) {
      const { kind, value } = this.peek(at);
      if (kind === 'end' || this.startsQuery(at)) return undefined;
      if (kind !== 'symbol') continue;
      if (value === '(' || value === '[') depth++;
      else if (depth === 0 && (value === closer || value === '|' || value === ')' || value === ']')) return value === closer ? at : undefined;
      else if (value === ')' || value === ']') depth--;
    }
  }

  /** `wanted` in words: "a field", "where". */
  unexpected(wanted: string, fixes: readonly Fix[] = []): void {
    const token = this.peek();
    const keyword = token.kind === 'name' && token.quoted !== true ? KEYWORDS.find((one) => one === String(token.value).toLowerCase()) : undefined;
    if (keyword !== undefined) return this.tell(mistake(101, token, `${token.text} is written ${keyword}: words of the language are in lower case.`, [replace(`Change to ${keyword}`, token, keyword)]));
    const what = token.kind === 'end' ? 'The hunt ends here' : `${token.text} cannot stand here`;
    this.tell(mistake(101, token, `${what}; ${wanted} is wanted.`, fixes));
  }

  tell(diagnostic: Diagnostic): void {
    if (!this.isLost) this.diagnostics.push(diagnostic);
    this.isLost = true;
  }

  /** Tells a mistake after which the reader is not lost. */
  note(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  /** Skips to a place of recovery: `and or | ] )`, a line that starts a source or definition, or what `stops` says. */
  skip(stops: (token: Token) => boolean = () => false): void {
    for (let token = this.peek(); token.kind !== 'end'; token = this.peek()) {
      if (stops(token) || isRecovery(token) || this.startsQuery()) return;
      const wasLost = this.isLost;
      this.next();
      this.isLost = wasLost;
    }
  }

  /** Gives up on the rest; nothing more is told. */
  abandon(): void {
    this.at = this.tokens.length - 1;
    this.isLost = true;
  }

  /** Whether the next token begins a line and is a let by itself: a whole query, where one may stand. */
  startsUse(): boolean {
    const token = this.peek();
    return token.startsLine && token.kind === 'name' && (this.sees('|', 1) || this.peek(1).kind === 'end');
  }

  /** Whether a definition begins here: `let name`, or as the older EQL writes it `macro name(`, `const name =`. */
  startsDefinition(ahead = 0): boolean {
    if (this.peek(ahead + 1).kind !== 'name') return false;
    return this.seesName('let', ahead) || (this.seesName('macro', ahead) && this.sees('(', ahead + 2)) || (this.seesName('const', ahead) && this.sees('=', ahead + 2));
  }

  /** Whether the next token begins a line and a source or definition. */
  startsQuery(ahead = 0): boolean {
    const token = this.peek(ahead);
    if (!token.startsLine || token.quoted === true) return false;
    if (token.value === 'sequence' || token.value === 'sample' || token.value === 'join') return token.kind === 'keyword';
    if (this.startsDefinition(ahead)) return true;
    return (token.kind === 'name' || token.value === 'any') && this.sees('where', ahead + 1);
  }
}

function isRecovery(token: Token): boolean {
  return (token.kind === 'symbol' && (token.value === '|' || token.value === ']' || token.value === ')')) || (token.kind === 'keyword' && (token.value === 'and' || token.value === 'or'));
}

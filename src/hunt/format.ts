import { dialectOf, MAX_TEXT } from './compile.js';
import { align, BLANK_LINE, group, HARDLINE, layOut, LINE, nest, type Doc } from './layout.js';
import { tokenize, type Token } from './lexer.js';
import { parse } from './parser.js';
import type { Range } from './diagnostics.js';
import type { Definition, Expr, Inner, Pipe, PipeArg, Query, Term } from './tree.js';

/** Conditions are broken past this column. */
const WIDTH = 100;

/**
 * The text in Hunt's layout (HUNT section 11): one term a line, one pipe a line where there are several, conditions broken at and/or, lists wrapped and
 * aligned. Only blanks change: words, literals and comments stay. A text with a mistake, or of the older dialect, comes back as it is.
 */
export function format(text: string): string {
  const lines = /\r\n/.test(text) ? '\r\n' : '\n';
  const writer = writerOf(text);
  if (writer === undefined) return text;
  const laid = layOut([writer.statements.map((statement) => writer.document(statement)), writer.rest()], WIDTH);
  const ended = /\n\s*$/.test(text) && laid !== '' ? `${laid}\n` : laid;
  return kept(text, lines === '\n' ? ended : ended.replace(/\r?\n/g, lines));
}

/** The statements (lets, the query) that a range touches, each in Hunt's layout in its place. */
export function formatRange(text: string, range: Range): readonly (Range & { readonly text: string })[] {
  const writer = writerOf(text);
  if (writer === undefined) return [];
  const lines = /\r\n/.test(text) ? '\r\n' : '\n';
  return writer.statements.flatMap((statement) => {
    const laid = layOut(writer.document(statement, true), WIDTH).replace(/\r?\n/g, lines);
    const before = text.slice(statement.from, statement.to);
    return statement.to < range.from || statement.from > range.to || kept(before, laid) === before ? [] : [{ from: statement.from, to: statement.to, text: laid }];
  });
}

/** The new text, if it has the words and comments of the old; else the old one: a layout must never cost meaning. */
function kept(before: string, after: string): string {
  const words = (text: string): string => {
    const { tokens, comments } = tokenize(text);
    const plain = (one: string): string => one.replace(/\r\n/g, '\n').trimEnd();
    return JSON.stringify([tokens.map((token) => token.text.replace(/\r\n/g, '\n')), comments.map((comment) => plain(text.slice(comment.from, comment.to)))]);
  };
  return words(before) === words(after) ? after : before;
}

type Statement = Range & ({ readonly definition: Definition } | { readonly query: Query });

interface Writer {
  readonly statements: readonly Statement[];
  /** `bare`: without the comments before it. In order; each once. */
  document(statement: Statement, bare?: boolean): Doc;
  /** Comments after the last statement. */
  rest(): Doc;
}

function writerOf(text: string): Writer | undefined {
  if (text.length > MAX_TEXT || dialectOf(text).isEndgame) return undefined;
  const { hunt, tokens, comments, diagnostics } = parse(text);
  if (diagnostics.length > 0) return undefined;
  const statements: Statement[] = [...hunt.definitions.map((definition) => ({ from: definition.from, to: definition.to, definition })), ...(hunt.query === undefined ? [] : [{ from: hunt.query.from, to: hunt.query.to, query: hunt.query }])].sort((a, b) => a.from - b.from);

  let at = 0;
  let comment = 0;
  let between: Doc | undefined;

  /** The next token with what separates it from the one before: `between` where that was set, else by the two tokens. */
  const next = (): Doc => {
    const token = tokens[at]!; // the callers stop before `end`
    const separator = between ?? spaceBetween(tokens, at);
    const { behind, above } = commentsBefore(token.from);
    between = undefined;
    at++;
    return [behind, separator, above, token.text];
  };
  /** All tokens before an offset. */
  const upTo = (offset: number): Doc[] => {
    const docs: Doc[] = [];
    while (tokens[at]!.kind !== 'end' && tokens[at]!.from < offset) docs.push(next());
    return docs;
  };
  /** Comments between the last token and an offset: on that token's line, and on lines of their own. */
  const commentsBefore = (offset: number): { behind: Doc[]; above: Doc[] } => {
    const behind: Doc[] = [];
    const above: Doc[] = [];
    for (let one = comments[comment]; one !== undefined && one.from < offset; one = comments[++comment]) {
      const written = text.slice(one.from, one.to).trimEnd();
      const last = Math.max(tokens[at - 1]?.to ?? 0, comments[comment - 1]?.to ?? 0);
      const before = text.slice(last, one.from);
      const ends = written.startsWith('//') || /^[^\S\n]*\r?\n/.test(text.slice(one.to));
      if (last === 0 || before.includes('\n')) above.push(isBlank(before) ? BLANK_LINE : HARDLINE, written, ends ? HARDLINE : ' ');
      else if (above.length > 0) above.push(written, ends ? HARDLINE : ' ');
      else behind.push({ kind: 'comment', text: written, ends });
    }
    if (above.length > 0 && at > 0 && isBlank(text.slice(comments[comment - 1]!.to, offset)) && startsStatement()) above.push(BLANK_LINE);
    return { behind, above };
  };
  const startsStatement = (): boolean => statements.some((statement) => statement.from === tokens[at]?.from);

  const exprOf = (expr: Expr): Doc => {
    switch (expr.kind) {
      case 'and':
      case 'or': {
        const before = upTo(expr.operands[0]!.from);
        const body = expr.operands.map((operand, index) => {
          if (index > 0) between = LINE;
          return [upTo(operand.from), exprOf(operand)];
        });
        return [before, group(nest(body)), upTo(expr.to)];
      }
      case 'match':
        return [upTo(expr.subject.from), exprOf(expr.subject), listOf(expr.items), upTo(expr.to)];
      case 'call':
        return [upTo(expr.nameRange.from), listOf(expr.args), upTo(expr.to)];
      case 'compare':
      case 'arithmetic':
        return [upTo(expr.left.from), exprOf(expr.left), upTo(expr.right.from), exprOf(expr.right), upTo(expr.to)];
      case 'not':
      case 'sign':
        return [upTo(expr.operand.from), exprOf(expr.operand), upTo(expr.to)];
      case 'relation':
        return [upTo(expr.inner.from), innerOf(expr.inner), upTo(expr.to)];
      case 'literal':
      case 'field':
      case 'missing':
        return upTo(expr.to);
    }
  };
  /** Items as many to a line as fit, below the first. */
  const listOf = (items: readonly Expr[]): Doc => {
    const [first, ...others] = items;
    if (first === undefined) return '';
    return [upTo(first.from), align([exprOf(first), others.map((item) => {
      const comma = upTo(item.from);
      between = LINE;
      return [comma, group(exprOf(item))];
    })])];
  };
  const innerOf = (inner: Inner): Doc => (inner.kind === 'use' ? upTo(inner.to) : [upTo(inner.where.from), exprOf(inner.where), upTo(inner.to)]);
  const termOf = (term: Term): Doc => [upTo(term.inner.from), innerOf(term.inner), upTo(term.to)];

  const sourceOf = ({ source }: Query): Doc => {
    if (source.kind === 'event' || source.kind === 'use') return innerOf(source);
    const terms = [...source.terms, ...(source.until === undefined ? [] : [source.until])].sort((a, b) => a.from - b.from);
    return [upTo(source.from + 1), nest(terms.map((term) => {
      const isUntil = term === source.until;
      const head = upTo(isUntil ? untilBefore(term.from) : term.from);
      between = HARDLINE;
      return [head, termOf(term)];
    })), upTo(source.to)];
  };
  /** Where the word `until` before a term stands. */
  const untilBefore = (offset: number): number => {
    let index = at;
    while (tokens[index]!.from < offset) index++;
    return tokens[index - 1]?.from ?? offset;
  };
  const argumentsOf = (args: readonly PipeArg[]): Doc => args.map((arg, index) => {
    const comma = upTo(arg.from);
    if (index > 0) between = LINE;
    const doc = [upTo(arg.expr.from), exprOf(arg.expr), upTo(arg.to)];
    return [comma, index > 0 ? group(doc) : doc];
  });
  const pipeOf = (pipe: Pipe): Doc => [upTo(pipe.nameRange.to), nest(nest([argumentsOf(pipe.args), argumentsOf(pipe.keys)])), upTo(pipe.to)];
  const queryOf = (query: Query): Doc => {
    const source = sourceOf(query);
    const pipes = query.pipes.map((pipe) => {
      between = query.pipes.length > 1 ? HARDLINE : LINE;
      return pipeOf(pipe);
    });
    return group([source, pipes]);
  };

  return {
    statements,
    document(statement, bare = false) {
      if (bare) {
        // Its own comments only: those above it stay where they are.
        while (tokens[at]!.from < statement.from) at++;
        while (comments[comment] !== undefined && comments[comment]!.from < statement.from) comment++;
        between = '';
      } else between = at === 0 ? '' : /^[^\n]*\n[^\S\n]*\n/.test(text.slice(tokens[at - 1]!.to, statement.from)) ? BLANK_LINE : HARDLINE;
      const doc = 'query' in statement ? queryOf(statement.query) : definitionOf(statement.definition);
      return [doc, upTo(statement.to)];
    },
    rest() {
      const { behind, above } = commentsBefore(text.length + 1);
      return [behind, above];
    },
  };

  function definitionOf({ body }: Definition): Doc {
    if (body.kind === 'expr') return [upTo(body.expr.from), exprOf(body.expr)];
    return [upTo(body.query.from), nest(queryOf(body.query))];
  }
}

function isBlank(between: string): boolean {
  return (between.match(/\n/g) ?? []).length > 1;
}

const NO_SPACE_AFTER = new Set(['(', '[', '.', '?', '!', '~']);
const NO_SPACE_BEFORE = new Set([')', ']', ',', '.', '~']);
const OPTIONS = new Set(['maxspan', 'runs', 'fork']);

/** One blank or none, by the two tokens and what stands around them. */
function spaceBetween(tokens: readonly Token[], at: number): Doc {
  const token = tokens[at]!;
  const last = tokens[at - 1];
  if (last === undefined) return '';
  const isSymbol = (one: Token | undefined, text: string): boolean => one?.kind === 'symbol' && one.value === text;
  const isOption = (index: number): boolean => tokens[index]?.kind === 'name' && OPTIONS.has(String(tokens[index].value)) && tokens[index - 1]?.value !== 'let';
  if (last.kind === 'symbol' && NO_SPACE_AFTER.has(String(last.value))) return '';
  if (token.kind === 'symbol' && NO_SPACE_BEFORE.has(String(token.value))) return '';
  if (isSymbol(token, '(') && last.kind === 'name') return '';
  if (isSymbol(token, '[') && tokens[at + 1]?.kind === 'int' && isSymbol(tokens[at + 2], ']')) return '';
  if ((isSymbol(token, '=') && isOption(at - 1)) || (isSymbol(last, '=') && isOption(at - 2))) return '';
  if ((isSymbol(last, '-') || isSymbol(last, '+')) && isSign(tokens, at - 1)) return '';
  return ' ';
}

/** Whether a `+` or `-` is a sign: nothing that could be its left side stands before it. */
function isSign(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before === undefined) return true;
  if (before.kind === 'symbol') return before.value !== ')' && before.value !== ']';
  if (before.kind === 'keyword') return !['true', 'false', 'null'].includes(String(before.value)) && !(tokens[at - 2]?.kind === 'symbol' && tokens[at - 2]!.value === '.');
  return before.kind === 'name' && tokens[at - 2]?.kind === 'symbol' && tokens[at - 2]!.value === '|';
}

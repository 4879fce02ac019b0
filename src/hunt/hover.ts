import type { Catalogue } from '../engine/requests.js';
import { OPERATOR_DOCS, RELATION_WORDS } from './complete.js';
import { FUNCTION_NAMES } from './functions.js';
import { tokenize, type Token } from './lexer.js';
import { PIPE_SYNTAX } from './pipes.js';
import { STORE_FIELDS } from './resolve.js';
import { SOURCE_NAMES } from './sources.js';
import type { RelationWord } from './tree.js';

export interface Hover {
  readonly from: number;
  readonly to: number;
  /** Markdown. Values of the evidence stand in code spans only, control characters made visible. */
  readonly contents: string;
}

/** What the word at `offset` means, and what the open evidence has of it. */
export function hover(text: string, offset: number, catalogue?: Catalogue): Hover | undefined {
  const { tokens } = tokenize(text);
  const at = tokens.findIndex((token) => token.kind !== 'end' && token.from <= offset && offset < token.to);
  const token = tokens[at];
  if (token === undefined) return undefined;
  const here = (contents: string): Hover => ({ from: token.from, to: token.to, contents });
  if (token.kind === 'symbol' || token.kind === 'keyword') {
    const source = token.value === 'any' ? sourceHover('any', catalogue) : undefined;
    const doc = OPERATOR_DOCS[String(token.value)];
    if (doc !== undefined) return here(`\`${token.value}\` ${doc} Absent where an operand is absent.`);
    if (source !== undefined) return here(source);
    return token.value === '.' ? fieldHover(tokens, at, catalogue) : undefined;
  }
  if (token.kind !== 'name') return undefined;
  const name = String(token.value);
  const next = tokens[at + 1];
  const isWord = (one: Token | undefined, word: string): boolean => one !== undefined && one.kind !== 'text' && one.value === word;
  if (isWord(next, 'where')) {
    const source = sourceHover(name, catalogue);
    if (source !== undefined) return here(source);
  }
  if (isWord(tokens[at - 1], '|')) {
    const pipe = PIPE_SYNTAX.get(name);
    if (pipe !== undefined) return here(`**${pipe.name}** ${pipe.doc}\n\n\`${pipe.example}\``);
  }
  if (isWord(next, 'of') && name in RELATION_WORDS) return here(`**${name} of** holds when ${RELATION_WORDS[name as RelationWord]} matches; in the created tree unless \`in recorded\` is said.`); // just tested
  if (isWord(next, '(') || (isWord(next, '~') && isWord(tokens[at + 2], '('))) {
    const row = FUNCTION_NAMES.get(name.toLowerCase());
    if (row !== undefined) return here(`\`${row.signature}\` ${row.doc} Absent where an argument is absent.\n\nExample: \`${row.example}\``);
  }
  return fieldHover(tokens, at, catalogue);
}

function sourceHover(name: string, catalogue: Catalogue | undefined): string | undefined {
  const source = SOURCE_NAMES.get(name);
  if (source === undefined) return undefined;
  const rows = catalogue?.sources.find((one) => one.name === name)?.rows;
  return `**${name}** ${source.doc}${rows === undefined ? '' : `\n\n${rows} rows in the open evidence.`}`;
}

function fieldHover(tokens: readonly Token[], at: number, catalogue: Catalogue | undefined): Hover | undefined {
  const isPart = (index: number): boolean => ['name', 'keyword'].includes(tokens[index]?.kind ?? '') || (tokens[index]?.kind === 'symbol' && tokens[index].value === '.');
  let first = at;
  let last = at;
  while (isPart(first - 1) && tokens[first - 1]!.to === tokens[first]!.from) first--;
  while (isPart(last + 1) && tokens[last]!.to === tokens[last + 1]!.from) last++;
  const name = tokens.slice(first, last + 1).map((token) => String(token.value)).join('');
  const from = tokens[first]!.from;
  const to = tokens[last]!.to;
  const onEvents = STORE_FIELDS.resolve(name, 'event', 'recorded');
  const found = onEvents.kind === 'place' ? onEvents : STORE_FIELDS.resolve(name, 'process', 'recorded');
  if (found.kind === 'unknown') return undefined;
  if (found.kind === 'absent') return { from, to, contents: `**${name}** is a field of ECS or of vendors' rules; no open evidence has it, so it is absent in every row.` };
  const { place } = found;
  const lines = [`**${name}** ${place.list ? `list of ${place.type}` : place.type} (${place.origin === 'ecs' ? 'ECS' : place.origin === 'lineage' ? 'lineage' : 'ours'})`, place.doc];
  const known = catalogue?.fields.find((field) => field.name === name);
  if (known !== undefined) {
    lines.push(`Filled in ${Math.round(known.filled * 100)} % of the rows.`);
    if (known.values.length > 0) lines.push(known.values.slice(0, 5).map(([value, count]) => `- ${codeSpan(value)} ${count}`).join('\n'));
  }
  return { from, to, contents: lines.join('\n\n') };
}

/** Text of the evidence as a code span: it cannot end the span, nor hide or turn what stands beside it. */
function codeSpan(text: string): string {
  // eslint-disable-next-line no-control-regex -- made visible
  const shown = text.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}

import { sqlTokens } from './sqlTokens.js';

/** Whether a statement of a SQL cell may run, by its text. What it says is a stranger's: the thread that runs it has no way back to the store either. */

/** What a reading statement begins with. PRAGMA is none: some act while they are only prepared. */
const READS = new Set(['SELECT', 'WITH', 'VALUES']);

/** Why a text is not one reading statement: a sentence fit to show; undefined when it is one. */
export function whyNotRead(sql: string): string | undefined {
  const words = wordsOf(sql);
  const [first, ...rest] = words;
  if (first === undefined) return 'The cell holds no statement.';
  const second = words.findIndex((word, at) => word === ';' && words.slice(at).some((each) => each !== ';'));
  if (second >= 0) return 'A SQL cell runs one statement; put the next one into a cell of its own.';
  const verb = first === 'EXPLAIN' ? (rest[0] === 'QUERY' && rest[1] === 'PLAN' ? rest[2] : rest[0]) : first;
  if (verb !== undefined && READS.has(verb)) return undefined;
  return `A SQL cell only reads: it begins with SELECT, WITH, VALUES or EXPLAIN, not with ${verb ?? first}.${verb === 'PRAGMA' ? " Columns are listed by SELECT name FROM pragma_table_info('event')." : ''}`;
}

/** The first four words in capitals and every semicolon; comments are left out, and quoted text is no word. */
function wordsOf(sql: string): string[] {
  const words: string[] = [];
  for (const { kind, text } of sqlTokens(sql)) if (kind !== 'comment') words.push(text === ';' ? text : words.length < 4 ? text.toUpperCase() : 'X');
  return words;
}

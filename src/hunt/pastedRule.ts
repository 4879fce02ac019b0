import { mistake, replace, type Diagnostic, type Range } from './diagnostics.js';
import { format as laidOut } from './format.js';
import { formatOf, importRules } from './rules/importRules.js';

/** A rule of others that was pasted where a hunt is wanted. */
export interface PastedRule {
  /** "Sigma rule", "Elastic rule". */
  readonly what: string;
  /** The rule as Hunt; undefined where it could not be translated. */
  readonly hunt: string | undefined;
  /** What could not be translated, and why. */
  readonly says: readonly string[];
}

/** Reads a text as a rule of others; undefined where it is none. */
export function pastedRule(text: string): PastedRule | undefined {
  const format = formatOf(text);
  if (format === undefined) return undefined;
  const made = importRules(text, 'pasted');
  return { what: format === '.yml' ? 'Sigma rule' : 'Elastic rule', hunt: made.text === '' ? undefined : laidOut(made.text), says: made.notes.map((note) => note.says) };
}

/** The one thing that is wrong with such a text, and the import that mends it. */
export function tellPasted(text: string, { what, hunt, says }: PastedRule): Diagnostic {
  const at = firstLine(text);
  if (hunt === undefined) return mistake(101, at, `This is a ${what}, not a hunt, and it could not be imported: ${says.join('; ')}.`);
  return mistake(101, at, `This is a ${what}, not a hunt; import it: by Quick Fix (Ctrl+.) on its first line, or on the command line with --rules.`, [replace(`Import the ${what}`, { from: 0, to: text.length }, hunt)]);
}

/** The first line with anything on it: where the mistake is marked. */
export function firstLine(text: string): Range {
  const from = text.length - text.trimStart().length;
  const end = text.indexOf('\n', from);
  return { from, to: end < 0 ? text.length : end };
}

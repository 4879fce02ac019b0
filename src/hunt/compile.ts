import type { Basis } from '../model/index.js';
import { bind, HUNT_DIALECT, type BindOptions } from './bind.js';
import type { Dialect as Language } from './bindContext.js';
import type { BoundQuery } from './bound.js';
import type { Diagnostic, Range } from './diagnostics.js';
import { parse } from './parser.js';
import { planQuery, type Plan } from './plan.js';

export interface CompileOptions extends Omit<BindOptions, 'outerLets'> {
  /** Weaker edges of the lineage read as absent. */
  readonly basis?: Basis;
  /** Texts whose lets this one sees: the case's hunts, then the cells above. Their own mistakes are not told here. */
  readonly before?: readonly string[];
}

/** A hunt ready to run. `plan` is undefined where the text has an error, or no query. */
export interface CompiledHunt {
  readonly query: BoundQuery | undefined;
  readonly plan: Plan | undefined;
  /** The word that begins its sequence, sample or join, where the text itself has one. */
  readonly word?: Range | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The longest text that is read, in UTF-16 code units. */
export const MAX_TEXT = 64 * 1024;

/** The language that a text says it is in: `// dialect: endgame` as the first line, with `case sensitive` where that engine was set so. */
export function dialectOf(text: string): Language {
  const line = /^\s*\/\/\s*dialect:\s*endgame\b([^\n]*)/i.exec(text);
  return line === null ? HUNT_DIALECT : { isEndgame: true, ignoresCase: !/case[- ]?sensitive/i.test(line[1] ?? '') };
}

/** Reads, binds and plans a hunt. Never throws on a text: what is wrong is in the diagnostics. */
export function compileHunt(text: string, options: CompileOptions = {}): CompiledHunt {
  if (text.length > MAX_TEXT) {
    return { query: undefined, plan: undefined, diagnostics: [{ code: 'HUNT101', severity: 'error', from: MAX_TEXT, to: text.length, message: 'A hunt has at most 64 KiB of text; split it.', fixes: [] }] };
  }
  const dialect = options.dialect ?? dialectOf(text);
  const parsed = parse(text, dialect);
  const outerLets = (options.before ?? []).filter((one) => one.length <= MAX_TEXT).map((one) => parse(one, dialectOf(one)).hunt.definitions);
  const bound = bind(parsed.hunt, { ...options, outerLets, dialect });
  const diagnostics = [...parsed.diagnostics, ...bound.diagnostics].sort((a, b) => a.from - b.from);
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  const query = failed ? undefined : bound.query;
  const source = parsed.hunt.query?.source;
  const word = source === undefined || source.kind === 'event' || source.kind === 'use' ? undefined : { from: source.from, to: source.from + source.kind.length };
  return { query, plan: query === undefined ? undefined : planQuery(query, options.basis), word, diagnostics };
}

import type { Basis } from '../model/index.js';
import { bind, type BindOptions } from './bind.js';
import type { BoundQuery } from './bound.js';
import type { Diagnostic } from './diagnostics.js';
import { parse } from './parser.js';
import { planQuery, type Plan } from './plan.js';

export interface CompileOptions extends BindOptions {
  /** Weaker edges of the lineage read as absent. */
  readonly basis?: Basis;
}

/** A hunt ready to run. `plan` is undefined where the text has an error, or no query. */
export interface CompiledHunt {
  readonly query: BoundQuery | undefined;
  readonly plan: Plan | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The longest text that is read, in UTF-16 code units. */
export const MAX_TEXT = 64 * 1024;

/** Reads, binds and plans a hunt. Never throws on a text: what is wrong is in the diagnostics. */
export function compileHunt(text: string, options: CompileOptions = {}): CompiledHunt {
  if (text.length > MAX_TEXT) {
    return { query: undefined, plan: undefined, diagnostics: [{ code: 'HUNT101', severity: 'error', from: MAX_TEXT, to: text.length, message: 'A hunt has at most 64 KiB of text; split it.', fixes: [] }] };
  }
  const parsed = parse(text);
  const bound = bind(parsed.hunt, options);
  const diagnostics = [...parsed.diagnostics, ...bound.diagnostics].sort((a, b) => a.from - b.from);
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  const query = failed ? undefined : bound.query;
  return { query, plan: query === undefined ? undefined : planQuery(query, options.basis), diagnostics };
}

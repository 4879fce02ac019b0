import type { BindContext } from './bindContext.js';
import { mistake, type Diagnostic, type Range } from './diagnostics.js';
import { enterLet } from './lets.js';

/**
 * Reads what a let stands for; undefined, and told, where it would go round. The mistakes of another text's let have their places there: here stands, at
 * the use, that it has one.
 */
export function withinLet<T>(context: BindContext, name: string, use: Range, read: (inner: BindContext) => T): T | undefined {
  const lets = enterLet(context.lets, name, use, context.diagnostics);
  if (lets === undefined) return undefined;
  const definition = context.lets.definitions.get(name);
  if (definition === undefined || !lets.outer.has(definition)) return read({ ...context, lets });
  const told: Diagnostic[] = [];
  const made = read({ ...context, lets, diagnostics: told });
  const wrong = told.find((one) => one.severity === 'error');
  if (wrong !== undefined) context.diagnostics.push(mistake(Number(wrong.code.slice('HUNT'.length)), use, `The let ${name} has a mistake where it is given; mend it there. ${wrong.message}`));
  return made;
}

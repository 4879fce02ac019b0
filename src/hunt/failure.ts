import type { Diagnostic } from './answers.js';
import type { CompiledHunt } from './compile.js';
import { mistake, replace, type Fix } from './diagnostics.js';
import { TooManyPending } from './machineKeys.js';

/** What a store could not do, with the step of the hunt that asked it. */
class StepFailed extends Error {
  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StepFailed';
  }
}

/** Does a step of a hunt; a failure says which. What ends a hunt on purpose passes through as it is. */
export function inStep<T>(step: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StepFailed || error instanceof TooManyPending || isNamed(error, 'AbortError') || isNamed(error, 'TimeoutError')) throw error;
    throw new StepFailed(step, error);
  }
}

/** Why a hunt ended without rows (HUNT section 10: 401, 402, 403). Throws the error again where it was cancelled by a person, who knows. */
export function failureOf(error: unknown, textLength: number, compiled: Pick<CompiledHunt, 'word' | 'plan'> | undefined): Diagnostic {
  const whole = { from: 0, to: textLength };
  if (isNamed(error, 'AbortError')) throw error;
  if (error instanceof TooManyPending) {
    const { word, plan } = compiled ?? {};
    const at = word && { from: word.to, to: word.to };
    const fixes: Fix[] = [];
    if (at !== undefined && plan?.machine?.columns.length === 0) fixes.push(replace('Add by host.id, process.entity_id', at, ' by host.id, process.entity_id'));
    if (at !== undefined && plan?.machine !== undefined && plan.machine.kind !== 'join' && plan.machine.maxspan === undefined) fixes.push(replace('Add with maxspan=5m', at, ' with maxspan=5m'));
    return mistake(401, word ?? whole, `More than ${error.limit} sequences are pending at once; add keys (by) or a shorter maxspan.`, fixes);
  }
  if (isNamed(error, 'TimeoutError')) return mistake(402, whole, `Cancelled: ${error.message}`);
  return mistake(403, whole, `The store could not run this hunt: ${error instanceof Error ? error.message : String(error)}`);
}

function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

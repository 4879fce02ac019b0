import type { Diagnostic, HuntAsk, HuntResult } from '../answers.js';
import { letsBefore } from './importRules.js';
import type { ImportedRule, RuleSet } from './ruleSet.js';

/** What a rule finds in both parent views. */
export interface RuleHits {
  readonly recorded: HuntResult;
  /** The same result where the rule does not ask who the parent is. */
  readonly created: HuntResult;
  /** The rows that only the created view has, with the edge of each (`parents: difference`); undefined where there can be none, or rows are no processes. */
  readonly extra: HuntResult | undefined;
}

/** Whether a text can mean something else once parents are creators: it names the recorded parent or tree. A wrong yes costs time only. */
const ASKS_PARENTS = /parent|recorded/;

/** Runs one rule of a set over an open store, in as few runs as the answer needs: most rules ask nothing of parents. */
export async function runRule(rule: ImportedRule, set: RuleSet, ask: (ask: HuntAsk) => Promise<HuntResult>, options: Pick<HuntAsk, 'limit' | 'basis'>): Promise<RuleHits | { readonly failed: Diagnostic }> {
  const before = letsBefore(rule, set);
  const run = (parents: NonNullable<HuntAsk['parents']>): Promise<HuntResult> => ask({ ...options, text: rule.query, before, parents });
  const recorded = await run('recorded');
  const failed = failureOf(recorded);
  if (failed !== undefined) return { failed };
  if (![rule.query, ...before].some((text) => ASKS_PARENTS.test(text))) return { recorded, created: recorded, extra: undefined };
  const created = await run('created');
  const failedCreated = failureOf(created);
  if (failedCreated !== undefined) return { failed: failedCreated };
  const extra = created.total === 0 ? undefined : await run('difference');
  // Rows of count and stats are no processes: they have no edge (HUNT301).
  return { recorded, created, extra: extra === undefined || failureOf(extra) !== undefined || extra.total === 0 ? undefined : extra };
}

/** What runs of these rules will ask: for what has to be read before, once for all of them. */
export function rulesAsked(rules: readonly ImportedRule[], set: RuleSet): readonly Pick<HuntAsk, 'text' | 'before'>[] {
  return rules.map((rule) => ({ text: rule.query, before: letsBefore(rule, set) }));
}

function failureOf(result: HuntResult): Diagnostic | undefined {
  return result.diagnostics.find(({ severity }) => severity === 'error');
}

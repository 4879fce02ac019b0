import { asksExec, joined, printCondition, test, type Condition } from './condition.js';
import { isPlainMap, textOf, textsOf, type Plain, type PlainMap } from './readYaml.js';
import { NotTranslated } from './ruleSet.js';
import { readCondition } from './sigmaCondition.js';
import { selectionOf } from './sigmaDetection.js';
import { logOf, type SigmaLog } from './sigmaLog.js';

/** What one rule asks of one event, and of which log. */
export interface SigmaRule {
  readonly log: SigmaLog;
  readonly condition: Condition;
  /** How it differs from what its author wrote, a sentence each. */
  readonly differs: readonly string[];
}

/** A Sigma filter: a condition that rules have to meet besides their own. */
export interface SigmaFilter {
  /** Ids or names of the rules; undefined: all. */
  readonly rules: readonly string[] | undefined;
  readonly logsource: Plain | undefined;
  readonly detection: PlainMap;
  readonly title: string;
}

/** Each filter is read for each rule that it is for, by the rule's own log. */
const FILTERS_AT_MOST = 50;

/** Reads `logsource` and `detection`. Throws {@link NotTranslated} with the reason. */
export function readSigmaRule(document: PlainMap, filters: readonly SigmaFilter[]): SigmaRule {
  const log = logOf(document.get('logsource'));
  const detection = document.get('detection');
  if (!isPlainMap(detection)) throw new NotTranslated('it has no detection');
  const absent = new Set<string>();
  const own = detectionOf(detection, log, absent);
  if (filters.length > FILTERS_AT_MOST) throw new NotTranslated(`more than ${FILTERS_AT_MOST} filters of the same set are for it`);
  const others = filters.map((filter) => inFilter(filter, () => detectionOf(filter.detection, log, absent)));
  const differs = [...log.differs, ...(absent.size > 0 ? [`a condition on ${[...absent].join(', ')} holds only for evidence that keeps ${absent.size === 1 ? 'a field of that name' : 'fields of those names'}; audit logs and system logs as read here keep none`] : []), ...filters.map((filter) => `the filter "${filter.title}" of the same set is in it`)];
  return { log, condition: joined('and', [own, ...others]), differs };
}

function inFilter<T>({ title }: SigmaFilter, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof NotTranslated)) throw error;
    throw new NotTranslated(`the filter ${JSON.stringify(title.slice(0, 80))} of the same set: ${error.message}`);
  }
}

function detectionOf(detection: PlainMap, log: SigmaLog, absent: Set<string>): Condition {
  const selections = new Map<string, Condition>();
  const conditions = textsOf(detection.get('condition'));
  if (conditions.length === 0) throw new NotTranslated('its detection has no condition');
  const failures = new Map<string, string>();
  for (const [name, selection] of detection) {
    if (name === 'condition' || name === 'timeframe') continue;
    try {
      selections.set(name, selectionOf(selection, { log, absent }));
    } catch (error) {
      if (!(error instanceof NotTranslated)) throw error;
      failures.set(name, error.message);
    }
  }
  // A selection that cannot be said in Hunt takes the whole rule with it: a rule without it would be another rule.
  for (const [name, says] of failures) throw new NotTranslated(`in ${JSON.stringify(name.slice(0, 60))}: ${says}`);
  return joined('or', conditions.map((condition) => readCondition(condition, selections)));
}

/** The query of a rule: its narrowest source and its condition. */
export function queryOf({ log, condition }: SigmaRule): string {
  const isExec = log.source === 'exec' || (log.source === 'any' && asksExec(condition));
  const source = isExec ? 'exec' : log.source;
  return `${source} where ${conditionText(log, condition, isExec)}`;
}

/** The rule as a condition on `any`: for queries over several rules. */
export function conditionOn({ log, condition }: SigmaRule): string {
  const text = conditionText(log, condition, log.source === 'exec');
  if (log.asCondition === '') return text;
  return text === 'true' ? log.asCondition : `${log.asCondition} and (${text})`;
}

function conditionText(log: SigmaLog, condition: Condition, isExec: boolean): string {
  if (printCondition(condition, isExec) === 'false') throw new NotTranslated('its condition can never be true');
  return printCondition(log.where === undefined ? condition : joined('and', [test(log.where), condition]), isExec);
}

/** A filter document (`filter:` in the place of `detection:`). */
export function readFilter(document: PlainMap): SigmaFilter {
  const filter = document.get('filter');
  if (!isPlainMap(filter)) throw new NotTranslated('it has no filter');
  const rules = filter.get('rules');
  const isAll = rules === undefined || rules === null || textOf(rules) === 'any' || (Array.isArray(rules) && rules.length === 0);
  return { rules: isAll ? undefined : textsOf(rules), logsource: document.get('logsource'), detection: new Map([...filter].filter(([name]) => name !== 'rules')), title: textOf(document.get('title')) ?? 'without a title' };
}

/** Whether a filter is meant for a rule: named, and nothing in its logsource speaks against the rule's. */
export function filters(filter: SigmaFilter, document: PlainMap): boolean {
  if (filter.rules !== undefined && !filter.rules.some((rule) => rule === textOf(document.get('id')) || rule === textOf(document.get('name')))) return false;
  const wanted = filter.logsource, own = document.get('logsource');
  if (!isPlainMap(wanted)) return true;
  return isPlainMap(own) && ['product', 'category', 'service'].every((name) => wanted.get(name) === undefined || wanted.get(name) === own.get(name));
}

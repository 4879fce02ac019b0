import { type EvidenceField, importRuleSet, RULE_ENDINGS, rulesAsked, runRule } from '../hunt/index.js';
import type { IntelText, RuleAlert } from '../triage/index.js';
import type { HuntAsk, HuntResult } from './requests.js';

/** Rows of one rule that are told as alerts; a rule that fires on everything tells nothing. */
const ROWS_A_RULE = 100;

/** True for a file of rules: Sigma, Elastic's TOML, EQL, Hunt. JSON is an indicator list (STIX) unless it lies with the rules. */
export function isRuleFile({ file }: IntelText): boolean {
  return file.startsWith('rules/') || RULE_ENDINGS.some((ending) => !/json$/.test(ending) && file.endsWith(ending));
}

/** The evidence that rules are run over. */
export interface AlertedSet {
  /** Reads the fields of records that hunts ask for; undefined: none. */
  readonly prepare: (asks: readonly Pick<HuntAsk, 'text' | 'before'>[]) => Promise<readonly EvidenceField[] | undefined>;
  readonly hunt: (ask: HuntAsk, evidence: readonly EvidenceField[] | undefined) => HuntResult;
}

/** Runs the rules that an analyst brought along, as recorded and as created: their hits are alerts on processes. What cannot be run is a trouble. Throws what `prepare` throws. */
export async function ruleAlerts(texts: readonly IntelText[], { prepare, hunt }: AlertedSet): Promise<{ readonly alerts: readonly RuleAlert[]; readonly rules: number; readonly troubles: readonly string[] }> {
  const set = importRuleSet(texts.map(({ file, text }) => ({ name: file, text })));
  const troubles = set.notes.filter(({ kind }) => kind === 'refused').map(({ file, rule, says }) => `${file}: ${rule === '' ? '' : `${rule}: `}not translated: ${says}`);
  const alerts: RuleAlert[] = [];
  const wanted = set.rules.filter(({ isPart }) => !isPart);
  const evidence = await prepare(rulesAsked(wanted, set));
  for (const rule of wanted) {
    const found = await runRule(rule, set, (ask) => Promise.resolve(hunt(ask, evidence)), { limit: ROWS_A_RULE });
    if ('failed' in found) {
      troubles.push(`${rule.file}: ${rule.title}: ${found.failed.code}: ${found.failed.message}`);
      continue;
    }
    const seen = new Set<number>();
    for (const [result, isHidden] of [[found.recorded, false], [found.created, true]] as const) {
      result.processes.forEach((process, row) => {
        if (process < 0 || seen.has(process)) return;
        seen.add(process);
        const events = (result.events?.[row] ?? []).filter((id) => id >= 0);
        alerts.push({ title: rule.title, level: rule.level, techniques: rule.techniques, file: rule.file, process, events: events.slice(0, 8), isHidden });
      });
    }
  }
  return { alerts, rules: wanted.length, troubles };
}

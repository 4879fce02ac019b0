export { formatOf, importRules, importRuleSet, letsBefore, RULE_ENDINGS } from './importRules.js';
export { type ImportedRule, type RuleFile, type RuleNote, type RuleSet } from './ruleSet.js';
export { rulesAsked, runRule, type RuleHits } from './runRule.js';

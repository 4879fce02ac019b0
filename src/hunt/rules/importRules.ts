import { compileHunt } from '../compile.js';
import { parse } from '../parser.js';
import { readElasticJson, readElasticToml, type ElasticRule } from './elasticRule.js';
import { docLines, letName } from './huntText.js';
import { NotTranslated, type ImportedRule, type RuleFile, type RuleNote, type RuleSet } from './ruleSet.js';
import { importSigma } from './sigmaFiles.js';

/** Endings of files that hold rules. */
export const RULE_ENDINGS = ['.yml', '.yaml', '.toml', '.json', '.ndjson', '.eql', '.hunt'] as const;

/**
 * Rules of others as Hunt: Sigma (YAML), Elastic's rules (TOML, JSON), plain EQL and Hunt. Every rule comes out as a whole query that compiles, or as a
 * note that says why not. Never throws on what a file holds.
 */
export function importRuleSet(files: readonly RuleFile[]): RuleSet {
  const taken = new Set<string>();
  const rules: ImportedRule[] = [];
  const notes: RuleNote[] = [];
  const sigma = files.filter(({ name }) => /\.ya?ml$/i.test(name));
  const fromSigma = importSigma(sigma, taken);
  rules.push(...fromSigma.rules);
  notes.push(...fromSigma.notes);
  for (const file of files) {
    if (/\.ya?ml$/i.test(file.name)) continue;
    try {
      if (/\.toml$/i.test(file.name)) addElastic(file, readElasticToml(file.text), taken, rules, notes);
      else if (/\.(?:nd)?json$/i.test(file.name)) addElastic(file, readElasticJson(file.text), taken, rules, notes);
      else {
        const title = (file.name.split('/').at(-1) ?? '').replace(/\.(?:eql|hunt)$/i, '');
        rules.push({ name: letName(title, taken), title, id: '', level: '', techniques: [], file: file.name, query: file.text, needs: [], isPart: false });
      }
    } catch (error) {
      if (!(error instanceof NotTranslated)) throw error;
      notes.push({ file: file.name, rule: '', kind: 'refused', says: error.message });
    }
  }
  return checked(rules, notes);
}

function addElastic(file: RuleFile, read: readonly ElasticRule[], taken: Set<string>, rules: ImportedRule[], notes: RuleNote[]): void {
  for (const { title: given, id, level, techniques, differs, query } of read) {
    const title = given === '' ? id : given;
    if ('refused' in query) {
      notes.push({ file: file.name, rule: title, kind: 'refused', says: query.refused });
      continue;
    }
    notes.push(...differs.map((says): RuleNote => ({ file: file.name, rule: title, kind: 'differs', says })));
    rules.push({ name: letName(title, taken), title, id, level, techniques, file: file.name, query: query.eql, needs: [], isPart: false });
  }
}

/** Every rule compiled, so that none is called imported that cannot run. */
function checked(rules: readonly ImportedRule[], notes: readonly RuleNote[]): RuleSet {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const failed = new Map<string, string>();
  for (const rule of rules) {
    const wrong = compileHunt(rule.query, { before: textsBefore(rule, byName) }).diagnostics.find(({ severity }) => severity === 'error');
    if (wrong !== undefined) failed.set(rule.name, `${wrong.code} in line ${rule.query.slice(0, wrong.from).split('\n').length}: ${wrong.message}`);
  }
  // What a correlation that failed rests on has nobody left to speak for it.
  const alone = new Set(rules.flatMap(({ name, needs }) => (failed.has(name) ? needs : [])));
  return {
    rules: rules.filter(({ name }) => !failed.has(name)).map((rule) => (alone.has(rule.name) ? { ...rule, isPart: false } : rule)),
    notes: [...notes.filter(({ kind, rule, file }) => kind === 'refused' || !rules.some((one) => one.title === rule && one.file === file && failed.has(one.name))), ...rules.flatMap(({ name, title, file }): RuleNote[] => (failed.has(name) ? [{ file, rule: title, kind: 'refused', says: failed.get(name)! }] : []))],
  };
}

function textsBefore(rule: ImportedRule, byName: ReadonlyMap<string, ImportedRule>): readonly string[] {
  return rule.needs.flatMap((name) => {
    const needed = byName.get(name);
    return needed === undefined ? [] : [letOf(needed)];
  });
}

/** The texts of the lets that a rule of a set needs: a hunt's `before`. */
export function letsBefore(rule: ImportedRule, set: RuleSet): readonly string[] {
  return textsBefore(rule, new Map(set.rules.map((one) => [one.name, one])));
}

function letOf({ name, query }: ImportedRule): string {
  return `let ${name} = ${query}\n`;
}

/**
 * The pasted text of a rule, or of several in one file, as text for a cell: each a let with its documentation, and where one of them stands for all, the
 * query that runs it. `name` tells the format by its ending; without one the text itself does.
 */
export function importRules(text: string, name: string): { readonly text: string; readonly notes: readonly RuleNote[] } {
  const known = RULE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
  const set = importRuleSet([{ name: known ? name : `${name}${formatOf(text) ?? '.eql'}`, text }]);
  const lets = set.rules.map((rule) => {
    // A text of Hunt with definitions of its own is no body of a let.
    if (/\.hunt$/i.test(rule.file) || parse(rule.query).hunt.definitions.length > 0) return `${rule.query.trim()}\n`;
    const head = [rule.title, [rule.level, ...rule.techniques, rule.id].filter((one) => one !== '').join(', '), ...set.notes.filter(({ kind, rule: title }) => kind === 'differs' && title === rule.title).map(({ says }) => `Differs: ${says}.`)];
    return docLines(head) + letOf(rule);
  });
  const wholes = set.rules.filter(({ isPart }) => !isPart);
  const query = wholes.length === 1 && !/\.hunt$/i.test(wholes[0]!.file) ? `\n${wholes[0]!.name}\n` : '';
  return { text: lets.length === 0 ? '' : lets.join('\n') + query, notes: set.notes };
}

/** What a pasted text is: the ending of a file that would hold it; undefined where it is no rule of others (or plain EQL). */
export function formatOf(text: string): '.yml' | '.toml' | '.json' | undefined {
  if (/^\s*[[{]\s*["{]/.test(text)) return '.json';
  if (/^[ \t]*\[rule\][ \t]*\r?$/m.test(text)) return '.toml';
  return /^(?:detection|correlation|logsource)\s*:/m.test(text) ? '.yml' : undefined;
}

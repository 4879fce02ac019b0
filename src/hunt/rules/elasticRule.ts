import { parse as parseToml, TomlError } from 'smol-toml';
import { MAX_RULE_TEXT, NotTranslated } from './ruleSet.js';

/** What is taken of a rule in Elastic's format. */
export interface ElasticRule {
  readonly title: string;
  readonly id: string;
  readonly level: string;
  readonly techniques: readonly string[];
  /** What is left out of it, or is more than its author meant, a sentence each. */
  readonly differs: readonly string[];
  /** The EQL text, or why there is none. */
  readonly query: { readonly eql: string } | { readonly refused: string };
}

/** A rule file of elastic/detection-rules: TOML with a `[rule]`. */
export function readElasticToml(text: string): readonly ElasticRule[] {
  if (text.length > MAX_RULE_TEXT) throw new NotTranslated('the file is longer than 1 MiB');
  let read: unknown;
  try {
    read = parseToml(text, { maxDepth: 40 });
  } catch (error) {
    const place = error instanceof TomlError ? `line ${error.line}: ` : '';
    throw new NotTranslated(`${place}the TOML cannot be read: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200)}`);
  }
  const rule = entry(read, 'rule');
  if (!isObject(rule) && isObject(entry(read, 'hunt'))) throw new NotTranslated('the TOML holds a [hunt] of Elastic\'s, not a [rule]: queries in ES|QL and others for a person to run');
  if (!isObject(rule)) throw new NotTranslated('the TOML has no [rule]');
  return [ruleOf(rule)];
}

/** Rules as JSON: one, a list of them, or one on each line (an export). */
export function readElasticJson(text: string): readonly ElasticRule[] {
  if (text.length > 16 * MAX_RULE_TEXT) throw new NotTranslated('the file is longer than 16 MiB');
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    const lines = text.split('\n');
    const isOneALine = lines.length > 1 && /^\s*\{.*\}\s*$/.test(lines.find((line) => line.trim() !== '') ?? '');
    if (!isOneALine) throw new NotTranslated(unreadable(text, error));
    read = lines.flatMap((line, at): unknown[] => {
      try {
        return line.trim() === '' ? [] : [JSON.parse(line)];
      } catch (wrong) {
        throw new NotTranslated(`line ${at + 1}: ${unreadable(line, wrong)}`);
      }
    });
  }
  const rules = (Array.isArray(read) ? (read as unknown[]) : [read]).filter(isObject).filter((rule) => 'query' in rule || 'rule_id' in rule || 'attributes' in rule);
  if (rules.length === 0) throw new NotTranslated('the JSON holds no rule');
  return rules.map((rule) => ruleOf(isObject(entry(rule, 'attributes')) ? (entry(rule, 'attributes') as Readonly<Record<string, unknown>>) : rule));
}

/** What the parser says; its place as a line, where it tells the place of a text of several. */
function unreadable(text: string, error: unknown): string {
  const says = error instanceof Error ? error.message : String(error);
  const at = /at position (\d+)/.exec(says)?.[1];
  return `${at === undefined || !text.includes('\n') ? '' : `line ${text.slice(0, Number(at)).split('\n').length}: `}the JSON cannot be read: ${says.slice(0, 200)}`;
}

function ruleOf(rule: Readonly<Record<string, unknown>>): ElasticRule {
  const query = stringOf(rule, 'query');
  return { title: stringOf(rule, 'name') ?? '', id: stringOf(rule, 'rule_id') ?? stringOf(rule, 'id') ?? '', level: stringOf(rule, 'severity') ?? '', techniques: techniquesOf(rule), differs: differencesOf(rule), query: queryOf(rule, query) };
}

/** What a rule says besides its query, as far as it changes what is found. */
function differencesOf(rule: Readonly<Record<string, unknown>>): string[] {
  const filters = listOf(rule, 'filters').length, exceptions = listOf(rule, 'exceptions_list').length, category = stringOf(rule, 'event_category_override');
  return [
    ...(filters > 0 ? [`its filters (${filters}, in the query language of Elasticsearch) are not asked: it may find more`] : []),
    ...(exceptions > 0 ? [`its exceptions (${exceptions} lists) lie in a server and are not asked: it may find more`] : []),
    ...(category === undefined || category === 'event.category' ? [] : [`the kind of event before its where is that of event.category here, not of ${category.slice(0, 60)}`]),
    ...(stringOf(rule, 'building_block_type') === undefined ? [] : ['it is a building block: to its author a sign for other rules, and no alert by itself']),
  ];
}

function queryOf(rule: Readonly<Record<string, unknown>>, query: string | undefined): ElasticRule['query'] {
  const type = stringOf(rule, 'type') ?? 'eql', language = stringOf(rule, 'language') ?? (type === 'eql' ? 'eql' : 'kuery');
  switch (type) {
    case 'eql':
      if (language !== 'eql') return { refused: `its language is ${language}, not EQL` };
      return query === undefined || query.trim() === '' ? { refused: 'it has no query' } : { eql: query.trim() };
    case 'new_terms':
      return { refused: 'it is of type new_terms: it asks what was never seen before in a history of days, which evidence collected once does not hold' };
    case 'machine_learning':
      return { refused: 'it is of type machine_learning: its job lies in a server, not in the rule' };
    case 'threat_match':
      return { refused: 'it is of type threat_match: it compares with an index of indicators, which is not here' };
    case 'threshold':
      return { refused: `it is of type threshold: it counts what a query in ${inWords(language)} finds; write that query anew, and count with stats` };
    case 'query':
    case 'saved_query':
      return { refused: `it is of type ${type} in ${inWords(language)}, which is not EQL; write its query anew` };
    case 'esql':
      return { refused: 'it is written in ES|QL, which is not EQL' };
    default:
      return { refused: `its type is ${JSON.stringify(type.slice(0, 40))}, not eql` };
  }
}

function inWords(language: string): string {
  return language === 'kuery' ? 'KQL' : language.slice(0, 40);
}

function techniquesOf(rule: Readonly<Record<string, unknown>>): string[] {
  const given = listOf(rule, 'techniques').filter((one): one is string => typeof one === 'string');
  const threats = listOf(rule, 'threat').flatMap((threat) => listOf(threat, 'technique')).flatMap((technique) => [technique, ...listOf(technique, 'subtechnique')]);
  return [...new Set([...given, ...threats.flatMap((one) => (isObject(one) ? (stringOf(one, 'id') ?? []) : []))])].filter((id) => /^T\d{4}(?:\.\d{3})?$/.test(id));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entry(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const found = entry(value, name);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

function stringOf(value: unknown, name: string): string | undefined {
  const found = entry(value, name);
  return typeof found === 'string' ? found : undefined;
}

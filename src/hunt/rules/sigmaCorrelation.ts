import { isPlainMap, textOf, textsOf, type Plain, type PlainMap } from './readYaml.js';
import { NotTranslated } from './ruleSet.js';
import { keyOf } from './sigmaDetection.js';
import type { SigmaLog } from './sigmaLog.js';
import { conditionOn, type SigmaRule } from './sigmaRule.js';

/** What a correlation may refer to, by the let it became. */
export interface Referred {
  readonly name: string;
  /** Undefined: it is a correlation itself. */
  readonly rule: SigmaRule | undefined;
  readonly correlation: Correlated | undefined;
}

/** A correlation as a query, with what a further correlation needs to know of it. */
export interface Correlated {
  readonly query: string;
  /** Lets that the query speaks of: by name, or with their conditions written out. */
  readonly needs: readonly string[];
  readonly differs: readonly string[];
  /** Of an event_count with `gte`: so many of the one rule within so long. */
  readonly runs?: { readonly of: Referred; readonly count: number; readonly span: string };
}

const SIGNS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '==', neq: '!=' };
const AGGREGATES: Readonly<Record<string, string>> = { event_count: 'count', value_count: 'distinct', value_sum: 'sum', value_avg: 'avg', value_median: 'median', value_percentile: '' };
const MAX_RULES = 20;

/** Translates `correlation`. `find` answers what an id or a name refers to; it throws where that is not there or not translated. */
export function readCorrelation(correlation: PlainMap, find: (reference: string) => Referred): Correlated {
  const type = textOf(correlation.get('type')) ?? '';
  const references = textsOf(correlation.get('rules'));
  if (references.length === 0) throw new NotTranslated('its correlation names no rules');
  if (references.length > MAX_RULES) throw new NotTranslated(`its correlation names more than ${MAX_RULES} rules`);
  const referred = references.map(find);
  const span = spanOf(correlation.get('timespan'));
  const keys = new Keys(textsOf(correlation.get('group-by')), correlation.get('aliases'), references, referred);
  if (type === 'temporal' || type === 'temporal_ordered') return temporal(type, references, referred, keys, span, correlation.get('condition'));
  const aggregate = Object.hasOwn(AGGREGATES, type) ? AGGREGATES[type] : undefined;
  if (aggregate === undefined) throw new NotTranslated(`there is no correlation of type ${JSON.stringify(type.slice(0, 40))}`);
  return counted(type, aggregate, referred, keys, span, correlation.get('condition'));
}

function counted(type: string, aggregateName: string, referred: readonly Referred[], keys: Keys, span: string, condition: Plain | undefined): Correlated {
  if (!isPlainMap(condition)) throw new NotTranslated('its correlation has no condition');
  const rules = referred.map(({ rule }) => {
    if (rule === undefined) throw new NotTranslated(`its correlation counts results of another correlation, which are no events`);
    return rule;
  });
  const aggregate = type === 'value_percentile' ? percentile(condition) : aggregateName;
  const fields = textsOf(condition.get('field'));
  if (type !== 'event_count' && fields.length === 0) throw new NotTranslated('its correlation names no field');
  const places = fields.map((field) => sameIn(rules.map(({ log }) => keys.placed(field, log)), field));
  const value = type === 'event_count' ? '' : places.length === 1 ? places[0]! : `concat(${places.join(', "\\u{1f}", ')})`;
  const number = type === 'value_sum' || type === 'value_avg' || type === 'value_median' || type === 'value_percentile' ? `number(string(${value}))` : value;
  const tests = [...condition].flatMap(([name, limit]) => {
    if (name === 'field' || name === 'percentile') return [];
    const sign = Object.hasOwn(SIGNS, name) ? SIGNS[name] : undefined;
    if (sign === undefined) throw new NotTranslated(`its correlation has the condition ${JSON.stringify(name.slice(0, 40))}`);
    return [{ name, sign, limit: limitOf(limit) }];
  });
  if (tests.length === 0) throw new NotTranslated('its correlation compares with no number');
  const [only] = referred;
  const source = referred.length === 1 ? `${only!.name} where true` : `any where ${rules.map((rule) => `(${conditionOn(rule)})`).join('\n    or ')}`;
  const by = keys.common();
  const query = `${source}\n  | stats ${aggregate}(${number}) as n${by === '' ? '' : ` by ${by}`} within ${span}\n  | filter ${tests.map(({ sign, limit }) => `n ${sign} ${limit}`).join(' and ')}`;
  const isUpward = tests.every(({ name }) => name === 'gte' || name === 'gt');
  const [first] = tests;
  return {
    query,
    needs: referred.map(({ name }) => name),
    differs: isUpward ? keys.differs : [...keys.differs, 'for each group the earliest window that passes is given: one with few events passes early'],
    ...(type === 'event_count' && referred.length === 1 && tests.length === 1 && first?.name === 'gte' && Number.isInteger(Number(first.limit)) && { runs: { of: only!, count: Number(first.limit), span } }),
  };
}

function temporal(type: string, references: readonly string[], referred: readonly Referred[], keys: Keys, span: string, condition: Plain | undefined): Correlated {
  if (condition !== undefined && condition !== null && !wantsAll(condition, references)) throw new NotTranslated(typeof condition === 'string' ? `its condition ${JSON.stringify(condition.slice(0, 60))} is more than all of its rules joined by and` : 'its correlation is content with some of its rules; Hunt asks for all');
  if (referred.length < 2) throw new NotTranslated('its correlation names one rule only');
  const differs: string[] = [];
  const needs: string[] = [];
  let total = secondsOf(span);
  const terms = referred.map(({ name, correlation }, at) => {
    if (correlation === undefined) {
      needs.push(name);
      return { text: `[${name}]`, keys: keys.of(at) };
    }
    const { runs } = correlation;
    if (type !== 'temporal_ordered' || runs === undefined || runs.count > 100) throw new NotTranslated(`it rests on the correlation ${name}, which gives groups and no events; only an event_count of at least (gte) 100 at most, in an ordered one, can be a step`);
    differs.push(`${name} is ${runs.count} events one after the other by this correlation's own group-by, within its ${runs.span} and ${span} together`);
    total += secondsOf(runs.span);
    needs.push(runs.of.name, name);
    return { text: `[${runs.of.name}]${runs.count > 1 ? ` with runs=${runs.count}` : ''}`, keys: keys.of(at), runs: runs.count };
  });
  const isAlike = terms.every((term) => term.keys === terms[0]!.keys);
  const by = isAlike && terms[0]!.keys !== '' ? ` by ${terms[0]!.keys}` : '';
  const body = terms.map(({ text, keys: own }) => `\n  ${isAlike ? text : text.replace(/^\[\w+\]/, (brackets) => `${brackets} by ${own}`)}`).join('');
  if (type === 'temporal') differs.push(...(referred.length > 1 ? ['one event counts for one of its rules only, and each group is given once'] : []));
  return { query: `${type === 'temporal' ? 'sample' : 'sequence'}${by} with maxspan=${secondsText(total)}${body}`, needs: [...new Set(needs)], differs: [...keys.differs, ...differs] };
}

/** Group-by fields, each by the log of the rule it is asked of; aliases say other names for some rules. */
class Keys {
  private readonly absent = new Set<string>();

  constructor(
    private readonly groupBy: readonly string[],
    private readonly aliases: Plain | undefined,
    private readonly references: readonly string[],
    private readonly referred: readonly Referred[],
  ) {}

  /** What is wrong with grouping or counting by fields that no evidence keeps. */
  get differs(): readonly string[] {
    return this.absent.size === 0 ? [] : [`it groups or counts by ${[...this.absent].join(', ')}, and only evidence that keeps ${this.absent.size === 1 ? 'a field of that name' : 'fields of those names'} has anything to group`];
  }

  /** Where a field of the correlation lies in a log. */
  placed(name: string, log: SigmaLog): string {
    const { field, absent } = keyOf(name, log);
    if (absent !== undefined) this.absent.add(absent);
    return field;
  }

  /** Keys of the rule at a place. */
  of(at: number): string {
    const { rule, correlation } = this.referred[at]!;
    const log = (rule ?? correlation?.runs?.of.rule)?.log;
    if (log === undefined) return '';
    return this.groupBy.map((field) => this.placed(this.aliased(field, at), log)).join(', ');
  }

  /** Keys that are the same for every rule. */
  common(): string {
    const [first = '', ...others] = this.referred.map((_, at) => this.of(at));
    if (others.some((other) => other !== first)) throw new NotTranslated('its group-by lies in different fields of its rules, whose events are counted together');
    return first;
  }

  private aliased(field: string, at: number): string {
    const alias = isPlainMap(this.aliases) ? this.aliases.get(field) : undefined;
    if (!isPlainMap(alias)) return field;
    const name = textOf(alias.get(this.references[at]!));
    if (name === undefined) throw new NotTranslated(`its alias ${JSON.stringify(field.slice(0, 60))} says nothing for ${JSON.stringify(this.references[at]!.slice(0, 60))}`);
    return name;
  }
}

function sameIn(places: readonly string[], field: string): string {
  const [first = '', ...others] = places;
  if (others.some((other) => other !== first)) throw new NotTranslated(`${field} lies in different fields of its rules`);
  return first;
}

function percentile(condition: PlainMap): string {
  const share = textOf(condition.get('percentile')) ?? '';
  const known = ({ '50': 'median', '90': 'p90', '99': 'p99' } as Readonly<Record<string, string>>)[share];
  if (known === undefined) throw new NotTranslated(share === '' ? 'its correlation says no percentile' : `Hunt has the percentiles 50, 90 and 99, not ${share.slice(0, 20)}`);
  return known;
}

/** Whether `gte: 3` and the like, or `a and b and c` (Sigma 2.2), ask for all of three rules. */
function wantsAll(condition: Plain, references: readonly string[]): boolean {
  if (typeof condition === 'string') {
    const named = new Set(condition.trim().split(/\s+and\s+/i));
    return named.size === references.length && references.every((reference) => named.has(reference));
  }
  if (!isPlainMap(condition) || condition.size !== 1) return false;
  const [[name, limit]] = [...condition] as [[string, Plain]]; // one entry was counted
  const number = Number(textOf(limit)), count = references.length;
  return (name === 'gte' || name === 'eq') ? number === count : name === 'gt' && number === count - 1;
}

function limitOf(limit: Plain): string {
  const text = textOf(limit) ?? '';
  if (!/^-?\d{1,15}(?:\.\d{1,10})?$/.test(text)) throw new NotTranslated(`its correlation compares with ${JSON.stringify(text.slice(0, 40))}, which is no number`);
  return text;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function spanOf(timespan: Plain | undefined): string {
  const text = textOf(timespan) ?? '';
  if (!/^[1-9]\d{0,8}[smhdw]$/.test(text)) throw new NotTranslated(`its correlation has the timespan ${JSON.stringify(text.slice(0, 40))}; it is a number with s, m, h or d`);
  return text;
}

function secondsOf(span: string): number {
  return Number(span.slice(0, -1)) * UNITS[span.slice(-1)]!;
}

function secondsText(seconds: number): string {
  const unit = ['d', 'h', 'm'].find((one) => seconds % UNITS[one]! === 0) ?? 's';
  return `${seconds / UNITS[unit]!}${unit}`;
}

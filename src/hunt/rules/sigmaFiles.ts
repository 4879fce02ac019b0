import { letName } from './huntText.js';
import { isPlainMap, readYaml, textOf, textsOf, type Plain, type PlainMap } from './readYaml.js';
import { NotTranslated, type ImportedRule, type RuleFile, type RuleNote } from './ruleSet.js';
import { readCorrelation, type Correlated, type Referred } from './sigmaCorrelation.js';
import { filters, queryOf, readFilter, readSigmaRule, type SigmaFilter, type SigmaRule } from './sigmaRule.js';

/** One document of Sigma on its way to a let. */
interface Item {
  readonly file: string;
  readonly document: PlainMap;
  readonly title: string;
  readonly name: string;
  state: { readonly kind: 'new' | 'open' } | { readonly kind: 'done'; readonly query: string; readonly needs: readonly string[]; readonly differs: readonly string[]; readonly rule: SigmaRule | undefined; readonly correlation: Correlated | undefined } | { readonly kind: 'refused'; readonly says: string };
}

/**
 * Translates all Sigma documents of a set together: correlations and filters speak of rules in other files. `taken` holds the names of lets so far.
 * A rule that cannot be translated is a note with its reason.
 */
export function importSigma(files: readonly RuleFile[], taken: Set<string>): { readonly rules: readonly ImportedRule[]; readonly notes: readonly RuleNote[] } {
  const notes: RuleNote[] = [];
  const items: Item[] = [];
  const allFilters: FilterOfFile[] = [];
  for (const file of files) {
    attempt(file.name, '', notes, () => {
      const documents = readYaml(file.text);
      if (documents.length === 0) throw new NotTranslated('the file holds no rule');
      for (const document of collected(documents)) {
        const title = textOf(document.get('title')) ?? textOf(document.get('name')) ?? '';
        if (isPlainMap(document.get('filter'))) {
          attempt(file.name, title, notes, () => allFilters.push({ file: file.name, filter: readFilter(document), meets: 0 }));
          continue;
        }
        const name = letName(textOf(document.get('name')) ?? (title === '' ? (file.name.split('/').at(-1) ?? '') : title), taken);
        items.push({ file: file.name, document, title: title === '' ? name : title, name, state: { kind: 'new' } });
      }
    });
  }
  const byReference = new Map<string, Item>();
  for (const item of items) for (const key of ['id', 'name']) {
    const reference = textOf(item.document.get(key));
    if (reference !== undefined && !byReference.has(reference)) byReference.set(reference, item);
  }
  const parts = new Set<string>();
  const find = (reference: string): Referred => {
    const item = byReference.get(reference);
    if (item === undefined) throw new NotTranslated(`it speaks of the rule ${JSON.stringify(reference.slice(0, 80))}, which is not in this set`);
    translate(item, find, allFilters);
    if (item.state.kind === 'open') throw new NotTranslated(`it goes round: it rests on ${item.name}, which rests on it`);
    if (item.state.kind !== 'done') throw new NotTranslated(`it rests on ${JSON.stringify(item.title.slice(0, 80))}, which is not translated`);
    return { name: item.name, rule: item.state.rule, correlation: item.state.correlation };
  };
  const rules: ImportedRule[] = [];
  for (const item of items) {
    translate(item, find, allFilters);
    const { state, document } = item;
    const about = { file: item.file, rule: item.title };
    if (state.kind === 'refused') notes.push({ ...about, kind: 'refused', says: state.says });
    if (state.kind !== 'done') continue;
    for (const says of state.differs) notes.push({ ...about, kind: 'differs', says });
    const correlation = document.get('correlation');
    if (isPlainMap(correlation) && textOf(document.get('generate') ?? correlation.get('generate')) !== 'true') for (const reference of textsOf(correlation.get('rules'))) parts.add(byReference.get(reference)?.name ?? '');
    rules.push({
      name: item.name, title: item.title, id: textOf(document.get('id')) ?? '', level: textOf(document.get('level')) ?? '', file: item.file, query: state.query, needs: state.needs, isPart: false,
      techniques: [...new Set(textsOf(document.get('tags')).flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []))],
    });
  }
  return { rules: rules.map((rule) => ({ ...rule, isPart: parts.has(rule.name) })), notes: [...notes, ...allFilters.flatMap((one) => noteOf(one, byReference) ?? [])] };
}

/** A filter with how many rules it was asked besides. */
interface FilterOfFile {
  readonly file: string;
  readonly filter: SigmaFilter;
  meets: number;
}

/** What is said of a filter that has nothing, or not all that it names, to filter. */
function noteOf({ file, filter, meets }: FilterOfFile, byReference: ReadonlyMap<string, Item>): RuleNote | undefined {
  const missing = (filter.rules ?? []).filter((reference) => !byReference.has(reference)).map((reference) => JSON.stringify(reference.slice(0, 80)));
  const about = { file, rule: filter.title };
  if (meets === 0) return { ...about, kind: 'refused', says: missing.length > 0 ? `it is a filter, and of the rules that it names ${missing.slice(0, 5).join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in this set` : 'it is a filter, and there is no rule in this set that it is for' };
  return missing.length === 0 ? undefined : { ...about, kind: 'differs', says: `it names ${missing.slice(0, 5).join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not in this set` };
}

/** The rules of a file: `action: global` of old collections holds for the documents after it, `reset` ends that, `repeat` is the rule before with other parts. */
function* collected(documents: readonly Plain[]): Generator<PlainMap> {
  const budget = { left: MERGED_AT_MOST };
  let common: PlainMap = new Map(), before: PlainMap = new Map();
  for (const given of documents) {
    if (!isPlainMap(given)) throw new NotTranslated('a document of it is no map, as a rule is');
    const action = given.get('action');
    switch (action) {
      case 'global':
        common = given;
        break;
      case 'reset':
        common = new Map();
        break;
      case undefined:
      case 'repeat':
        before = action === undefined ? given : merged(before, given, budget);
        yield merged(common, before, budget);
        break;
      default:
        throw new NotTranslated(`a document of it has the action ${JSON.stringify(String(textOf(action)).slice(0, 40))}; there are global, reset and repeat`);
    }
  }
}

function translate(item: Item, find: (reference: string) => Referred, allFilters: readonly FilterOfFile[]): void {
  if (item.state.kind !== 'new') return;
  item.state = { kind: 'open' };
  try {
    const correlation = item.document.get('correlation');
    if (isPlainMap(correlation)) {
      const read = readCorrelation(correlation, find);
      item.state = { kind: 'done', query: read.query, needs: read.needs, differs: read.differs, rule: undefined, correlation: read };
    } else {
      const own = allFilters.filter(({ filter }) => filters(filter, item.document));
      for (const one of own) one.meets++;
      const rule = readSigmaRule(item.document, own.map(({ filter }) => filter));
      item.state = { kind: 'done', query: queryOf(rule), needs: [], differs: rule.differs, rule, correlation: undefined };
    }
  } catch (error) {
    if (!(error instanceof NotTranslated)) throw error;
    item.state = { kind: 'refused', says: error.message };
  }
}

const MERGED_AT_MOST = 500_000;

/** A later document over one before it, maps key by key. `budget` bounds the keys that all merging of a file copies. */
function merged(before: PlainMap, own: PlainMap, budget: { left: number }): PlainMap {
  if (before.size === 0) return own;
  if ((budget.left -= before.size + own.size) < 0) throw new NotTranslated(`its documents repeat more than ${MERGED_AT_MOST} keys of others`);
  const all = new Map(before);
  all.delete('action');
  for (const [key, value] of own) {
    const known = all.get(key);
    if (key !== 'action') all.set(key, isPlainMap(known) && isPlainMap(value) ? merged(known, value, budget) : value);
  }
  return all;
}

/** Does something of which a failure is a note and no end. */
function attempt(file: string, rule: string, notes: RuleNote[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof NotTranslated)) throw error;
    notes.push({ file, rule, kind: 'refused', says: error.message });
  }
}

import type { Catalogue } from './answers.js';
import { typeOf } from './completeFields.js';
import { grouped, keyword, type Item, type ValueCounts } from './completionItem.js';
import { folderPatterns } from './folderPatterns.js';
import { evidenceField } from './evidenceFields.js';
import type { LackingEvidence } from './huntTexts.js';
import type { Table } from './resolve.js';
import { ACTION_SPELLINGS } from './sources.js';
import { kinOf } from './types.js';

const FIXED: Readonly<Record<string, readonly string[]>> = {
  'event.category': ['process', 'lineage', 'snapshot', 'network', 'file', 'authentication', 'session', 'iam', 'driver', 'configuration', 'log'],
  'event.type': ['start', 'end', 'change', 'info', 'creation', 'deletion', 'access'],
  'event.outcome': ['success', 'failure', 'unknown'],
  'event.action': Object.keys(ACTION_SPELLINGS),
  'process.entry.kind': ['login', 'service', 'timer', 'cron', 'at', 'console', 'container', 'boot'],
  'process.adopter.kind': ['init', 'subreaper', 'namespace-init'],
};

export const DURATION_DOC = 'A duration: a number and ns us ms s m h d w.';

/** Durations that people ask for. */
export const DURATIONS = ['1s', '10s', '1m', '5m', '1h', '1d'] as const;

/** Networks that are no one's on the internet, by what they are. */
const NETWORKS: readonly (readonly [network: string, what: string])[] = [
  ['10.0.0.0/8', 'private'], ['172.16.0.0/12', 'private'], ['192.168.0.0/16', 'private'], ['127.0.0.0/8', 'this host'], ['169.254.0.0/16', 'this link'], ['::1/128', 'this host'], ['fc00::/7', 'private'], ['fe80::/10', 'this link'],
];

/** Networks to compare an address with. */
export function networks(inQuotes: boolean): Item[] {
  return NETWORKS.map(([network, what]) => ({ ...valueItem(network, inQuotes ? network : `"${network}"`, undefined), detail: what }));
}

/** Values of a field, most frequent first; where wildcards count (`wild`), patterns of the folders that they lie in before them. */
export function values(field: string, table: Table, catalogue: Catalogue | undefined, inQuotes: boolean, under: ValueCounts | undefined, wild: boolean): Item[] {
  const { type } = typeOf(field, table, catalogue);
  const kin = kinOf(type);
  if (type === 'duration') return inQuotes ? [] : DURATIONS.map((word) => ({ ...valueItem(word, word, undefined), documentation: DURATION_DOC }));
  if (kin === 'bool') return inQuotes ? [] : ['true', 'false'].map((word) => valueItem(word, word, (under === undefined ? counted(catalogue, field) : new Map(under)).get(word)));
  const counts = under === undefined || under.length === 0 ? counted(catalogue, field) : new Map(under);
  // A link's field has the values of the field itself, where the catalogue does not count it apart.
  const base = counts.size > 0 ? counts : counted(catalogue, field.replace(/^process\.(?:[a-z_]+\.)+(?=[a-z_]+$)/, 'process.'));
  const fixed = field.endsWith('.basis') ? ['observed', 'derived', 'inferred'] : (FIXED[field] ?? []);
  const items = [...base].map(([value, count]) => [value, count] as const);
  const rest = fixed.filter((value) => !base.has(value)).map((value) => [value, undefined] as const);
  const folders = wild ? folderPatterns(items).map(([pattern, count]) => ({ ...valueItem(pattern, inQuotes ? escaped(pattern) : `"${escaped(pattern)}"`, count), documentation: 'All that lies in this folder and below it.' })) : [];
  return [...folders, ...[...items, ...rest].map(([value, count]) => valueItem(value, kin === 'number' ? value : inQuotes ? escaped(value) : `"${escaped(value)}"`, count))];
}

/** Stands where values would, and says what brings them: a list that stays empty looks broken. It fills in nothing. */
export function noValues(lacks: LackingEvidence | undefined): Item {
  const [detail, says] = lackWords(lacks);
  return { ...keyword('no values yet', `${says} Values are offered with their counts then.`, ''), detail };
}

function lackWords(lacks: LackingEvidence | undefined): readonly [detail: string, says: string] {
  switch (lacks?.kind) {
    case undefined:
      return ['the evidence is not read', 'The evidence of this hunt is not open, or still being read.'];
    case 'nothing open':
      return ['open evidence first', 'No evidence is open, or it is still being read: open a case (its case.foundling.json) or a log (Open as Evidence in its menu).'];
    case 'case not open':
      return [`open its case ${lacks.name}`, `This hunt belongs to the case ${lacks.name}, which is not open, or still being read: open its case.foundling.json.`];
    case 'several open':
      return ['which evidence is not clear', `Open are ${lacks.names.join(', ')}, and which of them this hunt is for is not: save it in the hunts folder of the case, or write it in a notebook of that evidence.`];
  }
}

function counted(catalogue: Catalogue | undefined, field: string): Map<string, number> {
  return new Map((catalogue?.fields.find((one) => one.name === field) ?? evidenceField(catalogue, field))?.values);
}

function valueItem(label: string, insertText: string, count: number | undefined): Item {
  return { label, kind: 'value', detail: count === undefined ? '' : grouped(count), documentation: '', insertText, isSnippet: false };
}

function escaped(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters of evidence are written as escapes
  return value.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => `\\u{${char.charCodeAt(0).toString(16).padStart(4, '0')}}`);
}

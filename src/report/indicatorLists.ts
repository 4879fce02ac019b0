import { sha256 } from '@noble/hashes/sha2.js';
import type { ReportedIndicator, ReportedKind } from './indicators.js';
import { csvField, visible } from './text.js';
import { utcWords } from './timeWords.js';

/** Indicators as CSV: kind, value, host, where it was seen. Values are as they were, so that tools match them; a spreadsheet runs none. */
export function indicatorsCsv(indicators: readonly ReportedIndicator[]): string {
  return [['kind', 'value', 'host', 'seen'], ...indicators.map(({ kind, value, host, says }) => [kind, visible(value), visible(host), visible(says)])].map((row) => row.map((field) => csvField(field)).join(',')).join('\n');
}

const PATTERN: Readonly<Record<ReportedKind, (value: string) => string>> = {
  sha256: (value) => `[file:hashes.'SHA-256' = ${stixText(value)}]`,
  file: (value) => (value.startsWith('/') ? `[file:name = ${stixText(value.slice(value.lastIndexOf('/') + 1))} AND file:parent_directory_ref.path = ${stixText(value.slice(0, Math.max(1, value.lastIndexOf('/'))))}]` : `[file:name = ${stixText(value)}]`),
  address: (value) => `[${value.includes(':') ? 'ipv6-addr' : 'ipv4-addr'}:value = ${stixText(value)}]`,
  domain: (value) => `[domain-name:value = ${stixText(value)}]`,
  url: (value) => `[url:value = ${stixText(value)}]`,
  command: (value) => `[process:command_line = ${stixText(value)}]`,
};

/** Indicators as a STIX 2.1 bundle. The ids are always the same for the same indicator, so that a newer list replaces the older one. */
export function indicatorsStix(indicators: readonly ReportedIndicator[], now: number): string {
  const at = utcWords(now);
  const objects = indicators.map(({ kind, value, host, says }) => ({
    type: 'indicator', spec_version: '2.1', id: `indicator--${uuidOf(`${kind} ${value}`)}`, created: at, modified: at, valid_from: at,
    name: visible(value).slice(0, 200), description: visible(`${says}; host ${host}`), indicator_types: ['malicious-activity'],
    pattern: PATTERN[kind](value), pattern_type: 'stix',
  }));
  const unique = [...new Map(objects.map((object) => [object.id, object])).values()];
  const text = JSON.stringify({ type: 'bundle', id: `bundle--${uuidOf(unique.map(({ id }) => id).join(' '))}`, objects: unique }, null, 2);
  // JSON leaves direction marks and the like as they are; an escape says the same and moves nothing where the file is read.
  return text.replace(/[\u007f-\u009f]|\p{Cf}|\p{Zl}|\p{Zp}/gu, (character) => [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''));
}

/** A string of a STIX pattern: in single quotes, with those and the backslash escaped. */
function stixText(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}

/** A UUID (version 8: ours) that is always the same for the same key. */
export function uuidOf(key: string): string {
  const hex = [...sha256(new TextEncoder().encode(key)).subarray(0, 16)].map((byte, at) => (at === 6 ? (byte & 0x0f) | 0x80 : at === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

import type { Basis, Trace } from '../../src/model/index.js';

/** What a basis means, for tooltips. */
export const BASIS_MEANS: Readonly<Record<Basis, string>> = {
  observed: 'a record states it',
  derived: 'follows from records',
  inferred: 'inferred from traces',
};

/** On what a row or a match rests, and how a link of a tree is known: for tooltips. */
export const rowRestsOn = (basis: Basis): string => `This rests on what is ${basis}: ${BASIS_MEANS[basis]}.`;
export const linkIs = (basis: Basis): string => `Who stands above it is ${basis}: ${BASIS_MEANS[basis]}.`;

/** The number behind a confidence, and what it was measured on: for tooltips. */
export function confidenceMeans(confidence: number): string {
  return `${confidence.toFixed(2)} of 1. Calibrated on lab captures whose kernel recorded who created whom: of the claims there that were this sure, about ${Math.round(confidence * 100)} in 100 were right (npm run truth).`;
}

/** A kind of trace in words: `audit session`. */
export function traceWords(trace: Trace): string {
  return trace.replaceAll('-', ' ');
}

/** `1 orphan`, `12,004 orphans`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Thousands grouped: a fixed form, so that two analysts read the same text. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `nc 4721`; a process without a name is its pid alone. */
export function processLabel(name: string | null, pid: number): string {
  const number = pid >= 0 ? String(pid) : 'pid not known';
  return name ? `${name} ${number}` : number;
}

/** Bytes in words: `412 B`, `1.2 MB`. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? 'TB'}`;
}

import type { Bounds, Details, ParentClaim, ProcessRef } from '../engine/requests.js';
import { confidenceWord } from '../model/index.js';
import { orphanedAfterWords, utcWords } from './timeWords.js';

/** `nc 4721`; a process without a name is its pid alone. */
export function called({ name, pid }: Pick<ProcessRef, 'name' | 'pid'>): string {
  const number = pid >= 0 ? String(pid) : 'pid not known';
  return name === null || name === '' ? `process ${number}` : `${name} ${number}`;
}

/** `4721@2026-11-24T15:00:42.692Z`: a pid is reused, so its start goes with it. */
export function pidAtStart({ pid, start }: Pick<ProcessRef, 'pid' | 'start'>): string {
  return `${pid}@${Number.isNaN(start) ? 'unknown' : utcWords(start)}`;
}

/** Who a claim names, and how that is known: `bash 812, started ... (inferred; likely, 0.71)`. */
export function claimWords({ parent, basis, confidence }: ParentClaim): string {
  if (!parent) return 'not known';
  const how = [basis, confidence === null ? null : `${confidenceWord(confidence)}, ${confidence.toFixed(2)}`].filter((word) => word !== null);
  return `${called(parent)}, started ${utcWords(parent.start)}${how.length > 0 ? ` (${how.join('; ')})` : ''}`;
}

/** The creator in words; where none is claimed, why. */
export function creatorWords(details: Details): string {
  if (details.creator.parent) return claimWords(details.creator);
  const { noCreator } = details;
  if (!noCreator) return 'not known';
  return noCreator.kind === 'kernel' ? `the kernel: ${noCreator.says}` : `not known: ${noCreator.says}`;
}

/** Who has it now in words. */
export function adopterWords(details: Details): string {
  if (!details.adopter.parent) return details.orphan ? 'an adopter that no record names' : 'its first parent, as far as this evidence shows';
  const after = details.orphanedAfter ? orphanedAfterWords(details.orphanedAfter.min, details.orphanedAfter.max, details.orphan?.seenAdopted ?? false) : '';
  return `${claimWords(details.adopter)}${details.adopter.kind === '' ? '' : `, as ${details.adopter.kind}`}${after === '' ? '' : `; adopted ${after}`}`;
}

/** The way in: its kind, session or unit, and the process that stands for it. */
export function entryWords({ entry }: Details): string {
  if (entry.kind === '') return 'not known';
  const where = [entry.session === null ? '' : `session ${entry.session}`, entry.unit ?? ''].filter((part) => part !== '');
  return `${entry.kind}${where.length > 0 ? ` (${where.join(', ')})` : ''}, ${entry.parent ? claimWords(entry) : 'the process that stood for it is gone'}`;
}

/** A start with its basis, and its bounds where they are apart. */
export function startWords(details: Pick<Details, 'start' | 'startBasis' | 'startBounds'>): string {
  const bounds = details.startBounds && !sameMoment(details.startBounds) ? `, between ${boundWords(details.startBounds.from, 'an unknown time')} and ${boundWords(details.startBounds.until, 'an unknown time')}` : '';
  return `${utcWords(details.start)} (${details.startBasis ?? 'first seen; no record of its birth'}${bounds})`;
}

/** How it ended, or when it was seen last. */
export function endWords(details: Pick<Details, 'end' | 'endBasis' | 'lastSeen'>): string {
  if (!Number.isNaN(details.end)) return `ended ${utcWords(details.end)} (${details.endBasis ?? 'basis not known'})`;
  if (details.endBasis !== null) return `has ended, nobody knows when; last seen ${utcWords(details.lastSeen)}`;
  return `no end on record, last seen ${utcWords(details.lastSeen)}`;
}

function sameMoment({ from, until }: Bounds): boolean {
  return from === until || (Number.isNaN(from) && Number.isNaN(until));
}

function boundWords(micros: number, unknown: string): string {
  return Number.isNaN(micros) ? unknown : utcWords(micros);
}

import type { Pin, StepNotes } from '../engine/requests.js';
import { type PlaybookStep, STEPS } from '../triage/index.js';
import { utcWords } from './timeWords.js';

/** Where a pinned observation comes from: its records with the hash of their evidence, else the record that its process is known by. Not yet made fit for any place. */
export function provenanceWords({ records, about }: Pick<Pin, 'records' | 'about'>): string {
  const byMember = new Map<string, { readonly evidence: string | null; readonly offsets: number[] }>();
  for (const { member, evidence, offset } of records) {
    const key = `${evidence ?? ''}\0${member}`;
    const known = byMember.get(key);
    if (known) known.offsets.push(offset);
    else byMember.set(key, { evidence, offsets: [offset] });
  }
  const places = [...byMember].map(([key, { evidence, offsets }]) => `${key.slice(key.indexOf('\0') + 1)} at ${offsets.join(', ')}, ${hashWords(evidence)}`);
  if (places.length > 0) return places.join('; ');
  if (about === null) return 'no record';
  return about.offset === null ? `from the lineage of pid ${about.pid} on ${about.host}` : `from the lineage of pid ${about.pid} on ${about.host}; its record at ${about.offset}, ${hashWords(about.evidence)}`;
}

function hashWords(sha256: string | null): string {
  return sha256 === null ? 'evidence without a hash' : `sha256 ${sha256}`;
}

/** `2026-11-24 15:00:43.580Z nc 822: connect (observed)`. Not yet made fit for any place. */
export function observationWords({ says, time, basis }: Pick<Pin, 'says' | 'time' | 'basis'>): string {
  return `${Number.isNaN(time) ? '' : `${utcWords(time)} `}${says} (${basis})`;
}

/** Who is meant by notes that are about no process of this evidence. Not yet made fit for any place. */
export function missingSubjectWords({ anchor }: StepNotes): string {
  return anchor === null ? 'the case' : `${anchor.executable ?? 'process'} ${anchor.pid} on ${anchor.host}, alive ${utcWords(anchor.moment)}`;
}

/** A step by its question; notes may name one that this version does not have. */
export function stepWords(id: string): string {
  return `${id} ${STEPS.find((each) => each.id === id)?.question ?? '(a step that this version does not have)'}`;
}

/** The facts of an answer that say more than its sentence, which would be told twice. */
export function tellingMore(facts: PlaybookStep['facts'], says: readonly string[]): PlaybookStep['facts'] {
  const told = says.join(' ');
  return facts.filter(({ says: fact }) => told === '' || !fact.includes(told));
}

/** Words before the last one. */
export function earlierWords({ words, word }: StepNotes): string {
  const earlier = words.length - (word === undefined ? 0 : 1);
  return earlier > 0 ? ` (${earlier} earlier)` : '';
}

import { type Anchor, anchorOf, type Observation, type StepNotes } from '../case/index.js';
import type { EvidenceEntry, ProcessRow } from '../model/index.js';
import type { SqlStore } from '../store/index.js';
import type { PlaybookAnswers, ToldFact } from '../triage/index.js';
import { detailsOf } from './details.js';
import type { OpenedSet } from './openSet.js';
import { type MemberOf, sightingsOf } from './raw.js';
import type { ObservationsAnswer, ObservationsAsk } from './requests.js';

/** So many records are looked at for one in which the process surely lived. */
const RECORDS_READ = 50;

/** What an anchor is made from. */
export interface AnchoringSet {
  readonly set: OpenedSet;
  readonly store: SqlStore | undefined;
  /** With hashes, as far as they are known by now. */
  readonly entries: readonly EvidenceEntry[];
}

/** What a verdict or a note on a process hangs on. */
export function anchorIn({ set, store, entries }: AnchoringSet, process: ProcessRow): Anchor {
  const records = sightingsOf(set, store, process, 0, RECORDS_READ).wanted.map(({ time, offset, member }) => ({ time, offset, evidence: set.entries[set.member(member).evidence]?.file ?? '' }));
  return anchorOf(detailsOf(set, process), records, (file) => entries.find((entry) => entry.file === file)?.sha256);
}

/** The notes on a process; undefined: on the case as a whole. */
export function stepNotesOf(notes: readonly StepNotes[], process: ProcessRow | undefined): readonly StepNotes[] {
  return notes.filter((each) => (process === undefined ? each.matched === 'case' : each.process === process));
}

/** The facts that are asked for, of answers to their steps, as they are pinned. Throws where an id is no fact's any more. */
export function observationsIn(of: AnchoringSet, members: readonly (MemberOf & { readonly evidence: number })[], { steps }: PlaybookAnswers, { process, facts }: ObservationsAsk): ObservationsAnswer {
  const abouts = new Map<ProcessRow, Anchor>();
  const aboutOf = (row: ProcessRow): Anchor => {
    const known = abouts.get(row) ?? anchorIn(of, row);
    abouts.set(row, known);
    return known;
  };
  /** Of members that are called alike the one of the process's host is meant; where that leaves several, no hash is claimed. */
  const hashOf = (path: string, host: string | undefined): string | null => {
    const alike = members.filter(({ member, file }) => member.path === path || `${file}/${member.path}` === path).map(({ evidence }) => of.entries[evidence]);
    const [only, ...others] = alike.length > 1 ? alike.filter((entry) => entry?.host === host) : alike;
    return others.length > 0 ? null : (only?.sha256 ?? null);
  };
  const observed = ({ says, time, basis, records, process: row }: ToldFact): Observation => {
    const about = row < 0 ? null : aboutOf(row);
    return { says, time, basis, records: records.map(({ member, offset }) => ({ evidence: hashOf(member, about?.host), member, offset })), about };
  };
  const told = steps.flatMap(({ id, facts: all }) => all.filter((fact) => facts?.includes(fact.id) ?? true).map((fact) => ({ step: id, fact })));
  const gone = facts?.find((id) => told.every(({ fact }) => fact.id !== id));
  if (gone !== undefined) throw new Error(`Fact ${gone} is not among the facts that this evidence tells of ${steps.map(({ id }) => id).join(', ')} (any more). Go through the playbook again and choose from its facts.`);
  return { anchor: process === undefined ? null : aboutOf(process), observations: told.map(({ step, fact }) => ({ step, pin: fact.id, observation: observed(fact) })) };
}

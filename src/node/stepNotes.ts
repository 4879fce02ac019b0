import type { StepNote } from '../case/index.js';
import type { Engine, ObservationsAsk } from '../engine/requests.js';
import type { ProcessRow } from '../model/index.js';
import { STEPS } from '../triage/index.js';
import type { Writer } from './caseFiles.js';

type Ask = Engine['ask'];
type By = Pick<Writer, 'author' | 'now'>;

/** Which step, and for whom the playbook was gone through: left out, for the case as a whole. */
export interface StepSubject {
  readonly process?: ProcessRow;
  readonly step: string;
}

const TRIGGERS = STEPS.filter(({ section }) => section === 'escalation').map(({ id }) => id);

/** The notes that pin facts of steps; without `facts` all that they tell. Rejects where one is no fact of theirs. */
export async function pinNotes(ask: Ask, what: ObservationsAsk, { author, now }: By): Promise<readonly StepNote[]> {
  const { anchor, observations } = await ask('observations', what);
  const at = now();
  return observations.map(({ step, pin, observation }) => ({ kind: 'pin', step, author, at, anchor, pin, observation }));
}

/** The note that takes a pin back. */
export async function unpinNote(ask: Ask, { process, step }: StepSubject, pin: string, { author, now }: By): Promise<StepNote> {
  return { kind: 'unpin', step, author, at: now(), anchor: await anchorOf(ask, process), pin };
}

/** The note that answers a step in the analyst's own words; an empty text takes the last one back. */
export async function wordNote(ask: Ask, { process, step }: StepSubject, text: string, { author, now }: By): Promise<StepNote> {
  return { kind: 'word', step, author, at: now(), anchor: await anchorOf(ask, process), word: text.replaceAll('\r\n', '\n').trim() };
}

/** The notes that pin what an escalation rests on: the facts of each trigger that is met, or that this evidence leaves open. */
export async function escalationNotes(ask: Ask, process: ProcessRow, by: By): Promise<readonly StepNote[]> {
  const { steps } = await ask('playbook', { process, steps: TRIGGERS });
  const resting = steps.filter(({ trigger, facts }) => trigger !== 'not met' && facts.length > 0).map(({ id }) => id);
  return resting.length === 0 ? [] : pinNotes(ask, { process, steps: resting }, by);
}

async function anchorOf(ask: Ask, process: ProcessRow | undefined): Promise<StepNote['anchor']> {
  return process === undefined ? null : ask('anchor', { process });
}

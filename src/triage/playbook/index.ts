import type { ProcessRow } from '../../model/index.js';
import { inShort } from './cut.js';
import { factId } from './factId.js';
import type { PlaybookAnswers, PlaybookStep, StepAnswer, StepFact, ToldFact } from './playbook.js';
import type { Step } from './step.js';
import { CONTAINMENT_STEPS } from './steps/containment.js';
import { ESCALATION_STEPS } from './steps/escalation.js';
import { INDICATOR_STEPS } from './steps/indicators.js';
import { LEVEL_ONE_STEPS } from './steps/levelOne.js';
import { QUESTION_STEPS } from './steps/questions.js';
import { SOURCE_STEPS } from './steps/sources.js';
import { TIER_TWO_STEPS } from './steps/tierTwo.js';
import { BLINDED, isBlinded, relationOf, type Subject, subjectOf, type World } from './world.js';

export * from './playbook.js';
export type { World } from './world.js';

/** The time frame around an adoption that is looked at unless another is asked for, microseconds. */
export const FRAME_BEFORE = 24 * 3_600e6;
export const FRAME_AFTER = 3_600e6;

/** Facts told of one step; the hunt beside it shows the rest. */
const FACTS_AT_MOST = 50;

/** Every clause of the playbook for T1036.009, in its order. */
export const STEPS: readonly Step[] = [...SOURCE_STEPS, ...INDICATOR_STEPS, ...QUESTION_STEPS, ...ESCALATION_STEPS, ...LEVEL_ONE_STEPS, ...TIER_TWO_STEPS, ...CONTAINMENT_STEPS];

/**
 * Goes through the playbook for a process (-1: the case). `steps`: ids of those that are asked for; all of them otherwise. `before` and `after` the adoption:
 * microseconds.
 */
export function answerPlaybook(world: World, process: ProcessRow, options: { readonly steps?: readonly string[]; readonly before?: number; readonly after?: number } = {}): PlaybookAnswers {
  const subject = subjectOf(world, process, options.before ?? FRAME_BEFORE, options.after ?? FRAME_AFTER);
  const asked = options.steps === undefined ? STEPS : STEPS.filter(({ id }) => options.steps!.includes(id));
  const steps = asked.map((step): PlaybookStep => {
    const { id, section, clause, question } = step;
    const { facts, ...said } = seen(world, subject, step.answer(world, subject));
    return { id, section, clause, question, hunts: step.hunts(world, subject), ...said, facts: told(world, subject, facts, step.isChain ?? false) };
  });
  return { process, from: subject.from, until: subject.until, steps };
}

/** After a sensor was tampered with, nothing was looked for where it would show. */
function seen(world: World, subject: Subject, answer: StepAnswer): StepAnswer {
  if (answer.state !== 'nothing found' || !isBlinded(world, subject)) return answer;
  return { ...answer, state: 'cannot be known', missing: answer.missing.includes(BLINDED) ? answer.missing : [...answer.missing, BLINDED] };
}

/** The facts with their relation to the subject: what is joined to it first, then what is nearest to it in time. */
function told(world: World, { process, moment }: Subject, facts: readonly StepFact[], isChain: boolean): ToldFact[] {
  const far = ({ time }: StepFact): number => (Number.isNaN(time) ? Number.MAX_VALUE : Number.isNaN(moment) ? time : Math.abs(time - moment));
  const related = facts.map((fact): StepFact => {
    const relation = relationOf(world, process, fact.process);
    return relation === undefined ? fact : { ...fact, relation };
  });
  if (!isChain) related.sort((a, b) => Number(a.relation === undefined) - Number(b.relation === undefined) || far(a) - far(b));
  return related.slice(0, FACTS_AT_MOST).map((fact) => ({ ...fact, ...inShort(fact.says), id: factId(fact) }));
}

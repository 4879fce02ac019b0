import type { PlaybookAnswers, PlaybookStep, StepFact } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { fullTime } from '../shared/time.js';
import { createButton, createIconButton } from '../shared/toolkit.js';
import { counted } from '../shared/words.js';

export interface PlaybookActs {
  goTo(process: ProcessRow): void;
  openHunt(text: string): void;
  openContent(member: string): void;
  copy(text: string, what: string): void;
}

type Section = PlaybookStep['section'];

/** Escalation first: it is what must be decided. */
const SECTION_WORDS: Readonly<Record<Section, string>> = {
  escalation: 'Escalation to tier 2', questions: 'Questions for analysis', indicators: 'Key indicators', 'level 1': 'Level 1 steps', 'tier 2': 'Tier 2 actions', containment: 'Containment and prevention', sources: 'Log sources',
};
/** Facts in sight before the rest is asked for. */
const FACTS_SHOWN = 5;

/** The playbook for one process. */
export function playbookElement(answers: PlaybookAnswers | undefined, acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  if (answers === undefined) return el('p', { class: 'absent' }, 'Going through the playbook');
  const frame = Number.isNaN(answers.from) ? '' : `Looked at from ${fullTime(answers.from)} to ${fullTime(answers.until)}.`;
  return el(
    'div',
    { class: 'playbook' },
    el('p', { class: 'fact-time' }, frame),
    ...Object.entries(SECTION_WORDS).map(([section, words]) => sectionElement(words, answers.steps.filter((step) => step.section === section), acts, isOpen)),
  );
}

function sectionElement(words: string, steps: readonly PlaybookStep[], acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  return el('section', { class: 'playbook-section' }, el('h3', {}, words), ...steps.map((step) => stepElement(step, acts, isOpen)));
}

function stepElement(step: PlaybookStep, acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  const { id, clause, question, state, trigger, says, facts, total, missing, hunts } = step;
  const mark = trigger === undefined ? state : trigger;
  const summary = el('summary', {}, el('span', { class: `step-state state-${mark.replaceAll(' ', '-')}` }, mark), el('span', { class: 'step-question' }, question), el('span', { class: 'step-says' }, evidenceText(says.join(' '))));
  const more = facts.length > FACTS_SHOWN ? [el('details', {}, el('summary', {}, `${counted(facts.length - FACTS_SHOWN, 'more fact')}${total > facts.length ? ` of ${total}` : ''}`), factList(facts.slice(FACTS_SHOWN), acts))] : [];
  const block = el(
    'details',
    { class: 'step', 'data-step': id },
    summary,
    el('p', { class: 'fact-time' }, clause),
    factList(facts.slice(0, FACTS_SHOWN), acts),
    ...more,
    ...(missing.length === 0 ? [] : [el('ul', { class: 'missing' }, ...missing.map((each) => el('li', {}, evidenceText(each))))]),
    el(
      'div',
      { class: 'step-hunts' },
      ...hunts.map(({ title, text }) => createButton({ label: title, hint: `Open this hunt in a notebook: ${text}`, onPress: () => acts.openHunt(text) })),
      createIconButton({ icon: 'copy', label: 'Copy this answer', onPress: () => acts.copy(stepText(step), `the answer to ${id}`) }),
    ),
  );
  block.open = isOpen.get(id) ?? step.section === 'escalation';
  block.addEventListener('toggle', () => isOpen.set(id, block.open));
  return block;
}

function factList(facts: readonly StepFact[], acts: PlaybookActs): HTMLElement {
  return el('ul', { class: 'facts' }, ...facts.map((fact) => factItem(fact, acts)));
}

function factItem({ says, process, relation, time, basis, records }: StepFact, acts: PlaybookActs): HTMLElement {
  const content = records.find(({ offset }) => offset === 0 && says.includes('content is in the evidence'));
  return el(
    'li',
    {},
    ...(Number.isNaN(time) ? [] : [el('span', { class: 'fact-time' }, fullTime(time)), ' ']),
    evidenceText(says),
    ...(relation === undefined ? [] : [el('span', { class: 'relation' }, relation)]),
    ...(basis === 'observed' ? [] : [el('span', { class: 'basis' }, basis)]),
    ...(records[0] === undefined ? [] : [el('span', { class: 'record-place' }, evidenceText(`${records[0].member} at ${records[0].offset}`))]),
    ...(process < 0 ? [] : [createIconButton({ icon: 'type-hierarchy', label: 'Show this process in the tree', onPress: () => acts.goTo(process) })]),
    ...(content === undefined ? [] : [createIconButton({ icon: 'go-to-file', label: 'Open its content', onPress: () => acts.openContent(content.member) })]),
  );
}

/** An answer as plain text, to be pinned in a note. */
function stepText({ id, question, state, trigger, says, facts, missing }: PlaybookStep): string {
  return [
    `${id} ${question}`, `${trigger ?? state}: ${says.join(' ')}`,
    ...facts.map((fact) => `- ${Number.isNaN(fact.time) ? '' : `${fullTime(fact.time)} `}${fact.says}${fact.relation === undefined ? '' : ` (${fact.relation})`}${fact.records[0] === undefined ? '' : ` [${fact.records[0].member}:${fact.records[0].offset}]`}`),
    ...missing.map((each) => `missing: ${each}`),
  ].join('\n');
}

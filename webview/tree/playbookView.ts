import type { PlaybookAnswers, PlaybookStep, ToldFact } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import { createButton, createIconButton } from '../shared/toolkit.js';
import { counted } from '../shared/words.js';

export interface PlaybookActs {
  goTo(process: ProcessRow): void;
  openHunt(text: string): void;
  openContent(member: string): void;
  /** Text for people, not for a machine: nothing in it may become a link or a formula. */
  copyWords(text: string, what: string): void;
  escalate(): void;
}

type Section = PlaybookStep['section'];

/** What must be decided is above them, as cards. */
const SECTIONS: readonly (readonly [Section, string])[] = [
  ['questions', 'Questions for analysis'],
  ['indicators', 'Key indicators'],
  ['level 1', 'Level 1 steps'],
  ['tier 2', 'Tier 2 actions'],
  ['containment', 'Containment and prevention'],
  ['sources', 'Log sources'],
];
/** Facts in sight before the rest is asked for. */
const FACTS_SHOWN = 5;
/** A shape for each state, so that none is told by colour alone. */
const ICONS: Readonly<Record<string, string>> = {
  met: 'error', 'not met': 'pass', answered: 'circle-filled', 'nothing found': 'circle-outline', 'cannot be known': 'question',
};

/** The playbook for one process: the three triggers as cards at the top, then a closed line a section that says how much was found in it. */
export function playbookElement(answers: PlaybookAnswers | undefined, acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  if (answers === undefined) return el('p', { class: 'absent' }, 'Going through the playbook');
  const frame = Number.isNaN(answers.from) ? '' : `Looked at from ${fullTime(answers.from)} to ${fullTime(answers.until)}.`;
  const of = (section: Section): readonly PlaybookStep[] => answers.steps.filter((step) => step.section === section);
  return el(
    'div',
    { class: 'playbook' },
    escalationElement(of('escalation'), acts, isOpen),
    ...SECTIONS.map(([section, words]) => sectionElement(section, words, of(section), acts, isOpen)),
    el('p', { class: 'fact-time' }, frame),
  );
}

function markOf({ state, trigger }: PlaybookStep): string {
  return trigger ?? state;
}

function stateElement(mark: string): HTMLElement {
  return el('span', { class: `step-state state-${mark.replaceAll(' ', '-')}` }, el('span', { class: `codicon codicon-${ICONS[mark] ?? 'circle-outline'}`, 'aria-hidden': 'true' }), mark);
}

/** Whether to hand it over: each trigger is a card with its answer, opened below the cards. */
function escalationElement(steps: readonly PlaybookStep[], acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  const met = steps.filter((step) => markOf(step) === 'met').length;
  const head = el(
    'div',
    { class: 'escalation-head' },
    el('h3', {}, 'Escalate to tier 2?'),
    el('span', { class: met > 0 ? 'escalation-sum state-met' : 'escalation-sum' }, met === 0 ? 'no trigger is met' : `${met} of ${counted(steps.length, 'trigger')} met`),
    createButton({ label: 'Escalate…', hint: 'Hand it to tier 2 (E)', onPress: acts.escalate }),
  );
  const cards = el('div', { class: 'trigger-cards' });
  const blocks = el('div', { class: 'trigger-blocks' });
  for (const step of steps) {
    const mark = markOf(step);
    const body = stepBody(step, acts);
    const card = el('button', { class: `trigger-card card-${mark.replaceAll(' ', '-')}`, 'data-step': step.id }, stateElement(mark), el('span', { class: 'step-question' }, step.question), el('span', { class: 'step-says' }, evidenceText(step.says[0] ?? '')));
    const block = el('div', { class: 'step-body', role: 'region', 'aria-label': step.question }, el('h3', {}, step.question), body);
    const show = (open: boolean): void => {
      block.hidden = !open;
      card.setAttribute('aria-expanded', String(open));
      isOpen.set(step.id, open);
    };
    card.type = 'button';
    card.addEventListener('click', () => show(card.getAttribute('aria-expanded') !== 'true'));
    show(isOpen.get(step.id) ?? false);
    cards.append(card);
    blocks.append(block);
  }
  return el('section', { class: 'escalation' }, head, cards, blocks);
}

function sectionElement(section: Section, words: string, steps: readonly PlaybookStep[], acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(markOf(step), (counts.get(markOf(step)) ?? 0) + 1);
  const sums = ['met', 'answered', 'not met', 'nothing found', 'cannot be known'].flatMap((mark) => (counts.has(mark) ? [`${counts.get(mark)!} ${mark}`] : []));
  const block = el('details', { class: 'playbook-section' }, el('summary', {}, chevron(), el('span', { class: 'section-words' }, words), el('span', { class: 'section-sums' }, sums.join(' · '))), ...steps.map((step) => stepElement(step, acts, isOpen)));
  return remembered(block, `section ${section}`, isOpen);
}

function stepElement(step: PlaybookStep, acts: PlaybookActs, isOpen: Map<string, boolean>): HTMLElement {
  const summary = el('summary', {}, chevron(), stateElement(markOf(step)), el('span', { class: 'step-question' }, step.question), el('span', { class: 'step-says' }, evidenceText(step.says[0] ?? '')));
  return remembered(el('details', { class: 'step', 'data-step': step.id }, summary, el('div', { class: 'step-body' }, stepBody(step, acts))), step.id, isOpen);
}

function remembered(block: HTMLDetailsElement, key: string, isOpen: Map<string, boolean>): HTMLElement {
  block.open = isOpen.get(key) ?? false;
  block.addEventListener('toggle', () => isOpen.set(key, block.open));
  return block;
}

function chevron(): HTMLElement {
  return el('span', { class: 'codicon codicon-chevron-right', 'aria-hidden': 'true' });
}

function stepBody(step: PlaybookStep, acts: PlaybookActs): HTMLElement {
  const { id, clause, says, facts, total, missing, hunts } = step;
  const more = facts.length > FACTS_SHOWN ? [el('details', {}, el('summary', {}, chevron(), `${counted(facts.length - FACTS_SHOWN, 'more fact')}${total > facts.length ? ` of ${total}` : ''}`), factList(facts.slice(FACTS_SHOWN), acts))] : [];
  return el(
    'div',
    {},
    el('p', { class: 'fact-time' }, clause),
    ...says.map((each) => el('p', {}, evidenceText(each))),
    factList(facts.slice(0, FACTS_SHOWN), acts),
    ...more,
    ...(missing.length === 0 ? [] : [el('ul', { class: 'missing' }, ...missing.map((each) => el('li', {}, evidenceText(each))))]),
    el(
      'div',
      { class: 'step-hunts' },
      ...hunts.map(({ title, text }) => createButton({ label: `Hunt: ${title}`, hint: `Run this hunt in a notebook beside the tree: ${text}`, onPress: () => acts.openHunt(text) })),
      createIconButton({ icon: 'copy', label: 'Copy this answer', onPress: () => acts.copyWords(stepText(step), `the answer to ${id}`) }),
    ),
  );
}

function factList(facts: readonly ToldFact[], acts: PlaybookActs): HTMLElement {
  return el('ul', { class: 'step-facts' }, ...facts.map((fact) => factItem(fact, acts)));
}

function factItem({ says, whole, process, relation, time, basis, records, content }: ToldFact, acts: PlaybookActs): HTMLElement {
  return el(
    'li',
    {},
    ...(Number.isNaN(time) ? [] : [el('span', { class: 'fact-time' }, fullTime(time)), ' ']),
    whole === undefined ? evidenceText(says) : el('span', { title: visibleText(whole) }, evidenceText(says)),
    ...(relation === undefined ? [] : [el('span', { class: 'relation' }, relation)]),
    ...(basis === 'observed' ? [] : [el('span', { class: 'basis' }, basis)]),
    ...(records[0] === undefined ? [] : [el('span', { class: 'record-place' }, evidenceText(`${records[0].member} at ${records[0].offset}`))]),
    ...(process < 0 ? [] : [createIconButton({ icon: 'type-hierarchy', label: 'Show this process in the tree', onPress: () => acts.goTo(process) })]),
    ...(content === undefined ? [] : [createIconButton({ icon: 'go-to-file', label: 'Open its content', onPress: () => acts.openContent(content) })]),
  );
}

/** An answer as plain text, to be pinned in a note. */
function stepText({ id, question, state, trigger, says, facts, missing }: PlaybookStep): string {
  return [
    `${id} ${question}`, `${trigger ?? state}: ${says.join(' ')}`,
    ...facts.map((fact) => `• ${Number.isNaN(fact.time) ? '' : `${fullTime(fact.time)} `}${fact.whole ?? fact.says}${fact.relation === undefined ? '' : ` (${fact.relation})`}${fact.records[0] === undefined ? '' : ` [${fact.records[0].member}:${fact.records[0].offset}]`}`),
    ...missing.map((each) => `missing: ${each}`),
  ].map(visibleText).join('\n');
}

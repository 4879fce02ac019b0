import type { PlaybookAnswers, PlaybookStep, StepNotes, ToldFact } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import { createButton, createIconButton, createIconToggle, createRadios, type Control } from '../shared/toolkit.js';
import { counted } from '../shared/words.js';
import { draftKey, type Drafts, type StepDraft } from './drafts.js';
import type { DetailsPane } from './state.js';
import { createStepNotes, type StepNoteActs } from './stepNotesView.js';

export interface PlaybookActs extends StepNoteActs {
  openHunt(text: string): void;
  openContent(member: string): void;
  escalate(): void;
  /** Goes through it for the process, or for the case as a whole. */
  playbookOf(of: DetailsPane['playbookOf']): void;
}

/** The playbook as it stands in the page; what is pinned and said changes without drawing it anew, since somebody may be typing in it. */
export interface PlaybookView {
  readonly element: HTMLElement;
  showNotes(notes: readonly StepNotes[], drafts: Drafts): void;
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
export function createPlaybook(answers: PlaybookAnswers | undefined, of: DetailsPane['playbookOf'], acts: PlaybookActs, isOpen: Map<string, boolean>): PlaybookView {
  const subject = createRadios<DetailsPane['playbookOf']>({
    label: 'Whom the playbook is gone through for',
    choices: [
      { value: 'process', label: 'This process', hint: 'Every clause, answered for the chosen process' },
      { value: 'case', label: 'The whole case', hint: 'Every clause, answered for all of the evidence' },
    ],
    onChange: acts.playbookOf,
  });
  subject.show(of);
  if (answers === undefined) return { element: el('div', { class: 'playbook' }, subject.element, el('p', { class: 'absent' }, 'Going through the playbook')), showNotes: () => undefined };
  const steps: StepView[] = [];
  let notesNow: readonly StepNotes[] = [];
  const draw: Drawing = { acts, isOpen, steps, notesOf: (step) => notesNow.find((each) => each.step === step) };
  const frame = Number.isNaN(answers.from) ? '' : `Looked at from ${fullTime(answers.from)} to ${fullTime(answers.until)}.`;
  const stepsOf = (section: Section): readonly PlaybookStep[] => answers.steps.filter((step) => step.section === section);
  const element = el(
    'div',
    { class: 'playbook' },
    subject.element,
    escalationElement(stepsOf('escalation'), answers.process, draw),
    ...SECTIONS.map(([section, words]) => sectionElement(section, words, stepsOf(section), draw)),
    el('p', { class: 'fact-time' }, frame),
  );
  return {
    element,
    showNotes(notes, drafts) {
      notesNow = notes;
      for (const { step, show } of steps) show(draw.notesOf(step), drafts[draftKey(answers.process, step)]);
    },
  };
}

/** What every part of one drawing needs; the steps that were drawn are told in `steps`. */
interface Drawing {
  readonly acts: PlaybookActs;
  readonly isOpen: Map<string, boolean>;
  readonly steps: StepView[];
  notesOf(step: string): StepNotes | undefined;
}

/** A step that is drawn: its notes can be shown without drawing it anew. */
interface StepView {
  readonly step: string;
  show(notes: StepNotes | undefined, draft: StepDraft | undefined): void;
}

function markOf({ state, trigger }: PlaybookStep): string {
  return trigger ?? state;
}

function stateElement(mark: string): HTMLElement {
  return el('span', { class: `step-state state-${mark.replaceAll(' ', '-')}` }, el('span', { class: `codicon codicon-${ICONS[mark] ?? 'circle-outline'}`, 'aria-hidden': 'true' }), mark);
}

/** Whether to hand it over: each trigger is a card with its answer, opened below the cards. */
function escalationElement(steps: readonly PlaybookStep[], process: ProcessRow, draw: Drawing): HTMLElement {
  const { acts, isOpen } = draw;
  const met = steps.filter((step) => markOf(step) === 'met').length;
  const head = el(
    'div',
    { class: 'escalation-head' },
    el('h3', {}, 'Escalate to tier 2?'),
    el('span', { class: met > 0 ? 'escalation-sum state-met' : 'escalation-sum' }, met === 0 ? 'no trigger is met' : `${met} of ${counted(steps.length, 'trigger')} met`),
    process >= 0 && createButton({ label: 'Escalate…', hint: 'Hand it to tier 2 (E): what the triggers rest on is pinned', onPress: acts.escalate }),
  );
  const cards = el('div', { class: 'trigger-cards' });
  const blocks = el('div', { class: 'trigger-blocks' });
  for (const step of steps) {
    const mark = markOf(step);
    const body = stepBody(step, draw);
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

function sectionElement(section: Section, words: string, steps: readonly PlaybookStep[], draw: Drawing): HTMLElement {
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(markOf(step), (counts.get(markOf(step)) ?? 0) + 1);
  const sums = ['met', 'answered', 'not met', 'nothing found', 'cannot be known'].flatMap((mark) => (counts.has(mark) ? [`${counts.get(mark)!} ${mark}`] : []));
  const block = el('details', { class: 'playbook-section' }, el('summary', {}, chevron(), el('span', { class: 'section-words' }, words), el('span', { class: 'section-sums' }, sums.join(' · '))), ...steps.map((step) => stepElement(step, draw)));
  return remembered(block, `section ${section}`, draw.isOpen);
}

function stepElement(step: PlaybookStep, draw: Drawing): HTMLElement {
  const summary = el('summary', {}, chevron(), stateElement(markOf(step)), el('span', { class: 'step-question' }, step.question), el('span', { class: 'step-says' }, evidenceText(step.says[0] ?? '')));
  return remembered(el('details', { class: 'step', 'data-step': step.id }, summary, el('div', { class: 'step-body' }, stepBody(step, draw))), step.id, draw.isOpen);
}

function remembered(block: HTMLDetailsElement, key: string, isOpen: Map<string, boolean>): HTMLElement {
  block.open = isOpen.get(key) ?? false;
  block.addEventListener('toggle', () => isOpen.set(key, block.open));
  return block;
}

function chevron(): HTMLElement {
  return el('span', { class: 'codicon codicon-chevron-right', 'aria-hidden': 'true' });
}

function stepBody(step: PlaybookStep, { acts, steps, notesOf }: Drawing): HTMLElement {
  const { id, clause, question, says, facts, total, missing, hunts } = step;
  const toggles = new Map<string, { readonly toggle: Control<boolean>; readonly pinned: HTMLElement }[]>();
  const notes = createStepNotes(id, question, acts);
  const pinOf = ({ id: fact }: ToldFact): HTMLElement => {
    const isPinned = (): boolean => notesOf(id)?.pins.some(({ pin }) => pin === fact) ?? false;
    const toggle = createIconToggle({ icon: 'pin', onIcon: 'pinned', label: 'Pin this observation', onLabel: 'Pinned: press to unpin', onPress: () => acts.note(id, isPinned() ? { kind: 'unpin', pin: fact } : { kind: 'pin', fact }) });
    const pinned = el('span', { class: 'pinned-word' }, 'pinned');
    toggles.set(fact, [...(toggles.get(fact) ?? []), { toggle, pinned }]);
    return el('span', {}, toggle.element, pinned);
  };
  steps.push({
    step: id,
    show(now, draft) {
      for (const [fact, alike] of toggles) {
        const isPinned = now?.pins.some(({ pin }) => pin === fact) ?? false;
        for (const { toggle, pinned } of alike) {
          toggle.show(isPinned);
          pinned.hidden = !isPinned;
        }
      }
      notes.show(now, draft);
    },
  });
  const more = facts.length > FACTS_SHOWN ? [el('details', {}, el('summary', {}, chevron(), `${counted(facts.length - FACTS_SHOWN, 'more fact')}${total > facts.length ? ` of ${total}` : ''}`), factList(facts.slice(FACTS_SHOWN), acts, pinOf))] : [];
  return el(
    'div',
    {},
    el('p', { class: 'fact-time' }, clause),
    ...says.map((each) => el('p', {}, evidenceText(each))),
    factList(facts.slice(0, FACTS_SHOWN), acts, pinOf),
    ...more,
    ...(missing.length === 0 ? [] : [el('ul', { class: 'missing' }, ...missing.map((each) => el('li', {}, evidenceText(each))))]),
    el(
      'div',
      { class: 'step-hunts' },
      ...hunts.map(({ title, text }) => createButton({ label: `Hunt: ${title}`, hint: `Run this hunt in a notebook beside the tree: ${text}`, onPress: () => acts.openHunt(text) })),
      createIconButton({ icon: 'copy', label: 'Copy this answer', onPress: () => acts.copyWords(stepText(step, notesOf(id)), `the answer to ${id}`) }),
    ),
    notes.element,
  );
}

function factList(facts: readonly ToldFact[], acts: PlaybookActs, pinOf: (fact: ToldFact) => HTMLElement): HTMLElement {
  return el('ul', { class: 'step-facts' }, ...facts.map((fact) => factItem(fact, acts, pinOf(fact))));
}

function factItem({ says, whole, process, relation, time, basis, records, content }: ToldFact, acts: PlaybookActs, pin: HTMLElement): HTMLElement {
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
    pin,
  );
}

/** An answer as plain text, with what is pinned to it and said of it. */
function stepText({ id, question, state, trigger, says, facts, missing }: PlaybookStep, notes: StepNotes | undefined): string {
  return [
    `${id} ${question}`, `${trigger ?? state}: ${says.join(' ')}`,
    ...facts.map((fact) => `• ${Number.isNaN(fact.time) ? '' : `${fullTime(fact.time)} `}${fact.whole ?? fact.says}${fact.relation === undefined ? '' : ` (${fact.relation})`}${fact.records[0] === undefined ? '' : ` [${fact.records[0].member}:${fact.records[0].offset}]`}`),
    ...missing.map((each) => `missing: ${each}`),
    ...(notes?.pins ?? []).map(({ says: pinned, time, author, at, records: [record] }) => `pinned by ${author} at ${fullTime(at)}: ${Number.isNaN(time) ? '' : `${fullTime(time)} `}${pinned}${record === undefined ? '' : ` [${record.member}:${record.offset}${record.evidence === null ? '' : `, sha256 ${record.evidence}`}]`}`),
    ...(notes?.word === undefined ? [] : [`the word of ${notes.word.author} at ${fullTime(notes.word.at)}:`, ...notes.word.text.split('\n').map((line) => `  ${line}`)]),
  ].map(visibleText).join('\n');
}

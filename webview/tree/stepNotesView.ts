import type { Pin, StepNotes } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import type { StepAct } from '../shared/protocol.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import { createButton, createIconButton, createTextArea } from '../shared/toolkit.js';
import { counted } from '../shared/words.js';
import { EMPTY_DRAFT, type StepDraft } from './drafts.js';

export interface StepNoteActs {
  goTo(process: ProcessRow): void;
  /** What is typed and not kept yet: it must outlive the page. */
  draft(step: string, text: string): void;
  note(step: string, act: StepAct): void;
  /** Text for people, not for a machine: nothing in it may become a link or a formula. */
  copyWords(text: string, what: string): void;
  /** Makes a case that holds all that waits for one. */
  makeCase(): void;
}

/** What analysts add to one step: pinned observations, and the answer in own words. */
export interface StepNotesView {
  readonly element: HTMLElement;
  show(notes: StepNotes | undefined, draft: StepDraft | undefined): void;
}

/** Digits of a hash that are shown; the tooltip has all. */
const HASH_SHOWN = 12;

export function createStepNotes(step: string, question: string, acts: StepNoteActs): StepNotesView {
  let word = '';
  let draft = EMPTY_DRAFT;
  /** What was sent last: leaving the box sends nothing twice, Ctrl+Enter does. */
  let sent: string | undefined;
  const typed = (): string => draft.text ?? word;
  const keep = (isAgain: boolean): void => {
    const text = typed();
    if (text.trim() === word.trim() || (text === sent && !isAgain)) return;
    sent = text;
    acts.note(step, { kind: 'word', text });
  };
  const box = createTextArea({
    label: `Your word on: ${question}`,
    placeholder: 'Your word: what you make of it',
    hint: 'Your answer in your own words, for whoever checks it. It is kept in the case when you leave the box or press Ctrl+Enter',
    onInput(text) {
      draft = { ...draft, text };
      acts.draft(step, text);
      status();
    },
    onLeave: () => keep(false),
    onKey(event) {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      keep(true);
    },
  });
  const said = el('div', { class: 'word-said' });
  const unsaid = el('span', { class: 'word-unsaid', 'aria-live': 'polite' });
  const unkept = el('div', { class: 'unkept', role: 'status' });
  const pins = el('div', { class: 'step-pins' });
  const element = el('div', { class: 'step-notes' }, pins, el('div', { class: 'step-word' }, el('div', { class: 'word-line' }, el('h4', {}, 'Your word'), said, unsaid), box.element), unkept);
  let shownPins: readonly Pin[] | undefined;
  let shownWord: StepNotes | undefined;

  function status(): void {
    const waits = draft.waiting.some(({ kind }) => kind === 'word');
    unsaid.textContent = typed().trim() === word.trim() ? '' : waits ? 'keeping…' : 'not kept yet: Ctrl+Enter keeps it';
  }

  function showPins(now: readonly Pin[]): void {
    if (now === shownPins) return;
    shownPins = now;
    const hadFocus = pins.contains(document.activeElement);
    pins.hidden = now.length === 0;
    pins.replaceChildren(
      el('h4', {}, el('span', { class: 'codicon codicon-pinned', 'aria-hidden': 'true' }), counted(now.length, 'pinned observation')),
      el('ul', { class: 'step-facts' }, ...now.map((pin) => pinItem(pin, acts, () => acts.note(step, { kind: 'unpin', pin: pin.pin })))),
    );
    // The pin that was taken back had the focus: the work goes on beside it.
    if (hadFocus) (pins.querySelector<HTMLElement>('vscode-button') ?? box).focus();
  }

  return {
    element,
    show(notes, now = EMPTY_DRAFT) {
      draft = now;
      word = notes?.word?.text ?? '';
      if (now.text === undefined && now.waiting.length === 0) sent = undefined;
      showPins(notes?.pins ?? []);
      box.show(typed());
      if (notes !== shownWord || notes === undefined) said.replaceChildren(...saidNodes(notes));
      shownWord = notes;
      status();
      unkept.hidden = now.says === '';
      const makes = now.unkept.length > 0 ? [createButton({ label: 'Make a Case and keep it…', hint: 'Asks for an empty folder, makes a case of this evidence there, and keeps what you pinned and wrote in it', onPress: acts.makeCase })] : [];
      if (unkept.textContent !== now.says + (makes[0]?.textContent ?? '')) unkept.replaceChildren(el('span', {}, evidenceText(now.says)), ...makes);
    },
  };
}

function saidNodes(notes: StepNotes | undefined): readonly (Node | string)[] {
  const { words = [], word: last } = notes ?? {};
  const earlier = (last === undefined ? words : words.slice(0, -1)).filter(({ text }) => text !== '');
  const by = last === undefined ? [] : ['by ', evidenceText(last.author), ` at ${fullTime(last.at)}`];
  if (earlier.length === 0) return by;
  const list = el('ul', {}, ...[...earlier].reverse().map(({ text, author, at }) => el('li', {}, el('span', { class: 'fact-time' }, evidenceText(author), ` at ${fullTime(at)}: `), el('span', { class: 'word-text' }, ...wordNodes(text)))));
  return [...by, el('details', { class: 'words-before' }, el('summary', {}, el('span', { class: 'codicon codicon-chevron-right', 'aria-hidden': 'true' }), counted(earlier.length, 'earlier word')), list)];
}

/** Lines of a word as lines: its line ends are the analyst's, everything else that cannot be seen is shown. */
function wordNodes(text: string): readonly Node[] {
  return text.split('\n').flatMap((line, at) => (at === 0 ? [evidenceText(line)] : [el('br'), evidenceText(line)]));
}

function pinItem(pin: Pin, acts: StepNoteActs, unpin: () => void): HTMLElement {
  const { says, time, basis, process, records, about, author, at } = pin;
  const [record] = records;
  const place = record ? `${record.member} at ${record.offset}` : about && about.offset !== null ? `pid ${about.pid} on ${about.host}, record at ${about.offset}` : about ? `pid ${about.pid} on ${about.host}` : '';
  const hash = record ? record.evidence : (about?.evidence ?? null);
  return el(
    'li',
    {},
    ...(Number.isNaN(time) ? [] : [el('span', { class: 'fact-time' }, fullTime(time)), ' ']),
    evidenceText(says),
    ...(basis === 'observed' ? [] : [el('span', { class: 'basis' }, basis)]),
    ...(place === '' ? [] : [el('span', { class: 'record-place' }, evidenceText(place))]),
    ...(hash === null ? [] : [el('span', { class: 'record-place', title: `SHA-256 of the evidence when it was pinned: ${hash}` }, evidenceText(`sha256 ${hash.slice(0, HASH_SHOWN)}…`))]),
    el('span', { class: 'fact-time pinned-by' }, 'pinned by ', evidenceText(author), ` at ${fullTime(at)}`),
    ...(process < 0 ? (about === null ? [] : absentNodes(pin, acts)) : [createIconButton({ icon: 'type-hierarchy', label: 'Show this process in the tree', onPress: () => acts.goTo(process) })]),
    createIconButton({ icon: 'close', label: 'Unpin this observation', onPress: unpin }),
  );
}

/** A pin on a process that the open evidence does not hold cannot show its record: it says which evidence has it, to be found and opened. */
function absentNodes({ about, records }: Pin, { copyWords }: StepNoteActs): readonly HTMLElement[] {
  const needed = new Map<string, string>();
  for (const { member, evidence } of records) if (evidence !== null) needed.set(evidence, member);
  if (needed.size === 0 && about !== null && about.evidence !== null) needed.set(about.evidence, '');
  const named = [...needed].map(([hash, member]) => `${member === '' ? 'evidence' : member} with the SHA-256 ${hash}`);
  if (named.length === 0) return [el('span', { class: 'absent' }, 'its process is not in this evidence, and which evidence has it was not kept: it had no hash')];
  const says = `its process is not in this evidence; its record is in ${named.join(' and ')}`;
  return [
    el('span', { class: 'absent', title: visibleText(says) }, evidenceText(`its process is not in this evidence; its record is in ${[...needed].map(([hash, member]) => `${member === '' ? 'the evidence' : member} (sha256 ${hash.slice(0, HASH_SHOWN)}…)`).join(' and ')}`)),
    createIconButton({ icon: 'copy', label: 'Copy which evidence has its record', onPress: () => copyWords(named.join('\n'), 'which evidence has its record') }),
  ];
}

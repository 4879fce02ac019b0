import type { VerdictState } from '../../src/engine/requests.js';
import { type ProcessRow, type Verdict, VERDICTS } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { fullTime } from '../shared/time.js';
import { createButton, createTextField } from '../shared/toolkit.js';

export interface VerdictActs {
  decide(verdict: Verdict, note: string): void;
  /** VS Code asks to whom, and why where there is no note. */
  escalate(note: string): void;
  nextFinding(): void;
  /** What is typed for the next verdict on a process: it must outlive the choice of another, and the page. */
  draftNote(process: ProcessRow, note: string): void;
  /** The note is written: back to the rows, where a digit decides. */
  noted(): void;
}

export interface VerdictBar {
  readonly element: HTMLElement;
  focusNote(): void;
  /** The chosen process with what is typed for it, the last word on it, and how much of the work is left. */
  show(chosen: { readonly process: ProcessRow; readonly note: string } | undefined, verdict: VerdictState | undefined, undecided: { readonly left: number; readonly total: number } | undefined): void;
}

/** Where an analyst decides: five words, a note, escalation apart, on to the next. Keys 1 to 5, W, E and F do the same in the tree. */
export function createVerdictBar(acts: VerdictActs): VerdictBar {
  let noted = '';
  let process: ProcessRow | undefined;
  let shownAt: number | undefined;
  const note = createTextField({
    label: 'Note to the verdict',
    placeholder: 'Why? (W)',
    hint: 'A sentence that another analyst can check. It goes with the next verdict; Enter goes back to the rows',
    onInput: write,
    onKey(event) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      acts.noted();
    },
  });
  const current = el('div', { class: 'verdict-current', 'aria-live': 'polite' });
  const left = el('span', { class: 'undecided' });
  const buttons = VERDICTS.map((verdict, at) => createButton({ label: `${at + 1} ${verdict}`, hint: `Verdict: ${verdict} (${at + 1} in the tree)`, onPress: () => acts.decide(verdict, noted) }));
  const escalate = createButton({ label: 'Escalate…', hint: 'Hand it to tier 2: to whom and why is asked, or taken from the note (E)', onPress: () => acts.escalate(noted) });
  const next = createButton({ label: 'Next', hint: 'The next finding that nobody has decided, worst first (F)', onPress: acts.nextFinding });
  const element = el(
    'div',
    { class: 'verdict-bar', role: 'group', 'aria-label': 'Verdict' },
    el('div', { class: 'verdict-buttons' }, ...buttons, escalate),
    note.element,
    el('div', { class: 'verdict-next' }, left, next),
    current,
  );
  function write(text: string): void {
    noted = text;
    if (process !== undefined) acts.draftNote(process, text);
  }
  return {
    element,
    focusNote: () => note.focus(),
    show(chosen, verdict, undecided) {
      process = chosen?.process;
      noted = chosen?.note ?? '';
      left.textContent = undecided === undefined ? '' : `${undecided.left} of ${undecided.total} undecided`;
      buttons.forEach((button, at) => {
        const isCurrent = verdict?.current.verdict === VERDICTS[at];
        button.classList.toggle('is-current', isCurrent);
        button.setAttribute('aria-pressed', String(isCurrent));
      });
      current.hidden = verdict === undefined;
      // The note went with the verdict that came just now: the next one has a note of its own.
      if (verdict !== undefined && verdict.current.at !== shownAt && noted !== '' && verdict.current.note.trim() === noted.trim()) write('');
      note.show(noted);
      shownAt = verdict?.current.at;
      if (verdict === undefined) return;
      const { current: last, escalations, matched } = verdict;
      current.replaceChildren(
        el('span', { class: `badge verdict-badge verdict-${last.verdict}` }, last.verdict),
        ' by ', evidenceText(last.author), ` at ${fullTime(last.at)}`, ...(last.note === '' ? [] : [': ', evidenceText(last.note)]),
        ...escalations.flatMap(({ to, why }) => [el('div', { class: 'escalated' }, 'Escalated to ', evidenceText(to), ': ', evidenceText(why))]),
        ...(matched === 'moment' ? [] : [el('div', { class: 'fact-time' }, `matched by ${matched}`)]),
      );
    },
  };
}

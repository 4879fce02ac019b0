import type { VerdictState } from '../../src/engine/requests.js';
import { type Verdict, VERDICTS } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { fullTime } from '../shared/time.js';
import { createButton, createTextField } from '../shared/toolkit.js';

export interface VerdictActs {
  decide(verdict: Verdict, note: string, escalation?: { readonly to: string; readonly why: string }): void;
  nextFinding(): void;
}

export interface VerdictBar {
  readonly element: HTMLElement;
  /** The last word on the chosen process, and how much of the work is left. */
  show(verdict: VerdictState | undefined, undecided: { readonly left: number; readonly total: number } | undefined): void;
  /** Another process was chosen: a note belongs to one. */
  clear(): void;
}

/** Where an analyst decides: five words, a note, escalation apart, on to the next. Keys 1 to 5 and F do the same in the tree. */
export function createVerdictBar(acts: VerdictActs): VerdictBar {
  let noted = '';
  const note = createTextField({ label: 'Note to the verdict', placeholder: 'Note: why?', hint: 'A sentence that another analyst can check', onInput: (text) => (noted = text), onKey: () => undefined });
  const current = el('div', { class: 'verdict-current', 'aria-live': 'polite' });
  const left = el('span', { class: 'undecided' });
  const buttons = VERDICTS.map((verdict, at) => createButton({ label: `${at + 1} ${verdict}`, hint: `Verdict: ${verdict} (${at + 1} in the tree)`, onPress: () => acts.decide(verdict, noted) }));
  const escalate = createButton({
    label: 'Escalate',
    hint: 'Hand it to tier 2 with the note as the reason; the verdict stays undetermined',
    onPress: () => acts.decide('undetermined', noted, { to: 'tier 2', why: noted || 'The playbook was gone through; see its open questions.' }),
  });
  const next = createButton({ label: 'Next finding', hint: 'The next finding that nobody has decided (F in the tree)', onPress: acts.nextFinding });
  const element = el('div', { class: 'verdict-bar', role: 'group', 'aria-label': 'Verdict' }, el('div', { class: 'verdict-buttons' }, ...buttons, escalate), note.element, el('div', { class: 'verdict-next' }, next, left), current);
  return {
    element,
    show(verdict, undecided) {
      left.textContent = undecided === undefined ? '' : `${undecided.left} of ${undecided.total} undecided`;
      current.hidden = verdict === undefined;
      if (verdict === undefined) return;
      const { current: last, escalations, matched } = verdict;
      current.replaceChildren(
        el('span', { class: `badge verdict-badge verdict-${last.verdict}` }, last.verdict),
        ` by `, evidenceText(last.author), ` at ${fullTime(last.at)}`, ...(last.note === '' ? [] : [': ', evidenceText(last.note)]),
        ...escalations.flatMap(({ to, why }) => [el('div', { class: 'escalated' }, 'Escalated to ', evidenceText(to), ': ', evidenceText(why))]),
        ...(matched === 'moment' ? [] : [el('div', { class: 'fact-time' }, `matched by ${matched}`)]),
      );
    },
    clear() {
      noted = '';
      note.show('');
    },
  };
}

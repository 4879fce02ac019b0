import type { ParentClaim, ProcessRef } from '../../src/engine/requests.js';
import type { Basis, ProcessRow, Reason } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import { BASIS_MEANS, confidenceWord, processLabel } from '../shared/words.js';

/** A process named by another: pressing it goes there. */
export function refButton(ref: ProcessRef, goTo: (process: ProcessRow) => void): HTMLElement {
  const label = processLabel(ref.name === null ? null : visibleText(ref.name), ref.pid);
  const button = el('button', { class: 'ref', title: `Go to ${label}, started ${fullTime(ref.start)}` }, label);
  button.addEventListener('click', () => goTo(ref.process));
  return button;
}

/** How a fact is known: the basis as a word, the confidence as a word with its number in the tooltip. */
export function basisWords(basis: Basis | null, confidence: number | null): HTMLElement {
  const words = el('span', { class: 'basis' });
  if (basis) words.append(el('span', { class: `basis-word ${basis}`, title: BASIS_MEANS[basis] }, basis));
  if (confidence !== null && Number.isFinite(confidence)) {
    words.append(el('span', { class: 'confidence', title: `confidence ${confidence.toFixed(2)} of 1` }, confidenceWord(confidence)));
  }
  return words;
}

/** What speaks for and against a claim. */
export function reasonList(reasons: readonly Reason[]): HTMLElement | undefined {
  if (reasons.length === 0) return undefined;
  const list = el('ul', { class: 'reasons' });
  for (const reason of reasons) {
    const side = reason.for ? 'for' : 'against';
    list.append(el('li', { class: side }, el('span', { class: 'side' }, side), ' ', evidenceText(reason.says)));
  }
  return list;
}

/** A parent with what it rests on, as a block with a heading. */
export function claimBlock(
  heading: string,
  claim: ParentClaim,
  absent: string,
  goTo: (process: ProcessRow) => void,
  extra: readonly (Node | string)[] = [],
): HTMLElement {
  const block = el('section', { class: 'claim' }, el('h3', {}, heading));
  const line = el('div', { class: 'claim-line' });
  if (claim.parent) line.append(refButton(claim.parent, goTo), basisWords(claim.basis, claim.confidence));
  else line.append(el('span', { class: 'absent' }, absent));
  block.append(line);
  if (claim.parent) block.append(el('div', { class: 'fact-time' }, `started ${fullTime(claim.parent.start)}`));
  block.append(...extra);
  const reasons = reasonList(claim.reasons);
  if (reasons) block.append(reasons);
  return block;
}

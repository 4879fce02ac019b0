import type { Alternative, ParentClaim, ProcessRef } from '../../src/engine/requests.js';
import { confidenceWord, TRACE_PRICE, type Basis, type ProcessRow, type Reason } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import { BASIS_MEANS, confidenceMeans, processLabel, traceWords } from '../shared/words.js';

/** A process named by another: pressing it goes there. */
export function refButton(ref: ProcessRef, goTo: (process: ProcessRow) => void): HTMLElement {
  const label = labelOf(ref);
  const button = el('button', { class: 'ref', title: `Go to ${label}${Number.isFinite(ref.start) ? `, started ${fullTime(ref.start)}` : ''}` }, label);
  button.addEventListener('click', () => goTo(ref.process));
  return button;
}

/** A bare number in a sentence is no process. */
function labelOf({ name, pid }: ProcessRef): string {
  return processLabel(name === null ? 'process' : visibleText(name), pid);
}

/** How a fact is known: the basis as a word, the confidence as a word with its number and what it was calibrated on in the tooltip. */
export function basisWords(basis: Basis | null, confidence: number | null): HTMLElement {
  const words = el('span', { class: 'basis' });
  if (basis) words.append(el('span', { class: `basis-word ${basis}`, title: BASIS_MEANS[basis] }, basis));
  if (confidence !== null && Number.isFinite(confidence)) words.append(confidenceTag(confidence));
  return words;
}

function confidenceTag(confidence: number): HTMLElement {
  return el('span', { class: 'confidence', title: confidenceMeans(confidence) }, confidenceWord(confidence));
}

/** A state of its own: not a root, not clean, not nothing. */
export function unknownBlock(heading: string, why: string): HTMLElement {
  return el('div', { class: 'unknown-state' }, el('span', { class: 'unknown-word' }, el('span', { class: 'codicon codicon-question', 'aria-hidden': 'true' }), heading), el('p', {}, evidenceText(why)));
}

/** Which claims stand open: one choice for all processes, so that going on to the next one shows the same. */
export type Disclosures = Map<string, boolean>;

export interface ClaimParts {
  /** Key of the choice whether its reasons stand open. */
  readonly key: string;
  readonly heading: string;
  readonly claim: ParentClaim;
  /** In place of a parent, where there is none. */
  readonly absent: string | HTMLElement;
  readonly goTo: (process: ProcessRow) => void;
  readonly extra?: readonly (Node | string)[];
  readonly disclosures: Disclosures;
}

/**
 * A parent with what it rests on: who, how it is known, the other explanation where it is about as likely; behind one press the reasons for and
 * against with what they cost to forge, and the runner-up.
 */
export function claimBlock({ key, heading, claim, absent, goTo, extra = [], disclosures }: ClaimParts): HTMLElement {
  const block = el('section', { class: `claim claim-${key}` }, el('h3', {}, heading));
  if (claim.parent) {
    block.append(el('div', { class: 'claim-line' }, refButton(claim.parent, goTo), basisWords(claim.basis, claim.confidence)));
    if (Number.isFinite(claim.parent.start)) block.append(el('div', { class: 'fact-time' }, `started ${fullTime(claim.parent.start)}`));
  } else block.append(typeof absent === 'string' ? el('div', { class: 'claim-line' }, el('span', { class: 'absent' }, absent), basisWords(claim.basis, claim.confidence)) : absent);
  block.append(...extra);
  const others = claim.runnersUp ?? [];
  for (const other of others) if (other.near) block.append(el('div', { class: 'or' }, el('span', { class: 'or-word' }, 'or'), ...alternative(other, goTo)));
  const reasons = reasonsBlock(key, claim, goTo, disclosures);
  if (reasons) block.append(reasons);
  return block;
}

function alternative(other: Alternative, goTo: (process: ProcessRow) => void): Node[] {
  return [
    el('span', { class: 'claim-line' }, other.parent ? refButton(other.parent, goTo) : el('span', { class: 'absent' }, absentWords(other)), confidenceTag(other.confidence)),
    el('span', { class: 'says' }, evidenceText(other.says)),
  ];
}

function absentWords({ about }: Alternative): string {
  return about === 'orphan' ? 'not adopted' : 'nobody that is known';
}

function reasonsBlock(key: string, claim: ParentClaim, goTo: (process: ProcessRow) => void, disclosures: Disclosures): HTMLElement | undefined {
  const speaksFor = claim.reasons.filter((reason) => reason.for);
  const against = claim.reasons.filter((reason) => !reason.for);
  const rest = (claim.runnersUp ?? []).filter((other) => !other.near);
  if (claim.reasons.length + rest.length === 0) return undefined;
  const block = el('details', { class: 'grounds' });
  // What a record states needs no defence; what was inferred does.
  block.open = disclosures.get(key) ?? (key === 'creator' && claim.basis === 'inferred');
  const [second] = rest;
  const counts = [
    speaksFor.length > 0 ? `${speaksFor.length} for` : '',
    against.length > 0 ? `${against.length} against` : '',
    second ? `runner-up ${second.parent ? labelOf(second.parent) : absentWords(second)}` : '',
  ].filter((part) => part !== '');
  const summary = el('summary', {}, el('span', { class: 'codicon codicon-chevron-right', 'aria-hidden': 'true' }), counts.join(', '));
  // Pressed, not merely set: making the element open fires toggle too.
  summary.addEventListener('click', () => disclosures.set(key, !block.open));
  block.append(summary);
  if (speaksFor.length > 0) block.append(reasonGroup('For', 'for', speaksFor));
  if (against.length > 0) block.append(reasonGroup('Against', 'against', against));
  if (rest.length > 0) {
    const list = el('ul', { class: 'reasons runner-up' });
    for (const other of rest) list.append(el('li', {}, ...alternative(other, goTo)));
    block.append(el('div', { class: 'side' }, 'Runner-up'), list);
  }
  return block;
}

function reasonGroup(heading: string, side: string, reasons: readonly Reason[]): HTMLElement {
  const list = el('ul', { class: `reasons ${side}` });
  for (const reason of reasons) {
    const item = el('li', {}, evidenceText(reason.says));
    if (reason.trace) item.append(el('div', { class: 'price' }, el('span', { class: 'trace' }, traceWords(reason.trace)), ` to forge: ${TRACE_PRICE[reason.trace]}`));
    list.append(item);
  }
  return el('div', { class: `side-group ${side}` }, el('div', { class: 'side' }, heading), list);
}

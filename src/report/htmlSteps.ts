import type { StepNotes } from '../engine/requests.js';
import type { PlaybookStep } from '../triage/index.js';
import { html, type Html } from './html.js';
import { earlierWords, missingSubjectWords, observationWords, provenanceWords, stepWords, tellingMore } from './stepNoteWords.js';
import { visible, words as t } from './text.js';
import { utcWords } from './timeWords.js';

const FACTS_SHOWN = 8;
/** So many facts stand open below an answer; more of them wait behind their number. */
const FACTS_OPEN = 3;

/** Notes that stand under no answer: on processes that this evidence does not hold, or on steps that this version does not have. */
export function strayNotes(notes: readonly StepNotes[]): Html {
  if (notes.length === 0) return html``;
  return html`<h3>Pins and words that belong to no answer here</h3>${notes.map((each) => html`<p>${each.matched === 'unmatched' ? html`<strong>not in this evidence:</strong> ${t(missingSubjectWords(each))}; ` : ''}step ${t(stepWords(each.step))}</p>${noted(each)}`)}`;
}

function noted(notes: StepNotes): Html {
  const { pins, word } = notes;
  return html`<div class="noted">${pins.length > 0 ? html`<p><b>Pinned</b></p><ul>${pins.map((pin) => html`<li>${t(observationWords(pin))} <span class="soft">${t(provenanceWords(pin))}; pinned by ${t(pin.author)} at ${utcWords(pin.at)}</span></li>`)}</ul>` : ''}${word ? html`<p><b>The word of ${t(word.author)}</b> <span class="soft">at ${utcWords(word.at)}${earlierWords(notes)}</span></p><p class="word">${word.text.split('\n').map((line, at) => html`${at > 0 ? html`<br>` : ''}${t(line)}`)}</p>` : ''}</div>`;
}

/** What is missing to say more; the audit rules that would record it are opened where somebody wants them, since there may be sixty. */
function missingList(missing: readonly string[]): Html {
  return html`<ul class="soft">${missing.map((each) => {
    const [says = '', rules] = each.split(/ To record (?:it|them): /);
    return html`<li>Missing: ${t(says)}${rules === undefined ? '' : html`<details class="rules"><summary>To record it</summary><pre>${rules.replace(/\.$/, '').split('; ').map((line) => `${visible(line)}\n`)}</pre></details>`}</li>`;
  })}</ul>`;
}

/** A step as a row, with what analysts added to it below its answer. */
export function stepRow(notes: readonly StepNotes[]): (step: PlaybookStep) => Html {
  return ({ id, clause, question, state, trigger, says, facts, total, missing }) => {
    const known = trigger ?? state;
    return html`<tr><td>${t(clause)}</td><td>${t(question)}</td><td><span class="state s-${known.replaceAll(' ', '-')}">${known}</span></td><td>${t(says.join(' '))}${factsBelow(tellingMore(facts, says), total)}${missing.length > 0 ? missingList(missing) : ''}${notes.filter((each) => each.step === id).map(noted)}</td></tr>`;
  };
}

/** Few facts stand open; of more the number does, and they are behind it. */
function factsBelow(facts: PlaybookStep['facts'], total: number): Html {
  if (facts.length === 0) return html``;
  const shown = facts.slice(0, FACTS_SHOWN);
  const list = html`<ul class="soft">${shown.map((fact) => html`<li>${Number.isNaN(fact.time) ? '' : `${utcWords(fact.time)} `}${t(fact.says)} <span class="basis b-${fact.basis}">${fact.basis}</span>${fact.records[0] ? html` <code>${visible(`${fact.records[0].member}:${fact.records[0].offset}`)}</code>` : ''}</li>`)}</ul>`;
  if (total <= FACTS_OPEN) return list;
  return html`<details class="fold"><summary>${total > shown.length ? `The first ${shown.length} of ${total} observations` : `${total} observations`}</summary>${list}</details>`;
}

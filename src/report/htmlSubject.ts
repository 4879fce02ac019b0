import type { FindingRow } from '../engine/requests.js';
import { type FindingReason, type PlaybookStep, tacticOf, techniqueName } from '../triage/index.js';
import { html, type Html } from './html.js';
import { stepRow, strayNotes } from './htmlSteps.js';
import { socketsOf } from './indicators.js';
import type { PathStep, Subject } from './model.js';
import { adopterWords, called, claimWords, creatorWords, endWords, entryWords, pidAtStart, startWords } from './processWords.js';
import { lineageSvg } from './svg.js';
import { argumentsText, visible, words as t } from './text.js';
import { verdictWords } from './ticket.js';
import { utcWords } from './timeWords.js';

const RECORDS_SHOWN = 20;
const LINES_SHOWN = 12;
const LINE_AT_MOST = 2000;
const ROWS_SHOWN = 200;

/** One process at length: what is decided from stands open; path, records and lists are folded, and behind one line all of it where `isFolded`. */
export function subjectSection(one: Subject, isFolded: boolean): Html {
  const { details, row, verdict } = one;
  const facts: readonly (readonly [string, string])[] = [
    ['Host', details.host],
    ['Process', `${called(details)} · ${pidAtStart(details)} · id ${details.entityId}`],
    ['Started', `${startWords(details)}; ${endWords(details)}`],
    ['Executable', details.executable ?? 'not known'],
    ['Arguments', details.args.length > 0 ? argumentsText(details.args) : 'not known'],
    ['User', `${details.user ?? 'not known'}; login user ${details.auid ?? 'not known'}; session ${details.session ?? 'not known'}${details.unit === null ? '' : `; unit ${details.unit}`}`],
    ['Created by', creatorWords(details)],
    ['Now under', adopterWords(details)],
    ['Launcher', claimWords(details.launcher)],
    ['Way in', entryWords(details)],
    ...(details.requester?.parent ? [['Requested by', `${claimWords(details.requester)}; no fork joins the two`] as const] : []),
  ];
  const records = one.records.slice(0, RECORDS_SHOWN);
  const body = html`<figure>${lineageSvg(one.picture)}<figcaption>Lineage of ${t(called(details))}. Solid: who created whom. Dashed: who adopted it. Dotted: who asked a broker for it.</figcaption></figure><dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${t(value)}</dd>`)}</dl>${row ? findings(row) : ''}${ofPlaybook(one)}${executionPath(one)}${did(one)}${fold('Raw records', `${one.recordCount}`, html`<p class="soft">${records.length === one.recordCount ? '' : `The first ${records.length} of ${one.recordCount}. `}Place is member and byte offset; the command shows the same record, run where the evidence lies.</p>${records.map(recordBlock)}`)}`;
  return html`<section id="p${details.process}" class="subject"><h2>${t(called(details))}${row ? html` <span class="score">score ${row.score}${row.alert ? ', alert' : ''}</span>` : ''}${verdict ? html` <span class="verdict v-${verdict.current.verdict}">${verdict.current.verdict}</span>` : ''}</h2><p class="why">${t(details.why)}</p>${row ? html`<p>${t(row.why)}</p>` : ''}${verdict ? html`<p>${t(verdictWords(verdict))}</p>` : ''}${isFolded ? html`<details class="fold whole"><summary>Lineage, findings, escalation, execution path and records</summary>${body}</details>` : body}</section>`;
}

/** A part that is opened where somebody wants it; its heading stays a heading. */
function fold(title: string, count: string, body: Html): Html {
  return html`<details class="fold"><summary><h3>${title}</h3> <span class="soft">${count}</span></summary>${body}</details>`;
}

function recordBlock(record: Subject['records'][number]): Html {
  return html`<details class="record"><summary>${utcWords(record.time)} · ${t(record.states)} · ${visible(record.member)}:${record.offset}</summary><pre>${record.lines.slice(0, LINES_SHOWN).map((line) => `${visible(line).slice(0, LINE_AT_MOST)}\n`)}</pre>${record.decoded.length > 0 ? html`<dl>${record.decoded.slice(0, LINES_SHOWN).map(([field, text]) => html`<dt>${visible(field)}</dt><dd>${t(text)}</dd>`)}</dl>` : ''}${record.command === '' ? '' : html`<p><code>${visible(record.command)}</code></p>`}</details>`;
}

/** The triggers of escalation, then the steps that analysts added something to. */
function ofPlaybook({ steps, notes }: Subject): Html {
  const triggers = steps.filter(({ section: part }) => part === 'escalation'), others = steps.filter(({ section: part }) => part !== 'escalation');
  const part = (title: string, head: string, of: readonly PlaybookStep[]): Html =>
    of.length === 0 ? html`` : html`<h3>${title}</h3><table><thead><tr><th>${head}</th><th>Question</th><th>State</th><th>Answer</th></tr></thead><tbody>${of.map(stepRow(notes))}</tbody></table>`;
  return html`${part('Escalation: its triggers', 'Trigger', triggers)}${part('Playbook: what analysts pinned and said', 'Clause', others)}${strayNotes(notes.filter((each) => steps.every(({ id }) => id !== each.step)))}`;
}

function findings(row: FindingRow): Html {
  const line = (reason: FindingReason): Html => html`<tr><td class="number">${reason.points > 0 ? '+' : ''}${reason.points}</td><td>${t(reason.says)}</td><td><span class="basis b-${reason.basis}">${reason.basis}</span></td><td>${reason.records.slice(0, 3).map(({ member, offset }) => html`<code>${visible(member)}:${offset}</code> `)}</td></tr>`;
  return html`<h3>Findings</h3><table><thead><tr><th>Points</th><th>Why</th><th>Basis</th><th>Records</th></tr></thead>${row.findings.map((finding) => html`<tbody><tr class="group"><th colspan="4">${finding.kind} · ${finding.points} points · ${finding.techniques.map((id) => `${id} ${techniqueName(id)}${tacticOf(id) ? ` (${tacticOf(id)!.name})` : ''}`).join(', ')}</th></tr>${finding.reasons.map(line)}</tbody>`)}</table>${row.baseline.length > 0 ? html`<p class="soft">Baseline, ${row.baseline[0]!.failed.length === 0 ? 'explained by' : 'nearest'}: ${t(row.baseline[0]!.entry)} (${t(row.baseline[0]!.source)}). Holds: ${t(row.baseline[0]!.held.join('; ') || 'nothing')}. Does not: ${t(row.baseline[0]!.failed.join('; ') || 'nothing')}. Not known: ${t(row.baseline[0]!.unknown.join('; ') || 'nothing')}.</p>` : ''}`;
}

function executionPath({ path }: Subject): Html {
  const hashed = path.some(({ programs }) => programs.some(({ sha256: hash }) => hash !== undefined));
  const link = ({ details, role, programs, clock }: PathStep, at: number): Html => html`<li class="${role.join(' ')}"><b>${t(called(details))}</b> ${role.map((each) => html`<span class="role">${each}</span> `)}<br><span class="soft">started ${startWords(details)}; ${endWords(details)}${clock === path[at - 1]?.clock ? '' : `; clock: ${clock}`}</span><br>${details.creator.parent ? html`created by ${t(claimWords(details.creator))}` : html`creator ${t(creatorWords(details))}`}${details.adopter.parent ? html`; recorded parent now ${t(adopterWords(details))}` : ''}${details.requester?.parent ? html`; asked for by ${t(claimWords(details.requester))}` : ''}${programs.length > 0 ? html`<ul>${programs.map(({ time, says, args, sha256: hash }) => html`<li>${Number.isNaN(time) ? 'seen as (no exec on record)' : utcWords(time)} <strong>${t(says)}</strong>${args.length > 0 ? html`<br><code>${t(argumentsText(args))}</code>` : ''}${hash === undefined ? '' : html`<br><span class="soft">image sha256 ${hash}</span>`}</li>`)}</ul>` : html`<br><span class="soft">ran no program of its own that is on record</span>`}</li>`;
  return fold('Execution path', path.map(({ details }) => t(called(details))).join(' → '), html`<ol class="path">${path.map(link)}</ol>${hashed ? '' : html`<p class="soft">No sensor stated the hash of an image of this path: audit records and /proc have none.</p>`}`);
}

function did({ connections, files, indicators }: Subject): Html {
  const sockets = socketsOf(connections);
  const cut = (all: number): Html => (all > ROWS_SHOWN ? html`<p class="soft">The first ${ROWS_SHOWN} of ${all}.</p>` : html``);
  return html`${sockets.length > 0 ? fold('Network of its subtree', `${sockets.length}`, html`<table><thead><tr><th>First seen</th><th>What</th><th>Address</th><th>Port</th><th>Times</th><th>Basis</th></tr></thead><tbody>${sockets.slice(0, ROWS_SHOWN).map(({ time, action, address, port, basis, count }) => html`<tr><td class="time">${utcWords(time)}</td><td>${t(action)}</td><td><code>${t(address)}</code></td><td class="number">${port ?? ''}</td><td class="number">${count}</td><td>${basis ?? ''}</td></tr>`)}</tbody></table>${cut(sockets.length)}`) : ''}${files.length > 0 ? fold('Files of its subtree', `${files.length}`, html`<table><thead><tr><th>Time</th><th>What</th><th>File</th></tr></thead><tbody>${files.slice(0, ROWS_SHOWN).map(({ time, action, path }) => html`<tr><td class="time">${utcWords(time)}</td><td>${t(action)}</td><td><code>${t(path)}</code></td></tr>`)}</tbody></table>${cut(files.length)}`) : ''}${indicators.length > 0 ? fold('Indicators', `${indicators.length}`, html`<table><thead><tr><th>Kind</th><th>Value</th><th>Where</th></tr></thead><tbody>${indicators.slice(0, ROWS_SHOWN).map(({ kind, value, says }) => html`<tr><td>${kind}</td><td><code>${t(value)}</code></td><td>${t(says)}</td></tr>`)}</tbody></table>${cut(indicators.length)}`) : ''}`;
}

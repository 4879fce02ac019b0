import { sha256 } from '@noble/hashes/sha2.js';
import type { FindingRow, StepNotes } from '../engine/requests.js';
import { type FindingReason, type PlaybookStep, tacticOf, techniqueName } from '../triage/index.js';
import { html, type Html, raw } from './html.js';
import type { PathStep, ReportModel, Subject } from './model.js';
import { adopterWords, called, claimWords, creatorWords, endWords, entryWords, pidAtStart, startWords } from './processWords.js';
import { REPORT_STYLE } from './reportStyle.js';
import { contentsOf, countsWords, knownWords } from './reportWords.js';
import { earlierWords, missingSubjectWords, observationWords, provenanceWords, stepWords } from './stepNoteWords.js';
import { lineageSvg } from './svg.js';
import { argumentsText, visible, words } from './text.js';
import { verdictWords } from './ticket.js';
import { utcWords } from './timeWords.js';

const RECORDS_SHOWN = 20;
const LINES_SHOWN = 12;
const FACTS_SHOWN = 8;
const LINE_AT_MOST = 2000;

/**
 * A report as one HTML file. Nothing loads from elsewhere and nothing runs: the policy allows its own style by hash and no more, and every text from
 * evidence is text, visible and defanged.
 */
export function htmlReport(model: ReportModel): string {
  const policy = `default-src 'none'; style-src 'sha256-${base64(sha256(new TextEncoder().encode(REPORT_STYLE)))}'; base-uri 'none'; form-action 'none'`;
  const page = html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${words(model.title)}: report</title><style>${raw(REPORT_STYLE)}</style></head><body>${header(model)}<main>${model.warnings.length > 0 ? warnings(model) : ''}${summary(model)}${model.subjects.map(subject)}${others(model)}${timeline(model)}${playbook(model)}${verdicts(model)}${hosts(model)}${containment(model)}${coverage(model)}${evidence(model)}</main></body></html>`;
  return `<!doctype html>\n${page.markup}\n`;
}

/** Text from evidence. */
const t = (text: string): string => words(text);

function section(id: string, title: string, body: readonly Html[] | Html): Html {
  return html`<section id="${id}"><h2>${title}</h2>${body}</section>`;
}

function header(model: ReportModel): Html {
  return html`<header><div class="band"><p class="kicker">Foundling report · ${tacticOf('T1036.009')?.name ?? ''} · T1036.009 ${techniqueName('T1036.009')}</p><h1>${t(model.title)}</h1><p class="meta">Written ${utcWords(model.madeAt)}${model.author === undefined ? '' : ` by ${t(model.author)}`} · evidence from ${utcWords(model.from)} to ${utcWords(model.to)} · all times are UTC · addresses are defanged</p></div><nav aria-label="Contents">${contentsOf(model).map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav></header>`;
}

function warnings(model: ReportModel): Html {
  return html`<section id="warnings" class="warnings" role="alert"><h2>Read this first</h2><ul>${model.warnings.map((warning) => html`<li>${t(warning)}</li>`)}</ul></section>`;
}

function summary(model: ReportModel): Html {
  const tile = (number: number, label: string, mark = ''): Html => html`<div class="tile ${mark}"><b>${number}</b><span>${label}</span></div>`;
  const { counts } = model;
  return section('summary', 'Summary', [
    html`<div class="tiles">${tile(counts.alerts, `alerts (score ${counts.alertLine} or more)`, counts.alerts > 0 ? 'loud' : '')}${tile(counts.unexpected, 'orphans unexpected')}${tile(counts.explained, 'explained by the baseline')}${tile(counts.notJudged, 'not judged')}${tile(counts.orphans, 'orphans in all')}${tile(counts.processes, 'processes')}</div>`,
    html`<p>${countsWords(model)}</p><p>${knownWords(counts.known)}</p>`,
    model.subjects.length > 0
      ? html`<ol class="subjects">${model.subjects.map(({ details, row, verdict }) => html`<li><a href="#p${details.process}">${t(called(details))}</a> on ${t(details.host)}${row ? html` <span class="score">score ${row.score}</span>` : ''}${verdict ? html` <span class="verdict v-${verdict.current.verdict}">${verdict.current.verdict}</span>` : html` <span class="verdict">no verdict yet</span>`}<br><span class="soft">${t(row?.why ?? details.why)}</span></li>`)}</ol>`
      : html`<p>No process reached the alert line and none has a verdict. What this evidence could not have shown is under <a href="#coverage">coverage</a>.</p>`,
  ]);
}

function subject(one: Subject): Html {
  const { details, row, verdict, records } = one;
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
  return html`<section id="p${details.process}" class="subject"><h2>${t(called(details))}${row ? html` <span class="score">score ${row.score}${row.alert ? ', alert' : ''}</span>` : ''}${verdict ? html` <span class="verdict v-${verdict.current.verdict}">${verdict.current.verdict}</span>` : ''}</h2><p class="why">${t(details.why)}</p>${row ? html`<p>${t(row.why)}</p>` : ''}${verdict ? html`<p>${t(verdictWords(verdict))}</p>` : ''}<figure>${lineageSvg(one.picture)}<figcaption>Lineage of ${t(called(details))}. Solid: who created whom. Dashed: who adopted it. Dotted: who asked a broker for it.</figcaption></figure><dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${t(value)}</dd>`)}</dl>${row ? findings(row) : ''}${ofPlaybook(one)}${executionPath(one)}${did(one)}<h3>Raw records</h3><p class="soft">${records.length === one.recordCount ? '' : `The first ${Math.min(records.length, RECORDS_SHOWN)} of ${one.recordCount}. `}Place is member and byte offset; the command shows the same record on the examiner's machine.</p>${records.slice(0, RECORDS_SHOWN).map((record) => html`<details class="record"><summary>${utcWords(record.time)} · ${t(record.states)} · ${visible(record.member)}:${record.offset}</summary><pre>${record.lines.slice(0, LINES_SHOWN).map((line) => `${visible(line).slice(0, LINE_AT_MOST)}\n`)}</pre>${record.decoded.length > 0 ? html`<dl>${record.decoded.slice(0, LINES_SHOWN).map(([field, text]) => html`<dt>${visible(field)}</dt><dd>${t(text)}</dd>`)}</dl>` : ''}<p><code>${visible(record.command)}</code></p></details>`)}</section>`;
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
  return html`<h3>Execution path</h3><ol class="path">${path.map(link)}</ol>${hashed ? '' : html`<p class="soft">No sensor stated the hash of an image of this path: audit records and /proc have none.</p>`}`;
}

function did({ connections, files, indicators }: Subject): Html {
  return html`${connections.length > 0 ? html`<h3>Network of its subtree</h3><table><thead><tr><th>Time</th><th>What</th><th>Address</th><th>Port</th><th>Basis</th></tr></thead><tbody>${connections.slice(0, 200).map(({ time, action, address, port, basis }) => html`<tr><td class="time">${utcWords(time)}</td><td>${t(action)}</td><td><code>${t(address)}</code></td><td class="number">${port ?? ''}</td><td>${basis ?? ''}</td></tr>`)}</tbody></table>` : ''}${files.length > 0 ? html`<h3>Files of its subtree</h3><table><thead><tr><th>Time</th><th>What</th><th>File</th></tr></thead><tbody>${files.slice(0, 200).map(({ time, action, path }) => html`<tr><td class="time">${utcWords(time)}</td><td>${t(action)}</td><td><code>${t(path)}</code></td></tr>`)}</tbody></table>` : ''}${indicators.length > 0 ? html`<h3>Indicators</h3><table><thead><tr><th>Kind</th><th>Value</th><th>Where</th></tr></thead><tbody>${indicators.slice(0, 200).map(({ kind, value, says }) => html`<tr><td>${kind}</td><td><code>${t(value)}</code></td><td>${t(says)}</td></tr>`)}</tbody></table>` : ''}`;
}

function others({ others: rows }: ReportModel): Html {
  if (rows.length === 0) return html``;
  return section('others', 'Other findings', html`<table><thead><tr><th>Score</th><th>Process</th><th>Host</th><th>Started</th><th>Findings</th><th>Why</th></tr></thead><tbody>${rows.map((row) => html`<tr><td class="number">${row.score}</td><td>${t(called(row))}</td><td>${t(row.host)}</td><td class="time">${utcWords(row.start)}</td><td>${row.findings.map(({ kind }) => kind).join(', ')}</td><td>${t(row.why)}</td></tr>`)}</tbody></table>`);
}

function timeline({ timeline: entries }: ReportModel): Html {
  if (entries.length === 0) return html``;
  return section('timeline', 'Timeline', html`<p class="soft">“≈” marks a bound, not a recorded moment.</p><table><thead><tr><th>Time (UTC)</th><th>Host</th><th>What</th><th>Basis</th></tr></thead><tbody>${entries.map(({ time, host, says, basis, isAbout }) => html`<tr><td class="time">${isAbout ? '≈ ' : ''}${utcWords(time)}</td><td>${t(host)}</td><td>${t(says)}</td><td>${basis ? html`<span class="basis b-${basis}">${basis}</span>` : ''}</td></tr>`)}</tbody></table>`);
}

function playbook({ playbook: steps, notes }: ReportModel): Html {
  if (steps.length === 0) return html``;
  const ofCase = notes.filter(({ matched }) => matched === 'case');
  const head = html`<thead><tr><th>Clause</th><th>Question</th><th>State</th><th>Answer</th></tr></thead>`;
  return section('playbook', 'Playbook', [
    ...[...new Set(steps.map(({ section: part }) => part))].map((part) => {
      const of = steps.filter((each) => each.section === part);
      return of.length === 0 ? html`` : html`<h3>${part.charAt(0).toUpperCase()}${part.slice(1)}</h3><table class="steps">${head}<tbody>${of.map(stepRow(ofCase))}</tbody></table>`;
    }),
    strayNotes(notes.filter((each) => each.matched !== 'case' || steps.every(({ id }) => id !== each.step))),
  ]);
}

/** Notes that stand under no answer: on processes that this evidence does not hold, or on steps that this version does not have. */
function strayNotes(notes: readonly StepNotes[]): Html {
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
function stepRow(notes: readonly StepNotes[]): (step: PlaybookStep) => Html {
  return ({ id, clause, question, state, trigger, says, facts, total, missing }) => {
    const known = trigger ?? state;
    return html`<tr><td>${t(clause)}</td><td>${t(question)}</td><td><span class="state s-${known.replaceAll(' ', '-')}">${known}</span></td><td>${t(says.join(' '))}${facts.length > 0 ? html`<ul class="soft">${facts.slice(0, FACTS_SHOWN).map((fact) => html`<li>${Number.isNaN(fact.time) ? '' : `${utcWords(fact.time)} `}${t(fact.says)} <span class="basis b-${fact.basis}">${fact.basis}</span>${fact.records[0] ? html` <code>${visible(`${fact.records[0].member}:${fact.records[0].offset}`)}</code>` : ''}</li>`)}</ul>${total > FACTS_SHOWN ? html`<span class="soft">and ${total - FACTS_SHOWN} more</span>` : ''}` : ''}${missing.length > 0 ? missingList(missing) : ''}${notes.filter((each) => each.step === id).map(noted)}</td></tr>`;
  };
}

function verdicts(model: ReportModel): Html {
  const troubles = model.troubles.length > 0 ? html`<ul class="soft">${model.troubles.map((trouble) => html`<li>${t(trouble)}</li>`)}</ul>` : html``;
  if (model.verdicts.length === 0) return section('verdicts', 'Verdicts', [html`<p>No analyst has decided anything in this case yet.</p>`, troubles]);
  return section('verdicts', 'Verdicts', [
    html`<table><thead><tr><th>Process</th><th>Verdict</th><th>By, when</th><th>Note</th><th>Escalated</th></tr></thead><tbody>${model.verdicts.flatMap(({ process, history, current }) => history.map((record) => html`<tr class="${record === current ? '' : 'past'}"><td>${process < 0 ? html`<strong>not in this evidence:</strong> ` : ''}${t(`${record.anchor.executable ?? 'process'} ${record.anchor.pid} on ${record.anchor.host}, alive ${utcWords(record.anchor.moment)}`)}</td><td><span class="verdict v-${record.verdict}">${record.verdict}</span>${record === current ? '' : ' (earlier)'}</td><td>${t(record.author)}, ${utcWords(record.at)}</td><td>${t(record.note)}</td><td>${record.escalation ? t(`${record.escalation.to}: ${record.escalation.why}`) : ''}</td></tr>`))}</tbody></table>`,
    troubles,
  ]);
}

function hosts(model: ReportModel): Html {
  return section('hosts', 'Hosts', [
    html`<table><thead><tr><th>Host</th><th>State</th><th>What is known</th><th>Processes</th></tr></thead><tbody>${model.hosts.map(({ host, state, says, processes }) => html`<tr><td>${t(host)}</td><td><span class="state s-${state.replace(' ', '-')}">${state}</span></td><td>${t(says)}</td><td class="time">${processes.map((process) => html`${t(process)}<br>`)}</td></tr>`)}</tbody></table>`,
    model.patterns.length > 0
      ? html`<h3>The same, by host</h3><table><thead><tr><th>Trait</th><th>Value</th><th>Host</th><th>Times</th><th>First seen</th><th>Last seen</th></tr></thead><tbody>${model.patterns.flatMap(({ kind, value, hosts: seen }) => seen.map(({ host, count, first, last }) => html`<tr><td>${kind}</td><td><code>${t(value)}</code></td><td>${t(host)}</td><td class="number">${count}</td><td class="time">${utcWords(first)}</td><td class="time">${utcWords(last)}</td></tr>`))}</tbody></table><p class="soft">Executables that every host has (shells, interpreters, ssh, openssl) are not listed as a trait; their arguments are.</p>`
      : html``,
  ]);
}

function containment({ containment: plan }: ReportModel): Html {
  if (plan.processes.length === 0) return section('containment', 'Containment', html`<p>Nothing to contain follows from this evidence.</p>`);
  return section('containment', 'Containment', [
    html`<p><strong>Nothing below was executed.</strong> Foundling does not act on hosts; whoever may, confirms and acts.</p><h3>Hosts</h3><ul>${plan.hosts.map((host) => html`<li>${t(host)}</li>`)}</ul><h3>Processes</h3><ul>${plan.processes.map(({ host, process, says }) => html`<li>${t(called(process))} (<code>${pidAtStart(process)}</code>) on ${t(host)}: ${t(says)}</li>`)}</ul>`,
    html`<h3>Files</h3>${list(plan.files)}<h3>Addresses</h3>${list(plan.addresses)}`,
    ...plan.snippets.map(({ tool, says, text }) => html`<h3>${tool} <span class="soft">${says}; never executed</span></h3><pre>${text}</pre>`),
  ]);
}

function list(indicators: ReportModel['containment']['files']): Html {
  return indicators.length === 0 ? html`<p class="soft">none</p>` : html`<ul>${indicators.map(({ value, says, host }) => html`<li><code>${t(value)}</code> <span class="soft">${t(says)}; host ${t(host)}</span></li>`)}</ul>`;
}

function coverage({ coverage: rows }: ReportModel): Html {
  return section('coverage', 'Coverage', rows.length === 0 ? html`<p>No gap is known in this evidence. That is not proof that there is none.</p>` : html`<p>What this evidence could not have shown. “Not found” above means “not found in what is covered”.</p><table><thead><tr><th>Host</th><th>Evidence</th><th>What is missing</th><th>What would close it</th></tr></thead><tbody>${rows.map(({ host, file, says, remedy }) => html`<tr><td>${t(host)}</td><td>${visible(file)}</td><td>${t(says)}</td><td>${remedy === undefined ? '' : html`<pre>${remedy.split('\n').map((line) => `${visible(line)}\n`)}</pre>`}</td></tr>`)}</tbody></table>`);
}

function evidence({ evidence: entries }: ReportModel): Html {
  return section('evidence', 'Evidence', html`<table><thead><tr><th>File</th><th>Format</th><th>Host</th><th>SHA-256</th><th>Bytes</th><th>Records</th><th>Understood</th><th>Not understood</th><th>Lost by source</th></tr></thead><tbody>${entries.map((entry) => html`<tr><td>${visible(entry.file)}${entry.error === undefined ? '' : html`<br><strong class="changed">${t(entry.error)}</strong>`}</td><td>${entry.format}</td><td>${t(entry.host)}</td><td><code class="hash">${entry.sha256 ?? 'none'}</code></td><td class="number">${entry.accounting.bytes}</td><td class="number">${entry.accounting.records}</td><td class="number">${entry.accounting.understood}</td><td class="number">${entry.accounting.notUnderstood}</td><td class="number">${entry.accounting.lostBySource}</td></tr>`)}</tbody></table>`);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    for (let letter = 0; letter < 4; letter++) text += letter <= left ? (BASE64[(three >> (18 - 6 * letter)) & 63] ?? '') : '=';
  }
  return text;
}

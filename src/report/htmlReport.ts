import { sha256 } from '@noble/hashes/sha2.js';
import { tacticOf, techniqueName } from '../triage/index.js';
import { html, type Html, raw } from './html.js';
import { stepRow, strayNotes } from './htmlSteps.js';
import { subjectSection } from './htmlSubject.js';
import type { ReportModel, ToContain } from './model.js';
import { called, pidAtStart } from './processWords.js';
import { REPORT_STYLE } from './reportStyle.js';
import { alikeWords, contentsOf, counted, countsWords, knownWords, listed, sharedWaysIn, SHORT_TIMELINE, tellingTraits, triggerWords, wayInWords } from './reportWords.js';
import { visible, words as t } from './text.js';
import { isShortTimeline } from './timeline.js';
import { utcWords } from './timeWords.js';

/** So many processes stand open, worst first; of the others one line does, and all that is known of them is behind it. */
const OPEN_AT_MOST = 5;
const PROCESSES_NAMED = 8;

/**
 * A report as one HTML file. Nothing loads from elsewhere and nothing runs: the policy allows its own style by hash and no more, and every text from
 * evidence is text, visible and defanged.
 */
export function htmlReport(model: ReportModel): string {
  const policy = `default-src 'none'; style-src 'sha256-${base64(sha256(new TextEncoder().encode(REPORT_STYLE)))}'; base-uri 'none'; form-action 'none'`;
  const page = html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${t(model.title)}: report</title><style>${raw(REPORT_STYLE)}</style></head><body>${header(model)}<main>${model.warnings.length > 0 ? warnings(model) : ''}${summary(model)}${model.subjects.map((one, at) => subjectSection(one, at >= OPEN_AT_MOST))}${others(model)}${timeline(model)}${playbook(model)}${verdicts(model)}${hosts(model)}${containment(model)}${coverage(model)}${evidence(model)}</main></body></html>`;
  return `<!doctype html>\n${page.markup}\n`;
}

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
      ? html`<h3>Told at length below, worst first</h3><table class="subjects"><thead><tr><th>Process</th><th>Score</th><th>Verdict</th><th>Escalation triggers</th><th>Began</th><th>Way in</th><th>Why</th></tr></thead><tbody>${model.subjects.map((one) => html`<tr><td><a href="#p${one.details.process}">${t(called(one.details))}</a><br><span class="soft">${t(one.details.host)}</span></td><td class="number"><span class="score">${one.row?.score ?? 'none'}</span></td><td>${one.verdict ? html`<span class="verdict v-${one.verdict.current.verdict}">${one.verdict.current.verdict}</span>` : 'none yet'}</td><td>${triggerWords(one)}</td><td class="time">${utcWords(one.details.start)}</td><td>${t(wayInWords(one.details))}</td><td>${t(one.row?.why ?? one.details.why)}</td></tr>`)}</tbody></table>${cameTogether(model)}`
      : html`<p>No process reached the alert line and none has a verdict. What this evidence could not have shown is under <a href="#coverage">coverage</a>.</p>`,
  ]);
}

/** Several that came the same way are one matter. */
function cameTogether({ subjects }: ReportModel): Html {
  const ways = sharedWaysIn(subjects);
  return ways.length === 0 ? html`` : html`<h3>Came the same way</h3><ul>${ways.map((way) => html`<li>${t(way)}</li>`)}</ul>`;
}

function others({ others: groups }: ReportModel): Html {
  if (groups.length === 0) return html``;
  return section('others', 'Other findings', html`<table><thead><tr><th>Score</th><th>Process</th><th>Host</th><th>Started</th><th>Findings</th><th>Why</th></tr></thead><tbody>${groups.map(({ first, rows }) => html`<tr><td class="number">${first.score}</td><td>${t(called(first))}${rows.length > 1 ? html`<br><span class="soft">${alikeWords(rows)}</span>` : ''}</td><td>${t(first.host)}</td><td class="time">${utcWords(first.start)}</td><td>${first.findings.map(({ kind }) => kind).join(', ')}</td><td>${t(first.why)}</td></tr>`)}</tbody></table>`);
}

function timeline({ timeline: entries, subjects }: ReportModel): Html {
  if (entries.length === 0) return html``;
  return section('timeline', 'Timeline', html`<p class="soft">“≈” marks a bound, not a recorded moment.${isShortTimeline(subjects) ? ` ${SHORT_TIMELINE}` : ''}</p><table><thead><tr><th>Time (UTC)</th><th>Host</th><th>What</th><th>Basis</th></tr></thead><tbody>${entries.map(({ time, host, says, basis, isAbout }) => html`<tr><td class="time">${isAbout ? '≈ ' : ''}${utcWords(time)}</td><td>${t(host)}</td><td>${t(says)}</td><td>${basis ? html`<span class="basis b-${basis}">${basis}</span>` : ''}</td></tr>`)}</tbody></table>`);
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

function verdicts(model: ReportModel): Html {
  const troubles = model.troubles.length > 0 ? html`<ul class="soft">${model.troubles.map((trouble) => html`<li>${t(trouble)}</li>`)}</ul>` : html``;
  if (model.verdicts.length === 0) return section('verdicts', 'Verdicts', [html`<p>No analyst has decided anything in this case yet.</p>`, troubles]);
  return section('verdicts', 'Verdicts', [
    html`<table><thead><tr><th>Process</th><th>Verdict</th><th>By, when</th><th>Note</th><th>Escalated</th></tr></thead><tbody>${model.verdicts.flatMap(({ process, history, current }) => history.map((record) => html`<tr class="${record === current ? '' : 'past'}"><td>${process < 0 ? html`<strong>not in this evidence:</strong> ` : ''}${t(`${record.anchor.executable ?? 'process'} ${record.anchor.pid} on ${record.anchor.host}, alive ${utcWords(record.anchor.moment)}`)}</td><td><span class="verdict v-${record.verdict}">${record.verdict}</span>${record === current ? '' : ' (earlier)'}</td><td>${t(record.author)}, ${utcWords(record.at)}</td><td>${t(record.note)}</td><td>${record.escalation ? t(`${record.escalation.to}: ${record.escalation.why}`) : ''}</td></tr>`))}</tbody></table>`,
    troubles,
  ]);
}

function hosts(model: ReportModel): Html {
  const { told: traits, seenOnce } = tellingTraits(model.patterns);
  return section('hosts', 'Hosts', [
    html`<table><thead><tr><th>Host</th><th>State</th><th>What is known</th><th>Processes</th></tr></thead><tbody>${model.hosts.map(({ host, state, says, processes }) => html`<tr><td>${t(host)}</td><td><span class="state s-${state.replace(' ', '-')}">${state}</span></td><td>${t(says)}</td><td>${processes.slice(0, PROCESSES_NAMED).map((process) => html`${t(process)}<br>`)}${processes.length > PROCESSES_NAMED ? html`<span class="soft">and ${processes.length - PROCESSES_NAMED} more, in the summary</span>` : ''}</td></tr>`)}</tbody></table>`,
    traits.length > 0
      ? html`<h3>The same, by host</h3><table><thead><tr><th>Trait</th><th>Value</th><th>Host</th><th>Times</th><th>First seen</th><th>Last seen</th></tr></thead><tbody>${traits.flatMap(({ kind, value, hosts: seen }) => seen.map(({ host, count, first, last }) => html`<tr><td>${kind}</td><td><code>${t(value)}</code></td><td>${t(host)}</td><td class="number">${count}</td><td class="time">${utcWords(first)}</td><td class="time">${utcWords(last)}</td></tr>`))}</tbody></table><p class="soft">Executables that every host has (shells, interpreters, ssh, openssl) are not listed as a trait; their arguments are.</p>`
      : html``,
    seenOnce > 0 ? html`<p class="soft">${counted(seenOnce, 'trait')} of these processes (executables, arguments, addresses, shapes) ${seenOnce === 1 ? 'was' : 'were'} seen once, on one host, and ${seenOnce === 1 ? 'is' : 'are'} not listed.</p>` : html``,
  ]);
}

function containment({ containment: plan }: ReportModel): Html {
  if (plan.processes.length === 0) return section('containment', 'Containment', html`<p>Nothing to contain follows from this evidence.</p>`);
  return section('containment', 'Containment', [
    html`<p><strong>Nothing below was executed.</strong> Foundling does not act on hosts; whoever may, confirms and acts.</p><h3>Hosts</h3><ul>${plan.hosts.map((host) => html`<li>${t(host)}</li>`)}</ul>`,
    ...([['Processes without an end on record: they may still run', true], ['Processes that ended', false], ['Processes told in a table only', undefined]] as const).map(([title, mayRun]) => contained(title, plan.processes.filter((each) => each.mayRun === mayRun))),
    html`<h3>Files</h3>${list(plan.files)}<h3>Addresses</h3>${list(plan.addresses)}`,
    ...plan.snippets.map(({ tool, says, text }) => html`<h3>${tool} <span class="soft">${says}; never executed</span></h3><pre>${text}</pre>`),
  ]);
}

function contained(title: string, processes: readonly ToContain[]): Html {
  return processes.length === 0 ? html`` : html`<h3>${title}</h3><ul>${processes.map(({ host, process, says }) => html`<li>${t(called(process))} (<code>${pidAtStart(process)}</code>) on ${t(host)}: ${t(says)}</li>`)}</ul>`;
}

function list(indicators: ReportModel['containment']['files']): Html {
  return indicators.length === 0 ? html`<p class="soft">none</p>` : html`<ul>${indicators.map(({ value, says, host }) => html`<li><code>${t(value)}</code> <span class="soft">${t(says)}; host ${t(host)}</span></li>`)}</ul>`;
}

function coverage({ coverage: rows }: ReportModel): Html {
  return section('coverage', 'Coverage', rows.length === 0 ? html`<p>No gap is known in this evidence. That is not proof that there is none.</p>` : html`<p>What this evidence could not have shown. “Not found” above means “not found in what is covered”.</p><table><thead><tr><th>Host</th><th>Evidence</th><th>What is missing</th><th>What would close it</th></tr></thead><tbody>${rows.map(({ host, files, says, remedy }) => html`<tr><td>${t(host)}</td><td>${visible(listed(files))}</td><td>${t(says)}</td><td>${remedy === undefined ? '' : html`<pre>${remedy.split('\n').map((line) => `${visible(line)}\n`)}</pre>`}</td></tr>`)}</tbody></table>`);
}

function evidence({ evidence: entries }: ReportModel): Html {
  return section('evidence', 'Evidence', html`<table><thead><tr><th>File</th><th>Format</th><th>Host</th><th>SHA-256</th><th>Bytes</th><th>Records</th><th>Understood</th><th>Not understood</th><th>Lost by source</th></tr></thead><tbody>${entries.map((entry) => html`<tr><td>${visible(entry.name)}${entry.error === undefined ? '' : html`<br><strong class="changed">${t(entry.error)}</strong>`}</td><td>${entry.format}</td><td>${t(entry.host)}</td><td><code class="hash">${entry.sha256 ?? 'none'}</code></td><td class="number">${entry.accounting.bytes}</td><td class="number">${entry.accounting.records}</td><td class="number">${entry.accounting.understood}</td><td class="number">${entry.accounting.notUnderstood}</td><td class="number">${entry.accounting.lostBySource}</td></tr>`)}</tbody></table>`);
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

import type { StepNotes } from '../engine/requests.js';
import { type PlaybookStep, tacticOf, techniqueName } from '../triage/index.js';
import { socketsOf } from './indicators.js';
import { block, code, prose, table } from './markdown.js';
import type { PathStep, ReportModel, Subject } from './model.js';
import { adopterWords, called, claimWords, creatorWords, endWords, entryWords, pidAtStart, startWords } from './processWords.js';
import { alikeWords, counted, countsWords, knownWords, listed, sharedWaysIn, SHORT_TIMELINE, tellingTraits, triggerWords, wayInWords } from './reportWords.js';
import { earlierWords, missingSubjectWords, observationWords, provenanceWords, stepWords, tellingMore } from './stepNoteWords.js';
import { lineageSvg } from './svg.js';
import { argumentsText } from './text.js';
import { isShortTimeline } from './timeline.js';
import { verdictWords } from './ticket.js';
import { utcWords } from './timeWords.js';

const RECORDS_SHOWN = 10;
const LINES_SHOWN = 12;
const FACTS_SHOWN = 5;
/** Markdown folds nothing: the worst have all that is known, the others what is decided from. */
const WHOLE_AT_MOST = 5;
const PROCESSES_NAMED = 8;

/**
 * A report as Markdown (GitHub's tables), for a ticket or a repository. Text from evidence is escaped or in code spans; nothing in it acts.
 * `pictures`: the folder beside it that holds the {@link pictureFiles}.
 */
export function markdownReport(model: ReportModel, pictures?: string): string {
  const parts = [
    `# ${prose(model.title)}`,
    `Foundling report · ${tacticOf('T1036.009')?.name ?? ''} · T1036.009 ${techniqueName('T1036.009')}  \nWritten ${utcWords(model.madeAt)}${model.author === undefined ? '' : ` by ${prose(model.author)}`}; evidence from ${utcWords(model.from)} to ${utcWords(model.to)}. All times are UTC. Addresses are defanged.`,
    ...(model.warnings.length > 0 ? ['## Read this first', model.warnings.map((warning) => `- **${prose(warning)}**`).join('\n')] : []),
    '## Summary',
    countsWords(model),
    knownWords(model.counts.known),
    model.subjects.length === 0
      ? 'No process reached the alert line and none has a verdict. What this evidence could not have shown is under Coverage.'
      : table(['Process', 'Host', 'Score', 'Verdict', 'Escalation triggers', 'Began', 'Way in', 'Why'], model.subjects.map((one) => [`**${prose(called(one.details))}**`, prose(one.details.host), `${one.row?.score ?? 'none'}`, one.verdict?.current.verdict ?? 'none yet', triggerWords(one), utcWords(one.details.start), prose(wayInWords(one.details)), prose(one.row?.why ?? one.details.why)])),
    ...cameTogether(model),
    ...model.subjects.flatMap((one, at) => subject(one, pictures, at < WHOLE_AT_MOST)),
    ...others(model),
    ...(model.timeline.length === 0 ? [] : ['## Timeline', `“≈” marks a bound, not a recorded moment.${isShortTimeline(model.subjects) ? ` ${SHORT_TIMELINE}` : ''}`, table(['Time (UTC)', 'Host', 'What', 'Basis'], model.timeline.map(({ time, host, says, basis, isAbout }) => [`${isAbout ? '≈ ' : ''}${utcWords(time)}`, prose(host), prose(says), basis ?? '']))]),
    ...(model.playbook.length === 0 ? [] : ['## Playbook', steps(model.playbook), ...noted(model.notes)]),
    ...verdicts(model),
    ...hosts(model),
    ...containment(model),
    '## Coverage',
    ...(model.coverage.length === 0
      ? ['No gap is known in this evidence. That is not proof that there is none.']
      : ['What this evidence could not have shown. “Not found” above means “not found in what is covered”.', ...model.coverage.flatMap(({ host, files, says, remedy }) => [`- ${prose(host)}, ${code(listed(files))}: ${prose(says)}`, ...(remedy === undefined ? [] : [block(remedy.split('\n'))])])]),
    '## Evidence',
    table(
      ['File', 'Format', 'Host', 'SHA-256', 'Bytes', 'Records', 'Understood', 'Not understood', 'Lost by source'],
      model.evidence.map(({ name, format, host, sha256, accounting, error }) => [`${code(name)}${error === undefined ? '' : ` **${prose(error)}**`}`, format, prose(host), sha256 ?? 'none', `${accounting.bytes}`, `${accounting.records}`, `${accounting.understood}`, `${accounting.notUnderstood}`, `${accounting.lostBySource}`]),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function subject(one: Subject, pictures: string | undefined, isWhole: boolean): string[] {
  const { details, row, verdict } = one;
  const facts: readonly (readonly [string, string])[] = [
    ['Host', prose(details.host)],
    ['Process', `${prose(called(details))}, ${code(pidAtStart(details))}, id ${code(details.entityId)}`],
    ['Started', `${prose(startWords(details))}; ${prose(endWords(details))}`],
    ['Executable', details.executable === null ? 'not known' : code(details.executable)],
    ['Arguments', details.args.length === 0 ? 'not known' : code(argumentsText(details.args))],
    ['User', prose(`${details.user ?? 'not known'}; login user ${details.auid ?? 'not known'}; session ${details.session ?? 'not known'}`)],
    ['Created by', prose(creatorWords(details))],
    ['Now under', prose(adopterWords(details))],
    ['Launcher', prose(claimWords(details.launcher))],
    ['Way in', prose(entryWords(details))],
    ...(details.requester?.parent ? [['Requested by', `${prose(claimWords(details.requester))}; no fork joins the two`] as const] : []),
  ];
  return [
    `## ${prose(called(details))}`,
    prose(details.why),
    ...(row ? [prose(row.why)] : []),
    ...(verdict ? [`**${prose(verdictWords(verdict))}**`] : []),
    table(['', ''], facts.map(([name, value]) => [name, value])),
    ...(row
      ? ['### Findings', ...row.findings.flatMap(({ kind, points, techniques, reasons }) => [`**${kind}**, ${points} points: ${techniques.map((id) => `${id} ${techniqueName(id)}`).join(', ')}`, reasons.map((reason) => `- ${reason.points > 0 ? '+' : ''}${reason.points} ${prose(reason.says)} *(${reason.basis})*${reason.records.slice(0, 3).map(({ member, offset }) => ` ${code(`${member}:${offset}`)}`).join('')}`).join('\n')])]
      : []),
    ...ofPlaybook(one),
    ...(pictures === undefined ? [] : [`![Lineage: created solid, adopted dashed, requested dotted](<${encodeURI(pictures)}/${pictureName(one)}>)`]),
    ...(isWhole ? whole(one) : [`### Execution path\n\n${one.path.map(({ details: each }) => prose(called(each))).join(' → ')}`, `Its path step by step, network, files, indicators and ${counted(one.recordCount, 'record')} are in the HTML report.`]),
  ];
}

/** All that is known of one process. */
function whole(one: Subject): string[] {
  const records = one.records.slice(0, RECORDS_SHOWN);
  const sockets = socketsOf(one.connections);
  return [
    '### Execution path',
    one.path.map(step).join('\n'),
    ...(sockets.length > 0 ? ['### Network of its subtree', table(['First seen', 'What', 'Address', 'Port', 'Times', 'Basis'], sockets.slice(0, 100).map(({ time, action, address, port, basis, count }) => [utcWords(time), prose(action), code(address), `${port ?? ''}`, `${count}`, basis ?? '']))] : []),
    ...(one.files.length > 0 ? ['### Files of its subtree', table(['Time', 'What', 'File'], one.files.slice(0, 100).map(({ time, action, path }) => [utcWords(time), prose(action), code(path)]))] : []),
    ...(one.indicators.length > 0 ? ['### Indicators', table(['Kind', 'Value', 'Where'], one.indicators.slice(0, 100).map(({ kind, value, says }) => [kind, code(value), prose(says)]))] : []),
    '### Raw records',
    ...(records.length < one.recordCount ? [`The first ${records.length} of ${one.recordCount}.`] : []),
    ...records.flatMap((record) => [`${utcWords(record.time)}, ${prose(record.states)}, ${code(`${record.member}:${record.offset}`)}`, block([...record.lines.slice(0, LINES_SHOWN), ...(record.command === '' ? [] : [`$ ${record.command}`])])]),
  ];
}

/** The triggers of escalation, the steps that analysts added something to, and what they added. */
function ofPlaybook({ steps: all, notes }: Subject): string[] {
  const triggers = all.filter(({ section }) => section === 'escalation'), others = all.filter(({ section }) => section !== 'escalation');
  return [...(triggers.length > 0 ? ['### Escalation: its triggers', steps(triggers)] : []), ...(others.length > 0 ? ['### Playbook: steps that analysts added to', steps(others)] : []), ...noted(notes)];
}

/** What analysts pinned and said, below the answers: a cell of a table holds no list. */
function noted(all: readonly StepNotes[]): string[] {
  if (all.length === 0) return [];
  return ['### What analysts pinned and said', all.map((notes) => {
    const { pins, word } = notes;
    return [
      `- **${prose(stepWords(notes.step))}**${notes.matched === 'unmatched' ? ` **not in this evidence:** ${prose(missingSubjectWords(notes))}` : ''}`,
      ...pins.map((pin) => `  - pinned by ${prose(pin.author)} at ${utcWords(pin.at)}: ${prose(observationWords(pin))} (${prose(provenanceWords(pin))})`),
      ...(word === undefined ? [] : [`  - the word of ${prose(word.author)} at ${utcWords(word.at)}${earlierWords(notes)}:`, ...word.text.split('\n').map((line) => `    > ${prose(line)}  `)]),
    ].join('\n');
  }).join('\n')];
}

function steps(all: readonly PlaybookStep[]): string {
  return table(['Part', 'Clause', 'Question', 'State', 'Answer', 'Missing'], all.map(({ section, clause, question, state, trigger, says, facts, total, missing }) => [section, prose(clause), prose(question), trigger ?? state, prose([...says, ...tellingMore(facts, says).slice(0, FACTS_SHOWN).map(({ says: fact }) => `${fact};`), ...(total > FACTS_SHOWN ? [`and ${total - FACTS_SHOWN} more`] : [])].join(' ')), prose(missing.join(' '))]));
}

function step({ details, role, programs, clock }: PathStep, at: number): string {
  const marks = role.length > 0 ? ` (${role.join(', ')})` : '';
  const ran = programs.map(({ time, says, args, sha256 }) => `   - ${Number.isNaN(time) ? 'seen as (no exec on record)' : utcWords(time)} **${prose(says)}**${args.length > 0 ? ` ${code(argumentsText(args))}` : ''}${sha256 === undefined ? '' : `; image sha256 ${sha256}`}`);
  const lines = [
    `${at + 1}. **${prose(called(details))}**${marks}: started ${prose(startWords(details))}; ${prose(endWords(details))}; clock: ${prose(clock)}`,
    `   - created by ${prose(creatorWords(details))}${details.adopter.parent ? `; recorded parent now ${prose(adopterWords(details))}` : ''}${details.requester?.parent ? `; asked for by ${prose(claimWords(details.requester))}` : ''}`,
    ...(ran.length > 0 ? ran : ['   - ran no program of its own that is on record']),
  ];
  return lines.join('\n');
}

function others({ others: groups }: ReportModel): string[] {
  if (groups.length === 0) return [];
  return ['## Other findings', table(['Score', 'Process', 'Host', 'Started', 'Findings', 'Why'], groups.map(({ first, rows }) => [`${first.score}`, `${prose(called(first))}${rows.length > 1 ? ` ${prose(alikeWords(rows))}` : ''}`, prose(first.host), utcWords(first.start), first.findings.map(({ kind }) => kind).join(', '), prose(first.why)]))];
}

/** Several that came the same way are one matter. */
function cameTogether({ subjects }: ReportModel): string[] {
  const ways = sharedWaysIn(subjects);
  return ways.length === 0 ? [] : ['### Came the same way', ways.map((way) => `- ${prose(way)}`).join('\n')];
}

function verdicts(model: ReportModel): string[] {
  const troubles = model.troubles.map((trouble) => `- ${prose(trouble)}`).join('\n');
  if (model.verdicts.length === 0) return ['## Verdicts', 'No analyst has decided anything in this case yet.', troubles];
  const rows = model.verdicts.flatMap(({ process, history, current }) =>
    history.map((record) => [
      `${process < 0 ? '**not in this evidence:** ' : ''}${prose(`${record.anchor.executable ?? 'process'} ${record.anchor.pid} on ${record.anchor.host}`)}`,
      `${record.verdict}${record === current ? '' : ' (earlier)'}`,
      `${prose(record.author)}, ${utcWords(record.at)}`,
      prose(record.note),
      record.escalation ? prose(`${record.escalation.to}: ${record.escalation.why}`) : '',
    ]),
  );
  return ['## Verdicts', table(['Process', 'Verdict', 'By, when', 'Note', 'Escalated'], rows), troubles];
}

function hosts(model: ReportModel): string[] {
  const { told, seenOnce } = tellingTraits(model.patterns);
  const traits = told.flatMap(({ kind, value, hosts: seen }) => seen.map(({ host, count, first, last }) => [kind, code(value), prose(host), `${count}`, utcWords(first), utcWords(last)]));
  return [
    '## Hosts',
    table(['Host', 'State', 'What is known', 'Processes'], model.hosts.map(({ host, state, says, processes }) => [prose(host), `**${state}**`, prose(says), prose(listed(processes, PROCESSES_NAMED))])),
    ...(traits.length > 0 ? ['### The same on other hosts', table(['Trait', 'Value', 'Host', 'Times', 'First seen', 'Last seen'], traits)] : []),
    ...(seenOnce > 0 ? [`${counted(seenOnce, 'trait')} seen once, on one host, not listed.`] : []),
  ];
}

function containment({ containment: plan }: ReportModel): string[] {
  if (plan.processes.length === 0) return ['## Containment', 'Nothing to contain follows from this evidence.'];
  const list = (indicators: typeof plan.files): string => (indicators.length === 0 ? 'none' : indicators.map(({ value, says, host }) => `- ${code(value)}: ${prose(says)}; host ${prose(host)}`).join('\n'));
  return [
    '## Containment',
    '**Nothing below was executed.** Foundling does not act on hosts; whoever may, confirms and acts.',
    '### Hosts', plan.hosts.map((host) => `- ${prose(host)}`).join('\n'),
    '### Processes', [...plan.processes].sort((a, b) => Number(b.mayRun === true) - Number(a.mayRun === true)).map(({ host, process, says, mayRun }) => `- ${mayRun === true ? '**may still run:** ' : mayRun === false ? 'ended: ' : ''}${prose(called(process))} (${code(pidAtStart(process))}) on ${prose(host)}: ${prose(says)}`).join('\n'),
    '### Files', list(plan.files),
    '### Addresses', list(plan.addresses),
    ...plan.snippets.flatMap(({ tool, says, text }) => [`### ${tool}`, `${says}; never executed`, block(text.split('\n'))]),
  ];
}

/** The pictures of a report as files of their own, which Markdown can only point to: name and SVG. */
export function pictureFiles(model: ReportModel): readonly { readonly name: string; readonly svg: string }[] {
  return model.subjects.map((subject) => ({ name: pictureName(subject), svg: `<?xml version="1.0" encoding="UTF-8"?>\n${lineageSvg(subject.picture, true).markup}\n` }));
}

/** Of our own letters only. */
function pictureName({ details }: Subject): string {
  return `lineage-${details.pid}-${details.entityId.slice(0, 8)}.svg`;
}

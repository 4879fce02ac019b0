import type { EngineRequests, StepNotes } from '../engine/index.js';
import { earlierWords, missingSubjectWords, provenanceWords } from '../report/index.js';
import { STEPS } from '../triage/index.js';
import { processOf, wantedOf } from './namedProcess.js';
import { parseOptions, UsageError } from './options.js';
import { jsonText, type Output, visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { readText } from './textFile.js';
import { timeText, type TimeStyle } from './times.js';

export const PLAYBOOK_USAGE = 'foundling playbook EVIDENCE... [--process PROCESS] [--host H] [--step ID,ID] [--intel FILE,FILE] [--json]';

const FACTS_SHOWN = 10;

type Answers = ReturnType<EngineRequests['playbook']>;

/** Goes through the playbook for a process or for all of the evidence, with what analysts pinned and said; with --json one line a step. */
export async function playbook(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { process: 'string', host: 'string', step: 'string', intel: 'string', json: 'boolean' }, PLAYBOOK_USAGE);
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', PLAYBOOK_USAGE);
  const { process: named, host, step, intel, json } = parsed.values;
  const wanted = typeof named === 'string' ? wantedOf(named, PLAYBOOK_USAGE) : undefined;
  const steps = typeof step === 'string' ? step.split(',').map((id) => id.trim()) : undefined;
  const unknown = steps?.find((id) => STEPS.every((each) => each.id !== id));
  if (unknown !== undefined) throw new UsageError(`There is no step ${unknown}; there is ${STEPS.map(({ id }) => id).join(', ')}.`, PLAYBOOK_USAGE);
  const texts = await Promise.all((typeof intel === 'string' ? intel.split(',') : []).map(async (file) => ({ file, text: await readText(file) })));
  const { output } = session;
  return withEvidence(session, { sources: parsed.positionals, ...parsed.stated }, { store: true }, async ({ engine }) => {
    const { troubles } = await engine.ask('intel', { add: texts });
    for (const trouble of troubles) output.warn(`foundling: ${visible(trouble)}`);
    const process = wanted === undefined ? undefined : (await processOf(engine, wanted, typeof host === 'string' ? host : undefined, parsed.times)).process;
    const answers = await engine.ask('playbook', { ...(process !== undefined && { process }), ...(steps && { steps }) }, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
    const notes = await engine.ask('stepNotes', process === undefined ? {} : { process });
    const { notes: all, troubles: unread } = await engine.ask('verdicts', {});
    output.settle();
    for (const trouble of unread) output.warn(`foundling: ${visible(trouble)}`);
    for (const lost of all.filter(({ matched }) => matched === 'unmatched')) output.warn(`foundling: step ${lost.step} has notes on a process that is not in this evidence: ${visible(missingSubjectWords(lost))}`);
    const notesOf = (id: string): StepNotes | undefined => notes.find((each) => each.step === id);
    await output.print(json === true ? answers.steps.map((each) => jsonText({ ...each, notes: notesOf(each.id) ?? null })).join('\n') : asText(answers, notesOf, parsed.times, output));
    return 0;
  });
}

function asText({ steps }: Answers, notesOf: (step: string) => StepNotes | undefined, times: TimeStyle, output: Output): string {
  const { mark, dim } = output;
  return steps
    .map(({ id, question, state, trigger, says, facts, total, missing }) => {
      const verdict = trigger === undefined ? state : `trigger ${trigger}`;
      const lines = [`${id}  ${visible(question)}`, `    ${trigger === 'met' ? mark(verdict) : verdict}: ${says.map(visible).join(' ')}`];
      const notes = notesOf(id);
      for (const [at, { id: fact, says: told, relation, time, records }] of facts.slice(0, FACTS_SHOWN).entries()) {
        const place = records[0] === undefined ? '' : dim(` [${visible(records[0].member)}:${records[0].offset}]`);
        const isPinned = notes?.pins.some(({ pin }) => pin === fact) ?? false;
        lines.push(`      ${at + 1}. ${Number.isNaN(time) ? '' : `${timeText(time, times)}  `}${visible(told)}${relation === undefined ? '' : ` (${relation})`}${place}${isPinned ? ' (pinned)' : ''}`);
      }
      if (total > FACTS_SHOWN) lines.push(dim(`      and ${total - FACTS_SHOWN} more (--json)`));
      for (const each of missing) lines.push(dim(`      missing: ${visible(each)}`));
      return [...lines, ...(notes === undefined ? [] : noteLines(notes, times, output))].join('\n');
    })
    .join('\n\n');
}

function noteLines(notes: StepNotes, times: TimeStyle, { dim }: Output): string[] {
  const { pins, word } = notes;
  const lines: string[] = [];
  if (pins.length > 0) lines.push('    pinned:');
  for (const [at, pin] of pins.entries()) {
    const { says, time, basis, author, at: when } = pin;
    lines.push(`      ${at + 1}. ${Number.isNaN(time) ? '' : `${timeText(time, times)}  `}${visible(says)} (${basis}), by ${visible(author)} at ${timeText(when, times)}`, dim(`         ${visible(provenanceWords(pin))}`));
  }
  if (word !== undefined) lines.push(`    the word of ${visible(word.author)} at ${timeText(word.at, times)}${earlierWords(notes)}:`, ...word.text.split('\n').map((line) => `      ${visible(line)}`));
  return lines;
}

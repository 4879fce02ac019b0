import type { StepNote } from '../case/index.js';
import type { Engine } from '../engine/index.js';
import { pinNotes, readCase, type StepSubject, unpinNote, wordNote, writeStepNotes } from '../node/index.js';
import { STEPS } from '../triage/index.js';
import { processOf, wantedOf } from './namedProcess.js';
import { parseOptions, UsageError } from './options.js';
import { visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { writerOf } from './writer.js';

export const STEP_USAGE = 'foundling step DIR STEP [--process PROCESS] [--host H] [--word TEXT] [--pin FACT,FACT|all] [--unpin PIN,PIN|all] [--author NAME]';

/** Writes an analyst's word on a step of the playbook into the case, pins facts of its answer, and takes pins back. */
export async function step(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { process: 'string', host: 'string', word: 'string', pin: 'string', unpin: 'string', author: 'string' }, STEP_USAGE);
  const [folder, id, ...rest] = parsed.positionals;
  if (folder === undefined || id === undefined || rest.length > 0) throw new UsageError('A case and a step are needed.', STEP_USAGE);
  if (STEPS.every((each) => each.id !== id)) throw new UsageError(`There is no step ${id}; there is ${STEPS.map((each) => each.id).join(', ')}.`, STEP_USAGE);
  const { process: named, host, word, pin, unpin } = parsed.values;
  if (word === undefined && pin === undefined && unpin === undefined) throw new UsageError('Say what is to be kept: --word TEXT, --pin FACT or --unpin PIN.', STEP_USAGE);
  const wanted = typeof named === 'string' ? wantedOf(named, STEP_USAGE) : undefined;
  const writer = writerOf(session, parsed.values['author'], STEP_USAGE);
  const found = await readCase(folder);
  if (!found) throw new Error(`${folder} is no case; make one with: foundling case init ${folder}`);
  return withEvidence(session, { sources: [folder], ...parsed.stated, hash: true }, { store: true }, async ({ engine }) => {
    const details = wanted === undefined ? undefined : await processOf(engine, wanted, typeof host === 'string' ? host : undefined, parsed.times);
    const subject: StepSubject = { step: id, ...(details && { process: details.process }) };
    const pinned = typeof pin === 'string' ? await pinNotes(engine.ask, { ...ofSubject(subject), steps: [id], facts: chosen(pin, await factIds(engine, subject), 'fact') }, writer) : [];
    const taken: StepNote[] = [];
    for (const each of typeof unpin === 'string' ? chosen(unpin, await pinIds(engine, subject), 'pin') : []) taken.push(await unpinNote(engine.ask, subject, each, writer));
    const said = typeof word === 'string' ? [await wordNote(engine.ask, subject, word, writer)] : [];
    const files = await writeStepNotes(found.folder, [...pinned, ...taken, ...said]);
    const done = [`${pinned.length} pinned`, ...(taken.length > 0 ? [`${taken.length} taken back`] : []), ...(typeof word !== 'string' ? [] : [word.trim() === '' ? 'the word taken back' : 'the word kept'])];
    await session.output.print(`${id} for ${details ? `${visible(details.name ?? 'process')} ${details.pid} on ${visible(details.host)}` : 'the case'}: ${done.join(', ')}, by ${visible(writer.author)}, in ${files.map(visible).join(', ')}`);
    return 0;
  });
}

function ofSubject({ process }: StepSubject): { process?: number } {
  return process === undefined ? {} : { process };
}

async function factIds(engine: Engine, subject: StepSubject): Promise<readonly string[]> {
  const { steps } = await engine.ask('playbook', { ...ofSubject(subject), steps: [subject.step] });
  return steps.flatMap(({ facts }) => facts.map(({ id }) => id));
}

async function pinIds(engine: Engine, subject: StepSubject): Promise<readonly string[]> {
  const notes = await engine.ask('stepNotes', ofSubject(subject));
  return notes.filter(({ step: of }) => of === subject.step).flatMap(({ pins }) => pins.map(({ pin }) => pin));
}

/** What a list names: "all", numbers as `foundling playbook` counts, or ids of its --json. */
function chosen(list: string, ids: readonly string[], what: string): readonly string[] {
  if (ids.length === 0) throw new Error(`This step has no ${what}.`);
  if (list.trim() === 'all') return ids;
  return list.split(',').map((each) => {
    const name = each.trim();
    const id = /^\d{1,4}$/.test(name) ? ids[Number(name) - 1] : ids.find((known) => known === name);
    if (id === undefined) throw new Error(`There is no ${what} ${name}: they are numbered 1 to ${ids.length}, as "foundling playbook" counts them.`);
    return id;
  });
}

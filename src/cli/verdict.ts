import type { VerdictRecord } from '../case/index.js';
import { escalationNotes, readCase, writeStepNotes, writeVerdict } from '../node/index.js';
import { VERDICTS } from '../model/index.js';
import { processOf, wantedOf } from './namedProcess.js';
import { parseOptions, UsageError } from './options.js';
import { visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { writerOf } from './writer.js';

export const VERDICT_USAGE = 'foundling verdict DIR PROCESS VALUE --note TEXT [--escalate TO --why TEXT] [--author NAME] [--host H]';

/** Writes what an analyst decides of a process into the case: one line more in the author's file. An escalation pins the evidence that it rests on. */
export async function verdict(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { note: 'string', escalate: 'string', why: 'string', author: 'string', host: 'string' }, VERDICT_USAGE);
  const [folder, named, value, ...rest] = parsed.positionals;
  if (folder === undefined || named === undefined || value === undefined || rest.length > 0) throw new UsageError('A case, a process and a verdict are needed.', VERDICT_USAGE);
  const decided = VERDICTS.find((each) => each === value);
  if (decided === undefined) throw new UsageError(`${value} is no verdict: it is one of ${VERDICTS.join(', ')}.`, VERDICT_USAGE);
  const { note, escalate, why, host } = parsed.values;
  if (typeof note !== 'string' || note.trim() === '') throw new UsageError('--note TEXT is needed: another analyst must be able to check the decision.', VERDICT_USAGE);
  if (escalate !== undefined && (typeof why !== 'string' || why.trim() === '')) throw new UsageError('--escalate TO needs --why TEXT.', VERDICT_USAGE);
  if (escalate === undefined && why !== undefined) throw new UsageError('--why belongs to --escalate TO.', VERDICT_USAGE);
  const wanted = wantedOf(named, VERDICT_USAGE);
  const writer = writerOf(session, parsed.values['author'], VERDICT_USAGE);
  const found = await readCase(folder);
  if (!found) throw new Error(`${folder} is no case; make one with: foundling case init ${folder}`);
  return withEvidence(session, { sources: [folder], ...parsed.stated, hash: true }, { store: true }, async ({ engine }) => {
    const details = await processOf(engine, wanted, typeof host === 'string' ? host : undefined, parsed.times);
    const record: VerdictRecord = {
      verdict: decided,
      author: writer.author,
      at: writer.now(),
      note,
      ...(typeof escalate === 'string' && typeof why === 'string' ? { escalation: { to: escalate, why } } : {}),
      anchor: await engine.ask('anchor', { process: details.process }),
    };
    const pins = record.escalation === undefined ? [] : await escalationNotes(engine.ask, details.process, writer);
    const file = await writeVerdict(found.folder, record);
    await writeStepNotes(found.folder, pins);
    await session.output.print(`${visible(details.name ?? 'process')} ${details.pid} on ${visible(details.host)}: ${decided}, by ${visible(writer.author)}, in ${visible(file)}${pins.length > 0 ? `; ${pins.length} observations of the playbook pinned` : ''}`);
    return 0;
  });
}

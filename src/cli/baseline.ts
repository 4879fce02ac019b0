import { writeBaseline } from '../triage/index.js';
import { parseOptions, UsageError } from './options.js';
import { counted, visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { checkNoEvidence, checkTarget, writeText } from './textFile.js';

export const BASELINE_USAGE = 'foundling baseline learn|propose EVIDENCE... -o FILE';

/**
 * Writes entries for a case's `baseline.json`. `learn`: the orphans of a host that is taken for good, by their whole shape, but not those that stand out. `propose`: what unit files say
 * detaches by right; an analyst reads them before they go into a case.
 */
export async function baseline(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { output: 'string' }, BASELINE_USAGE);
  const [what, ...sources] = parsed.positionals;
  if (what !== 'learn' && what !== 'propose') throw new UsageError(what === undefined ? 'Say what to do.' : `There is no baseline ${visible(what)}.`, BASELINE_USAGE);
  if (sources.length === 0) throw new UsageError('No evidence was named.', BASELINE_USAGE);
  const file = parsed.values['output'];
  if (typeof file !== 'string') throw new UsageError('Where to write is not said: -o FILE, such as -o baseline.json.', BASELINE_USAGE);
  await checkTarget(file);
  const { output } = session;
  return withEvidence(session, { sources, ...parsed.stated }, { store: true }, async ({ engine, summary }) => {
    await checkNoEvidence(file, summary.evidence);
    const answer = await engine.ask('baseline', {}, { onProgress: ({ what: doing, done, total }) => output.progress(doing, done, total) });
    const entries = what === 'learn' ? answer.entries : answer.proposed;
    await writeText(file, writeBaseline(entries));
    await output.print(`${counted(entries.length, 'entry', 'entries')} in ${visible(file)}. Read them: what is in a case's baseline.json is quiet from then on.`);
    if (what === 'learn') for (const line of leftOut(answer.standOut, answer.scratch)) await output.print(line);
    return 0;
  });
}

/** What was not learned, and what to do about it. */
function leftOut(standOut: number, scratch: number): string[] {
  const lines: string[] = [];
  if (standOut > 0) lines.push(`Not learned: ${counted(standOut, 'orphan')} with an alert. A host where something stands out may not be good: see "foundling findings", and decide on each by a verdict.`);
  if (scratch > 0) lines.push(`Not learned: ${counted(scratch, 'orphan')} whose program lies where everybody may write, since anybody may put another there.`);
  return lines;
}

import type { EngineRequests } from '../engine/index.js';
import { STEPS } from '../triage/index.js';
import { processOf, wantedOf } from './namedProcess.js';
import { parseOptions, UsageError } from './options.js';
import { jsonText, type Output, visible } from './output.js';
import { openEvidence, type Session } from './session.js';
import { readText } from './textFile.js';
import { timeText, type TimeStyle } from './times.js';

export const PLAYBOOK_USAGE = 'foundling playbook EVIDENCE... [--process PROCESS] [--host H] [--step ID,ID] [--intel FILE,FILE] [--json]';

const FACTS_SHOWN = 10;

type Answers = ReturnType<EngineRequests['playbook']>;

/** Goes through the playbook for a process or for all of the evidence; with --json one line a step. */
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
  const { engine, isWhole } = await openEvidence(session, { sources: parsed.positionals, ...parsed.stated }, { store: true });
  try {
    const { troubles } = await engine.ask('intel', { add: texts });
    for (const trouble of troubles) output.warn(`foundling: ${visible(trouble)}`);
    const process = wanted === undefined ? undefined : (await processOf(engine, wanted, typeof host === 'string' ? host : undefined, parsed.times)).process;
    const answers = await engine.ask('playbook', { ...(process !== undefined && { process }), ...(steps && { steps }) }, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
    output.settle();
    await output.print(json === true ? answers.steps.map((each) => jsonText(each)).join('\n') : asText(answers, parsed.times, output));
  } finally {
    await engine.close();
  }
  return isWhole ? 0 : 1;
}

function asText({ steps }: Answers, times: TimeStyle, { mark, dim }: Output): string {
  return steps
    .map(({ id, question, state, trigger, says, facts, total, missing }) => {
      const verdict = trigger === undefined ? state : `trigger ${trigger}`;
      const lines = [`${id}  ${visible(question)}`, `    ${trigger === 'met' ? mark(verdict) : verdict}: ${says.map(visible).join(' ')}`];
      for (const { says: told, relation, time, records } of facts.slice(0, FACTS_SHOWN)) {
        const place = records[0] === undefined ? '' : dim(` [${visible(records[0].member)}:${records[0].offset}]`);
        lines.push(`      - ${Number.isNaN(time) ? '' : `${timeText(time, times)}  `}${visible(told)}${relation === undefined ? '' : ` (${relation})`}${place}`);
      }
      if (total > FACTS_SHOWN) lines.push(dim(`      and ${total - FACTS_SHOWN} more (--json)`));
      for (const each of missing) lines.push(dim(`      missing: ${visible(each)}`));
      return lines.join('\n');
    })
    .join('\n\n');
}


import { anchorOf, type VerdictRecord } from '../case/index.js';
import type { Details, Engine } from '../engine/index.js';
import { readCase, writeVerdict } from '../node/index.js';
import { VERDICTS } from '../triage/index.js';
import { parseOptions, UsageError } from './options.js';
import { visible } from './output.js';
import { openEvidence, type Session } from './session.js';
import { parseTime, timeText, type TimeStyle } from './times.js';
import { writerOf } from './writer.js';

export const VERDICT_USAGE = 'foundling verdict DIR PROCESS VALUE --note TEXT [--escalate TO --why TEXT] [--author NAME] [--host H]';

const RECORDS_READ = 50;
const ENTITY_ID = /^[a-z2-7]{26}$/;
const PROCESS_HELP = 'A process is PID@START (2464246@2026-11-24T15:00:42.692Z), an entity id, or a pid that only one process had.';

/** Writes what an analyst decides of a process into the case: one line more in the author's file. */
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
  const wanted = wantedOf(named);
  const writer = writerOf(session, parsed.values['author'], VERDICT_USAGE);
  const found = await readCase(folder);
  if (!found) throw new Error(`${folder} is no case; make one with: foundling case init ${folder}`);
  const { engine, isWhole, summary } = await openEvidence(session, { sources: [folder], ...parsed.stated, hash: true }, { store: true });
  try {
    const details = await processOf(engine, wanted, typeof host === 'string' ? host : undefined, parsed.times);
    const { records } = await engine.ask('raw', { process: details.process, first: 0, count: RECORDS_READ });
    const hashes = new Map(summary.evidence.map(({ file, sha256 }) => [file, sha256]));
    const record: VerdictRecord = {
      verdict: decided,
      author: writer.author,
      at: writer.now(),
      note,
      ...(typeof escalate === 'string' && typeof why === 'string' ? { escalation: { to: escalate, why } } : {}),
      anchor: anchorOf(details, records, (file) => hashes.get(file)),
    };
    const file = await writeVerdict(found.folder, record);
    await session.output.print(`${visible(details.name ?? 'process')} ${details.pid} on ${visible(details.host)}: ${decided}, by ${visible(writer.author)}, in ${visible(file)}`);
  } finally {
    await engine.close();
  }
  return isWhole ? 0 : 1;
}

type Wanted = { readonly entityId: string } | { readonly pid: number; readonly start: number | undefined };

function wantedOf(named: string): Wanted {
  if (ENTITY_ID.test(named)) return { entityId: named };
  const [, pid, at] = /^(\d{1,10})(?:@(.+))?$/.exec(named) ?? [];
  const start = at === undefined ? undefined : parseTime(at);
  if (pid === undefined || (at !== undefined && start === undefined)) throw new UsageError(`${named} names no process. ${PROCESS_HELP}`, VERDICT_USAGE);
  return { pid: Number(pid), start };
}

/** The one process that is meant; several, or none, is an error that lists what there is. */
async function processOf(engine: Engine, wanted: Wanted, host: string | undefined, times: TimeStyle): Promise<Details> {
  const text = 'entityId' in wanted ? `processes where process.entity_id == "${wanted.entityId}"` : `processes where process.pid == ${wanted.pid}`;
  const { processes } = await engine.ask('hunt', { text, limit: 1000 });
  const all: Details[] = [];
  for (const process of processes) all.push(await engine.ask('details', { process }));
  const ofHost = all.filter((details) => host === undefined || details.host === host);
  const start = 'start' in wanted ? wanted.start : undefined;
  // A start is shown to the millisecond, and may have moved a little since it was copied.
  const near = start === undefined ? ofHost : ofHost.filter((details) => Math.floor(details.start / 1000) === Math.floor(start / 1000));
  const meant = near.length > 0 ? near : ofHost.filter((details) => start !== undefined && Math.abs(details.start - start) <= 1_000_000);
  if (meant.length === 1) return meant[0]!;
  const there = (meant.length > 1 ? meant : ofHost).slice(0, 10).map(({ pid, start: from, name, host: where }) => `${pid}@${timeText(from, times).replace(' ', 'T')} (${name ?? 'process'} on ${where})`);
  throw new Error(`${meant.length > 1 ? 'Several processes are meant' : 'No such process in this case'}${there.length > 0 ? `; there is ${there.join(', ')}` : ''}. ${PROCESS_HELP}`);
}

import { createEngine, type Engine, type OpenAsk, type Summary } from '../engine/index.js';
import { createNodePorts } from '../node/index.js';
import { type Io, type Output, visible } from './output.js';

/** What every command runs in. */
export interface Session {
  readonly io: Io;
  readonly output: Output;
}

/** So many unrecognised files are named on stderr one by one. */
const NAMED_AT_MOST = 5;

/** Opens evidence for a command; says on stderr what could not be read, and whether anything could not. */
export async function openEvidence(session: Session, ask: OpenAsk, options: { readonly store: boolean }): Promise<{ engine: Engine; summary: Summary; isWhole: boolean }> {
  const { output } = session;
  const engine = createEngine(createNodePorts({ wasmPath: options.store ? session.io.wasmPath : undefined }));
  const summary = await engine.ask('open', ask, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
  output.settle();
  const failed = summary.evidence.filter(({ error }) => error !== undefined);
  for (const { file, error } of failed) output.warn(`foundling: ${visible(error!.startsWith(file) ? error! : `${file}: ${error!}`)}`);
  const unknown = summary.evidence.filter(({ error, format }) => error === undefined && format === 'unknown');
  for (const { file, members, accounting } of unknown.slice(0, NAMED_AT_MOST)) {
    const [member] = members;
    const what = accounting.bytes === 0 ? 'the file is empty' : 'no known evidence format';
    output.warn(`foundling: ${visible(members.length === 1 && !file.endsWith(member!) ? `${file}: ${member!}` : file)}: ${what}`);
  }
  if (unknown.length > NAMED_AT_MOST) output.warn(`foundling: and ${unknown.length - NAMED_AT_MOST} more files of no known evidence format (foundling open lists them)`);
  const isNothing = summary.evidence.length === 0;
  if (isNothing) output.warn(`foundling: no files were found in ${ask.sources.map(visible).join(', ')}`);
  else if (isUnread(summary)) output.warn('foundling: nothing could be read, so that no answer says anything about what ran there');
  const isWhole = failed.length === 0 && unknown.length === 0 && !isNothing;
  return { engine, summary, isWhole };
}

/** Not one record of the evidence was understood, and something stood in the way: what it holds is not known, rather than nothing. */
export function isUnread({ evidence }: Pick<Summary, 'evidence'>): boolean {
  return evidence.every(({ accounting, error, format }) => accounting.understood + accounting.notNeeded === 0 && (error !== undefined || format === 'unknown' || accounting.notUnderstood > 0));
}

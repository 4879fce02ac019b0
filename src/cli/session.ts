import { createEngine, type Engine, type OpenAsk, type Summary } from '../engine/index.js';
import type { EvidenceEntry } from '../model/index.js';
import { createNodePorts } from '../node/index.js';
import { type Io, type Output, visible } from './output.js';

/** What every command runs in. */
export interface Session {
  readonly io: Io;
  readonly output: Output;
}

/** So many unrecognised files are named on stderr one by one. */
const NAMED_AT_MOST = 5;

/** Evidence that is open for a command. */
export interface OpenedEvidence {
  readonly engine: Engine;
  readonly summary: Summary;
  /** False where something could not be read or recognised: the exit code is 1 then, whatever else was done. */
  readonly isWhole: boolean;
}

/** Opens evidence, lets `work` ask it and closes it, whatever comes. Answers the exit code: that of `work`, but 1 where not all of the evidence could be read. */
export async function withEvidence(session: Session, ask: OpenAsk, options: { readonly store: boolean }, work: (opened: OpenedEvidence) => Promise<0 | 1>): Promise<0 | 1> {
  const opened = await openEvidence(session, ask, options);
  try {
    const code = await work(opened);
    return opened.isWhole ? code : 1;
  } finally {
    await opened.engine.close();
  }
}

/** Opens evidence for a command; says on stderr what could not be read. Whoever asks for it closes the engine; {@link withEvidence} does so by itself. */
export async function openEvidence(session: Session, ask: OpenAsk, options: { readonly store: boolean }): Promise<OpenedEvidence> {
  const { output } = session;
  const engine = createEngine(createNodePorts({ wasmPath: options.store ? session.io.wasmPath : undefined }));
  const summary = await engine.ask('open', ask, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
  output.settle();
  const isRead = tellUnread(output, summary.evidence);
  const isNothing = summary.evidence.length === 0;
  if (isNothing) output.warn(`foundling: no files were found in ${ask.sources.map(visible).join(', ')}`);
  else if (isUnread(summary)) output.warn('foundling: nothing could be read, so that no answer says anything about what ran there');
  return { engine, summary, isWhole: isRead && !isNothing };
}

/** Says on stderr which files could not be read or recognised; answers whether there is none. */
export function tellUnread(output: Output, entries: readonly EvidenceEntry[]): boolean {
  const failed = entries.flatMap(({ file, error }) => (error === undefined ? [] : [error.startsWith(file) ? error : `${file}: ${error}`]));
  for (const says of failed) output.warn(`foundling: ${visible(says)}`);
  const unknown = entries.filter(({ error, format }) => error === undefined && format === 'unknown');
  for (const { file, members: [only, ...more], accounting } of unknown.slice(0, NAMED_AT_MOST)) {
    const what = accounting.bytes === 0 ? 'the file is empty' : 'no known evidence format';
    output.warn(`foundling: ${visible(only === undefined || more.length > 0 || file.endsWith(only) ? file : `${file}: ${only}`)}: ${what}`);
  }
  if (unknown.length > NAMED_AT_MOST) output.warn(`foundling: and ${unknown.length - NAMED_AT_MOST} more files of no known evidence format (foundling open lists them)`);
  return failed.length + unknown.length === 0;
}

/** Not one record of the evidence was understood, and something stood in the way: what it holds is not known, rather than nothing. */
export function isUnread({ evidence }: Pick<Summary, 'evidence'>): boolean {
  return evidence.every(({ accounting, error, format }) => accounting.understood + accounting.notNeeded === 0 && (error !== undefined || format === 'unknown' || accounting.notUnderstood > 0));
}

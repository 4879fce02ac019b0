import { createEngine, type Engine, type OpenAsk, type Summary } from '../engine/index.js';
import { createNodePorts } from '../node/index.js';
import { type Io, type Output, visible } from './output.js';

/** What every command runs in. */
export interface Session {
  readonly io: Io;
  readonly output: Output;
}

/** Opens evidence for a command; says on stderr what could not be read, and whether anything could not. */
export async function openEvidence(session: Session, ask: OpenAsk, options: { readonly store: boolean }): Promise<{ engine: Engine; summary: Summary; isWhole: boolean }> {
  const { output } = session;
  const engine = createEngine(createNodePorts({ wasmPath: options.store ? session.io.wasmPath : undefined }));
  const summary = await engine.ask('open', ask, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
  output.settle();
  let isWhole = true;
  for (const { file, members, error, format } of summary.evidence) {
    if (error === undefined && format !== 'unknown') continue;
    isWhole = false;
    const name = members.length === 1 && !file.endsWith(members[0]!) ? `${file}: ${members[0]!}` : file;
    output.warn(`foundling: ${visible(error === undefined ? `${name}: no known evidence format` : error.startsWith(file) ? error : `${name}: ${error}`)}`);
  }
  return { engine, summary, isWhole };
}

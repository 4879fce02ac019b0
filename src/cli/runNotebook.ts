import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { deserialize, MANIFEST_NAME, type NotebookCell, settingsOf } from '../case/index.js';
import type { Engine, Summary } from '../engine/index.js';
import { readCase, readCaseTexts } from '../node/index.js';
import { codeSpan, huntBlock, prose, resultMarkdown, utcWords } from '../report/index.js';
import { footer } from './hunt.js';
import { parseOptions, UsageError } from './options.js';
import { visible } from './output.js';
import { openEvidence, type Session } from './session.js';
import { checkTarget, readText, writeText } from './textFile.js';

export const RUN_USAGE = 'foundling run NOTEBOOK [--case DIR] -o FILE';

const ROWS_SHOWN = 200;

/** Runs every hunt of a notebook from top to bottom and writes the notebook with its results as Markdown. */
export async function runNotebook(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { output: 'string', case: 'string' }, RUN_USAGE);
  const [file, ...rest] = parsed.positionals;
  const output = parsed.values['output'];
  if (file === undefined || rest.length > 0) throw new UsageError('One notebook is needed.', RUN_USAGE);
  if (typeof output !== 'string') throw new UsageError('-o FILE is needed.', RUN_USAGE);
  if (resolve(output) === resolve(file)) throw new UsageError('-o FILE is the notebook itself; results go into another file.', RUN_USAGE);
  await checkTarget(output);
  const notebook = deserialize(await readText(file));
  const settings = settingsOf(notebook.head);
  if ('mistake' in settings) throw new Error(`${file}: ${settings.mistake}`);
  const sources = await sourcesOf(file, typeof parsed.values['case'] === 'string' ? parsed.values['case'] : undefined, settings);
  const found = sources.length === 1 ? await readCase(sources[0]!).catch(() => undefined) : undefined; // a broken manifest is told by openEvidence
  const before = (found ? await readCaseTexts(found.folder, 'hunts', '.hunt') : []).map(({ text }) => text);
  const { engine, summary, isWhole } = await openEvidence(session, { sources, ...parsed.stated, hash: true }, { store: true });
  if (summary.evidence.some((entry) => resolve(entry.file) === resolve(output))) {
    await engine.close();
    throw new Error(`${output} is evidence; results go into another file`);
  }
  const parts = [headOf(file, summary)];
  let failed = 0, run = 0;
  try {
    for (const cell of notebook.cells) {
      if (cell.kind === 'markdown') parts.push(cell.text);
      else if (cell.language !== 'hunt') parts.push(huntBlock(cell.text, cell.language), '*Not run: only hunts are run from the command line.*');
      else {
        run++;
        const { text, isRun } = await cellOf(engine, cell, before, settings.parents);
        parts.push(text);
        if (!isRun) failed++;
        before.push(cell.text);
      }
    }
  } finally {
    await engine.close();
  }
  await writeText(output, `${parts.join('\n\n')}\n`);
  await session.output.print(`${visible(output)}: ${run} hunts run${failed > 0 ? `, ${failed} failed` : ''}`);
  return isWhole && failed === 0 ? 0 : 1;
}

/** The evidence that is meant: as asked, as the notebook says, else the nearest case above it. */
async function sourcesOf(file: string, asked: string | undefined, settings: { readonly case?: string; readonly evidence?: readonly string[] }): Promise<readonly string[]> {
  if (asked !== undefined) return [asked];
  const folder = dirname(resolve(file));
  const from = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  if (settings.case !== undefined) return [from(settings.case)];
  if (settings.evidence !== undefined) return settings.evidence.map(from);
  for (let above = folder; ; above = dirname(above)) {
    if (await readCase(above)) return [above];
    if (dirname(above) === above) throw new Error(`${file} names no evidence, and there is no ${MANIFEST_NAME} above it; say --case DIR`);
  }
}

function headOf(file: string, { title, evidence }: Summary): string {
  const files = evidence.map(({ file: name, sha256, error }) => `> - ${codeSpan(name)} sha256 ${sha256 ?? 'none'}${error === undefined ? '' : ` **${prose(error)}**`}`);
  return [`> ${codeSpan(basename(file))} run by Foundling at ${utcWords(Date.now() * 1000)}${title === undefined ? '' : `, case ${prose(title)}`}. Times are UTC, addresses are defanged.`, '>', ...files].join('\n');
}

async function cellOf(engine: Engine, cell: NotebookCell, before: readonly string[], notebookParents: 'recorded' | 'created' | undefined): Promise<{ text: string; isRun: boolean }> {
  const parents = cell.metadata.parents ?? notebookParents;
  const result = await engine.ask('hunt', { text: cell.text, limit: ROWS_SHOWN, before, ...(parents === undefined ? {} : { parents }) });
  const own = huntBlock(cell.text, 'hunt');
  const mistakes = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0) return { text: [own, ...mistakes.map(({ code, message }) => `**${code}** ${prose(message)}`)].join('\n\n'), isRun: false };
  if (result.columns.length === 0) return { text: `${own}\n\n*Lets only: nothing to run.*`, isRun: true };
  const shown = resultMarkdown(result, ROWS_SHOWN);
  return { text: [own, ...(shown === '' ? [] : [shown]), `*${prose(footer(result))}*`].join('\n\n'), isRun: true };
}

import { version } from '../../package.json';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { deserialize, MANIFEST_NAME, type NotebookCell, settingsOf } from '../case/index.js';
import { evidenceNames, withName } from '../evidence/index.js';
import type { Engine, Summary } from '../engine/index.js';
import type { Basis } from '../model/index.js';
import { readCase, readCaseTexts, runSql } from '../node/index.js';
import { codeSpan, huntBlock, prose, resultMarkdown, utcWords } from '../report/index.js';
import { footer } from './hunt.js';
import { parseOptions, UsageError } from './options.js';
import { counted, figures, visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { checkNoEvidence, checkTarget, isSameOrBelow, readText, writeText } from './textFile.js';

export const RUN_USAGE = 'foundling run NOTEBOOK [--case DIR] -o FILE';

const ROWS_SHOWN = 200;

/** A cell with its result as Markdown. */
interface Ran {
  readonly text: string;
  readonly isRun: boolean;
}

/** Runs every cell of a notebook from top to bottom and writes the notebook with its results as Markdown. */
export async function runNotebook(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { output: 'string', case: 'string' }, RUN_USAGE);
  const [file, ...rest] = parsed.positionals;
  const output = parsed.values['output'];
  if (file === undefined || rest.length > 0) throw new UsageError('One notebook is needed.', RUN_USAGE);
  if (typeof output !== 'string') throw new UsageError('-o FILE is needed.', RUN_USAGE);
  if (await isSameOrBelow(output, file)) throw new UsageError('-o FILE is the notebook itself; results go into another file.', RUN_USAGE);
  await checkTarget(output);
  const notebook = deserialize(await readText(file));
  const settings = settingsOf(notebook.head);
  if ('mistake' in settings) throw new Error(`${file}: ${settings.mistake}`);
  const sources = await sourcesOf(file, typeof parsed.values['case'] === 'string' ? parsed.values['case'] : undefined, settings);
  const found = sources.length === 1 ? await readCase(sources[0]!).catch(() => undefined) : undefined; // a broken manifest is told by openEvidence
  const hunts = found ? await readCaseTexts(found.folder, 'hunts', '.hunt') : [];
  for (const { file: name, trouble } of hunts) if (trouble !== undefined) session.output.warn(`foundling: ${visible(name)}: ${visible(trouble)}`);
  const before = hunts.map(({ text }) => text);
  return withEvidence(session, { sources, ...parsed.stated, hash: true }, { store: true }, async ({ engine, summary }) => {
    await checkNoEvidence(output, summary.evidence);
    const nameOf = evidenceNames(summary.evidence.map((entry) => entry.file));
    const parts = [headOf(file, summary, nameOf)];
    const run = { hunt: 0, sql: 0 };
    let failed = 0;
    for (const cell of notebook.cells) {
      if (cell.kind === 'markdown') parts.push(cell.text);
      else {
        run[cell.language === 'sql' ? 'sql' : 'hunt']++;
        const { text, isRun } = cell.language === 'sql' ? await sqlOf(session, engine, cell, nameOf) : await huntOf(engine, cell, before, settings, nameOf);
        parts.push(text);
        if (!isRun) failed++;
        if (cell.language === 'hunt') before.push(cell.text);
      }
    }
    await writeText(output, `${parts.join('\n\n')}\n`);
    await session.output.print(`${visible(output)}: ${counted(run.hunt, 'hunt')}${run.sql > 0 ? ` and ${counted(run.sql, 'SQL cell')}` : ''} run${failed > 0 ? `, ${failed} failed` : ''}`);
    return failed === 0 ? 0 : 1;
  });
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

/** An evidence file as others may read it. */
type NameOf = (file: string) => string;

function headOf(file: string, { title, evidence }: Summary, nameOf: NameOf): string {
  const files = evidence.map(({ file: each, sha256, error }) => `> - ${codeSpan(nameOf(each))} sha256 ${sha256 ?? 'none'}${error === undefined ? '' : ` **${prose(withName(error, each, nameOf(each)))}**`}`);
  return [`> ${codeSpan(basename(file))} run by Foundling ${version} at ${utcWords(Date.now() * 1000)}${title === undefined ? '' : `, case ${prose(title)}`}. Times are UTC, addresses are defanged.`, '>', ...files].join('\n');
}

async function huntOf(engine: Engine, cell: NotebookCell, before: readonly string[], stated: { readonly parents?: 'recorded' | 'created'; readonly basis?: Basis }, nameOf: NameOf): Promise<Ran> {
  const { parents, basis } = { ...stated, ...cell.metadata }; // the cell's own come first
  const result = await engine.ask('hunt', { text: cell.text, limit: ROWS_SHOWN, before, ...(parents === undefined ? {} : { parents }), ...(basis === undefined ? {} : { basis }) });
  const own = huntBlock(cell.text, 'hunt');
  const mistakes = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0) return { text: [own, ...mistakes.map(({ code, message }) => `**${code}** ${prose(message)}`)].join('\n\n'), isRun: false };
  if (result.columns.length === 0) return { text: `${own}\n\n*Lets only: nothing to run.*`, isRun: true };
  const shown = resultMarkdown(result, ROWS_SHOWN, nameOf);
  return { text: [own, ...(shown === '' ? [] : [shown]), `*${prose([footer(result), ...asked(parents, basis)].join('; '))}*`].join('\n\n'), isRun: true };
}

/** How a hunt was asked, where that is not the plain way. */
function asked(parents: string | undefined, basis: Basis | undefined): string[] {
  return [...(parents === undefined ? [] : [`parents ${parents}`]), ...(basis === undefined || basis === 'inferred' ? [] : [`basis ${basis} or better`])];
}

async function sqlOf({ io }: Session, engine: Engine, cell: NotebookCell, nameOf: NameOf): Promise<Ran> {
  const own = huntBlock(cell.text, 'sql');
  try {
    const result = await runSql(engine, { sql: cell.text, rows: ROWS_SHOWN, wasmPath: io.wasmPath, workerPath: join(dirname(io.wasmPath), 'sqlWorker.js') });
    const shown = resultMarkdown({ ...result, bases: [], view: 'table' }, ROWS_SHOWN, nameOf);
    const counts = result.rows.length < result.total ? `${figures(result.rows.length)} of ${counted(result.total, 'row')}` : counted(result.total, 'row');
    return { text: [own, ...(shown === '' ? [] : [shown]), `*${prose([`${counts}.`, ...result.notes].join(' '))}*`].join('\n\n'), isRun: true };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { text: `${own}\n\n**SQL** ${prose(error.message)}`, isRun: false };
  }
}

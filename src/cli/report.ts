import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { MANIFEST_NAME } from '../case/index.js';
import { readCase, writeCustody } from '../node/index.js';
import { collectReport, htmlReport, markdownReport, pictureFiles } from '../report/index.js';
import { parseOptions, UsageError } from './options.js';
import { visible } from './output.js';
import { openEvidence, type Session } from './session.js';
import { writerOf } from './writer.js';

export const REPORT_USAGE = 'foundling report CASE|EVIDENCE... -o FILE.html|FILE.md [--author NAME]';

/** Writes a report; the ending decides what it is. Of a case, the writing goes into custody with the report's hash. */
export async function report(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { output: 'string', author: 'string' }, REPORT_USAGE);
  const file = parsed.values['output'];
  if (parsed.positionals.length === 0) throw new UsageError('No case or evidence was named.', REPORT_USAGE);
  if (typeof file !== 'string' || !/\.(?:html?|md|markdown)$/i.test(file)) throw new UsageError('-o FILE is needed, and FILE ends in .html or .md.', REPORT_USAGE);
  const isHtml = /\.html?$/i.test(file);
  const [first] = parsed.positionals;
  const found = parsed.positionals.length === 1 ? await readCase(first!).catch(() => undefined) : undefined; // a broken manifest is told by openEvidence
  const writer = found || parsed.values['author'] !== undefined ? writerOf(session, parsed.values['author'], REPORT_USAGE) : undefined;
  const { engine, isWhole } = await openEvidence(session, { sources: parsed.positionals, ...parsed.stated, hash: true }, { store: true });
  try {
    const model = await collectReport(engine.ask, {
      now: Date.now() * 1000,
      author: writer?.author,
      title: parsed.positionals.map((path) => basename(path)).join(', '),
      knownHosts: found?.manifest.hosts ?? [],
      onProgress: session.output.progress,
    });
    session.output.settle();
    const pictures = isHtml ? [] : pictureFiles(model);
    const folder = pictures.length > 0 ? `${file.replace(/\.\w+$/, '')}-pictures` : undefined;
    const text = isHtml ? htmlReport(model) : markdownReport(model, folder === undefined ? undefined : basename(folder));
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFile(file, text);
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true });
      for (const { name, svg } of pictures) await writeFile(join(folder, name), svg);
    }
    if (found && writer) {
      const act = { act: 'export' as const, subject: relative(found.folder, resolve(file)) || MANIFEST_NAME, sha256: createHash('sha256').update(text).digest('hex'), says: `report on ${model.evidence.length} evidence, ${model.subjects.length} processes told at length` };
      // The report stands, also where the case may only be read.
      await writeCustody(found.folder, writer, act).catch((error: unknown) => session.output.warn(`foundling: custody could not be written: ${visible(error instanceof Error ? error.message : String(error))}`));
    }
    await session.output.print(`${visible(file)}: ${model.subjects.length} processes told at length, ${model.others.length} other findings, ${model.warnings.length} warnings${folder === undefined ? '' : `; pictures in ${visible(folder)}`}`);
  } finally {
    await engine.close();
  }
  return isWhole ? 0 : 1;
}

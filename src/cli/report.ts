import { mkdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { MANIFEST_NAME } from '../case/index.js';
import { readCase, writeCustody } from '../node/index.js';
import { unreachable } from '../model/index.js';
import { collectReport, htmlReport, indicatorsCsv, indicatorsStix, markdownReport, pictureFiles, type ReportModel } from '../report/index.js';
import { parseOptions, UsageError } from './options.js';
import { counted, visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { checkNoEvidence, checkTarget, writeText } from './textFile.js';
import { writerOf } from './writer.js';

export const REPORT_USAGE = 'foundling report CASE|EVIDENCE... -o FILE.html|FILE.md|FILE.csv|FILE.json [--author NAME]';

/** What a file's ending asks for. */
const FORMS: Readonly<Record<string, 'html' | 'markdown' | 'csv' | 'stix' | undefined>> = { html: 'html', htm: 'html', md: 'markdown', markdown: 'markdown', csv: 'csv', json: 'stix' };

/** Writes a report; the ending decides what it is. Of a case, the writing goes into custody with the report's hash. */
export async function report(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { output: 'string', author: 'string' }, REPORT_USAGE);
  const file = parsed.values['output'];
  const form = typeof file === 'string' ? FORMS[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? ''] : undefined;
  if (parsed.positionals.length === 0) throw new UsageError('No case or evidence was named.', REPORT_USAGE);
  if (typeof file !== 'string' || form === undefined) throw new UsageError('-o FILE is needed, and FILE ends in .html or .md (a report), .csv or .json (its indicators as a list, or as STIX 2.1).', REPORT_USAGE);
  await checkTarget(file);
  const [first] = parsed.positionals;
  const found = parsed.positionals.length === 1 ? await readCase(first!).catch(() => undefined) : undefined; // a broken manifest is told by openEvidence
  const writer = found || parsed.values['author'] !== undefined ? writerOf(session, parsed.values['author'], REPORT_USAGE) : undefined;
  return withEvidence(session, { sources: parsed.positionals, ...parsed.stated, hash: true }, { store: true }, async ({ engine, summary }) => {
    await checkNoEvidence(file, summary.evidence);
    const model = await collectReport(engine.ask, {
      now: Date.now() * 1000,
      author: writer?.author,
      title: parsed.positionals.map((path) => basename(path)).join(', '),
      knownHosts: found?.manifest.hosts ?? [],
      onProgress: session.output.progress,
    });
    session.output.settle();
    const pictures = form === 'markdown' ? pictureFiles(model) : [];
    const folder = pictures.length > 0 ? `${file.replace(/\.\w+$/, '')}-pictures` : undefined;
    const text = textOf(model, form, folder === undefined ? undefined : basename(folder));
    await writeText(file, text);
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true });
      for (const { name, svg } of pictures) await writeText(join(folder, name), svg);
    }
    if (found && writer) {
      const acts = [...changedOf(found, model), { act: 'export' as const, subject: relative(found.folder, resolve(file)) || MANIFEST_NAME, sha256: createHash('sha256').update(text).digest('hex'), says: `report on ${model.evidence.length} evidence, ${model.subjects.length} processes told at length` }];
      try {
        for (const act of acts) await writeCustody(found.folder, writer, act);
      } catch (error) {
        // The report stands, also where the case may only be read.
        session.output.warn(`foundling: custody could not be written: ${visible(error instanceof Error ? error.message : String(error))}`);
      }
    }
    const others = model.others.reduce((sum, { rows }) => sum + rows.length, 0);
    await session.output.print(`${visible(file)}: ${counted(model.subjects.length, 'process', 'processes')} told at length, ${counted(others, 'other finding')}, ${counted(model.warnings.length, 'warning')}${folder === undefined ? '' : `; pictures in ${visible(folder)}`}`);
    return 0;
  });
}

function textOf(model: ReportModel, form: 'html' | 'markdown' | 'csv' | 'stix', pictures: string | undefined): string {
  switch (form) {
    case 'html': return htmlReport(model);
    case 'markdown': return markdownReport(model, pictures);
    case 'csv': return `${indicatorsCsv(model.containment.indicators)}\n`;
    case 'stix': return `${indicatorsStix(model.containment.indicators, model.madeAt)}\n`;
    default: return unreachable(form);
  }
}

/** Evidence of a case that is not what was added, as custody names it. */
function changedOf({ folder, manifest }: NonNullable<Awaited<ReturnType<typeof readCase>>>, model: ReportModel): readonly { act: 'changed'; subject: string; sha256: string; says: string }[] {
  const hashes = new Map(model.evidence.map(({ file, sha256 }) => [resolve(file), sha256]));
  return manifest.evidence.flatMap(({ path, reference, sha256: stated }) => {
    const subject = path ?? reference ?? '';
    const sha256 = hashes.get(resolve(folder, subject));
    return stated === undefined || sha256 === undefined || sha256 === stated ? [] : [{ act: 'changed' as const, subject, sha256, says: `seen while a report was written; the case says ${stated}` }];
  });
}

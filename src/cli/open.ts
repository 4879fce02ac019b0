import { FORMATS } from '../evidence/index.js';
import type { EvidenceEntry } from '../model/index.js';
import type { Summary } from '../engine/index.js';
import { parseOptions, UsageError } from './options.js';
import { counted, figures, sizeWords, visible } from './output.js';
import { openEvidence, type Session } from './session.js';
import { timeText, type TimeStyle } from './times.js';

export const OPEN_USAGE = 'foundling open EVIDENCE... [--json]';

/** What was found in evidence, what became of every record, and what it could not have shown. */
export async function open(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { json: 'boolean' }, OPEN_USAGE);
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', OPEN_USAGE);
  const isJson = parsed.values['json'] === true;
  const { engine, summary, isWhole } = await openEvidence(session, { sources: parsed.positionals, ...parsed.stated, hash: isJson }, { store: false });
  await session.output.print(isJson ? JSON.stringify(asJson(summary)) : asText(summary, parsed.times, session.output.mark));
  await engine.close();
  return isWhole ? 0 : 1;
}

function asJson(summary: Summary): unknown {
  return {
    evidence: summary.evidence.map(({ file, members, format, host, sha256, accounting, coverage, troubles, error }) => ({
      file, members, format, host, sha256: sha256 ?? null, accounting, coverage, troubles,
      ...(error === undefined ? {} : { error }),
    })),
    hosts: summary.hosts,
    processes: summary.processes,
    orphans: summary.orphans,
  };
}

function asText(summary: Summary, times: TimeStyle, mark: (text: string) => string): string {
  const lines: string[] = [];
  if (summary.title !== undefined) lines.push(`Case: ${visible(summary.title)}`, '');
  for (const entry of summary.evidence) lines.push(...evidenceLines(entry, mark), '');
  const hosts = summary.hosts.map(visible);
  lines.push(`${hosts.length === 1 ? 'Host' : 'Hosts'}      ${hosts.length === 0 ? 'none named' : hosts.join(', ')}`);
  if (!Number.isNaN(summary.from)) lines.push(`Time       ${timeText(summary.from, times)} to ${timeText(summary.to, times)}`);
  lines.push(`Processes  ${figures(summary.processes)}`, `Orphans    ${summary.orphans > 0 ? mark(figures(summary.orphans)) : '0'}`);
  return lines.join('\n');
}

function evidenceLines(entry: EvidenceEntry, mark: (text: string) => string): string[] {
  const { accounting } = entry;
  const lines = [nameOf(entry)];
  const format = FORMATS.find(({ id }) => id === entry.format)?.title ?? entry.format;
  lines.push(`  ${visible(format)}, host ${visible(entry.host)}, ${sizeWords(accounting.bytes)}`);
  const extra = [
    accounting.duplicates > 0 ? `${figures(accounting.duplicates)} of the understood are duplicates` : '',
    accounting.lostBySource > 0 ? mark(`${counted(accounting.lostBySource, 'record')} lost by the source itself`) : '',
  ].filter((part) => part !== '');
  const missed = `${figures(accounting.notUnderstood)} not understood`;
  lines.push(
    `  ${counted(accounting.records, 'record')}: ${figures(accounting.understood)} understood, ${figures(accounting.notNeeded)} not needed, ${accounting.notUnderstood > 0 ? mark(missed) : missed}` +
      (extra.length > 0 ? `; ${extra.join('; ')}` : ''),
  );
  for (const trouble of entry.troubles) {
    const [first] = trouble.places;
    lines.push(`  ! ${visible(trouble.what)} (${counted(trouble.count, 'time')}${first ? `, first at ${visible(first.member)}:${first.offset}` : ''})`);
  }
  for (const gap of entry.coverage) lines.push(`  - ${visible(gap.says)}`);
  if (entry.error !== undefined) lines.push(`  ${mark('NOT READ WHOLE')}: ${visible(entry.error)}`);
  return lines;
}

/** The file, and the member where the file is a container. */
function nameOf(entry: EvidenceEntry): string {
  const [member] = entry.members;
  if (entry.members.length > 1) return `${visible(entry.file)} (${counted(entry.members.length, 'file')})`;
  return visible(member === undefined || entry.file.endsWith(member) || member.endsWith(entry.file.slice(entry.file.lastIndexOf('/') + 1)) ? entry.file : `${entry.file}: ${member}`);
}

import { FORMATS } from '../evidence/index.js';
import type { EvidenceEntry } from '../model/index.js';
import type { Summary } from '../engine/index.js';
import { parseOptions, UsageError } from './options.js';
import { counted, figures, jsonText, sizeWords, visible } from './output.js';
import { isUnread, type Session, withEvidence } from './session.js';
import { timeText, type TimeStyle } from './times.js';

export const OPEN_USAGE = 'foundling open EVIDENCE... [--json]';

/** What was found in evidence, what became of every record, and what it could not have shown. */
export async function open(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { json: 'boolean' }, OPEN_USAGE);
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', OPEN_USAGE);
  const isJson = parsed.values['json'] === true;
  return withEvidence(session, { sources: parsed.positionals, ...parsed.stated, hash: isJson, summaryOnly: true }, { store: false }, async ({ summary }) => {
    await session.output.print(isJson ? jsonText(asJson(summary)) : asText(summary, parsed.times, session.output.mark));
    return 0;
  });
}

function asJson(summary: Summary): unknown {
  return {
    evidence: summary.evidence.map(({ file, members, format, host, sha256, accounting, coverage, troubles, skew, error }) => ({
      file, members, format, host, sha256: sha256 ?? null, accounting, coverage, troubles,
      ...(skew === undefined ? {} : { skew }),
      ...(error === undefined ? {} : { error }),
    })),
    hosts: summary.hosts,
    processes: summary.processes,
    orphans: summary.orphans,
  };
}

function asText(summary: Summary, times: TimeStyle, mark: (text: string) => string): string {
  const lines: string[] = [];
  const line = (label: string, text: string): void => void lines.push(`${label.padEnd(11)}${text}`);
  if (summary.title !== undefined) lines.push(`Case: ${visible(summary.title)}`, '');
  const isFolder = summary.evidence.length > 1;
  const known = summary.evidence.filter((entry) => !isFolder || entry.format !== 'unknown' || entry.error !== undefined);
  for (const entry of known) lines.push(...evidenceLines(entry, mark), '');
  const unknown = summary.evidence.filter((entry) => !known.includes(entry));
  if (unknown.length > 0) {
    lines.push(mark(`${counted(unknown.length, 'file')} of no known format`));
    for (const entry of unknown) lines.push(`  ${nameOf(entry)} (${sizeWords(entry.accounting.bytes)})`);
    lines.push('');
  }
  if (isUnread(summary)) return [...lines, mark('Nothing could be read: what ran there, and whether anything did, this cannot say.')].join('\n');
  const hosts = summary.hosts.map(visible);
  line(hosts.length === 1 ? 'Host' : 'Hosts', hosts.length === 0 ? 'none named' : hosts.join(', '));
  if (!Number.isNaN(summary.from)) line('Time', `${timeText(summary.from, times)} to ${timeText(summary.to, times)}`);
  line('Processes', figures(summary.processes));
  line('Orphans', summary.orphans > 0 ? mark(figures(summary.orphans)) : '0');
  return lines.join('\n');
}

function evidenceLines(entry: EvidenceEntry, mark: (text: string) => string): string[] {
  const { accounting } = entry;
  const lines = [nameOf(entry)];
  if (entry.error !== undefined && accounting.records === 0) return [...lines, `  ${mark('NOT READ')}: ${visible(entry.error)}`];
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
  const { skew } = entry;
  if (skew) lines.push(`  clock ${(Math.abs(skew.micros) / 1e6).toFixed(2)} s ${skew.micros < 0 ? 'behind' : 'ahead of'} ${visible(skew.against)}, by ${counted(skew.events, 'event')} that both tell`);
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

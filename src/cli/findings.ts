import type { FindingRow } from '../engine/index.js';
import { parseOptions, UsageError } from './options.js';
import { counted, jsonText, type Output, visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { timeText, type TimeStyle } from './times.js';

export const FINDINGS_USAGE = 'foundling findings EVIDENCE... [--json]';

const ROWS_A_REQUEST = 500;

/** What triage says of each process, worst first; with --json one line a process (DESIGN 12), all orphans included. */
export async function findings(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { json: 'boolean' }, FINDINGS_USAGE);
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', FINDINGS_USAGE);
  const isJson = parsed.values['json'] === true;
  const { output } = session;
  return withEvidence(session, { sources: parsed.positionals, ...parsed.stated }, { store: true }, async ({ engine }) => {
    let quiet = 0, isTampered = false;
    for (let first = 0; ; first += ROWS_A_REQUEST) {
      const answer = await engine.ask('findings', { first, count: ROWS_A_REQUEST }, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
      if (first === 0) for (const trouble of answer.troubles) output.warn(`foundling: ${visible(trouble)}`);
      if (first === 0 && !isJson) await output.print(`${counted(answer.total, 'process', 'processes')}, ${counted(answer.alerts, 'alert')} (score ${answer.settings.alertLine} or more)`);
      if (answer.rows.length === 0) break;
      isTampered ||= answer.rows.some((row) => row.findings.some(({ kind }) => kind === 'sensor-tampered'));
      const loud = isJson ? answer.rows : answer.rows.filter(({ state, score }) => state === 'unexpected' && score > 0);
      quiet += answer.rows.length - loud.length;
      if (loud.length > 0) await output.print(loud.map((row) => (isJson ? jsonText(asJson(row)) : asText(row, parsed.times, output))).join('\n'));
    }
    if (!isJson && isTampered) await output.print('\nA sensor was tampered with (sensor-tampered): what is not listed here may have happened all the same.');
    if (!isJson && quiet > 0) await output.print(`\n${counted(quiet, 'more process', 'more processes')} explained by the baseline, or not judged (--json lists them)`);
    return 0;
  });
}

function asJson({ host, pid, start, name, executable, isOrphan, score, alert, state, why, findings: found, baseline }: FindingRow): unknown {
  return {
    host, pid, start: start / 1e6, name, score, alert, state,
    findings: found.map(({ kind, points, techniques, reasons }) => ({ kind, points, techniques, reasons })),
    executable, orphan: isOrphan, why, baseline,
  };
}

function asText(row: FindingRow, times: TimeStyle, { mark, dim }: Output): string {
  const head = `${String(row.score).padStart(4)}  ${row.alert ? 'ALERT ' : '      '}${visible(row.name ?? 'process')} ${row.pid}`;
  const lines = [`${row.alert ? mark(head) : head}  ${dim(`${visible(row.host)}, ${timeText(row.start, times)}`)}`];
  for (const { kind, points, reasons, techniques } of row.findings) {
    lines.push(`        ${kind} (${points}) ${dim(techniques.join(', '))}`);
    for (const reason of reasons) lines.push(`          ${reason.points > 0 ? '+' : ''}${reason.points}  ${visible(reason.says)}${reason.basis === 'observed' ? '' : dim(` (${reason.basis})`)}`);
  }
  for (const { entry, failed } of row.baseline.slice(0, 1)) if (failed.length > 0) lines.push(`        nearest in the baseline: ${visible(entry)}; but ${visible(failed.join('; '))}`);
  return lines.join('\n');
}

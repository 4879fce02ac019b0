import { expect, test, vi } from 'vitest';
import type { FindingRow, FindingsAnswer, FindingsAsk } from '../../../src/engine/requests.js';
import { createLoudFindings } from '../../../src/extension/loudFindings.js';
import type { EvidenceEntry } from '../../../src/model/index.js';
import { DEFAULT_TRIAGE } from '../../../src/triage/index.js';

const accounting = { bytes: 9_000, records: 900, understood: 900, notNeeded: 0, notUnderstood: 0, duplicates: 0, lostBySource: 0 };
const LOG: EvidenceEntry = { file: '/evidence/audit.log', members: ['audit.log'], format: 'auditd', host: 'web01', sha256: undefined, accounting, troubles: [], coverage: [] };
const row = (process: number, more: Partial<FindingRow> = {}): FindingRow => ({
  process, score: 90, alert: true, state: 'unexpected', why: 'an orphan', baseline: [], host: 'web01', pid: process, start: 0, name: 'nc', executable: null, isOrphan: true,
  findings: [{ kind: 'adopted', process, points: 90, techniques: ['T1036.009'], reasons: [{ says: 'adopted', points: 90, basis: 'observed', records: [{ member: 'audit.log', offset: process * 10 }] }] }],
  ...more,
});

function over(rows: readonly FindingRow[]): { readonly loud: ReturnType<typeof createLoudFindings>; readonly findings: ReturnType<typeof vi.fn>; readonly counted: number[][] } {
  const counted: number[][] = [];
  const findings = vi.fn(({ first, count }: FindingsAsk): Promise<FindingsAnswer> => Promise.resolve({ total: rows.length, alerts: 0, standings: { alert: 0, unexpected: 0, decided: 0, 'not judged': 0, explained: 0 }, rows: rows.slice(first, first + count), settings: DEFAULT_TRIAGE, troubles: [] }));
  const linesAt = (_file: string, offsets: readonly number[]): Promise<number[]> => {
    counted.push([...offsets]);
    return Promise.resolve(offsets.map((offset) => offset / 10));
  };
  return { loud: createLoudFindings({ findings, linesAt }), findings, counted };
}

test('undecided alerts behind many that are decided or explained are listed, and those that are not listed are counted', async () => {
  const quiet = Array.from({ length: 700 }, (_, at) => row(at, at % 2 === 0 ? { state: 'explained' } : {}));
  const { loud } = over([...quiet, ...Array.from({ length: 130 }, (_, at) => row(700 + at)), row(830, { alert: false, score: 10 })]);
  const { listed, more } = await loud.undecided(new Set(quiet.map(({ process }) => process)), [LOG], 100);
  expect([listed.map((place) => place.row.process), more]).toEqual([Array.from({ length: 100 }, (_, at) => 700 + at), 30]);
  expect(listed[7]).toMatchObject({ entry: LOG, offset: 7_070, line: 707 });
});

test('a verdict asks for no finding again, and counts only the line of what comes into the list', async () => {
  const { loud, findings, counted } = over([row(1), row(2), row(3)]);
  await loud.undecided(new Set(), [LOG], 2);
  const { listed, more } = await loud.undecided(new Set([1]), [LOG], 2);
  expect([listed.map(({ line }) => line), more]).toEqual([[2, 3], 0]);
  expect(findings).toHaveBeenCalledOnce();
  expect(counted).toEqual([[10, 20], [30]]);
});

test('a tampered sensor is listed also below the alert line, and a finding without a record is not lost', async () => {
  const tampered = row(1, { alert: false, findings: [{ kind: 'sensor-tampered', process: 1, points: 5, techniques: [], reasons: [] }] });
  const { listed } = await over([tampered]).loud.undecided(new Set(), [LOG], 100);
  expect(listed).toEqual([{ row: tampered, entry: undefined, offset: 0, line: undefined }]);
});

test('findings that could not be asked for are asked for again', async () => {
  const { loud, findings } = over([row(1)]);
  findings.mockRejectedValueOnce(new Error('still opening'));
  await expect(loud.undecided(new Set(), [LOG], 100)).rejects.toThrow('still opening');
  expect((await loud.undecided(new Set(), [LOG], 100)).listed).toHaveLength(1);
});

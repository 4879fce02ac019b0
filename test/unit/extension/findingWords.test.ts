import { expect, test } from 'vitest';
import type { FindingRow } from '../../../src/engine/requests.js';
import { kindWords, remarksOf } from '../../../src/extension/findingWords.js';

const rows = (count: number): FindingRow[] => Array.from({ length: count }, (_, process): FindingRow => ({ process, state: 'unexpected', score: 1, alert: false, why: '', findings: [], baseline: [], host: 'web1', pid: 1, start: 0, name: 'nc', executable: null, isOrphan: true }));

test('a list of findings that is cut says by how many', () => {
  expect(remarksOf({ total: 5_203, rows: rows(1_000), troubles: [] })).toEqual(['Listed are the first 1,000, worst first; 4,203 more are in the tree and in "foundling findings".']);
  expect(remarksOf({ total: 2, rows: rows(2), troubles: [] })).toEqual([]);
});

test("what is wrong with the case's baseline is said where its findings are listed", () => {
  expect(remarksOf({ total: 0, rows: [], troubles: ['baseline.json: entry 3 has no shape'] })).toEqual(['baseline.json: entry 3 has no shape']);
});

test('what takes points away has no plus before its minus', () => {
  expect([kindWords({ kind: 'double-fork', points: 40 }), kindWords({ kind: 'brokered', points: -5 })]).toEqual(['double-fork +40', 'brokered -5']);
});

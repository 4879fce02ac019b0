// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import type { Summary } from '../../../src/engine/requests.js';
import type { EvidenceEntry } from '../../../src/model/index.js';
import { emptyWords } from '../../../webview/tree/screenView.js';

const entry = (changes: Partial<EvidenceEntry>, bytes = 100): EvidenceEntry => ({
  file: 'a.log',
  members: [],
  format: 'auditd',
  host: 'web1',
  sha256: undefined,
  accounting: { bytes, records: 3, understood: 3, notNeeded: 0, notUnderstood: 0, lostBySource: 0, duplicates: 0 },
  troubles: [],
  coverage: [],
  ...changes,
});
const summary = (...evidence: EvidenceEntry[]): Summary => ({
  evidence,
  hosts: [],
  processes: 0,
  orphans: 0,
  observations: 0,
  from: Number.NaN,
  to: Number.NaN,
  storeReady: true,
});

test('evidence without a process says why: not readable, empty, not known, or silent on processes', () => {
  expect(emptyWords(summary(entry({ error: 'no read permission' })))).toEqual(['The evidence could not be read', 'a.log: no read permission']);
  expect(emptyWords(summary(entry({}, 0)))).toEqual(['No processes', 'a.log is empty.']);
  expect(emptyWords(summary(entry({ format: 'unknown' })))[1]).toMatch(/no evidence that Foundling knows/);
  expect(emptyWords(summary(entry({})))[1]).toBe('a.log was read as auditd, 3 records, and none of them speaks of a process.');
});

test('of several files each tells its own reason', () => {
  expect(emptyWords(summary(entry({ error: 'a.log: gone' }), entry({ file: 'b.log' }, 0)))).toEqual(['No processes', 'a.log: gone', 'b.log is empty.']);
});

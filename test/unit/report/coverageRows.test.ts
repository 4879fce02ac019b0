import { expect, test } from 'vitest';
import type { Coverage } from '../../../src/model/index.js';
import { coverageOf } from '../../../src/report/coverageRows.js';
import { hostRowsOf } from '../../../src/report/hosts.js';
import type { ReportedEvidence } from '../../../src/report/model.js';

const NO_FORKS: Coverage = { gap: 'no-forks', says: 'No fork is recorded.', remedy: '-S fork' };
const LOST: Coverage = { gap: 'records-lost', says: 'Records are missing.' };
const entry = (folder: string, name: string, host: string, coverage: readonly Coverage[]): ReportedEvidence => ({
  file: `${folder}${name}`, name, members: [name], format: 'ps', host, sha256: 'ab', troubles: [], coverage,
  accounting: { bytes: 1, records: 1, understood: 1, notNeeded: 0, notUnderstood: 0, lostBySource: 0, duplicates: 0 },
});
const guessed = (file: string): Coverage => ({ gap: 'host-guessed', says: 'No record here names its host; as in /mnt/x/audit.log.', remedy: `--host-of ${file}=HOST` });
const EVIDENCE = [
  entry('/mnt/x/', 'ps1.txt', 'web1', [NO_FORKS, guessed('/mnt/x/ps1.txt')]),
  entry('/mnt/x/', 'ps2.txt', 'web1', [NO_FORKS, guessed('/mnt/x/ps2.txt')]),
  entry('/mnt/x/', 'audit.log', 'web1', [LOST]),
  entry('/mnt/x/', 'ps3.txt', 'db1', [NO_FORKS]),
];

test('a gap is said once for all files of a host that have it, loud ones first, and names no folder of this machine', () => {
  expect(coverageOf(EVIDENCE).map(({ host, files, says, remedy }) => [host, files, says, remedy])).toEqual([
    ['web1', ['audit.log'], 'Records are missing.', undefined],
    ['web1', ['ps1.txt', 'ps2.txt'], 'No fork is recorded.', '-S fork'],
    ['web1', ['ps1.txt', 'ps2.txt'], 'No record here names its host; as in audit.log.', '--host-of FILE=HOST'],
    ['db1', ['ps3.txt'], 'No fork is recorded.', '-S fork'],
  ]);
});

test('a host counts a kind of gap once, however many of its files have it', () => {
  expect(hostRowsOf({ hosts: ['web1', 'db1'], evidence: EVIDENCE }, [], [], []).map(({ says }) => says)).toEqual(['no alert and no bad verdict; 3 kinds of gap in its evidence, see coverage', 'no alert and no bad verdict; 1 kind of gap in its evidence, see coverage']);
});

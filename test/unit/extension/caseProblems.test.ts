import { expect, test } from 'vitest';
import { custodyLine, parseManifest } from '../../../src/case/index.js';
import { custodyProblem, evidenceProblems, placedTrouble } from '../../../src/extension/caseProblems.js';
import type { EvidenceEntry } from '../../../src/model/index.js';

const HASH = 'a'.repeat(64);
const MANIFEST = JSON.stringify({ version: 1, title: 'T', hosts: [], evidence: [{ id: 'log', path: 'evidence/audit.log', sha256: HASH }, { id: 'ps', reference: '/mnt/ps.txt' }] }, null, 2);
const placed = parseManifest(MANIFEST).evidence.map((evidence) => ({ evidence, file: evidence.path === undefined ? evidence.reference! : `/case/${evidence.path}` }));
const accounting = { bytes: 0, records: 0, understood: 0, notNeeded: 0, notUnderstood: 0, duplicates: 0, lostBySource: 0 };
const entry = (file: string, error: string | undefined, sha256?: string, isChanged?: true): EvidenceEntry => ({ file, members: [], format: 'auditd', host: 'web01', sha256, accounting, troubles: [], coverage: [], ...(error === undefined ? {} : { error }), ...(isChanged && { isChanged }) });
const textAt = ({ line, from, until }: { line: number; from: number; until: number }): string => MANIFEST.split('\n')[line]!.slice(from, until);

test('evidence that changed is a problem at the hash that the case states, with both hashes and what to do', () => {
  const [problem] = evidenceProblems(MANIFEST, placed, [entry('/case/evidence/audit.log', 'audit.log: its SHA-256 is b, the case says a; the file is not the one that was added', 'b', true)]);
  expect(textAt(problem!)).toBe(`"${HASH}"`);
  expect(problem!.says).toMatch(/its SHA-256 is b, the case says a; .*\. Put back the file that was added, .*case verify/);
});

test('evidence that could not be read whole but is what the case states is a problem at its path, and not called another file', () => {
  const [problem] = evidenceProblems(MANIFEST, placed, [entry('/case/evidence/audit.log', 'audit.log: its end is missing', HASH)]);
  expect(textAt(problem!)).toBe('"evidence/audit.log"');
  expect(problem!.says).toBe('audit.log: its end is missing. Its hash does not say otherwise than the case: collect it again if what is missing matters.');
});

test('evidence that is missing is a problem at its path, within the case or by reference', () => {
  const problems = evidenceProblems(MANIFEST, placed, [entry('/case/evidence/audit.log', 'audit.log: there is no such file (any more)'), entry('/mnt/ps.txt', 'ps.txt: there is no such file (any more)')]);
  expect(problems.map(textAt)).toEqual(['"evidence/audit.log"', '"/mnt/ps.txt"']);
  expect(problems.map(({ says }) => says)).toEqual([expect.stringContaining('Put it back into the case'), expect.stringContaining('correct the reference')]);
});

test('a manifest that cannot be used is a problem at its beginning; evidence that is as stated is none', () => {
  expect(evidenceProblems(MANIFEST, placed, [entry('/case', 'case.foundling.json: version is 2')])).toMatchObject([{ line: 0, says: 'case.foundling.json: version is 2. Mend the case file.' }]);
  expect(evidenceProblems(MANIFEST, placed, [entry('/case/evidence/audit.log', undefined, HASH)])).toEqual([]);
});

test('a custody chain that was changed is a problem at its first broken line', () => {
  const act = { at: 1_000_000, author: 'mira', machine: 'lab', act: 'add', subject: 'audit.log' } as const;
  const first = custodyLine('', act);
  const chain = first + custodyLine(first, { ...act, subject: 'ps.txt' });
  expect(custodyProblem(chain)).toBeUndefined();
  expect(custodyProblem(chain.replace('ps.txt', 'xx.txt'))).toMatchObject({ line: 1, says: expect.stringContaining('changed after it was written') as string });
});

test('a line of verdicts that is none stands at its place', () => {
  expect(placedTrouble('verdicts/mira.jsonl:3: it is no JSON; the line was left')).toEqual({ file: 'verdicts/mira.jsonl', problem: { line: 2, from: 0, until: 1_000, says: 'it is no JSON; the line was left.' } });
  expect(placedTrouble('something without a place')).toBeUndefined();
});

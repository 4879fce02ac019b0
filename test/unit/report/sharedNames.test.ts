import { expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { pinText } from '../../../src/extension/notebook/pinText.js';
import { resultMarkdown, ticketText } from '../../../src/report/index.js';
import { outputOf } from '../../../webview/shared/result.js';
import { auditLines, DOUBLE_FORK, portsOver, sourceOf } from '../engine/smallHost.js';

// Where the evidence lies: a folder of this examiner's machine.
const FOLDER = '/case/of eve/';

test('a ticket and a pin name evidence by its name and hash, never by the folder that it lies in, also in a column of files', async () => {
  const engine = createEngine(portsOver([{ ...sourceOf(auditLines(DOUBLE_FORK), 'of eve/audit.log'), stated: { host: 'web1' } }]));
  await engine.ask('open', { sources: ['x'] });
  const read = await engine.ask('summary', {});
  expect(read.evidence.map(({ file }) => file)).toEqual([`${FOLDER}audit.log`]);
  const text = 'exec where process.pid == 822 | fields process.pid, evidence.name';
  const result = await engine.ask('hunt', { text, limit: 5 });
  expect(result.rows.flat()).toContain(`${FOLDER}audit.log`);
  const { processes: [process] } = result;
  const { records } = await engine.ask('raw', { process: process!, first: 0, count: 5 });
  const ticket = ticketText(await engine.ask('details', { process: process! }), { records, summary: read });
  await engine.close();

  const evidence = read.evidence.map((entry) => ({ ...entry, sha256: 'ab'.repeat(32) }));
  const pin = pinText(outputOf(result, { set: 'k', evidence: 'e', text, summary: { ...read, evidence } }), { evidence, version: '1', at: 0 });
  for (const shared of [ticket, pin]) {
    expect(shared).not.toContain('/case/');
    expect(shared).toMatch(/audit\.log`? {1,2}sha256 /);
  }
  expect(pin).toMatch(/\| 822 \| `audit\.log` \|/);
  expect(resultMarkdown(result, 5)).toContain(FOLDER);
});

test('a file that could not be read is told in a pin by its name', () => {
  const evidence = [
    { file: `${FOLDER}audit.log`, sha256: 'ab', coverage: [] },
    { file: `${FOLDER}ps.txt`, sha256: undefined, coverage: [], error: `${FOLDER}ps.txt: cut short` },
  ] as unknown as Parameters<typeof pinText>[1]['evidence']; // what a pin does not read is left out
  const output = { ...EMPTY, unreadable: [`${FOLDER}ps.txt: cut short`] };
  const pin = pinText(output, { evidence, version: '1', at: 0 });
  expect(pin).toContain('not read: ps.txt: cut short');
  expect(pin).not.toContain('/case/');
});

const EMPTY: Parameters<typeof pinText>[0] = {
  version: 1, set: 'k', evidence: 'e', text: 'x', columns: [], rows: [], processes: [], total: 0, truncated: false, undecided: { count: 0, fields: [] }, basis: { observed: 0, derived: 0, inferred: 0 }, bases: [], view: 'table', tree: [], gaps: [], unreadable: [],
};

import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseStepNotes } from '../../../src/case/index.js';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';
import { HOSTILE_ARGS } from '../report/hostileHost.js';
import { foundling } from './runner.js';

const NETWORK = 'escalation.2';
let folder = '';
let dir = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-step-'));
  dir = join(folder, 'case');
  writeFileSync(join(folder, 'audit.log'), auditLines(DOUBLE_FORK));
  await foundling(['case', 'init', dir]);
  await foundling(['case', 'add', dir, join(folder, 'audit.log'), '--host', 'web1']);
});
afterEach(() => rmSync(folder, { recursive: true }));

const notes = (author = 'alice'): ReturnType<typeof parseStepNotes>['records'] => parseStepNotes(readFileSync(join(dir, `playbook/${author}.jsonl`), 'utf8'), '').records;
const shown = async (...more: readonly string[]): Promise<string> => (await foundling(['playbook', dir, '--step', NETWORK, '--process', '822', ...more])).out;

describe('foundling step', () => {
  test('pins a fact by its number, keeps a word, and both stand in the playbook with author and provenance', async () => {
    const written = await foundling(['step', dir, NETWORK, '--process', '822', '--pin', '1', '--word', 'no service of ours\nasked maria']);
    expect(written).toMatchObject({ code: 0, err: '' });
    expect(written.out).toMatch(/^escalation\.2 for nc 822 on web1: 1 pinned, the word kept, by alice, in .*playbook\/alice\.jsonl\n$/);
    const sha256 = (JSON.parse(readFileSync(join(dir, 'case.foundling.json'), 'utf8')) as { evidence: [{ sha256: string }] }).evidence[0].sha256;
    expect(notes()).toMatchObject([{ kind: 'pin', step: NETWORK, anchor: { host: 'web1', pid: 822, evidence: sha256 }, observation: { records: [{ evidence: sha256, member: 'audit.log' }] } }, { kind: 'word' }]);
    const out = await shown();
    expect(out).toMatch(/ {6}1\. .*nc 822: connection_attempted to 10\.0\.0\.5 port 4444.*\(pinned\)\n/);
    expect(out).toMatch(new RegExp(`pinned:\\n {6}1\\. .*nc 822: connection_attempted .*\\(observed\\), by alice at .*\\n {9}audit\\.log at \\d+, sha256 ${sha256}\\n`));
    expect(out).toMatch(/ {4}the word of alice at 20\d\d-.*:\n {6}no service of ours\n {6}asked maria\n$/);
    const [line] = (await shown('--json')).trimEnd().split('\n').map((each) => JSON.parse(each) as { id: string; notes: { pins: { says: string }[]; word: { text: string } } });
    expect(line).toMatchObject({ id: NETWORK, notes: { pins: [{ author: 'alice' }], word: { text: 'no service of ours\nasked maria', author: 'alice' } } });
  });

  test('takes pins and the word back; what was written before stays in the file', async () => {
    await foundling(['step', dir, NETWORK, '--process', '822', '--pin', 'all', '--word', 'first']);
    const { out } = await foundling(['step', dir, NETWORK, '--process', '822', '--unpin', '1', '--word', '', '--author', 'bob']);
    expect(out).toContain('0 pinned, 1 taken back, the word taken back, by bob');
    expect(await shown()).not.toMatch(/pinned|the word of/);
    expect(notes().map(({ kind }) => kind)).toEqual(['pin', 'word']);
    expect(notes('bob').map(({ kind }) => kind)).toEqual(['unpin', 'word']);
  });

  test('is of the case where no process is named, and a process does not have what the case has', async () => {
    await foundling(['step', dir, 'sources.2', '--word', 'auditd only']);
    const ofCase = await foundling(['playbook', dir, '--step', 'sources.2']);
    expect(ofCase.out).toContain('auditd only');
    expect((await foundling(['playbook', dir, '--step', 'sources.2', '--process', '822'])).out).not.toContain('auditd only');
  });

  test.each([
    [[NETWORK], 2, /Say what is to be kept/],
    [['nowhere.1', '--word', 'x'], 2, /There is no step nowhere\.1; there is sources\.1,/],
    [[NETWORK, '--process', 'nc', '--word', 'x'], 2, /names no process/],
    [[NETWORK, '--process', '822', '--pin', '7'], 1, /There is no fact 7: they are numbered 1 to 1/],
    [[NETWORK, '--process', '822', '--unpin', '1'], 1, /This step has no pin/],
    [[NETWORK, '--process', '822', '--word', 'x'.repeat(9000)], 1, /too long: at most 8000/],
  ])('%j is refused with what to do, and nothing is written', async (args, code, message) => {
    const ran = await foundling(['step', dir, ...args]);
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(message)]);
    expect(existsSync(join(dir, 'playbook/alice.jsonl'))).toBe(false);
  });

  test('a playbook folder that is a link out of the case is not written to', async () => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    rmSync(join(dir, 'playbook'), { recursive: true });
    symlinkSync(outside, join(dir, 'playbook'));
    expect(await foundling(['step', dir, NETWORK, '--word', 'x'])).toMatchObject({ code: 1, err: expect.stringMatching(/link/) as string });
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a hostile word and a hostile author are text on the terminal and lines in a file that lies in its folder', async () => {
    const hostile = HOSTILE_ARGS.filter((each) => !each.includes('\0') && each.length < 100).join('\n');
    expect((await foundling(['step', dir, NETWORK, '--process', '822', '--word', hostile, '--author', '../../\x1b]0;x\x07'])).code).toBe(0);
    expect(readdirSync(join(dir, 'playbook'))).toEqual([expect.stringMatching(/^[a-z0-9-]+\.jsonl$/)]);
    for (const out of [await shown(), await shown('--json')]) {
      expect(out).toContain('alert(1)');
      // eslint-disable-next-line no-control-regex -- that there is none is the point
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

test('an escalation pins what it rests on: the facts of the triggers that are met or open', async () => {
  const { out } = await foundling(['verdict', dir, '822', 'suspicious', '--note', 'n', '--escalate', 'T2', '--why', 'network']);
  const steps = (await foundling(['playbook', dir, '--process', '822', '--json', '--step', 'escalation.1,escalation.2,escalation.3'])).out.trimEnd().split('\n').map((line) => JSON.parse(line) as { id: string; trigger: string; facts: { id: string }[]; notes: { pins: { pin: string }[] } | null });
  const resting = steps.filter(({ trigger, facts }) => trigger !== 'not met' && facts.length > 0);
  expect(resting.map(({ id }) => id)).toContain(NETWORK);
  for (const { id, facts, notes: of } of steps) expect(of?.pins.map(({ pin }) => pin) ?? [], id).toEqual(resting.some((each) => each.id === id) ? facts.map((fact) => fact.id) : []);
  expect(out).toContain(`; ${resting.flatMap(({ facts }) => facts).length} observations of the playbook pinned`);
});

test('notes on a process that is not in the evidence are told, not dropped', async () => {
  await foundling(['step', dir, NETWORK, '--process', '822', '--word', 'gone soon']);
  const file = join(dir, 'playbook/alice.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"pid":822', '"pid":99').replace(/"evidence":"[0-9a-f]+"/, '"evidence":null'));
  expect((await foundling(['playbook', dir, '--step', NETWORK])).err).toMatch(/step escalation\.2 has notes on a process that is not in this evidence: \/tmp\/\.x\/nc 99 on web1/);
});

test('what of the case cannot be read is told, and the rest is answered', async () => {
  symlinkSync('/etc/passwd', join(dir, 'playbook', 'bob.jsonl'));
  writeFileSync(join(dir, 'verdicts', 'bob.jsonl'), '{}\n');
  const { code, out, err } = await foundling(['playbook', dir, '--step', 'questions.1']);
  expect([code, out]).toEqual([0, expect.stringContaining('questions.1')]);
  expect(err).toMatch(/^foundling: verdicts\/bob\.jsonl:1: .*\nfoundling: playbook\/bob\.jsonl:1: .* is a link; .*\n$/);
});

test('a process that was only spoken of is told in the report, and is not called affected', async () => {
  await foundling(['step', dir, 'questions.1', '--process', '300', '--word', 'the cron of this host']);
  const file = join(folder, 'report.md');
  expect((await foundling(['report', dir, '-o', file])).code).toBe(0);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('> the cron of this host');
  expect(/## Containment\n[^]*?\n## /.exec(text)![0]).not.toContain('cron 300');
});

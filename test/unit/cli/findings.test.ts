import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { daemonise, drop, Story } from '../triage/story.js';

let folder = '';
let log = '';
let payload = 0;
const HOSTILE = '/opt/x/\x1b]0;owned\x07work';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-findings-'));
  log = join(folder, 'audit.log');
  const story = new Story();
  const shell = story.login();
  payload = drop(story, shell, '/opt/x/launch', HOSTILE);
  daemonise(story, shell, '/usr/bin/tmux', ['tmux', 'new', '-d']);
  // The kernel writes what is no printable ASCII in hex.
  writeFileSync(log, story.text().replaceAll(`exe="${HOSTILE}"`, `exe=${Buffer.from(HOSTILE).toString('hex').toUpperCase()}`));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function foundling(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => ((texts[name] += text), true), once: () => undefined, on: () => undefined });
  const code = await run(args, { stdout: stream('out'), stderr: stream('err'), env: {}, wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });
  return { code, ...texts };
}

describe('foundling findings', () => {
  test('--json is one line a process, worst first, in the shape that is promised', async () => {
    const { code, out } = await foundling('findings', log, '--json');
    expect(code).toBe(0);
    const rows = out.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown> & { score: number; state: string });
    expect(rows[0]).toMatchObject({ pid: payload, alert: true, state: 'unexpected', start: expect.closeTo(1_700_000_000, -1) as number });
    expect(Object.keys(rows[0]!).slice(0, 8)).toEqual(['host', 'pid', 'start', 'name', 'score', 'alert', 'state', 'findings']);
    expect(rows[0]!['findings']).toContainEqual(expect.objectContaining({ kind: 'adopted', points: expect.any(Number) as number, techniques: ['T1036.009'], reasons: expect.any(Array) as unknown[] }));
    expect(rows.map(({ score }) => score)).toEqual(rows.map(({ score }) => score).sort((a, b) => b - a));
    expect(rows.some(({ state }) => state === 'explained')).toBe(true);
  });

  test('text shows what is loud, counts what is quiet, and obeys no escape', async () => {
    const { out } = await foundling('findings', log);
    expect(out).toContain('ALERT');
    expect(out).toContain('explained by the baseline');
    expect(out).not.toContain('\x1b]');
    expect(out).not.toContain('tmux');
  });

  test('after a sensor was tampered with, the list says that it is not all', async () => {
    const says = /what is not listed here may have happened all the same/;
    expect((await foundling('findings', log)).out).not.toMatch(says);
    const story = new Story();
    story.removeRules(story.exec(story.fork(story.login(0)), '/usr/sbin/auditctl', ['auditctl', '-D']));
    writeFileSync(join(folder, 'cut.log'), story.text());
    expect((await foundling('findings', join(folder, 'cut.log'))).out).toMatch(says);
  });

  test('a case brings its line, its baseline, and what is wrong with them', async () => {
    const learned = join(folder, 'learned.json');
    const good = new Story();
    daemonise(good, good.login(), '/opt/x/agent');
    writeFileSync(join(folder, 'good.log'), good.text());
    expect(await foundling('baseline', 'learn', join(folder, 'good.log'), '-o', learned)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 entry in /) as string });
    const lookalike = new Story();
    daemonise(lookalike, lookalike.login(), '/opt/x/agent');
    drop(lookalike, lookalike.login(), '/opt/x/launch', '/opt/x/work');
    writeFileSync(join(folder, 'day.log'), lookalike.text());
    const at = join(folder, 'case');
    mkdirSync(at);
    writeFileSync(join(at, 'case.foundling.json'), JSON.stringify({ version: 1, title: 'c', hosts: [], evidence: [{ id: 'a', reference: join(folder, 'day.log') }], triage: { alertLine: 'x' } }));
    writeFileSync(join(at, 'baseline.json'), readFileSync(learned));
    const quiet = await foundling('findings', at, '--json');
    expect(quiet.err).toContain('triage.alertLine');
    expect(quiet.out).toMatch(/"name":"agent".*"state":"explained"/);
    writeFileSync(join(at, 'baseline.json'), '{');
    const loud = await foundling('findings', at, '--json');
    expect(loud.err).toContain('baseline.json: it is no JSON');
    expect(loud.out).toMatch(/"name":"agent".*"state":"unexpected"/);
  });

  test('what stands out on a host that is taken for good is not learned, and that is said', async () => {
    const learned = join(folder, 'mistake.json');
    const { out } = await foundling('baseline', 'learn', log, '-o', learned);
    expect(out).toMatch(/Not learned: 1 orphan with an alert\. A host where something stands out may not be good/);
    expect(readFileSync(learned, 'utf8')).not.toContain('work');
  });

  test.each([
    [['findings'], /No evidence was named/],
    [['baseline', 'forget', 'x', '-o', 'y'], /There is no baseline forget/],
    [['baseline', 'learn', '-o', 'y'], /No evidence was named/],
  ])('%j is wrong usage', async (args, message) => {
    expect(await foundling(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) as string });
  });

  test('learn without a place to write is wrong usage; a place that cannot be written is told', async () => {
    expect((await foundling('baseline', 'learn', log)).code).toBe(2);
    expect(await foundling('baseline', 'learn', log, '-o', join(folder, 'no', 'where.json'))).toMatchObject({ code: 1, err: expect.stringContaining('there is no folder') as string });
  });
});

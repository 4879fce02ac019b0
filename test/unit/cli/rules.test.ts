import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';

let folder = '', log = '', rules = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-rules-'));
  log = join(folder, 'audit.log');
  rules = join(folder, 'rules');
  writeFileSync(log, auditLines(DOUBLE_FORK));
  mkdirSync(join(rules, 'sub', '.git'), { recursive: true });
  writeFileSync(join(rules, 'torn.eql'), 'processes where process.parent.executable != null and process.orphan and process.parent.pid != 1');
  writeFileSync(join(rules, 'sub', 'sigma.yml'), 'title: "Anything \\u202e run"\nlevel: low\ntags: [attack.t1059]\nlogsource: { product: linux, category: process_creation }\ndetection: { s: { Image: "*" }, condition: s }\n');
  writeFileSync(join(rules, 'sub', 'terms.toml'), '[rule]\nname = "Terms"\ntype = "new_terms"\nquery = "x"\n');
  writeFileSync(join(rules, 'wrong.hunt'), 'exec where\n  nosuch.field == 1');
  writeFileSync(join(rules, 'schema.json'), '{"title": "no rule"}');
  writeFileSync(join(rules, 'sub', '.git', 'hidden.eql'), 'any where true');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function hunt(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ isTTY: false, write: (text: string) => ((texts[name] += text), true), once: () => undefined, on: () => undefined });
  const code = await run(['hunt', ...args], { stdout: stream('out'), stderr: stream('err'), env: {}, wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });
  return { code, ...texts };
}

interface Report {
  readonly rules: readonly { readonly rule: string; readonly title: string; readonly file: string; readonly techniques: readonly string[]; readonly recorded: number; readonly created: number; readonly extraTotal: number; readonly rows: readonly Record<string, unknown>[]; readonly extra: readonly { readonly pid: number; readonly edge: { readonly recordedParent: { readonly pid: number }; readonly creator: { readonly pid: number }; readonly basis: string; readonly confidence: number }; readonly records: readonly { readonly member: string; readonly offset: number; readonly states: string }[] }[] }[];
  readonly refused: readonly { readonly file: string; readonly title: string; readonly reason: string }[];
  readonly failed: readonly unknown[];
}

test('a folder of Sigma, EQL, Hunt and TOML runs over one opening; what cannot run is said with its code, the rest still runs', async () => {
  const { code, out, err } = await hunt('--rules', rules, log, '--format', 'json');
  expect(code).toBe(1);
  const report = JSON.parse(out) as Report;
  expect(report.rules.map(({ rule, techniques }) => [rule, techniques])).toEqual([['anything_run', ['T1059']], ['torn', []]]);
  expect(report.refused.map(({ title, reason }) => [title, reason.slice(0, 20)]).sort()).toEqual([['Terms', 'it is of type new_te'], ['wrong', 'HUNT201 in line 2: T']]);
  expect(report.failed).toEqual([]);
  expect(err).toMatch(/wrong\.hunt: wrong: not translated: HUNT201 in line 2: .*nosuch\.field/);
  expect(err).not.toContain('schema.json');
});

test('a hit that only the created tree gives comes with its edge and the records that tell of it', async () => {
  const { out } = await hunt('--rules', join(rules, 'torn.eql'), log, '--format', 'json');
  const [torn] = (JSON.parse(out) as Report).rules;
  expect([torn!.recorded, torn!.created, torn!.extraTotal]).toEqual([0, 1, 1]);
  const [hit] = torn!.extra;
  expect(hit!.edge).toMatchObject({ recordedParent: { pid: 1 }, basis: 'observed' });
  expect(hit!.edge.creator.pid).not.toBe(1);
  expect(hit!.records.map(({ states }) => states).join('\n')).toMatch(/created by .*\n[^]*exit/);
  const place = `${hit!.records[0]!.member}:${hit!.records[0]!.offset}`;
  const table = await hunt('--rules', join(rules, 'torn.eql'), log);
  expect(table.code).toBe(0);
  expect(table.out).toContain(place);
  expect(table.out).toMatch(/recorded parent .* 1; created by .* \(observed, 0\.\d\d\)/);
  const csv = (await hunt('--rules', join(rules, 'torn.eql'), log, '--format', 'csv')).out.trimEnd().split('\n');
  expect(csv).toHaveLength(3);
  expect(csv[1]).toContain(',0,1,1,');
  expect(csv[2]).toContain(place);
});

test('a rule that asks nothing of parents has the same hits in both views; marks of direction are shown as escapes', async () => {
  const { out } = await hunt('--rules', join(rules, 'sub', 'sigma.yml'), log);
  const [, recorded, created] = /^ *(\d+) +(\d+) {2}Anything/m.exec(out)!;
  expect(Number(recorded)).toBeGreaterThan(0);
  expect(created).toBe(recorded);
  expect(out).toContain('Anything \\u{202e} run (low, T1059)');
});

test('--basis takes weaker edges for unknown, and --parents has no place beside --rules', async () => {
  expect((await hunt('--rules', rules, log, '--parents', 'created')).code).toBe(2);
  expect((await hunt('--rules', rules)).code).toBe(2);
  const { out } = await hunt('--rules', join(rules, 'torn.eql'), log, '--basis', 'observed', '--format', 'json');
  expect((JSON.parse(out) as Report).rules[0]!.created).toBeLessThanOrEqual(1);
});

test('a folder without rules, and one that is not there, end with exit 1 and a sentence', async () => {
  const empty = join(rules, 'sub', '.git', 'nothing');
  mkdirSync(empty, { recursive: true });
  expect(await hunt('--rules', empty, log)).toMatchObject({ code: 1, err: expect.stringContaining('no file of rules') as string });
  expect(await hunt('--rules', join(folder, 'absent'), log)).toEqual({ code: 1, out: '', err: `foundling: ${join(folder, 'absent')}: there is no such file (any more)\n` });
});

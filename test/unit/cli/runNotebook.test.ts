import { build } from 'esbuild';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';

// The thread of SQL cells is a bundle that lies beside the wasm, as it is packed.
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-run-'));
  writeFileSync(join(folder, 'audit.log'), auditLines(DOUBLE_FORK));
  copyFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'), join(folder, 'sql-wasm.wasm'));
  await build({ entryPoints: ['src/node/sqlWorker.ts'], bundle: true, platform: 'node', target: 'node20', format: 'cjs', mainFields: ['module', 'main'], outfile: join(folder, 'sqlWorker.js'), logLevel: 'error' });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function runText(cells: string): Promise<{ code: number; out: string; text: string }> {
  const [file, output] = [join(folder, 'n.hunt.md'), join(folder, 'out.md')];
  writeFileSync(file, `---\nfoundling:\n  evidence: audit.log\n---\n\n${cells}`);
  let out = '';
  const stream = (write: (text: string) => void) => ({ write: (text: string) => (write(text), true), once: () => undefined, on: () => undefined });
  const code = await run(['run', file, '-o', output], { stdout: stream((text) => (out += text)), stderr: stream(() => undefined), env: {}, wasmPath: join(folder, 'sql-wasm.wasm') });
  return { code, out, text: readFileSync(output, 'utf8') };
}

test('SQL cells run on a copy of the store, and their rows stand behind them', async () => {
  const { code, out, text } = await runText('```sql\nSELECT pid, executable FROM processes WHERE pid = 822\n```\n\n```hunt\nprocesses where process.pid == 822 | fields process.executable\n```\n');
  expect(code).toBe(0);
  expect(out).toMatch(/1 hunt and 1 SQL cell run/);
  const [executable] = /\| (`[^|]*`) \|\n$/m.exec(text.slice(text.indexOf('process.executable')))?.slice(1) ?? [];
  expect(executable).toMatch(/^`\/.+`$/);
  expect(text).toContain(`| 822 | ${executable} |\n\n*1 row.*`);
});

test('a statement that would write, and one of many rows, say so in their place', async () => {
  const { code, out, text } = await runText('```sql\nDELETE FROM process\n```\n\n```sql\nWITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n\n```\n');
  expect(code).toBe(1);
  expect(out).toMatch(/0 hunts and 2 SQL cells run, 1 failed/);
  expect(text).toMatch(/\*\*SQL\*\* A SQL cell only reads/);
  expect(text).toMatch(/200 of 100,000 rows.* Stopped after 100,000 rows; there are more/);
});

test('the basis of a cell goes before that of the notebook, and is said', async () => {
  const hunt = 'processes where process.creator.pid != null | count\n```\n';
  const { text } = await runText(`\`\`\`hunt\n${hunt}\n\`\`\`hunt basis=observed\n${hunt}`);
  expect(text.match(/basis observed or better/g)).toHaveLength(1);
});

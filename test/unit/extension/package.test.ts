import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { expect, onTestFinished, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

test('what somebody who tried the example left in it, and maps of an earlier build, stay out of the package', async () => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'foundling-package-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const name of ['package.json', '.vscodeignore', 'examples']) cpSync(path.join(root, name), path.join(cwd, name), { recursive: true });
  const left = ['examples/case/custody/ana-laptop.jsonl', 'examples/case/verdicts/ana.jsonl', 'examples/case/report/report.html', 'dist/tree.js.map'];
  const needed = ['examples/case/verdicts/mira.jsonl', 'examples/case/hunts/foundlings.hunt', 'examples/case/evidence/audit.log', 'examples/case/double-fork.hunt.md', 'dist/tree.js', 'dist/sql-wasm.wasm'];
  for (const name of [...left, 'dist/tree.js', 'dist/sql-wasm.wasm']) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), '');
  }
  const packed = await listFiles({ cwd, packageManager: PackageManager.None });
  expect(packed).toEqual(expect.arrayContaining(needed));
  expect(packed.filter((name) => left.includes(name))).toEqual([]);
});

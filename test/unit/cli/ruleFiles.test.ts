import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRuleFiles } from '../../../src/cli/ruleFiles.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'rules-'))));
afterEach(() => rm(folder, { recursive: true }));

test('links that lead round, to themselves or nowhere are not followed; each rule is read once', async () => {
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(join(folder, 'a', 'b', 'rule.yml'), 'title: x\n');
  await symlink(folder, join(folder, 'a', 'round'));
  await symlink('self', join(folder, 'self'));
  await symlink(join(folder, 'gone.yml'), join(folder, 'nowhere.yml'));
  await symlink(join(folder, 'a', 'b', 'rule.yml'), join(folder, 'again.yml'));
  const troubles: string[] = [];
  const files = await readRuleFiles(folder, (says) => troubles.push(says));
  expect(files.map(({ name, text }) => [relative(folder, name), text])).toEqual([[join('a', 'b', 'rule.yml'), 'title: x\n']]);
  expect(troubles).toEqual([]);
});

test('a file beyond all measure is told by name and left out', async () => {
  await writeFile(join(folder, 'big.yml'), Buffer.alloc(16 * 1024 * 1024 + 1));
  await writeFile(join(folder, 'rule.yml'), 'title: x\n');
  const troubles: string[] = [];
  const files = await readRuleFiles(folder, (says) => troubles.push(says));
  expect(files.map(({ name }) => relative(folder, name))).toEqual(['rule.yml']);
  expect(troubles).toEqual([expect.stringMatching(/big\.yml: .*16 MiB/)]);
});

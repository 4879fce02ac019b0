import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RULE_ENDINGS, type RuleFile } from '../hunt/index.js';
import { unreadable } from '../node/index.js';

/** A file larger than this is no file of rules. */
const BYTES_AT_MOST = 16 * 1024 * 1024;
const FILES_AT_MOST = 20_000;

/** The files of rules below a folder, or the file itself, by name. Hidden folders and links are left out. What cannot be read is told by `onTrouble`; the rest is still read. */
export async function readRuleFiles(path: string, onTrouble: (says: string) => void): Promise<readonly RuleFile[]> {
  const names = await namesAt(path, onTrouble);
  if (names.length > FILES_AT_MOST) onTrouble(`${path}: it holds more than ${FILES_AT_MOST} files of rules; the rest is left out`);
  const files: RuleFile[] = [];
  for (const name of names.slice(0, FILES_AT_MOST)) {
    try {
      const { size } = await stat(name);
      if (size > BYTES_AT_MOST) throw new Error('it is larger than 16 MiB, which no file of rules is');
      const text = await readFile(name, 'utf8');
      // Folders of rules hold other JSON too (schemas, packages).
      if (!/json$/i.test(name) || /"query"/.test(text)) files.push({ name, text });
    } catch (error) {
      onTrouble(troubleWith(name, error));
    }
  }
  return files;
}

async function namesAt(path: string, onTrouble: (says: string) => void): Promise<readonly string[]> {
  try {
    return (await stat(path)).isDirectory() ? await filesBelow(path, onTrouble) : [path];
  } catch (error) {
    onTrouble(troubleWith(path, error));
    return [];
  }
}

function troubleWith(path: string, error: unknown): string {
  return error instanceof Error && !('code' in error) ? `${path}: ${error.message}` : unreadable(path, error).message;
}

async function filesBelow(folder: string, onTrouble: (says: string) => void): Promise<string[]> {
  const found: string[] = [];
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    onTrouble(troubleWith(folder, error));
    return found;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') found.push(...(await filesBelow(path, onTrouble)));
    else if (entry.isFile() && RULE_ENDINGS.some((ending) => entry.name.toLowerCase().endsWith(ending))) found.push(path);
  }
  return found;
}

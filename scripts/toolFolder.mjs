// Tools that are too large for node_modules: installed once into the user's cache folder, shared by every clone.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onStop, step } from './command.mjs';

const ABANDONED_MS = 3_600_000;

/** Where a tool is kept: `$XDG_CACHE_HOME/foundling/NAME`. */
export function toolFolder(name) {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'foundling', name);
}

// Written when the tool has answered, before the folder gets its final name: an interrupted installation is never taken for whole.
const wholeMark = (folder) => path.join(folder, 'whole.json');

/** True when a whole installation stands there. */
export function isWhole(folder) {
  return existsSync(wholeMark(folder));
}

/** Installs a tool if it is not there. `install(folder)` fills a folder, tries the tool, and answers what the mark says. */
export async function ensureTool(folder, label, install) {
  if (isWhole(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  removeAbandoned(folder);
  const unfinished = mkdtempSync(`${folder}.unfinished-`);
  const discard = () => rmSync(unfinished, { recursive: true, force: true });
  onStop(discard);
  try {
    await step(label, async () => writeFileSync(wholeMark(unfinished), JSON.stringify(await install(unfinished))));
    if (isWhole(folder)) return; // another clone was faster
    rmSync(folder, { recursive: true, force: true }); // no whole mark: left by something else
    renameSync(unfinished, folder);
  } finally {
    discard();
  }
}

/** Installations whose program was killed. One that is under way writes all the time. */
function removeAbandoned(folder) {
  const parent = path.dirname(folder);
  for (const name of readdirSync(parent)) {
    const each = path.join(parent, name);
    if (each.startsWith(`${folder}.unfinished-`) && Date.now() - statSync(each).mtimeMs > ABANDONED_MS) rmSync(each, { recursive: true, force: true });
  }
}

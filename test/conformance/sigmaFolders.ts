import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of Sigma rules among these, or right below them. */
export function sigmaFolders(folders: readonly string[]): readonly string[] {
  return folders.filter((folder) => existsSync(folder)).flatMap((folder) => (isSigma(folder) ? [folder] : readdirSync(folder).map((name) => join(folder, name)).filter(isSigma)));
}

/** A copy of the rules' repository (folders called rules, rules-threat-hunting, ...), or rules as they are. */
function isSigma(folder: string): boolean {
  return rulesIn(folder).length > 0;
}

/** Files of rules: those in the folder itself, and below its folders called rules... */
export function rulesIn(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return [...entries.filter((entry) => entry.isFile() && isYaml(entry.name)).map(({ name }) => join(folder, name)), ...entries.filter((entry) => entry.isDirectory() && entry.name.startsWith('rules')).flatMap(({ name }) => filesBelow(join(folder, name)))].sort();
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isYaml).map((name) => join(folder, name));
}

function isYaml(name: string): boolean {
  return /\.ya?ml$/.test(name);
}

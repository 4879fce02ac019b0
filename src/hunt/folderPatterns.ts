import type { ValueCounts } from './completionItem.js';

/** More folders than these help no one: the list narrows by typing. */
const MOST = 12;

/**
 * Patterns of the folders that the paths among the values lie in, most met first, each with the number of times that a path below it was met. A folder
 * whose paths all lie in one folder further down is not named.
 */
export function folderPatterns(values: ValueCounts): ValueCounts {
  const below = new Map<string, { paths: number; met: number }>();
  for (const [value, met] of values) {
    // In a pattern * and ? stand for others, and a backslash for what follows it.
    if (!value.startsWith('/') || /[*?\\]/.test(value)) continue;
    for (let slash = value.indexOf('/', 1); slash > 0; slash = value.indexOf('/', slash + 1)) {
      const folder = value.slice(0, slash);
      const counted = below.get(folder) ?? { paths: 0, met: 0 };
      below.set(folder, { paths: counted.paths + 1, met: counted.met + met });
    }
  }
  const isWhollyIn = (folder: string, paths: number): boolean => [...below].some(([other, { paths: theirs }]) => theirs === paths && other.startsWith(`${folder}/`));
  return [...below]
    .filter(([folder, { paths }]) => paths > 1 && !isWhollyIn(folder, paths))
    .sort(([a, one], [b, other]) => other.met - one.met || (a < b ? -1 : 1))
    .slice(0, MOST)
    .map(([folder, { met }]) => [`${folder}/*`, met]);
}

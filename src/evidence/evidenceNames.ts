/**
 * Files as they are named in what others read (reports, tickets, pins): by the shortest end of their path that no other of `files` has, since where they lie
 * on this machine is of no use elsewhere; the hash beside the name says which file is meant. Any other text is answered as it is.
 */
export function evidenceNames(files: readonly string[]): (file: string) => string {
  const parts = new Map([...new Set(files)].map((file) => [file, partsOf(file)]));
  const names = new Map<string, string>();
  const endings = new Map<string, number>();
  for (const each of parts.values()) for (let count = 1; count <= each.length; count++) endings.set(endOf(each, count), (endings.get(endOf(each, count)) ?? 0) + 1);
  for (const [file, each] of parts) {
    let count = 1;
    while (count < each.length && (endings.get(endOf(each, count)) ?? 0) > 1) count++;
    names.set(file, endOf(each, count) || file);
  }
  return (file) => names.get(file) ?? file;
}

/** A sentence or command of ours about one file, with its name instead of its path. */
export function withName(text: string, file: string, name: string): string {
  return file === '' || file === name ? text : text.replaceAll(file, () => name); // `$&` in a name is no pattern
}

/** A sentence of ours that may speak of any of these files, with their names instead of their paths. */
export function withNames(text: string, files: readonly string[], nameOf: (file: string) => string): string {
  return [...files].sort((a, b) => b.length - a.length).reduce((said, file) => withName(said, file, nameOf(file)), text);
}

function endOf(parts: readonly string[], count: number): string {
  return parts.slice(-count).join('/');
}

/** Without what only says where to begin: `/`, `./`, `../`, a drive. */
function partsOf(file: string): readonly string[] {
  const separator = /^(?:[A-Za-z]:)?\\/.test(file) || /^[A-Za-z]:\\/.test(file) ? /[\\/]+/ : /\/+/;
  return file.split(separator).filter((part, at) => part !== '' && part !== '.' && part !== '..' && !(at === 0 && /^[A-Za-z]:$/.test(part)));
}

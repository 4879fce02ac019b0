/** The folders that stand at the root of a host; a collection keeps them below its own. */
const AT_ROOT = /(?:^|\/)((?:etc|usr|lib|var|opt|home|root|run|srv|boot)\/[^]*)$/;

/** Where a collected file lay on its host, as far as its path inside the collection shows it; else that path as it is. */
export function pathOnHost(member: string): string {
  const inner = AT_ROOT.exec(member.replaceAll('\\', '/'))?.[1];
  return inner === undefined ? member : `/${inner}`;
}

/** Whose file it is, from the home folder that it lies in; undefined when its path shows none. */
export function homeOwner(member: string): string | undefined {
  const path = `/${member.replaceAll('\\', '/')}`;
  return /\/home\/([^/]+)\/[^]*$/.exec(path)?.[1] ?? (/\/root\/\.[^]*$/.test(path) ? 'root' : undefined);
}

/** The last part of a path, of either kind. */
export function baseName(path: string): string {
  return (
    path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? path
  );
}

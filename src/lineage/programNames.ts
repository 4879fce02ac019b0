const DELETED = ' (deleted)';

/** The last part of a program's path, the kernel's mark of a deleted file taken off. */
export function baseName(path: string | undefined): string {
  if (path === undefined) return '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith(DELETED) ? name.slice(0, -DELETED.length) : name;
}

/** The name of a program that lies where the system keeps its own; a copy elsewhere has no claim to the name. */
export function systemName(path: string | undefined): string {
  return path !== undefined && (!path.includes('/') || /^\/(usr|bin|sbin|lib\w*|opt)\//.test(path)) ? baseName(path) : '';
}

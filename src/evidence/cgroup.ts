/**
 * The one path that says most in what the kernel or ps print of a process's cgroups: `0::/a/b`, the lines of /proc/PID/cgroup, or ps's list with
 * commas. The unified hierarchy is taken where it is used, else systemd's own, else the longest path. undefined when nothing is stated.
 */
export function cgroupPath(text: string): string | undefined {
  let systemd: string | undefined;
  let longest: string | undefined;
  // ps joins the lines with commas, and a line may hold commas of its own (cpu,cpuacct): a new line begins with its number.
  for (const line of text.split(/\n|,(?=\d+:)/)) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line.trim());
    if (!match) continue;
    const [, hierarchy, controllers, path = ''] = match;
    if (hierarchy === '0' && controllers === '' && path !== '/') return path;
    if (controllers === 'name=systemd') systemd = path;
    if (longest === undefined || path.length > longest.length) longest = path;
  }
  if (systemd !== undefined && systemd !== '/') return systemd;
  return longest ?? (text.trim().startsWith('/') ? text.trim() : undefined);
}

/**
 * The systemd unit that a cgroup path stands for: its last component that is a service, scope, mount or socket. A user's own units come out
 * by their own name (`app-gpg.service`, not `user@1000.service`). undefined outside any unit.
 */
export function unitOfCgroup(path: string): string | undefined {
  return path
    .split('/')
    .reverse()
    .find((part) => /^[^/]+\.(service|scope|mount|socket|swap)$/.test(part));
}

/** The container id in a cgroup path (Docker, containerd, CRI-O, podman, LXC); undefined outside any container. */
export function containerOfCgroup(path: string): string | undefined {
  for (const part of path.split('/').reverse()) {
    const id = /^(?:[a-z-]+-)?([0-9a-f]{64}|[0-9a-f]{32})(?:\.scope)?$/.exec(part)?.[1];
    if (id !== undefined && !part.startsWith('crio-conmon-') && !part.startsWith('libpod-conmon-')) return id;
    const name = /^lxc\.payload[./](.+)$/.exec(part)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

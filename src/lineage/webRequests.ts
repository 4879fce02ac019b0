import { NO_PROCESS, NO_STRING, type StringTable } from '../model/index.js';
import type { Processes } from './processes.js';
import { systemName } from './programNames.js';

/** Programs that write access logs, by the name that their log's file has. */
const SERVERS: ReadonlyMap<string, string> = new Map([
  ['nginx', 'nginx'], ['openresty', 'nginx'], ['apache2', 'apache2'], ['httpd', 'apache2'], ['lighttpd', 'lighttpd'], ['caddy', 'caddy'], ['haproxy', 'haproxy'], ['traefik', 'traefik'],
]);
/** Where a server of another name listens (IANA: http, https, http-alt, and what proxies pass on to). */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8000, 8008, 8080, 8443, 8888]);
/** Access logs state whole seconds. */
const SECOND = 1_000_000;
/** The key that the reader of access logs gives its lines (evidence/accessLog.ts). */
export const ACCESS_LOG = 'access-log';

interface Server {
  readonly row: number;
  /** As SERVERS has it; '' where it is known by its port alone. */
  readonly name: string;
  readonly isOfUnit: boolean;
}

/**
 * Joins the lines of web access logs, which name no process, to the server that was alive then on their host: by program, else by who listened on a
 * web port. A line is joined only where one server fits; it stands for the service then, not for the worker that answered.
 */
export class WebRequests {
  private readonly times: number[] = [];
  private readonly groups = new Map<string, { readonly host: number; readonly server: string; readonly lines: number[] }>();
  private readonly columns: Int32Array[] = [];
  private readonly rows: number[] = [];
  private readonly listeners = new Set<number>();

  /** A line of `host` at `t`, in order of time; `server` as the log's file names it, `about[row]` is where its process is written. */
  add(host: number, t: number, server: string, about: Int32Array, row: number): void {
    const name = SERVERS.get(server) ?? '';
    const key = `${host} ${name}`;
    let group = this.groups.get(key);
    if (!group) this.groups.set(key, (group = { host, server: name, lines: [] }));
    group.lines.push(this.times.length);
    this.times.push(t);
    this.columns.push(about);
    this.rows.push(row);
  }

  /** A process listens on a port. */
  listens(process: number, port: number): void {
    if (process !== NO_PROCESS && WEB_PORTS.has(port)) this.listeners.add(process);
  }

  join(p: Processes, strings: StringTable): void {
    if (this.times.length === 0) return;
    const servers = this.serversOf(p, strings);
    for (const { host, server, lines } of this.groups.values()) {
      const ofHost = servers.filter(({ row }) => p.host[row] === host);
      const named = ofHost.filter(({ name }) => name !== '' && (server === '' || name === server));
      this.sweep(p, named.length > 0 ? named : ofHost.filter(({ name }) => name === ''), lines);
    }
  }

  private serversOf(p: Processes, strings: StringTable): Server[] {
    const names = new Map<number, string>();
    const nameOf = (program: number): string => {
      let name = names.get(program);
      if (name === undefined) names.set(program, (name = SERVERS.get(systemName(strings.text(program))) ?? ''));
      return name;
    };
    const found: Server[] = [];
    for (let row = 0; row < p.count; row++) {
      const name = nameOf(p.exe[row] === NO_STRING ? p.comm[row]! : p.exe[row]!);
      if (name === '' && !this.listeners.has(row)) continue;
      const unit = /^([a-z0-9]+)\.service$/.exec(strings.text(p.unit[row]!) ?? '')?.[1] ?? '';
      found.push({ row, name, isOfUnit: name !== '' && SERVERS.get(unit) === name });
    }
    return found;
  }

  /** Goes over lines and lifetimes together; who stands for the server is looked up again only when one of them began or ended. */
  private sweep(p: Processes, servers: readonly Server[], lines: readonly number[]): void {
    const born = [...servers].sort((a, b) => p.start[a.row]! - p.start[b.row]! || a.row - b.row);
    let next = 0;
    let alive: Server[] = [];
    let firstEnd = Infinity;
    let one = NO_PROCESS;
    for (const line of lines) {
      const t = this.times[line]!;
      let changed = false;
      for (; next < born.length && p.start[born[next]!.row]! < t + SECOND; next++) {
        alive.push(born[next]!);
        changed = true;
      }
      if (changed || firstEnd < t) {
        alive = alive.filter(({ row }) => !(p.end[row]! < t));
        firstEnd = alive.reduce((first, { row }) => (p.end[row]! < first ? p.end[row]! : first), Infinity);
        one = this.serviceOf(p, alive, t);
      }
      if (one !== NO_PROCESS) this.columns[line]![this.rows[line]!] = one;
    }
  }

  /**
   * The one process that stands for the server: the one that has the others; of several the one that is in the server's own unit, or that listens on a
   * web port; or the living parent that they share. -1 if there are several.
   */
  private serviceOf(p: Processes, alive: readonly Server[], t: number): number {
    const known = new Set(alive.map(({ row }) => row));
    const tops = alive.filter(({ row }) => !known.has(p.parent[row]!));
    if (tops.length <= 1) return tops[0]?.row ?? NO_PROCESS;
    const parent = p.parent[tops[0]!.row]!;
    if (parent !== NO_PROCESS && p.pid[parent]! > 1 && !(p.end[parent]! < t) && tops.every(({ row }) => p.parent[row] === parent)) return parent;
    for (const serves of [({ isOfUnit }: Server) => isOfUnit, ({ row }: Server) => this.listeners.has(row)]) {
      const few = tops.filter(serves);
      if (few.length === 1) return few[0]!.row;
    }
    return NO_PROCESS;
  }
}

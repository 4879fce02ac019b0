import { SNIFF_BYTES } from './format.js';

/** How the host of an evidence was found; the strongest first. */
export type HostBasis = 'stated' | 'record' | 'collection' | 'events' | 'only' | 'file';

export interface DecidedHost {
  readonly host: string;
  readonly basis: HostBasis;
}

/** Names that say nothing: every other machine has them too. */
const NAMELESS = /^(localhost(\.localdomain)?|\(none\)|-|unknown|\d+)$/i;

/** True for a name that says nothing of which host it is. */
export function isNameless(name: string): boolean {
  return NAMELESS.test(name);
}

/** One line of each kind of record that names the host it came from. */
const NAMED: readonly RegExp[] = [
  /^node=(\S+) type=[A-Z]/, // auditd with name_format
  /^\{"kind": ?"meta",.*?"hostname": ?"([^"\\]+)"/, // the JSON lines of a /proc collection
  /^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ([\w.-]+) [\w/.()-]+(?:\[\d+\])?: /, // syslog
  /^(?:<\d+>1 )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.:+Z-]* ([\w.-]+) [\w/.()-]+(?:\[\d+\])?:? /, // syslog with ISO stamps, RFC 5424
  /^_HOSTNAME=(\S+)$/, // journalctl -o export
  /"_HOSTNAME" ?: ?"([^"\\]+)"/, // journalctl -o json
  /"NODE" ?: ?"([^"\\]+)"/, // laurel
  /"node_name" ?: ?"([^"\\]+)"/, // Tetragon
  /"hostIdentifier" ?: ?"([^"\\]+)"/, // osquery
  /"hostName" ?: ?"([^"\\]+)"/, // Tracee
  /(?:<|\\u003c)Computer(?:>|\\u003e)([\w.-]+)(?:<|\\u003c)/, // Sysmon, in syslog or in JSON
];

/** The hosts that the head of a member names, in order of appearance. */
export function hostsNamedIn(head: Uint8Array): string[] {
  const text = new TextDecoder('latin1').decode(head.subarray(0, SNIFF_BYTES));
  const lines = text.split(/\r?\n/);
  if (head.length >= SNIFF_BYTES) lines.pop(); // the last line is cut, and so may be its name
  const hosts = new Set<string>();
  for (const line of lines.length > 0 ? lines : [text]) {
    for (const pattern of NAMED) {
      const name = pattern.exec(line)?.[1];
      if (name !== undefined && !NAMELESS.test(name)) hosts.add(name);
    }
  }
  return [...hosts];
}

/** The one host that a set names; `web01` and `web01.example.org` are one. undefined when none or several are named. */
export function onlyHost(names: Iterable<string>): string | undefined {
  let only: string | undefined;
  for (const name of names) {
    if (only === undefined) only = name;
    else if (shortName(name) !== shortName(only)) return undefined;
    else if (name.length < only.length) only = name;
  }
  return only;
}

function shortName(name: string): string {
  return name.toLowerCase().split('.')[0] ?? name;
}

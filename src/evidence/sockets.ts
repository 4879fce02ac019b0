import type { Coverage } from '../model/index.js';
import type { Fact } from './facts.js';
import { idOf } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { NO_PARENTS, partOnly } from './snapshotCoverage.js';

/** Longer lines are no rows of these tools, and their patterns must not be tried on megabytes. */
const LONGEST = 8192;
/** What no list of sockets and open files can show. */
export const SOCKET_GAPS: readonly Coverage[] = [NO_PARENTS, partOnly('only who has a socket or a file open is in it')];

const NETSTAT_HEADER = /^Proto\s.*\bPID\/Program name/;
const SS_HEADER = /^(Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address/;

/** `ss -p` and `netstat -p` (FORMATS 5.5): which process has which socket when it ran. No parents, no starts. */
export const socketsFormat = lineFormat({
  id: 'sockets',
  title: 'ss and netstat text',
  sniff: (head) => (head.split('\n').slice(0, 20).some((line) => NETSTAT_HEADER.test(line) || SS_HEADER.test(line)) ? 0.9 : 0),
  reading(context) {
    const time = context.takenMicros ?? NaN;
    let hasNetid = true;
    let row: Pick<Fact, 'operation' | 'path' | 'port' | 'message'> | undefined;
    return {
      line(text, _from, add): Verdict {
        if (text.length > LONGEST) return { trouble: 'a line that is no row of sockets' };
        if (SS_HEADER.test(text)) {
          hasNetid = text.startsWith('Netid');
          return UNDERSTOOD;
        }
        if (NETSTAT_HEADER.test(text)) return UNDERSTOOD;
        if (/^(Active |Proto )/.test(text)) return NOT_NEEDED;
        if (/^(tcp|udp|raw|unix|sctp)\S* +\d+ /.test(text)) {
          const fact = netstatRow(text, time);
          if (fact) add(fact);
          return fact ? UNDERSTOOD : NOT_NEEDED; // `-`: the owner was not to be seen
        }
        if (!/^\s/.test(text)) row = ssRow(text.trim().split(/\s+/), hasNetid);
        if (!row) return { trouble: 'a line that is no row of sockets' };
        let found = false;
        for (const match of text.matchAll(/\("((?:[^"\\]|\\.)*)",pid=(\d{1,10}),fd=\d+\)/g)) {
          found = true;
          add({ ...row, kind: 'socket', time, pid: pidIn(match[2]), comm: match[1] });
        }
        return found ? UNDERSTOOD : NOT_NEEDED;
      },
      gaps: () => SOCKET_GAPS,
    };
  },
});

function ssRow(words: readonly string[], hasNetid: boolean): Pick<Fact, 'operation' | 'path' | 'port' | 'message'> | undefined {
  const [state, , , first, second] = hasNetid ? words.slice(1) : words;
  if (state === undefined || first === undefined || !/^[A-Z]/.test(state)) return undefined;
  // A path stands apart from its port, as a netlink name may.
  return state === 'LISTEN' || state === 'UNCONN' ? { operation: 'listening', ...addressOf(first) } : second === undefined || /^\*|^\d+$/.test(second) ? { operation: 'open-socket', ...addressOf(first) } : openSocket(first, second);
}

function netstatRow(text: string, time: number): Fact | undefined {
  const owner = /\s(\d{1,10})\/(.*)$/.exec(text);
  const pid = pidIn(owner?.[1]);
  if (!owner || pid <= 0) return undefined;
  const [name = '', path] = (owner[2] ?? '').trimEnd().split(/\s{2,}/);
  const words = text.trim().split(/\s+/);
  const isListening = /\bLISTEN(ING)?\b/.test(text) || (/^udp|^raw/.test(text) && /:\*$/.test(words[4] ?? ''));
  const [local = '', remote = ''] = words.slice(3);
  const address = text.startsWith('unix') ? { operation: isListening ? 'listening' as const : 'open-socket' as const, path, port: undefined } : isListening ? { operation: 'listening' as const, ...addressOf(local) } : openSocket(local, remote);
  return { kind: 'socket', time, pid, comm: name.split(':')[0]?.trim().slice(0, 15), ...address };
}

function openSocket(local: string, remote: string): Pick<Fact, 'operation' | 'path' | 'port' | 'message'> {
  const own = addressOf(local);
  return { operation: 'open-socket', ...addressOf(remote), message: ownEnd(own.path, own.port) };
}

/** A connection is known by its other end; its own end, which joins it to what the other host records of it, stands in the message: `from 10.0.0.1 port 50022`. */
export function ownEnd(address: string | undefined, port: number | undefined): string | undefined {
  return address === undefined || address === '' || port === undefined || !(port > 0) ? undefined : `from ${address} port ${port}`;
}

/** Address and port of `10.0.0.4:22`, `[::1]:22`, `*:22`; a path is one. */
export function addressOf(text: string): Pick<Fact, 'path' | 'port'> {
  const colon = text.lastIndexOf(':');
  if (colon < 0 || text.startsWith('/') || text.startsWith('@')) return { path: text };
  const port = pidIn(text.slice(colon + 1));
  return { path: text.slice(0, colon).replace(/%\w+$/, '').replace(/^\[(.*)\]$/, '$1'), port: port < 0 ? undefined : port };
}

const LSOF_HEADER = /^COMMAND\s+PID\s.*\bFD\s+TYPE\s.*\bNAME\s*$/;

/** `lsof`: each process once, with its directory and executable, and its sockets. */
export const lsofFormat = lineFormat({
  id: 'lsof',
  title: 'lsof text',
  sniff: (head) => (head.split('\n').slice(0, 10).some((line) => LSOF_HEADER.test(line)) ? 0.95 : 0),
  reading(context) {
    const time = context.takenMicros ?? NaN;
    let header: LsofHeader | undefined;
    let current: { fact: Fact & { pid: number }; readonly place: Provenance } | undefined;
    return {
      line(text, from, add): Verdict {
        if (text.length > LONGEST) return { trouble: 'a line that is no row of lsof' };
        if (LSOF_HEADER.test(text)) {
          header = lsofHeader(text);
          return UNDERSTOOD;
        }
        if (/^lsof: |^\s+Output information may be incomplete/.test(text)) return NOT_NEEDED;
        const row = header && lsofRow(text, header);
        if (!row) return { trouble: 'a line that is no row of lsof' };
        if (row.isThread) return UNDERSTOOD;
        if (current?.fact.pid !== row.pid) {
          if (current) add(current.fact, current.place);
          const uid = /^\d+$/.test(row.user) ? Number(row.user) : NaN;
          current = {
            fact: { kind: 'seen', time, pid: row.pid, ppid: row.ppid, parentKind: 'atCapture', comm: row.command.slice(0, 15), uid: idOf(uid), user: Number.isNaN(uid) ? row.user : undefined },
            place: from,
          };
        }
        const name = row.name.replace(/ \(.*\)$/, '');
        if (row.fd === 'cwd') current = { ...current, fact: { ...current.fact, cwd: name } };
        else if (row.fd === 'txt' && current.fact.exe === undefined && name.startsWith('/')) current = { ...current, fact: { ...current.fact, exe: name, isExeDeleted: row.fd === 'txt' && / \(deleted\)$/.test(row.name) } };
        else if (/^IPv[46]$/.test(row.type)) {
          const [local = '', remote] = name.split('->');
          const socket = remote === undefined ? { operation: /\(LISTEN\)$/.test(row.name) ? 'listening' as const : 'open-socket' as const, ...addressOf(local) } : openSocket(local, remote);
          add({ kind: 'socket', time, pid: row.pid, comm: row.command.slice(0, 15), ...socket });
        }
        return UNDERSTOOD;
      },
      *end() {
        if (current) yield [current.fact, current.place] as const;
      },
      gaps: () => SOCKET_GAPS,
    };
  },
});

interface LsofHeader {
  readonly pidEnd: number;
  readonly tidEnd: number;
  readonly ppidEnd: number;
  readonly userEnd: number;
  readonly nameAt: number;
}

function lsofHeader(text: string): LsofHeader {
  const endOf = (title: string): number => {
    const at = text.indexOf(` ${title}`);
    return at < 0 ? -1 : at + 1 + title.length;
  };
  return { pidEnd: endOf('PID'), tidEnd: endOf('TID'), ppidEnd: endOf('PPID'), userEnd: endOf('USER'), nameAt: text.indexOf('NAME') };
}

interface LsofRow {
  readonly command: string;
  readonly pid: number;
  readonly ppid: number | undefined;
  readonly isThread: boolean;
  readonly user: string;
  readonly fd: string;
  readonly type: string;
  readonly name: string;
}

/** Columns are as wide as their widest value; numbers and users end where their titles end. */
function lsofRow(text: string, { pidEnd, tidEnd, ppidEnd, userEnd, nameAt }: LsofHeader): LsofRow | undefined {
  const head = text.slice(0, pidEnd);
  const space = head.lastIndexOf(' ');
  const pid = pidIn(head.slice(space + 1));
  if (pid <= 0) return undefined;
  const [fd, type] = text.slice(userEnd).trim().split(/\s+/);
  const ppid = ppidEnd > pidEnd ? pidIn(text.slice(Math.max(tidEnd, pidEnd), ppidEnd).trim()) : -1;
  return {
    command: head.slice(0, space).trim().replaceAll('\\x20', ' '),
    pid,
    ppid: ppid < 0 ? undefined : ppid,
    isThread: tidEnd > 0 && text.slice(pidEnd, tidEnd).trim() !== '',
    user: text.slice(Math.max(pidEnd, tidEnd, ppidEnd), userEnd).trim().split(/\s+/).at(-1) ?? '',
    fd: fd ?? '',
    type: type ?? '',
    name: text.slice(nameAt).trim(),
  };
}

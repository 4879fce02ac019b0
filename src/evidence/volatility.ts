import { NOT_STATED } from '../model/index.js';
import { commOf, type Fact, startOf } from './facts.js';
import type { Format, ParseContext } from './format.js';
import { idOf, isoMicros, pidAt, textAt } from './jsonFields.js';
import { jsonFormat, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';
import { lineFormat, pidIn } from './lineFormat.js';
import { SNAPSHOT_GAPS } from './snapshotCoverage.js';

/** A row without a header, as people paste it: pslist, pstree and psscan begin alike. */
const BARE_ROW = /^(?:\*+ )?0x[0-9a-f]+\t\d+\t\d+\t\d+\t/;
const V2_HEADER = /^Offset +Name +Pid +PPid +/;
const CSV_HEADER = /^TreeDepth,.*\bPID\b.*\bCOMM\b/;
const V3_HEADER = /^(?:OFFSET \([VP]\)\t.*\bPID\t|PID\tPPID\tCOMM|PID\t(?:TID\t)?Process\t(?:CommandTime|FD)\t|NetNS\tProcess Name\tPID)/;
/** The first line of a table of another plugin: titles between tabs, no numbers. */
const OTHER_HEADER = /^[A-Z][^\t\d]*(?:\t[A-Z][^\t]*)+$/;
const V2_PSAUX = /^Pid +Uid +Gid +Arguments\s*$/;
const V2_PSTREE = /^Name +Pid +Uid\s*$/;

/**
 * Volatility's linux plugins as text: pslist, pstree, psscan, psaux, sockstat, bash, lsof of version 3 (tabs or CSV), linux_pslist, linux_psaux and linux_pstree of version 2 (FORMATS 5.4).
 * The parent is task->parent, the tracer of a traced process. psscan finds tasks that have ended: they are told as such.
 */
export const volatilityFormat: Format = lineFormat({
  id: 'volatility',
  title: 'Volatility (text)',
  sniff(head) {
    const lines = head.replaceAll('\r', '\n').split('\n').slice(0, 30);
    if (lines.some((line) => V2_HEADER.test(line) || V3_HEADER.test(line) || CSV_HEADER.test(line) || V2_PSAUX.test(line) || line.startsWith('Volatility 3 Framework'))) return 0.95;
    if (lines.some((line, at) => V2_PSTREE.test(line) && /^\.*\S+ +\d+/.test(lines[at + 1] ?? ''))) return 0.9;
    return BARE_ROW.test(lines[0] ?? '') ? 0.8 : 0;
  },
  reading(context) {
    let columns: readonly string[] = [];
    let style: 'tabs' | 'csv' | 'v2' | 'psaux' | 'pstree' | 'other' = 'tabs';
    let way: { readonly depth: number; readonly pid: number }[] = [];
    return {
      line(raw, _from, add): Verdict {
        const text = raw.slice(raw.lastIndexOf('\r') + 1); // a progress line is overwritten by what follows
        if (V2_HEADER.test(text)) {
          style = 'v2';
          return UNDERSTOOD;
        }
        if (V3_HEADER.test(text) || CSV_HEADER.test(text)) {
          style = CSV_HEADER.test(text) ? 'csv' : 'tabs';
          columns = text.split(style === 'csv' ? ',' : '\t').map((name) => name.trim());
          return UNDERSTOOD;
        }
        if (V2_PSAUX.test(text) || V2_PSTREE.test(text)) {
          style = V2_PSAUX.test(text) ? 'psaux' : 'pstree';
          way = [];
          return UNDERSTOOD;
        }
        if (/^(Volatility|Progress|INFO|WARNING|Determining|[-\s]+$)/.test(text)) return NOT_NEEDED;
        if (columns.length === 0 && style === 'tabs' && BARE_ROW.test(text)) columns = ['OFFSET', 'PID', 'TID', 'PPID', 'COMM', 'EXIT_STATE'];
        if (style === 'other' || (columns.length === 0 && style === 'tabs' && OTHER_HEADER.test(text))) {
          style = 'other';
          return NOT_NEEDED; // a plugin that says nothing of processes which is read here
        }
        if (style === 'pstree') {
          const [, dots = '', name = '', pid = ''] = /^(\.*)(.*?) +(\d{1,10})(?: +\d*)?\s*$/.exec(text) ?? [];
          way = way.filter(({ depth }) => depth < dots.length);
          const parent = way.at(-1)?.pid;
          if (pid !== '') way.push({ depth: dots.length, pid: Number(pid) });
          return taskRow(namedCells({ COMM: name.replace(/^\[(.*)\]$/, '$1'), PID: pid, PPID: parent === undefined ? undefined : String(parent) }), context, add);
        }
        const cells = style === 'v2' ? v2Cells(text) : style === 'psaux' ? psauxCells(text) : cellsOf(columns, style === 'csv' ? text.split(',') : text.replace(/^\*+ /, '').split('\t'));
        return cells ? taskRow(cells, context, add) : { trouble: 'a line that is no row of the table' };
      },
      gaps: () => SNAPSHOT_GAPS,
    };
  },
});

/** The same as `-r json` and `-r jsonl` print it: keys are the column titles, pstree nests its children. */
export const volatilityJsonFormat: Format = jsonFormat({
  id: 'volatility-json',
  title: 'Volatility (JSON)',
  sniff: (head) => (/"__children"\s*:/.test(head) && /"PID"\s*:/.test(head) ? 0.9 : 0),
  reading: (context) => ({
    record(fields, _from, add) {
      let isUnderstood = false;
      const open: Fields[] = [fields];
      for (let row = open.pop(); row; row = open.pop()) {
        const cells = row;
        isUnderstood = taskRow((name) => textAt(cells, name), context, add) === UNDERSTOOD || isUnderstood;
        const children = row['__children'];
        if (Array.isArray(children)) for (const child of children) if (isFields(child)) open.push(child);
      }
      return isUnderstood ? UNDERSTOOD : pidAt(fields, 'PID') === NOT_STATED ? { trouble: 'an object that is no task' } : NOT_NEEDED;
    },
  }),
});

type Cells = (name: string) => string | undefined;

function cellsOf(columns: readonly string[], values: readonly string[]): Cells | undefined {
  if (columns.length === 0 || values.length < Math.min(3, columns.length)) return undefined;
  return (name) => {
    const at = columns.findIndex((column) => column === name || (name === 'OFFSET' && column.startsWith('OFFSET')));
    const value = at < 0 ? undefined : values[at]?.trim().replace(/^\*+ ?/, '');
    return value === undefined || value === '' || value === '-' || value === 'N/A' ? undefined : value;
  };
}

/** The columns are padded to widths that values may exceed; name and time may hold blanks. */
function v2Cells(text: string): Cells | undefined {
  const match = /^(0x[0-9a-f]+) +(.*?) +(\d+) +(\d+|-) +(-?\d+|-) +(-?\d+|-) +(?:0x[0-9a-f]+|-+) +(.*)$/.exec(text);
  if (!match) return undefined;
  const [, offset, comm, pid, ppid, uid, gid, start] = match;
  return namedCells({ OFFSET: offset, COMM: comm, PID: pid, PPID: ppid, UID: uid, GID: gid, 'CREATION TIME': start });
}

function psauxCells(text: string): Cells | undefined {
  const [, pid, uid, gid, args = ''] = /^(\d{1,10}) +(\d{1,10}) +(\d{1,10}) +(.*)$/.exec(text) ?? [];
  const kernel = /^\[(.*)\]\s*$/.exec(args)?.[1];
  return pid === undefined ? undefined : namedCells({ PID: pid, UID: uid, GID: gid, COMM: kernel, ARGS: kernel === undefined ? args.trim() : undefined });
}

function namedCells(cells: Readonly<Record<string, string | undefined>>): Cells {
  return (name) => (cells[name] === '-' ? undefined : cells[name]);
}

function taskRow(cell: Cells, context: ParseContext, add: (fact: Fact) => void): Verdict {
  const pid = pidIn(cell('PID'));
  if (pid <= 0) return { trouble: 'a row without a pid' };
  const tid = pidIn(cell('TID'));
  const born = isoMicros(cell('CREATION TIME'));
  const taken = context.takenMicros ?? NaN;
  const address = cell('Destination Addr');
  const base: Fact = { kind: 'seen', time: Number.isNaN(taken) ? born : Math.max(taken, Number.isNaN(born) ? taken : born), pid, comm: (cell('COMM') ?? cell('Process Name') ?? cell('Process'))?.slice(0, 15) };
  if (cell('Sock Offset') !== undefined) {
    add({ ...base, kind: 'socket', operation: cell('State') === 'LISTEN' ? 'listening' : 'open-socket', path: address ?? cell('Source Addr'), port: pidIn(address === undefined ? cell('Source Port') : cell('Destination Port')) });
    return UNDERSTOOD;
  }
  if (cell('CommandTime') !== undefined) {
    add({ ...base, kind: 'log', time: isoMicros(cell('CommandTime')), key: 'shell-history', message: cell('Command') });
    return UNDERSTOOD;
  }
  if (cell('FD') !== undefined) {
    add(cell('Path')?.startsWith('/') === true ? { ...base, kind: 'file', operation: 'open', path: cell('Path') } : base);
    return UNDERSTOOD;
  }
  if (tid > 0 && tid !== pid) return NOT_NEEDED; // a thread: its process has a row of its own
  const ppid = pidIn(cell('PPID'));
  const state = cell('EXIT_STATE');
  const args = cell('ARGS');
  add({
    ...base,
    ppid: ppid < 0 ? undefined : ppid,
    parentKind: 'ptraceView',
    identity: cell('OFFSET'),
    uid: idOf(Number(cell('UID') ?? NaN)),
    euid: idOf(Number(cell('EUID') ?? NaN)),
    gid: idOf(Number(cell('GID') ?? NaN)),
    comm: base.comm ?? commOf(args?.split(' ')[0]),
    args,
    start: startOf(born, 1_000_000),
    isZombie: state === 'EXIT_DEAD' || state === 'EXIT_ZOMBIE',
    message: state,
  });
  return UNDERSTOOD;
}

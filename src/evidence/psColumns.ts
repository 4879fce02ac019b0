/** What a column of ps holds, by its meaning for us; `skip` is stepped over. */
export type PsMeaning =
  | 'pid'
  | 'ppid'
  | 'pgid'
  | 'sid'
  | 'lwp'
  | 'tty'
  | 'user'
  | 'ruser'
  | 'euser'
  | 'gid'
  | 'auid'
  | 'stat'
  | 'ignored'
  | 'pidns'
  | 'lstart'
  | 'start'
  | 'elapsed'
  | 'comm'
  | 'args'
  | 'exe'
  | 'cgroup'
  | 'unit'
  | 'skip';

export interface PsColumn {
  readonly header: string;
  readonly meaning: PsMeaning;
  /** Where the header word begins; only left-aligned columns of fixed width use it. */
  readonly at: number;
}

/** Where a cell lies in its row. */
export interface Cell {
  readonly from: number;
  readonly to: number;
}

const MEANINGS: Readonly<Record<string, PsMeaning>> = {
  PID: 'pid',
  TGID: 'pid',
  PPID: 'ppid',
  PGID: 'pgid',
  PGRP: 'pgid',
  SID: 'sid',
  SESS: 'sid',
  LWP: 'lwp',
  TID: 'lwp',
  SPID: 'lwp',
  TTY: 'tty',
  TT: 'tty',
  UID: 'user',
  USER: 'user',
  EUID: 'euser',
  EUSER: 'euser',
  RUID: 'ruser',
  RUSER: 'ruser',
  GID: 'gid',
  LUID: 'auid',
  S: 'stat',
  STAT: 'stat',
  IGNORED: 'ignored',
  PIDNS: 'pidns',
  STARTED: 'lstart',
  STIME: 'start',
  START: 'start',
  ELAPSED: 'elapsed',
  COMMAND: 'args',
  CMD: 'args',
  EXE: 'exe',
  CGROUP: 'cgroup',
  UNIT: 'unit',
};

/** Other header words of procps (`ps L`); a first line with a word that is in neither list is no ps. */
const OTHERS = new Set(
  (
    '%CPU %MEM ADDR ADRESS AGID BLOCKED C CAPS CAUGHT CGNAME CGROUPNS CLS CP CPUID DEVICE DFLT DRS EGID EGROUP EIP ENVIRONMENT ESP F FDS FGID FGROUP FLAG FLAGS FNAME FSGID ' +
    'FSGROUP FSUID FSUSER FUID FUSER GROUP HTPRV HTSHR IPCNS LABEL LSESSION LSTRT LXC M_DRS M_LRS M_RESIDENT M_SHARE M_SIZE M_SWAP M_TRS MACHINE MAJFL MINFL MNTNS MWCHAN NETNS NI NLWP ' +
    'NUMA NUMC OOM OOMADJ OPSZ OUNIT OWNER P PENDING PLEASE POLICY PRI PSR PSS RBYTES RCHARS RGID RGROUP ROPS RSS RSZ RTPRIO RSYSC SCH SEAT SGI SGI_P SGID SGROUP SIGNAL SIGNALS SIZE SLICE ' +
    'STACKP SUGID SUGRP SUID SUPGID SUPGRP SUSER SVGID SVGROUP SVUID SVUSER SZ THCNT TIME TIMENS TPGID TRS TSIZ USERNS USS UTSNS UUNIT VSZ VSIZE WBYTES WCBYTES WCHAN WCHARS WOPS WSYSC X'
  ).split(' '),
);

/** A header with every column of procps is shorter. */
const LONGEST_HEADER = 2000;

/** procps prints comm in a column of 15, when another follows it. */
const COMM_WIDTH = 15;

/** The columns of a header line, or undefined when the line is none. */
export function psHeader(line: string): readonly PsColumn[] | undefined {
  if (line.length > LONGEST_HEADER) return undefined;
  const words = [...line.matchAll(/\S+/g)];
  if (words.length < 3 || words.length > 60) return undefined;
  const columns: PsColumn[] = [];
  for (const word of words) {
    const meaning = Object.hasOwn(MEANINGS, word[0]) ? MEANINGS[word[0]] : OTHERS.has(word[0]) ? 'skip' : undefined;
    if (!meaning) return undefined;
    columns.push({ header: word[0], meaning, at: word.index });
  }
  if (!columns.some(({ meaning }) => meaning === 'pid')) return undefined;
  const commands = columns.filter(({ meaning }) => meaning === 'args' || meaning === 'exe' || meaning === 'cgroup');
  if (commands.length === 0) return undefined;
  return columns.map((column, at) => (isComm(columns, at) ? { ...column, meaning: 'comm' as const } : column));
}

/** COMMAND and CMD are printed for the arguments and for comm alike; what stands around tells them apart. */
function isComm(columns: readonly PsColumn[], at: number): boolean {
  const column = columns[at];
  if (column?.meaning !== 'args') return false;
  // Arguments are not bounded, so ps puts them last; before another column it is comm (axo ...,comm,args and ...,comm,cgroup).
  if (at < columns.length - 1) return true;
  // `ps -e`, `-ej`, `-el`: CMD is comm; -f adds STIME and turns it into the arguments.
  return column.header === 'CMD' && !columns.some(({ meaning }) => meaning === 'start' || meaning === 'lstart');
}

/**
 * The cells of a row. Columns are not where the header says (a wide value pushes the rest), so cells are split at blanks in the header's order,
 * and the last one is the rest of the line. undefined when the row has fewer cells than the header.
 */
export function psCells(line: string, columns: readonly PsColumn[]): Cell[] | undefined {
  const cells: Cell[] = [];
  let at = 0;
  for (const [index, column] of columns.entries()) {
    while (line.charCodeAt(at) === 0x20) at++;
    if (at >= line.length) {
      if (index < columns.length - 1) return undefined;
      cells.push({ from: line.length, to: line.length }); // a process may have an empty command
      return cells;
    }
    const from = at;
    if (index === columns.length - 1) at = endWithoutBlanks(line, from, line.length);
    else if (column.meaning === 'comm') at = endOfComm(line, from, column, columns[index + 1]);
    else if (column.meaning === 'lstart') at = endOfStart(line, from);
    else at = endOfWord(line, from);
    cells.push({ from, to: endWithoutBlanks(line, from, at) });
  }
  return cells;
}

/** Only blanks: `trimEnd` would take the last byte of an à for one. */
function endWithoutBlanks(line: string, from: number, to: number): number {
  let end = Math.min(to, line.length);
  while (end > from && line.charCodeAt(end - 1) === 0x20) end--;
  return end;
}

function endOfWord(line: string, from: number): number {
  const end = line.indexOf(' ', from);
  return end < 0 ? line.length : end;
}

function endOfComm(line: string, from: number, column: PsColumn, next: PsColumn | undefined): number {
  const isLeftAligned = next?.meaning === 'args' || next?.meaning === 'cgroup' || next?.meaning === 'user' || next?.meaning === 'comm';
  const width = isLeftAligned ? Math.max(COMM_WIDTH, (next?.at ?? 0) - column.at - 1) : COMM_WIDTH;
  const end = from + width;
  return end < line.length && line.charCodeAt(end) !== 0x20 ? endOfWord(line, from) : end;
}

/** STARTED is `Tue Nov 24 14:47:33 2026` (lstart), or `14:47:33` or `Nov 24` (start). */
function endOfStart(line: string, from: number): number {
  const match = /^(?:[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}|[A-Z][a-z]{2} +\d{1,2}(?= |$))/.exec(line.slice(from, from + 40));
  return match ? from + match[0].length : endOfWord(line, from);
}

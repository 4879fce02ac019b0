import { ID_NOT_STATED } from '../model/index.js';
import { commOf } from './facts.js';
import { idOf } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';
import { NO_PARENTS, partOnly, SNAPSHOT_GAPS } from './snapshotCoverage.js';

const HEADER = /^\s*PID\s+(?:PPID\s+)?USER\s+.*\bCOMMAND\b/;
/** busybox: memory, processor and load above a table that has the parent's pid, and whole command lines. */
const BUSYBOX = /^Mem: \d+K used, \d+K free/;

/** Screens of `top -b` (FORMATS 5.1): parents only where all fields are shown, names cut at the width of the screen. */
export const topFormat = lineFormat({
  id: 'top',
  title: 'top text',
  sniff: (head) => ((/^\s*top - \d\d:\d\d:\d\d up /.test(head) || BUSYBOX.test(head)) && head.split('\n').some((line) => HEADER.test(line)) ? 0.95 : 0),
  reading(context) {
    const time = context.takenMicros ?? NaN;
    let header: Header | undefined;
    return {
      line(text, _from, add) {
        if (/^(top - |CPU: |Load average: |Mem: |Tasks:|Threads:|%?Cpu|[KMGT]?i?B? ?(Mem|Swap)\b)/.test(text)) return NOT_NEEDED;
        if (HEADER.test(text)) {
          header = headerOf(text);
          return UNDERSTOOD;
        }
        const cells = header && cellsOf(text, header);
        const pid = pidIn(cells?.get('PID'));
        if (!cells || pid <= 0) return { trouble: 'a line that is no row of top' };
        const user = cells.get('USER');
        const shown = header?.before.includes('PPID') === true ? commandOf(cells.get('COMMAND') ?? '') : { comm: cells.get('COMMAND')?.replace(/\+$/, '').slice(0, 15) };
        const tty = cells.get('TTY');
        add({
          kind: 'seen', time, pid, ppid: cells.has('PPID') ? pidIn(cells.get('PPID')) : undefined, parentKind: 'atCapture',
          pgid: pidIn(cells.get('PGRP')), sid: pidIn(cells.get('SID')),
          euid: idOf(Number(cells.get('UID') ?? NaN)), uid: idOf(Number(cells.get('RUID') ?? NaN)), gid: cells.has('GID') ? idOf(Number(cells.get('GID'))) : ID_NOT_STATED,
          user, tty: tty === '?' ? undefined : tty, ...shown, isZombie: (cells.get('S') ?? cells.get('STAT'))?.startsWith('Z') === true,
        });
        return UNDERSTOOD;
      },
      gaps: () => [...(header?.after.includes('PPID') === true || header?.before.includes('PPID') === true ? [] : [NO_PARENTS]), ...SNAPSHOT_GAPS, partOnly('top shows what fits its screen')],
    };
  },
});

/** busybox: `{comm} args` where the two differ, `[comm]` where there are no arguments. */
function commandOf(text: string): { readonly comm: string | undefined; readonly args?: string } {
  const kernel = /^\[(.*)\]$/.exec(text);
  if (kernel) return { comm: kernel[1] };
  const [, name, args = ''] = /^(?:\{(.*?)\} )?(.*)$/.exec(text) ?? [];
  return { comm: name ?? commOf(args.split(' ')[0]), args };
}

interface Header {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly commandAt: number;
  /** Where the column after COMMAND ends: its numbers are set to the right, so a long one reaches into the space before its title. */
  readonly nextEnd: number;
}

function headerOf(text: string): Header {
  const commandAt = text.indexOf('COMMAND');
  const after = words(text.slice(commandAt + 'COMMAND'.length));
  const next = after[0];
  return { before: words(text.slice(0, commandAt)), after, commandAt, nextEnd: next === undefined ? -1 : text.indexOf(` ${next}`, commandAt) + 1 + next.length };
}

function cellsOf(text: string, { before, after, nextEnd }: Header): Map<string, string> | undefined {
  const cells = new Map<string, string>();
  const cell = /\S+/g;
  for (const name of before) {
    const value = cell.exec(text)?.[0];
    if (value === undefined) return undefined;
    cells.set(name, value);
  }
  const rest = text.slice(cell.lastIndex, nextEnd < 0 ? undefined : Math.max(nextEnd, cell.lastIndex));
  if (nextEnd < 0) {
    cells.set('COMMAND', rest.trim());
    return cells;
  }
  const match = /^(.*?)\s+(\S+)$/.exec(rest);
  if (!match) return undefined;
  cells.set('COMMAND', (match[1] ?? '').trim());
  const values = [match[2] ?? '', ...words(text.slice(nextEnd))];
  for (const [at, name] of after.entries()) {
    const value = values[at];
    if (value !== undefined) cells.set(name, value);
  }
  return cells;
}

function words(text: string): string[] {
  return text.trim().split(/\s+/).filter((word) => word !== '');
}

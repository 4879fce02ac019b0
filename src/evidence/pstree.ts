import type { Format } from './format.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';
import { NO_PARENTS, SNAPSHOT_GAPS } from './snapshotCoverage.js';

/** `name(pid)`; a thread is `{name}(pid)`; with -u and -g more stands in the brackets. A name may itself hold brackets. */
const NODE = /(^(?=[^\s|`\u2500-\u257f])|-[+-]-|[|`+]-|[\u2500\u252c\u251c\u2514]\u2500)(.*?)\((\d{1,10})(?:,[^)]*)?\)/gu;

/** `pstree -a -p`: one process a line, `name,pid arguments`; more may stand between pid and blank (-g, -u). */
const ARGUMENTS_LINE = /^([\s|`\u2500-\u257f+-]*)(\{[^}]*\}|[^,]+?),(\d{1,10})((?:,[^\s,]+)*)(?: (.*))?$/u;

/** Output of pstree with pids (FORMATS 5.2): who stands right of whom is below it. */
export const pstreeFormat: Format = lineFormat({
  id: 'pstree',
  title: 'pstree text',
  sniff(head) {
    const lines = head.split('\n').slice(0, 5);
    if (ARGUMENTS_LINE.test(lines[0] ?? '') && /^\s+[|`\u251c\u2514]/u.test(lines[1] ?? '') && ARGUMENTS_LINE.test(lines[1] ?? '')) return 0.8;
    if (/^[^\s(]+\(\d+(,[^)]*)?\)(-[+-]-|\u2500[\u252c\u2500]\u2500)/u.test(lines[0] ?? '')) return 0.9;
    return /^[^\s(]+(-[+-]-|\u2500[\u252c\u2500]\u2500)[^\s]/u.test(lines[0] ?? '') && /^\s+(\||\u251c)/u.test(lines[1] ?? '') ? 0.7 : 0;
  },
  reading(context) {
    const time = context.takenMicros ?? NaN;
    /** The processes on the way to this line, by where their names begin. */
    let way: { readonly column: number; readonly pid: number }[] = [];
    let hasPids = true;
    return {
      line(text, _from, add) {
        const shown = ARGUMENTS_LINE.exec(text);
        if (shown) {
          const [, branch = '', name = '', number, , rest] = shown;
          const pid = Number(number);
          way = way.filter((above) => above.column < branch.length);
          if (name.startsWith('{') || pid > 0x7fffffff) return UNDERSTOOD; // a thread
          add({ kind: 'seen', time, pid, ppid: way.at(-1)?.pid, parentKind: 'atCapture', comm: name.slice(0, 15), args: rest === undefined ? name : `${name} ${rest}` });
          way.push({ column: branch.length, pid });
          return UNDERSTOOD;
        }
        let found = 0;
        for (const match of text.matchAll(NODE)) {
          const column = match.index + (match[1] ?? '').length;
          const name = match[2] ?? '';
          found++;
          way = way.filter((above) => above.column < column);
          if (name.startsWith('{')) continue; // a thread
          const pid = Number(match[3]);
          if (pid > 0x7fffffff) continue;
          const parent = way.at(-1)?.pid;
          add({ kind: 'seen', time, pid, ppid: parent, parentKind: 'atCapture', comm: name.replace(/^\d+\*\[/, '').slice(0, 15) });
          way.push({ column, pid });
        }
        if (found > 0) return UNDERSTOOD;
        if (!/\(\d+\)/.test(text)) {
          hasPids = false;
          return /[-\u2500]{1,3}\S|^\s*[|`]/u.test(text) ? NOT_NEEDED : { trouble: 'a line that is no branch of a tree' };
        }
        return { trouble: 'a line that is no branch of a tree' };
      },
      gaps: () => (hasPids ? SNAPSHOT_GAPS : [NO_PARENTS, ...SNAPSHOT_GAPS]),
    };
  },
});

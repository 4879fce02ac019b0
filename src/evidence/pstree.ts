import type { Format } from './format.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';
import { NO_PARENTS, SNAPSHOT_GAPS } from './snapshotCoverage.js';

/** `name(pid)`; a thread is `{name}(pid)`; with -u and -g more stands in the brackets. A name may itself hold brackets. */
const NODE = /(^(?=[^\s|`\u2500-\u257f])|-[+-]-|[|`+]-|[\u2500\u252c\u251c\u2514]\u2500)(.*?)\((\d{1,10})(?:,[^)]*)?\)/gu;

/** Output of pstree with pids (FORMATS 5.2): who stands right of whom is below it. */
export const pstreeFormat: Format = lineFormat({
  id: 'pstree',
  title: 'pstree text',
  sniff(head) {
    const lines = head.split('\n').slice(0, 5);
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

import type { Fact } from './facts.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

/** A link of /proc as `ls -l` lists it: `lrwxrwxrwx 1 root root 0 Nov 24 15:04 /proc/812/exe -> /tmp/x (deleted)`. */
const LINK = /^l[rwxsStT-]{9}[.+@]? .*?\/proc\/(\d{1,10})\/(exe|cwd) -> (.*)$/;
/** A program whose link may not be read is listed without its target. */
const UNREADABLE = /^ls: |^l[rwxsStT-]{9}[.+@]? .*?\/proc\/\d+\/(?:exe|cwd|root)$/;
const HIDDEN = /hidden_pids_for_ps/;

/** Lists that collectors make of /proc (FORMATS 5.3, UAC): the executable of each process, and the pids that ps does not show. */
export const procListsFormat = lineFormat({
  id: 'proc-lists',
  title: 'list of executables in /proc',
  sniff(head, path) {
    if (LINK.test(head) || head.split('\n').some((line) => LINK.test(line))) return 0.9;
    return HIDDEN.test(path) && /^(?:\s*\d+\s*\n?)+$/.test(head) ? 0.9 : 0;
  },
  reading: (context) => ({
    line(text, _from, add) {
      const time = context.takenMicros ?? NaN;
      const link = LINK.exec(text);
      if (link) {
        const [, pid, kind, target = ''] = link;
        const path = target.replace(/ \(deleted\)$/, '');
        const base: Fact = { kind: 'seen', time, pid: Number(pid) };
        if (!(Number(pid) > 0 && Number(pid) <= 0x7fffffff)) return { trouble: 'a link of /proc of no process' };
        add(kind === 'exe' ? { ...base, exe: path, isExeDeleted: path !== target } : { ...base, cwd: path });
        return UNDERSTOOD;
      }
      const pid = /^\s*(\d{1,10})\s*$/.exec(text)?.[1];
      if (pid !== undefined && Number(pid) > 0 && Number(pid) <= 0x7fffffff) {
        add({ kind: 'seen', time, pid: Number(pid), message: 'in /proc, but not shown by ps' });
        return UNDERSTOOD;
      }
      return UNREADABLE.test(text) ? NOT_NEEDED : { trouble: 'a line that is no link of /proc' };
    },
  }),
});

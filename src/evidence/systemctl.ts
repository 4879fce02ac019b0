import { containerOfCgroup, unitOfCgroup } from './cgroup.js';
import type { Fact } from './facts.js';
import { startOf, commOf } from './facts.js';
import { isoMicros } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { NO_PARENTS, partOnly } from './snapshotCoverage.js';

const UNIT = /^(?:[*\u25cf\u25cb\u00d7\u21bb\u25c6\u2731x]) (\S+)/u;
/** A branch of a CGroup tree: the drawing, then a pid with its command line, or the name of a unit or slice. */
const BRANCH = /^([\s|`\u2500-\u257f]*[-\u2500]+)(.*)$/u;

const CGLS = /^(?:Control group |CGroup |Unit \S+ \()(\/\S*?)\)?:\s*$/;

/** `systemctl status` and `systemd-cgls`: which processes each unit holds, from the trees of its control groups (FORMATS 5.5). No parents. */
export const systemctlStatusFormat = lineFormat({
  id: 'systemctl-status',
  title: 'systemctl status and systemd-cgls',
  sniff: (head) => (CGLS.test(head.split('\n').find((line) => line.trim() !== '' && !line.startsWith('Working directory ')) ?? '') || UNIT.test(head) && /^\s+(Loaded|State|Active): /m.test(head) ? 0.9 : 0),
  reading(context) {
    const time = context.takenMicros ?? NaN;
    const told = new Set<number>();
    let root: string | undefined;
    let way: { readonly column: number; readonly name: string }[] = [];
    return {
      line(text, _from, add) {
        if (UNIT.test(text)) {
          root = undefined;
          return UNDERSTOOD;
        }
        const group = /^\s+CGroup: (\/\S*)/.exec(text) ?? CGLS.exec(text);
        if (group) {
          root = (group[1] ?? '/').replace(/\/$/, '');
          way = [];
          return UNDERSTOOD;
        }
        if (text === '-.slice') return UNDERSTOOD; // the root's own name, undrawn
        const branch = root === undefined ? undefined : BRANCH.exec(text);
        if (!branch) return NOT_NEEDED; // properties, and the last lines of the journal
        const column = (branch[1] ?? '').length;
        const process = /^\s*(\d{1,10}) (.*)$/.exec(branch[2] ?? '');
        way = way.filter((above) => above.column < column);
        if (!process) {
          way.push({ column, name: (branch[2] ?? '').trim().split(' ')[0] ?? '' });
          return UNDERSTOOD;
        }
        const pid = pidIn(process[1]);
        if (pid <= 0) return { trouble: 'a branch without a pid' };
        if (told.has(pid)) return UNDERSTOOD; // in the tree of all, and again with its unit
        told.add(pid);
        const shown = process[2] ?? '';
        // An argument with blanks, brackets or the like stands in quotes (systemd: quote_command_line): it is what the process calls itself, and no program's name.
        const args = shown.replace(/"((?:[^"\\]|\\.)*)"/g, (_all, quoted: string) => quoted.replace(/\\(.)/g, '$1'));
        const isTitle = shown.startsWith('"');
        const cgroup = [root, ...way.map(({ name }) => name)].join('/') || '/';
        const name = /^\((.*)\)$/.exec(shown)?.[1]; // a process that shows no arguments
        add({ kind: 'seen', time, pid, cgroup, unit: unitOfCgroup(cgroup), container: containerOfCgroup(cgroup), comm: name ?? (isTitle ? undefined : commOf(args.split(' ')[0]?.replace(/^-|:$/g, ''))), args: name === undefined ? args : undefined });
        return UNDERSTOOD;
      },
      gaps: () => [NO_PARENTS, partOnly('kernel threads are not in it')],
    };
  },
});

/** `systemctl show`: the main process of each unit, with its start. */
export const systemctlShowFormat = lineFormat({
  id: 'systemctl-show',
  title: 'systemctl show',
  sniff: (head) => (/^(Type|Id|Restart)=/m.test(head) && /^(MainPID|ExecMainPID)=\d+$/m.test(head) ? 0.9 : 0),
  reading(context) {
    const time = context.takenMicros ?? NaN;
    let unit = new Map<string, string>();
    let place: Provenance | undefined;
    const mainProcess = (): readonly [Fact, Provenance] | undefined => {
      const pid = pidIn(unit.get('MainPID'));
      if (pid <= 0 || !place) return undefined;
      // `Fri 2022-02-11 18:58:28 UTC`; another zone's name is no offset, and its start is left out.
      const began = isoMicros(/^\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$/.exec(unit.get('ExecMainStartTimestamp') ?? '')?.[1]);
      return [{ kind: 'seen', time, pid, unit: unit.get('Id'), cgroup: unit.get('ControlGroup'), start: startOf(began, 1_000_000) }, place];
    };
    return {
      line(text, from, add) {
        const at = text.indexOf('=');
        if (at <= 0 || !/^[A-Za-z]+$/.test(text.slice(0, at))) return NOT_NEEDED; // a value that goes on in the next line
        const key = text.slice(0, at);
        // One unit ends where a property comes again; Type is the first of a service's.
        if (unit.has(key) || (key === 'Type' && unit.size > 0)) {
          const fact = mainProcess();
          if (fact) add(...fact);
          unit = new Map();
        }
        if (key === 'MainPID') place = from;
        if (/^(MainPID|Id|ControlGroup|ExecMainStartTimestamp)$/.test(key)) unit.set(key, text.slice(at + 1));
        return /^(MainPID|Id|ControlGroup|ExecMainStartTimestamp)$/.test(key) ? UNDERSTOOD : NOT_NEEDED;
      },
      *end() {
        const fact = mainProcess();
        if (fact) yield fact;
      },
      gaps: () => [NO_PARENTS, partOnly('only main processes of units are in it')],
    };
  },
});

import { NOT_STATED, type Operation } from '../model/index.js';
import { type Fact } from './facts.js';
import { epochMicros, idOf, isoMicros, numberAt, pidOf, textAt, valueAt } from './jsonFields.js';
import { jsonFormat, UNDERSTOOD } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';

/**
 * Falco's alerts as JSON (FORMATS 4.3). Its rules print names, not pids, unless they were changed: then the alert is a line of the host's log.
 * The parent is of Falco's own table, which moves the children of the dead to the reaper it saw.
 */
export const falcoFormat = jsonFormat({
  id: 'falco',
  title: 'Falco alerts',
  sniff: (head) => (/"priority"\s*:/.test(head) && /"rule"\s*:/.test(head) && /"(output_fields|output)"\s*:/.test(head) ? 0.9 : 0),
  reading: () => ({
    record(fields, _from, add) {
      const rule = textAt(fields, 'rule');
      const output = valueAt(fields, 'output_fields');
      if (rule === undefined || textAt(fields, 'priority') === undefined) return { trouble: 'an object that is no alert of Falco: it has no rule' };
      const named = isFields(output) ? output : {};
      const time = timeOf(fields, named);
      if (Number.isNaN(time)) return { trouble: 'an alert without a time' };
      add(alert(fields, named, rule, time));
      return UNDERSTOOD;
    },
  }),
  placeOf(fields) {
    const output = valueAt(fields, 'output_fields');
    return { time: timeOf(fields, isFields(output) ? output : {}) };
  },
});

function timeOf(fields: Fields, named: Fields): number {
  const stamp = isoMicros(textAt(fields, 'time'));
  return Number.isNaN(stamp) ? epochMicros(numberAt(named, 'evt.time', 'evt.time.iso8601', 'evt.rawtime')) : stamp;
}

const EVENTS: Readonly<Record<string, { readonly kind: Fact['kind']; readonly operation: Operation }>> = {
  connect: { kind: 'socket', operation: 'connection_attempted' }, accept: { kind: 'socket', operation: 'connection_accepted' }, accept4: { kind: 'socket', operation: 'connection_accepted' },
  bind: { kind: 'socket', operation: 'bound-socket' }, open: { kind: 'file', operation: 'open' }, openat: { kind: 'file', operation: 'open' }, openat2: { kind: 'file', operation: 'open' },
  unlink: { kind: 'file', operation: 'deletion' }, unlinkat: { kind: 'file', operation: 'deletion' }, rename: { kind: 'file', operation: 'rename' }, renameat: { kind: 'file', operation: 'rename' },
  chmod: { kind: 'file', operation: 'mode' }, fchmodat: { kind: 'file', operation: 'mode' },
};

function alert(fields: Fields, named: Fields, rule: string, time: number): Fact {
  const said = (name: string): string | undefined => {
    const text = textAt(named, name);
    return text === '<NA>' ? undefined : text;
  };
  const type = said('evt.type') ?? '';
  const pid = pidOf(numberAt(named, 'proc.pid'));
  const isExec = /^execve/.test(type);
  const container = said('container.id');
  const known = EVENTS[type];
  return {
    // Without a pid nothing can be said of one process.
    kind: pid === NOT_STATED ? 'log' : isExec ? 'exec' : (known?.kind ?? 'sight'),
    operation: known?.operation,
    time,
    host: textAt(fields, 'hostname'),
    pid,
    ppid: pidOf(numberAt(named, 'proc.ppid')),
    parentKind: 'tracked',
    sid: pidOf(numberAt(named, 'proc.sid')),
    pgid: pidOf(numberAt(named, 'proc.pgid')),
    namespacePid: pidOf(numberAt(named, 'proc.vpid')),
    uid: idOf(numberAt(named, 'user.uid')),
    auid: idOf(numberAt(named, 'user.loginuid')),
    user: said('user.name'),
    comm: said('proc.name')?.slice(0, 15),
    exe: said('proc.exepath'),
    args: said('proc.cmdline'),
    cwd: said('proc.cwd'),
    container: container === 'host' ? undefined : container,
    path: said('fd.name'),
    port: pidOf(numberAt(named, 'fd.sport', 'fd.rport')),
    key: rule,
    message: [textAt(fields, 'priority'), rule, chain(named)].filter((part) => part !== undefined).join(': '),
  };
}

/** The names of the ancestors as the sensor had them, nearest first. */
function chain(named: Fields): string | undefined {
  const names: string[] = [];
  const parent = textAt(named, 'proc.pname');
  if (parent !== undefined && parent !== '<NA>') names.push(parent);
  for (let level = 2; level < 16; level++) {
    const name = textAt(named, `proc.aname[${level}]`);
    if (name !== undefined && name !== '<NA>') names.push(name);
  }
  return names.length > 0 ? `below ${names.join(' < ')}` : undefined;
}

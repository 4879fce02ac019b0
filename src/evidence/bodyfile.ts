import type { Operation } from '../model/index.js';
import { SECOND } from './clock.js';
import { idOf } from './jsonFields.js';
import { type AddFact, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

const LONGEST = 1 << 16;
/** MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime: The Sleuth Kit 3's body format, as mactime reads it. A name may hold a bar. */
const LINE = /^([0-9a-fA-F]{0,64})\|(.*)\|([\d:-]*)\|([-\w/+.]{0,16})\|(\d{0,10})\|(\d{0,10})\|(\d{0,20})\|(-?[\d.]{0,22})\|(-?[\d.]{0,22})\|(-?[\d.]{0,22})\|(-?[\d.]{0,22})\s*$/s;

/**
 * Bodyfiles of The Sleuth Kit, UAC and mactime (FORMATS 5.5, "what changed"): when each file was written (modification), had its inode changed (mode; told
 * where nothing else happened at that second) and was created. When it was read says little, and is left out. `uid` is the owner's.
 */
export const bodyfileFormat = lineFormat({
  id: 'bodyfile',
  title: 'bodyfile',
  isDated: true,
  sniff(head) {
    const lines = head.split('\n').slice(0, 20);
    if (lines.length > 1) lines.pop();
    const written = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const hits = written.filter((line) => line.length <= LONGEST && LINE.test(line)).length;
    return hits > 0 && hits * 4 >= written.length * 3 ? 0.95 : 0;
  },
  reading: () => ({
    line(text, _from, add) {
      if (text.startsWith('#')) return NOT_NEEDED;
      const match = text.length > LONGEST ? null : LINE.exec(text);
      return match ? tell(match, add) : { trouble: 'a line that is no entry of a bodyfile' };
    },
  }),
});

function tell(match: RegExpExecArray, add: AddFact): Verdict {
  const [, hash = '', name = '', , mode = '', uid, gid, size = '', , modified, changed, created] = match;
  // The Sleuth Kit marks names whose entry was deleted.
  const deleted = / \((deleted(?:-realloc)?)\)$/.exec(name);
  const [path = '', target] = name.slice(0, deleted?.index).split(' -> ');
  const digest = /^0*$/.test(hash) ? '' : `, ${hash.length === 32 ? 'md5' : hash.length === 40 ? 'sha1' : 'hash'} ${hash}`;
  const message = `${mode}, ${size === '' ? 'unknown' : size} bytes${digest}${target === undefined ? '' : `, points to ${target}`}${deleted ? `, ${deleted[1]}` : ''}`;
  const times = { modification: microsOf(modified), creation: microsOf(created), mode: microsOf(changed) } as const;
  const tellAt = (operation: Operation, time: number): void =>
    add({ kind: 'file', operation, time, path, path2: target, uid: idOf(uid === '' ? NaN : Number(uid)), gid: idOf(gid === '' ? NaN : Number(gid)), message });
  if (!Number.isNaN(times.creation)) tellAt('creation', times.creation);
  if (!Number.isNaN(times.modification)) tellAt('modification', times.modification);
  if (!Number.isNaN(times.mode) && times.mode !== times.modification && times.mode !== times.creation) tellAt('mode', times.mode);
  return Object.values(times).every(Number.isNaN) ? NOT_NEEDED : UNDERSTOOD;
}

/** Seconds since the epoch, maybe with a fraction; 0 and -1 stand for none. NaN too for what is past 2255. */
function microsOf(text: string | undefined): number {
  const match = /^(\d{1,10})(?:\.(\d+))?$/.exec(text ?? '');
  const seconds = Number(match?.[1] ?? 0);
  return seconds === 0 || seconds > 9_000_000_000 ? NaN : seconds * SECOND + Number((match?.[2] ?? '').slice(0, 6).padEnd(6, '0'));
}

import { idOf } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';
import { pathOnHost } from './pathOnHost.js';

const LONGEST = 1 << 16;
const PASSWD = /^([^:\s#][^:\s]{0,255}):([^:]*):(-?\d{1,10}):(-?\d{1,10}):([^:]*):([^:]*):([^:]*)$/s;
const GROUP = /^([^:\s#][^:\s]{0,255}):([^:]*):(-?\d{1,10}):([^:]*)$/s;
/** `+`, `-@netgroup`: taken from NIS. */
const ELSEWHERE = /^[+-]|^\s*#/;

/**
 * passwd: the names of this host's uids, which its numbers are shown by. One row of configuration an account, with `user` and `uid`; its shell and
 * home are in `exe` and `path2`.
 */
export const passwdFormat = lineFormat({
  id: 'passwd',
  title: 'passwd',
  sniff: (head) => shareOf(head, PASSWD),
  reading(context, member) {
    const time = context.takenMicros ?? NaN;
    const path = pathOnHost(member.path);
    return {
      line(text, _from, add) {
        if (ELSEWHERE.test(text)) return NOT_NEEDED;
        const [, user, , uid, gid, gecos, home, shell] = (text.length > LONGEST ? null : PASSWD.exec(text)) ?? [];
        if (user === undefined) return { trouble: 'a line that is no account' };
        add({ kind: 'configuration', time, user, uid: idOf(Number(uid)), gid: idOf(Number(gid)), path, path2: home, exe: shell, key: 'account', message: `account ${user}${gecos === '' ? '' : ` (${gecos})`}, home ${home}, shell ${shell}` });
        return UNDERSTOOD;
      },
    };
  },
});

/** group: who belongs to which group. */
export const groupFormat = lineFormat({
  id: 'group',
  title: 'group',
  sniff: (head) => shareOf(head, GROUP),
  reading(context, member) {
    const time = context.takenMicros ?? NaN;
    const path = pathOnHost(member.path);
    return {
      line(text, _from, add) {
        if (ELSEWHERE.test(text)) return NOT_NEEDED;
        const [, name, , gid, members] = (text.length > LONGEST ? null : GROUP.exec(text)) ?? [];
        if (name === undefined) return { trouble: 'a line that is no group' };
        add({ kind: 'configuration', time, gid: idOf(Number(gid)), path, key: 'group', message: `group ${name}${members === '' ? ', no further members' : `, members ${members}`}` });
        return UNDERSTOOD;
      },
    };
  },
});

/** The share of lines that are such, with a name and the usual place of a password before the numbers. */
function shareOf(head: string, pattern: RegExp): number {
  const lines = head.split('\n');
  if (lines.length > 1) lines.pop();
  const written = lines.filter((line) => line.trim() !== '' && !ELSEWHERE.test(line));
  const hits = written.filter((line) => line.length <= LONGEST && /^[A-Za-z_][^:]*:[^:\s]*:/.test(line) && pattern.test(line)).length;
  return hits > 0 && hits * 4 >= written.length * 3 ? 0.9 : 0;
}

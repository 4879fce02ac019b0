import type { Fact } from './facts.js';
import type { Format } from './format.js';
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
export const passwdFormat = fileOf('passwd', 'account', PASSWD, ([user = '', , uid, gid, gecos, home, shell]) => ({
  user, uid: idOf(Number(uid)), gid: idOf(Number(gid)), path2: home, exe: shell, message: `account ${user}${gecos === '' ? '' : ` (${gecos})`}, home ${home}, shell ${shell}`,
}));

/** group: who belongs to which group. */
export const groupFormat = fileOf('group', 'group', GROUP, ([name, , gid, members]) => ({
  gid: idOf(Number(gid)), message: `group ${name}${members === '' ? ', no further members' : `, members ${members}`}`,
}));

/** A file of colon-separated lines, each one thing of the kind `what`, of whose fields `factOf` makes what the row has beside kind, time, path and key. */
function fileOf(id: string, what: string, pattern: RegExp, factOf: (fields: readonly string[]) => Partial<Fact>): Format {
  return lineFormat({
    id,
    title: id,
    sniff: (head) => shareOf(head, pattern),
    reading(context, member) {
      const time = context.takenMicros ?? NaN;
      const path = pathOnHost(member.path);
      return {
        line(text, _from, add) {
          if (ELSEWHERE.test(text)) return NOT_NEEDED;
          const fields = text.length > LONGEST ? null : pattern.exec(text);
          if (!fields) return { trouble: `a line that is no ${what}` };
          add({ kind: 'configuration', time, path, key: what, ...factOf(fields.slice(1)) });
          return UNDERSTOOD;
        },
      };
    },
  });
}

/** The share of lines that are such, with a name and the usual place of a password before the numbers. */
function shareOf(head: string, pattern: RegExp): number {
  const lines = head.split('\n');
  if (lines.length > 1) lines.pop();
  const written = lines.filter((line) => line.trim() !== '' && !ELSEWHERE.test(line));
  const hits = written.filter((line) => line.length <= LONGEST && /^[A-Za-z_][^:]*:[^:\s]*:/.test(line) && pattern.test(line)).length;
  return hits > 0 && hits * 4 >= written.length * 3 ? 0.9 : 0;
}

import { decodeField } from './rawDecode.js';

/** What stands for "not known" in an audit record. */
const NOTHING = /^(?:\(null\)|\(none\)|\?|)$/;
/** Of the record's head, not its fields. */
const HEAD = new Set(['type', 'msg', 'node']);
const ARGUMENT = /^a\d+(?:\[\d+\])?$/;

/**
 * Calls `take` for each `key=value` of the lines of one audit event, as they are written or as ausearch interprets them: hex text decoded, unknown values
 * left out. The arguments of EXECVE are `process.args`, and `a0`..`a3` those of the system call; the name of that, where the log has it, is told beside its
 * number. `wants` says which keys are asked for; undefined: all.
 */
export function auditPairs(lines: readonly string[], wants: ReadonlySet<string> | undefined, take: (key: string, value: string) => void): void {
  const hasCall = lines.some((line) => line.includes('type=SYSCALL'));
  for (const line of lines) {
    const type = /\btype=([A-Z0-9_]+)/.exec(line)?.[1];
    if (type === undefined) continue;
    if (wants === undefined || wants.has('message_type')) take('message_type', type.toLowerCase());
    const ends = line.indexOf('\x1d');
    const isInterpreted = !/\baudit\(\d+\.\d+:\d+\)/.test(line); // what looks like hex there is a word
    const raw = ends < 0 ? line : line.slice(0, ends);
    const tell = (key: string, value: string, isQuoted: boolean): void => {
      if (HEAD.has(key) || NOTHING.test(value) || (type === 'EXECVE' && hasCall && ARGUMENT.test(key))) return;
      take(key, (isQuoted || isInterpreted ? undefined : decodeField(type, key, value)) ?? value);
    };
    if (wants === undefined) for (const [, key = '', quoted, plain = ''] of raw.matchAll(/(?:^|[ ',])([a-z][\w-]*(?:\[\d+\])?)=(?:"([^"]*)"|([^ '"]*))/g)) tell(key, quoted ?? plain, quoted !== undefined);
    else for (const key of wants) valuesOf(raw, key, (value, isQuoted) => tell(key, value, isQuoted));
    if (type === 'SYSCALL' && ends >= 0 && (wants === undefined || wants.has('syscall'))) {
      const name = /\bSYSCALL=(\w+)/.exec(line.slice(ends))?.[1];
      if (name !== undefined && !/^unknown/.test(name)) take('syscall', name);
    }
  }
}

/** The values of one key of a line: a search for the word is a tenth of reading all pairs. */
function valuesOf(line: string, key: string, take: (value: string, isQuoted: boolean) => void): void {
  const word = `${key}=`;
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + word.length)) {
    if (at > 0 && !" ',".includes(line[at - 1]!)) continue;
    const from = at + word.length;
    const isQuoted = line[from] === '"';
    let to = isQuoted ? line.indexOf('"', from + 1) : from;
    if (isQuoted && to < 0) to = line.length;
    if (!isQuoted) while (to < line.length && line[to] !== ' ' && line[to] !== "'" && line[to] !== '"') to++;
    take(line.slice(isQuoted ? from + 1 : from, to), isQuoted);
  }
}

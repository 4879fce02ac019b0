import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format, formatRange } from '../../../src/hunt/format.js';
import { tokenize } from '../../../src/hunt/lexer.js';

/** Hunts that between them hold every construct of the grammar. */
const HUNTS = [
  'exec where process.exe.writable_dir and user.id != "0" | head 5',
  'let shell(n) = n in ("sh", "bash")\nlet s = exec where shell(process.name) | head 3\ns | count by host.id | sort -count',
  'sequence by host.id, ?a with maxspan=5m [exec where true] by -x with runs=3 as first ![exec where true] [s] fork=true until [any where false] | tree recorded up 2',
  'sample by host.id [exec where process.pid > -1 and not (a.pid - -2 == 3 or `sequence`[0] == 1)] [file where file.path : ("/a*", """b"c""")] | fields a.process.pid as p, b',
  'join by x [exec where cidrMatch(destination.ip, "10.0.0.0/8", "127.0.0.0/8") and length~(x) > 1.5e3] [exit where not process.args not in ("a", "b")]',
  'any where not descendant of [exec where process.name regex "a.*"] in recorded within 3 and child of s and true == (x > 5m * 2 + 1s % 3) | stats count() as n, max(@timestamp) by a, b within 1h | filter n > 1 | chart by a per 1h',
];

const words = (text: string): string[] => tokenize(text).tokens.map((token) => token.text);
const comments = (text: string): string[] => tokenize(text).comments.map((comment) => text.slice(comment.from, comment.to).trimEnd());

describe('format', () => {
  test.each<[string, string, string]>([
    ['blanks are put right', 'exec  where process.name=="sh"and(process.pid>1)', 'exec where process.name == "sh" and (process.pid > 1)'],
    ['one pipe stays on its line', 'exec where true|head 5', 'exec where true | head 5'],
    ['several pipes have one each', 'exec where true | count by process.name | sort -count', 'exec where true\n| count by process.name\n| sort -count'],
    ['one term a line', 'sequence by host.id with maxspan = 5m [exec where true] ![exit where true] until [any where true]', 'sequence by host.id with maxspan=5m\n  [exec where true]\n  ![exit where true]\n  until [any where true]'],
    [
      'conditions break at and, or past 100 columns, inner ones only where they must',
      'exec where process.executable == "/usr/bin/aaaaaaaaaaaaaaaaaaaa" and (process.name == "bbbbbbbbbbbbbbbbb" or process.name == "cccccccc") and process.pid > 1',
      'exec where process.executable == "/usr/bin/aaaaaaaaaaaaaaaaaaaa"\n  and (process.name == "bbbbbbbbbbbbbbbbb" or process.name == "cccccccc")\n  and process.pid > 1',
    ],
    [
      'lists wrap below their first item',
      `exec where process.name in (${Array.from({ length: 12 }, (_, at) => `"name-${at}"`).join(',')})`,
      'exec where process.name in ("name-0", "name-1", "name-2", "name-3", "name-4", "name-5", "name-6",\n                            "name-7", "name-8", "name-9", "name-10", "name-11")',
    ],
    ['a comment stays behind its condition', 'exec where process.pid == 1 // the first\nand true', 'exec where process.pid == 1 // the first\n  and true'],
    ['a comment after the query does not break it', 'exec where process.pid == 1 and true // all', 'exec where process.pid == 1 and true // all'],
    ['lets stand on their own lines, one empty line stays', '/// shells\nlet a = 1 let b = 2\n\n\n\nexec where a == b\n', '/// shells\nlet a = 1\nlet b = 2\n\nexec where a == b\n'],
    ['a literal is never touched', 'exec where process.name == "a  and\\tb"', 'exec where process.name == "a  and\\tb"'],
    ['Windows line ends stay', 'exec where true\r\n| head 1\r\n| tail 1\r\n', 'exec where true\r\n| head 1\r\n| tail 1\r\n'],
  ])('%s', (_, text, expected) => expect(format(text)).toBe(expected));

  test('a text with a mistake and one of the older dialect stay as they are', () => {
    for (const text of ['exec  where (a == 1', '// dialect: endgame\nprocess  where a = 1']) expect(format(text)).toBe(text);
  });

  test('only the statements in the range change', () => {
    const text = 'let a   = 1\nlet b   = 2\nexec   where a == b';
    expect(formatRange(text, { from: 14, to: 15 })).toEqual([{ from: 12, to: 23, text: 'let b = 2' }]);
  });

  test('however a hunt is written, its layout is the same, its words stay, and it is laid out once for all', () => {
    const gap = fc.constantFrom(' ', '  ', '\n', '\t', '\n\n  ', ' /* c */ ', ' // d\n', '\n// e\n');
    fc.assert(
      fc.property(fc.constantFrom(...HUNTS), fc.array(gap, { minLength: 1, maxLength: 200 }), fc.boolean(), (hunt, gaps, hasComments) => {
        const { tokens } = tokenize(hunt);
        let text = '';
        tokens.forEach((token, at) => {
          const before = tokens[at - 1];
          const chosen = gaps[at % gaps.length]!;
          const plain = hasComments ? chosen : chosen.replace(/\S+/g, '');
          // A word that begins a line may begin a query: where lines break in the original they stay, elsewhere names do not start lines.
          const isTight = before === undefined || token.from === before.to;
          const startsLine = token.startsLine && at > 0;
          text += (isTight ? '' : startsLine ? `\n${plain}\n` : token.kind === 'name' || token.kind === 'keyword' ? plain.replace(/\n/g, ' ').replace(/\/\/.*/, '/* d */') : plain || ' ') + (isTight || plain !== '' || startsLine ? '' : ' ') + token.text;
        });
        const laid = format(text);
        expect(words(laid)).toEqual(words(hunt));
        expect(comments(laid)).toEqual(comments(text));
        expect(format(laid)).toBe(laid);
        if (!hasComments) expect(laid.replace(/\n+/g, '\n').trim()).toBe(format(hunt).replace(/\n+/g, '\n').trim());
      }),
      { numRuns: 500 },
    );
  });
});

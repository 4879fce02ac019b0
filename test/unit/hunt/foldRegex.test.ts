import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { compileHunt, runCompiled } from '../../../src/hunt/index.js';
import { foldRegex } from '../../../src/hunt/foldRegex.js';
import { foldAscii } from '../../../src/hunt/pattern.js';
import { handMade } from './store.js';

const matches = (pattern: string, text: string): boolean => RE2JS.compile(foldRegex(pattern), RE2JS.DOTALL).matches(text);

describe('regular expressions that ignore case', () => {
  test.each<[string, string, boolean]>([
    ['ab', 'aB', true],
    ['\\?É', '?É', true],
    ['\\?É', '?é', false],
    ['k', '\u212a', false], // the Kelvin sign
    ['s', '\u017f', false], // the long s
    ['[a-c]x', 'BX', true],
    ['[^a-c]', 'B', false],
    ['[Z-a]', 'z', true],
    ['[]a]', 'A', true],
    ['[\\d-f]+', '7-F', true],
    ['[[:upper:]]', 'x', true],
    ['\\D+', '12', false],
    ['\\x{41}?\\p{L}', 'É', true],
    ['(?:ab|cd)+', 'ABcD', true],
    ['(?P<name>q)', 'Q', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['a{2,3}', 'aAa', true],
  ])('%s, %s: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

  test('of what has no letters but ASCII ones they say what they say of text and pattern in small letters', () => {
    const piece = fc.constantFrom('a', 'B', 'z', '[a-f]', '[^X-Z]', '.', 'k*', '(Q|r)', '\\.', '7');
    fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), fc.string({ unit: fc.constantFrom('a', 'B', 'b', 'K', 'k', 'q', 'X', '.', '7', 'É', 'é'), maxLength: 6 }), (pieces, text) => {
      const pattern = pieces.join('');
      expect(matches(pattern, text)).toBe(RE2JS.compile(foldAscii(pattern), RE2JS.DOTALL).matches(foldAscii(text)));
    }));
  });

  test('a hunt with regex~ folds as : does', () => {
    const { port } = handMade({ process: ['?É', '?é', '?X'].map((name, id) => ({ id, entity_id: `E${id}`, host_s: 'h', boot: 0, pid: id + 1, name_s: name })) });
    const pids = (condition: string): (readonly unknown[])[] => [...runCompiled(port, compileHunt(`processes where process.name ${condition} | fields process.pid`), { limit: 9 }).rows];
    expect(pids('regex~ "\\\\?É"')).toEqual([[1]]);
    expect(pids('regex~ "\\\\?x"')).toEqual([[3]]);
    expect(pids(': "?É"')).toEqual(pids('regex~ ".É"'));
  });
});

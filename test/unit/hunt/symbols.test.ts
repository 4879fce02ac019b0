import { describe, expect, test } from 'vitest';
import { definitionOf, referencesOf, renameable, renameOf } from '../../../src/hunt/symbols.js';
import { marked, shown } from './marked.js';

const definition = (...texts: string[]): string | undefined => {
  const { asked, offset } = marked(texts);
  const found = definitionOf(asked, offset);
  return found && shown(asked, found);
};
const references = (...texts: string[]): string[] => {
  const { asked, offset } = marked(texts);
  return referencesOf(asked, offset).map((one) => shown(asked, one));
};
/** The texts after the rename, or why it is refused. */
const renamed = (to: string, ...texts: string[]): string[] | string => {
  const { asked, offset } = marked(texts);
  const rename = renameOf(asked, offset, to);
  if ('refused' in rename) return rename.refused;
  return asked.texts.map(({ uri, text }) => rename.edits.filter((edit) => edit.uri === uri).sort((a, b) => b.from - a.from).reduce((after, edit) => after.slice(0, edit.from) + edit.text + after.slice(edit.to), text));
};

describe('where a name is given', () => {
  test.each([
    ['a let as a source', ['let s = exec where true\n|s where process.pid == 1'], '0:4 s'],
    ['a let in brackets', ['let s = exec where true\nexec where child of [s|]'], '0:4 s'],
    ['a let after of', ['let s = exec where true\nexec where child of |s'], '0:4 s'],
    ['a let as a term', ['let s = exec where true\nsequence by host.id [|s] [s]'], '0:4 s'],
    ['a let with parameters', ['let shell(n) = n in ("sh", "bash")\nexec where she|ll(process.name)'], '0:4 shell'],
    ['a let as a condition', ['let quiet = process.pid > 1\nexec where not |quiet'], '0:4 quiet'],
    ['a parameter', ['let shell(n) = |n in ("sh", "bash")'], '0:10 n'],
    ['the item of a list function', ['exec where arraySearch(process.args, a, |a == "x")'], '0:37 a'],
    ['an event of a sequence', ['sequence by host.id [exec where true] as first [exit where |first.process.pid == 1]'], '0:41 first'],
    ['an event of a sequence in a pipe', ['sequence by host.id [exec where true] as first [exit where true] \\| filter fi|rst.process.pid == 1'], '0:41 first'],
    ['a column', ['exec where true \\| stats count() as n by process.name \\| filter |n > 1'], '0:35 n'],
    ['a let of a cell above', ['let s = exec where true', '|s'], '0:4 s'],
    ['its own let first', ['let s = exec where true', 'let s = exit where true\n|s'], '1:4 s'],
    ['the nearest of the cells above', ['let s = exec where true', 'let s = exit where true', '|s'], '1:4 s'],
    ['a let of a cell below is not seen', ['|s', 'let s = exec where true'], undefined],
    ['a field is nobody’s', ['exec where process.|name == 1'], undefined],
    ['a source is nobody’s', ['ex|ec where true'], undefined],
  ])('%s', (_, texts, expected) => expect(definition(...texts)).toBe(expected));
});

describe('references and rename', () => {
  test('of a let over all texts that see it, and of no other of that name', () => {
    expect(references('let |s = exec where true\ns', 's where true', 'let s = exit where true\ns', 's')).toEqual(['0:4 s', '0:24 s', '1:0 s']);
  });
  test('rename changes each of them', () => {
    expect(renamed('shells', 'let s = exec where true', 'exec where descendant of |s', 'sequence by host.id [s] [exec where child of [s]]')).toEqual([
      'let shells = exec where true', 'exec where descendant of shells', 'sequence by host.id [shells] [exec where child of [shells]]',
    ]);
  });
  test('of an event the fields stay', () => expect(renamed('first', 'sequence by host.id [exec where true] as |a [exit where a.process.pid == 1] \\| fields a.process.name')).toEqual(['sequence by host.id [exec where true] as first [exit where first.process.pid == 1] | fields first.process.name']));
  test('of a parameter only in its let', () => expect(renamed('name', 'let f(|n) = n == "a"\nlet g(n) = n == "b"')).toEqual(['let f(name) = name == "a"\nlet g(n) = n == "b"']));
  test.each([
    ['exec', 'is a source'], ['length', 'is a function'], ['where', 'word of the language'], ['2x', 'is no name'], ['message', 'is a field'], ['t', 'is taken'],
  ])('to %s is refused: %s', (to, why) => expect(renamed(to, 'let |s = exec where true\nlet t = exec where true')).toContain(why));
  test('a field cannot be renamed', () => {
    const { asked, offset } = marked(['exec where pro|cess.name == 1']);
    expect(renameable(asked, offset)).toBeUndefined();
  });
});

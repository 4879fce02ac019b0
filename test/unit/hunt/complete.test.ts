import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../../src/engine/requests.js';
import { alone, complete, hover, type Completion } from '../../../src/hunt/index.js';

const catalogue: Catalogue = {
  sources: [{ name: 'exec', rows: 1234 }, { name: 'processes', rows: 300 }, { name: 'network', rows: 0 }],
  fields: [
    { name: 'process.name', filled: 1, values: [['bash', 1200], ['nc', 3], ['a"b\u202e', 1]] },
    { name: 'process.pid', filled: 1, values: [['1', 9]] },
    { name: 'user.id', filled: 0.5, values: [['1000', 40], ['0', 20]] },
    { name: 'process.orphan', filled: 1, values: [['false', 290], ['true', 10]] },
    { name: 'file.path', filled: 0, values: [] },
  ],
};

/** `|` marks the cursor; a pipe is written `\\|`. */
function at(marked: string): { text: string; items: readonly Completion[] } {
  const [before = '', after = ''] = marked.split(/(?<!\\)\|/).map((part) => part.replaceAll('\\|', '|'));
  return { text: before + after, items: complete(alone(before + after, catalogue), before.length) };
}

function labels(marked: string): string[] {
  return at(marked).items.map((item) => item.label);
}

/** The text after the completion of that label was taken. */
function accept(marked: string, label: string): string {
  const { text, items } = at(marked);
  const item = items.find((one) => one.label === label);
  if (item === undefined) throw new Error(`no ${label} among ${items.map((one) => one.label).join(', ')}`);
  return text.slice(0, item.from) + item.insertText + text.slice(item.to);
}

describe('completion', () => {
  test('a hunt begins with sources and their row counts, those with rows first', () => {
    const items = at('|').items;
    expect(items.slice(0, 2).map((item) => [item.label, item.detail])).toEqual([['processes', '300 rows'], ['exec', '1,234 rows']]);
    expect(items.some((item) => item.kind === 'snippet')).toBe(true);
  });

  test('after a source comes where', () => expect(labels('exec |')).toEqual(['where']));

  test('fields come fullest first, lineage after, then those that no row has', () => {
    const all = labels('exec where |');
    const order = ['process.name', 'user.id', 'process.orphan', 'file.path'].map((name) => all.indexOf(name));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(all.slice(0, 2)).toEqual(['process.pid', 'process.name']); // as exec shows them
    expect(all).toContain('cidrMatch');
    expect(all).toContain('descendant of');
  });

  test('a half-written field is replaced whole', () => {
    expect(accept('exec where process.na| == 1', 'process.name')).toBe('exec where process.name == 1');
    expect(accept('exec where process.|', 'process.orphan')).toBe('exec where process.orphan');
    expect(accept('exec where process.na|me == 1', 'process.name')).toBe('exec where process.name == 1');
  });

  test('below a link all fields of a process are offered', () => {
    expect(labels('exec where process.creator.|')).toContain('process.creator.working_directory');
    expect(labels('exec where |')).not.toContain('process.creator.working_directory');
  });

  test('after a dot only what lies below', () => expect(labels('exec where process.|').filter((label) => !label.startsWith('process.') && label.includes('.'))).toEqual([]));

  test('after a field the operators of its type', () => {
    expect(labels('exec where process.name |')).toContain('like');
    expect(labels('exec where process.pid |')).toContain('<=');
    expect(labels('exec where process.pid |')).not.toContain('like');
  });

  test.each([
    ['exec where process.name == |', 'exec where process.name == "bash"'],
    ['exec where process.name == "|', 'exec where process.name == "bash'],
    ['exec where process.name == "|"', 'exec where process.name == "bash"'],
    ['exec where process.name == "b|x"', 'exec where process.name == "bash"'],
    ['exec where process.name in (|', 'exec where process.name in ("bash"'],
    ['exec where process.name in ("nc", |)', 'exec where process.name in ("nc", "bash")'],
    ['exec where process.name not in ("nc", "|")', 'exec where process.name not in ("nc", "bash")'],
    ['exec where process.name : ("|', 'exec where process.name : ("bash'],
    ['exec where (process.pid == 1 and process.name == |)', 'exec where (process.pid == 1 and process.name == "bash")'],
  ])('values of the evidence at %s', (marked, expected) => {
    expect(accept(marked, 'bash')).toBe(expected);
    expect(at(marked).items[0]?.detail).toBe('1,200');
  });

  test('numbers and booleans are written without quotes', () => {
    expect(accept('exec where process.pid == |', '1')).toBe('exec where process.pid == 1');
    expect(accept('exec where process.orphan == |', 'true')).toBe('exec where process.orphan == true');
  });

  test('a hostile value is escaped, so that it stays one text', () => {
    expect(accept('exec where process.name == |', 'a"b\u202e')).toBe('exec where process.name == "a\\"b\\u{202e}"');
  });

  test('a basis has three words', () => expect(labels('processes where process.creator.basis == |')).toEqual(['observed', 'derived', 'inferred']));
  test('of a link the values of the field itself', () => expect(labels('exec where process.creator.name == |')[0]).toBe('bash'));
  test('after a condition: and, or, pipes', () => expect(labels('exec where process.pid == 1 |')).toEqual(expect.arrayContaining(['and', 'or', '| head'])));
  test('after | the pipes', () => expect(labels('exec where true \\| |')).toEqual(expect.arrayContaining(['head', 'filter', 'tree'])));
  test('after a pipe that makes a table only some pipes', () => expect(labels('exec where true \\| count by process.name \\| |')).toEqual(['head', 'tail', 'filter', 'sort', 'table', 'chart']));
  test('and its columns', () => expect(labels('exec where true \\| count by process.name \\| sort |')).toEqual(['process.name', 'count', 'percent']));
  test('after by ids come first', () => expect(labels('exec where true \\| count by |').slice(0, 2)).toEqual(['host.id', 'process.entity_id']));
  test('after of a bracket', () => expect(labels('exec where child of |')).toEqual(['[']));
  test('in brackets the sources', () => expect(labels('exec where child of [|')).toContain('exec'));
  test('in a comment nothing', () => expect(labels('exec where true // pro|')).toEqual([]));
  test('in an unrelated text nothing', () => expect(labels('"|')).toEqual([]));

  test('every place of every prefix gives an answer, and replaces up to the cursor at least', () => {
    const text = 'sequence by host.id with maxspan=5m [exec where process.name in ("a", "b") and not cidrMatch(destination.ip, "1.2.3.4/8")] | count by process.name | sort -count';
    for (let offset = 0; offset <= text.length; offset++) {
      for (const item of complete(alone(text.slice(0, offset), catalogue), offset)) {
        expect(item.from).toBeLessThanOrEqual(offset);
        expect(item.to).toBeGreaterThanOrEqual(offset);
      }
    }
  });
});

describe('hover', () => {
  const over = (marked: string): string => hover(alone(marked.replace('|', ''), catalogue), marked.indexOf('|'))?.contents ?? '';

  test('a field tells its type, its meaning and its values', () => expect(over('exec where process.na|me == 1')).toMatch(/\*\*process\.name\*\* text \(ECS\)[^]*100 %[^]*` bash ` 1200/));
  test('a value cannot end its code span or turn the text', () => expect(over('exec where process.na|me == 1')).toContain('` a"b\\x202e ` 1'));
  test('a lineage field', () => expect(over('processes where process.orp|han')).toContain('lineage'));
  test('a source', () => expect(over('ex|ec where true')).toContain('1,234 rows'));
  test('a pipe, a function, a relation, an operator', () => {
    expect(hover(alone('exec where true | head 3'), 19)?.contents).toContain('first n rows');
    expect(over('exec where cidr|Match(a, "b")')).toContain('cidrMatch(ip, network, ...)');
    expect(over('exec where chi|ld of [exec where true]')).toContain('its parent');
    expect(over('exec where process.name li|ke "x"')).toContain('wildcards');
  });
  test('an absent name says so', () => expect(over('exec where process.Ext.to|ken == 1')).toContain('no open evidence'));
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deserialize, serialize, type Notebook, type NotebookCell } from '../../../src/case/notebook.js';
import { cut } from '../../../src/case/notebookText.js';

const edit = (notebook: Notebook, at: number, change: Partial<NotebookCell>): Notebook => ({
  ...notebook,
  cells: notebook.cells.map((cell, index) => (index === at ? { ...cell, ...change } : cell)),
});
const texts = (text: string): string[] => deserialize(text).cells.map((cell) => `${cell.language}:${cell.text}`);

describe('a file read as cells', () => {
  test('hunt and sql fences are code, the rest is Markdown', () => {
    expect(texts('# Title\n\n```hunt\nprocess where true\n```\n\nText\n\n```sql\nselect 1\n```\n\n```python\nx\n```\n')).toEqual([
      'markdown:# Title',
      'hunt:process where true',
      'markdown:Text',
      'sql:select 1',
      'markdown:```python\nx\n```',
    ]);
  });

  test('front matter is no cell', () => {
    const text = '---\nfoundling:\n  case: ..\n---\n\n# Title\n';
    expect(deserialize(text).head).toBe('---\nfoundling:\n  case: ..\n---\n\n');
    expect(texts(text)).toEqual(['markdown:# Title']);
  });

  test('a hunt fence inside a longer fence is text of that fence', () => {
    expect(texts('````md\n```hunt\nx\n```\n````\n')).toEqual(['markdown:````md\n```hunt\nx\n```\n````']);
  });

  test('a tilde fence is a cell, and backticks do not close it', () => {
    expect(texts('~~~hunt\n```\nx\n~~~\n')).toEqual(['hunt:```\nx']);
  });

  test('four blanks of indent make code of Markdown, no cell', () => {
    expect(texts('    ```hunt\n    x\n    ```\n')).toEqual(['markdown:    ```hunt\n    x\n    ```']);
  });

  test('two blank lines part Markdown cells, one does not, and none inside a fence', () => {
    expect(texts('a\n\nb\n\n\nc\n')).toEqual(['markdown:a\n\nb', 'markdown:c']);
    expect(texts('```text\na\n\n\nb\n```\n')).toEqual(['markdown:```text\na\n\n\nb\n```']);
  });

  test('a fence without an end runs to the end of the file', () => {
    expect(texts('```hunt\nx\n\ny')).toEqual(['hunt:x\n\ny']);
  });

  test('the fence states the parent view of its cell', () => {
    expect(deserialize('```hunt parents=difference\nx\n```\n').cells[0]?.metadata).toEqual({ parents: 'difference' });
  });

  test('a file in the plainest form keeps no characters beside its cells', () => {
    const text = '---\na: 1\n---\n\n# Title\n\n```hunt\nx\n```\n\nMore\n\n\nAnd more\n';
    expect(deserialize(text).cells.map((cell) => cell.metadata)).toEqual([{}, {}, {}, {}]);
  });
});

const corners = [
  '',
  '\n',
  '\uFEFF',
  '\uFEFF\uFEFF# x',
  '\r\n\r\n',
  '# x',
  '# x\r\n\r\n```hunt\r\ny\r\n```',
  '```hunt',
  '```hunt\n',
  '```hunt\n```',
  '```hunt\n\n```\n',
  '---\n',
  '---\na\n---',
  '---\n---\n```sql\n```\n',
  '~~~ hunt  \n x\n~~~~~  \n',
  '  ```hunt\n  a\n b\nc\n  ```\n',
  '````hunt\n```\n````\n\n\n\n\n',
  'a\n\n\n \t\n\nb',
  'a\rb\r\r\rc',
  '```hunt\r\nx\ry\n```\r',
  '```hunt {x}\na\n```\ntext right behind',
  'text\n```hunt\na\n```\n```sql\nb\n```',
  '```hunt\n\n\n\n```\n\n\n\n# x\n\n\n',
  '- list\n\n  ```hunt\n  x\n  ```\n',
  '\u2028\u0000\u{1F600}\n```hunt\n\u0000\n```\n',
];

describe('what was not edited is written as it was', () => {
  test.each(corners)('%j', (text) => {
    expect(serialize(deserialize(text))).toBe(text);
  });

  const line = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        '```hunt',
        '```',
        '````hunt',
        '````',
        '~~~sql',
        '~~~',
        '  ```hunt parents=created',
        '   ```',
        '    ```hunt',
        '---',
        '...',
        '',
        '',
        ' ',
        '\t',
        '# t',
        'text',
        '```js',
        '> ```hunt',
        '```hunt `',
        '\uFEFF',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  );
  const text = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '\r', '')), { maxLength: 24 })
    .map((lines) => lines.map((parts) => parts.join('')).join(''));

  test('any text', () => {
    fc.assert(
      fc.property(text, (x) => serialize(deserialize(x)) === x),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (x) => serialize(deserialize(x)) === x),
      { numRuns: 1000 },
    );
  });

  test('an edited cell leaves the characters of every other cell alone', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.constantFrom('edited', 'two\nlines', 'process where true\n', '```\ninside'), (x, pick, change) => {
        const before = deserialize(x);
        fc.pre(before.cells.length > 0);
        const at = pick % before.cells.length;
        const { head, pieces } = cut(x);
        const raws = pieces.map((piece) => piece.raw);
        const after = serialize(edit(before, at, { text: change }));
        expect(after.startsWith(head + raws.slice(0, at).join(''))).toBe(true);
        expect(after.endsWith(raws.slice(at + 1).join(''))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an edited notebook', () => {
  test('a changed cell keeps its fence, indent, line ends and the blank lines behind it', () => {
    const text = '# A\r\n\r\n\r\n\r\n  ~~~~hunt  x=1\r\n  old\r\n  ~~~~~\r\n\r\n\r\n\r\nEnd';
    const notebook = deserialize(text);
    expect(serialize(edit(notebook, 1, { text: 'new\nlines' }))).toBe('# A\r\n\r\n\r\n\r\n  ~~~~hunt  x=1\r\n  new\r\n  lines\r\n  ~~~~~\r\n\r\n\r\n\r\nEnd');
  });

  test('text that would close its fence gets a longer fence', () => {
    const after = serialize(edit(deserialize('```hunt\na\n```\n'), 0, { text: 'b\n```\nc' }));
    expect(after).toBe('````hunt\nb\n```\nc\n````\n');
    expect(texts(after)).toEqual(['hunt:b\n```\nc']);
  });

  test('a fence that had no end gets one', () => {
    expect(serialize(edit(deserialize('```hunt\nold'), 0, { text: 'new' }))).toBe('```hunt\nnew\n```\n');
  });

  test('switching the parent view changes the fence alone', () => {
    const notebook = deserialize('```hunt  \nx\n```\n');
    const raw = notebook.cells[0]?.metadata.raw;
    expect(serialize(edit(notebook, 0, { metadata: { ...(raw === undefined ? {} : { raw }), parents: 'recorded' } }))).toBe(
      '```hunt parents=recorded\nx\n```\n',
    );
    expect(serialize(edit(deserialize('```hunt parents=created\nx\n```'), 0, { metadata: { raw: '```hunt parents=created\nx\n```' } }))).toBe(
      '```hunt\nx\n```',
    );
  });

  test('a basis stands beside the parent view, and either goes without the other', () => {
    const text = '```hunt title="x" parents=created\nx\n```\n';
    const [cell] = deserialize(text).cells;
    const strict = serialize(edit(deserialize(text), 0, { metadata: { ...cell?.metadata, basis: 'derived' } }));
    expect(strict).toBe('```hunt title="x" parents=created basis=derived\nx\n```\n');
    const again = deserialize(strict);
    expect(again.cells[0]?.metadata).toMatchObject({ parents: 'created', basis: 'derived' });
    expect(serialize(edit(again, 0, { metadata: { raw: again.cells[0]?.metadata.raw ?? strict, basis: 'observed' } }))).toBe('```hunt title="x" basis=observed\nx\n```\n');
    expect(deserialize('```hunt basis=guessed\nx\n```\n').cells[0]?.metadata.basis).toBeUndefined();
  });

  test('cells that are put in, taken out or moved stay cells of their own', () => {
    const tame = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('markdown' as const),
          language: fc.constant('markdown'),
          text: fc.constantFrom('# A', 'b\n\nc', '- d'),
          metadata: fc.constant({}),
        }),
        fc.record({
          kind: fc.constant('code' as const),
          language: fc.constantFrom('hunt', 'sql'),
          text: fc.constantFrom('x', 'a\n\n\nb', '', '```', '\n'),
          metadata: fc.constant({}),
        }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    const original = deserialize('# T\n```hunt\nq\n```\ntail without an end');
    fc.assert(
      fc.property(tame, fc.nat(), fc.nat(), (added, from, to) => {
        const cells: NotebookCell[] = [...original.cells];
        cells.splice(from % (cells.length + 1), 0, ...added);
        cells.splice(to % cells.length, 1);
        const again = deserialize(serialize({ ...original, cells }));
        expect(again.cells.map((cell) => [cell.language, cell.text])).toEqual(cells.map((cell) => [cell.language, cell.text]));
      }),
      { numRuns: 1000 },
    );
  });
});

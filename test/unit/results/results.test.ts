// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { ResultOutput } from '../../../webview/shared/result.js';
import type { HuntResult, Summary } from '../../../src/engine/requests.js';
import { isResultOutput, messageFromRenderer, outputOf, questionOf, sqlOutputOf } from '../../../webview/shared/result.js';
import { csvOf, jsonOf } from '../../../webview/results/copies.js';
import { resultText, summaryText } from '../../../webview/shared/resultText.js';
import { drawResult, type Extension } from '../../../webview/results/resultView.js';
import { visibleText } from '../../../webview/shared/text.js';
import { nextSorting, sortedRows } from '../../../webview/results/sorting.js';

const output = (change: Partial<ResultOutput> = {}): ResultOutput => ({
  version: 1,
  set: 'k',
  evidence: 'case',
  text: 'exec where true',
  parents: 'created',
  columns: [
    { name: 'process.name', type: 'text' },
    { name: 'process.pid', type: 'int' },
  ],
  rows: [
    ['nc', 4721],
    ['bash', 12],
    [null, 3],
  ],
  processes: [7, 8, -1],
  total: 3,
  truncated: false,
  undecided: { count: 0, fields: [] },
  basis: { observed: 3, derived: 0, inferred: 0 },
  bases: ['observed', 'observed', 'observed'],
  view: 'table',
  tree: [],
  gaps: [],
  unreadable: [],
  ...change,
});
const evil = '<img src=x onerror=alert(1)>\u202e\n=cmd()';

/** An extension that notes what it is told and has no more rows. */
const telling = (told: unknown[]): Extension => ({ tell: (message) => told.push(message), more: () => Promise.reject(new Error('not asked for')), undecided: () => Promise.reject(new Error('not asked for')) });

test('the text twin is an aligned table with counts, basis and parent view', () => {
  expect(resultText(output())).toBe(
    [
      'process.name  process.pid',
      '------------  -----------',
      'nc                   4721',
      'bash                   12',
      '                        3',
      '',
      '3 rows · basis: 3 observed · process.parent as created',
    ].join('\n'),
  );
});

test('a stricter basis is said beside the rows, and goes with every question back', () => {
  const strict = output({ atLeast: 'derived' });
  expect(summaryText(strict)).toContain('lineage that is only inferred counts as absent');
  expect(summaryText(output({ atLeast: 'inferred' }))).not.toContain('counts as absent');
  expect(messageFromRenderer({ kind: 'more', id: '1', ...questionOf(strict) })).toEqual({ kind: 'more', id: '1', set: 'k', text: 'exec where true', parents: 'created', atLeast: 'derived' });
});

test('a difference shows its edge before the command line, cells and all', () => {
  const columns = ['@timestamp', 'process.command_line', 'user.id', 'recorded parent', 'creator', 'creator basis'].map((name) => ({ name, type: 'text' }));
  const result: HuntResult = { columns, rows: [['1', 'nc -e', '0', 'systemd 1', 'sh 7', 'observed']], processes: Int32Array.of(3), total: 1, truncated: false, undecided: { count: 0, fields: [] }, basis: { observed: 1, derived: 0, inferred: 0 }, bases: ['observed'], view: 'table', diagnostics: [], elapsedMs: 0 };
  const about = { set: 'k', evidence: 'case', text: 'x', summary: { evidence: [] } as unknown as Summary };
  const made = outputOf(result, { ...about, parents: 'difference' });
  expect(made.columns.map(({ name }) => name)).toEqual(['@timestamp', 'recorded parent', 'creator', 'creator basis', 'process.command_line', 'user.id']);
  expect(made.rows).toEqual([['1', 'systemd 1', 'sh 7', 'observed', 'nc -e', '0']]);
  expect(outputOf(result, { ...about, parents: 'created' }).rows).toEqual(result.rows);
});

test('an empty tree draws no box', () => {
  const into = document.createElement('div');
  drawResult(into, output({ view: 'tree', rows: [], tree: [], total: 0 }), undefined);
  expect(into.querySelector<HTMLElement>('.foundling-body')?.hidden).toBe(true);
});

test('rows of SQL say what was left out, and that nothing is known of basis; they can be asked for again', () => {
  const rows = sqlOutputOf({ columns: [{ name: 'n', type: 'int' }], rows: [[1]], total: 100_000, truncated: true, notes: ['Stopped after 100,000 rows.'] }, { set: 'k', evidence: 'case', text: 'SELECT 1', summary: { evidence: [] } as unknown as Summary });
  expect(summaryText(rows)).toBe('1 of 100,000 rows · Stopped after 100,000 rows · from SQL: nothing here says what is undecided or on which basis a row rests');
  expect(messageFromRenderer({ kind: 'more', id: '1', ...questionOf(rows) })).toEqual({ kind: 'more', id: '1', set: 'k', text: 'SELECT 1', language: 'sql' });
  const into = document.createElement('div');
  drawResult(into, rows, telling([]));
  expect(into.querySelector('.foundling-link')).toBeNull(); // it asks for undecided rows, which SQL has none of
});

test('a cut result says of how many, and an undecided one for want of what', () => {
  expect(summaryText(output({ total: 193010, undecided: { count: 47, fields: ['process.orphaned_after'] } }))).toBe(
    '3 of 193,010 rows · 47 undecided: process.orphaned_after unknown · basis: 3 observed · process.parent as created',
  );
});

const mixed = output({ bases: ['observed', 'inferred', 'derived'], basis: { observed: 1, derived: 1, inferred: 1 } });

test('each row says on which basis it rests, first and in words, and is sorted by it', () => {
  const into = document.createElement('div');
  drawResult(into, mixed, telling([]));
  const first = (): (string | null | undefined)[] => [...into.querySelectorAll('tbody tr')].map((row) => row.querySelector('td')?.textContent);
  expect(first()).toEqual(['observed', 'inferred', 'derived']);
  expect([...into.querySelectorAll<HTMLElement>('.foundling-basis')].map((mark) => mark.title)).toEqual(['This rests on what is inferred: inferred from traces.', 'This rests on what is derived: follows from records.']);
  into.querySelector<HTMLElement>('th button')?.click();
  expect(first()).toEqual(['observed', 'derived', 'inferred']);
  expect(resultText(mixed).split('\n').slice(0, 4)).toEqual(['basis     process.name  process.pid', '--------  ------------  -----------', 'observed  nc                   4721', 'inferred  bash                   12']);
});

test('rows that are all observed need no column for it, nor do rows that claim nothing', () => {
  for (const plain of [output(), output({ bases: [] })]) {
    const into = document.createElement('div');
    drawResult(into, plain, telling([]));
    expect(into.querySelector('th')?.textContent).toBe('process.name');
  }
  expect(csvOf(output({ bases: [] })).split('\r\n')[0]).toBe('process.name,process.pid');
});

test('the name of a field is no formula, what a hunt calls a column may be', () => {
  expect(csvOf(output({ columns: [{ name: '@timestamp', type: 'text' }, { name: '@SUM(1)', type: 'int' }], rows: [], bases: [] }))).toBe("@timestamp,'@SUM(1)\r\n");
});

test('a copy has the basis last, under a name that no other column has', () => {
  expect(csvOf(mixed).split('\r\n').slice(0, 3)).toEqual(['process.name,process.pid,basis', 'nc,4721,observed', 'bash,12,inferred']);
  expect(JSON.parse(jsonOf(output({ columns: [{ name: 'basis', type: 'text' }], rows: [['x']], bases: ['derived'] })))).toEqual([{ basis: 'x', 'basis of the row': 'derived' }]);
});

test('a line of the tree says on what its match rests and how its link is known', () => {
  const into = document.createElement('div');
  const line = (link: 'inferred' | null) => ({ process: 2, depth: 1, matched: link !== null, label: 'nc 4721', orphan: false, basis: link === null ? null : ('derived' as const), link, other: null });
  drawResult(into, output({ view: 'tree', tree: [line(null), line('inferred')] }), undefined);
  expect([...into.querySelectorAll('[role=treeitem]')].map((item) => item.textContent)).toEqual(['nc 4721', 'nc 4721matchderivedlink inferred']);
});

test('a tree is indented, marks matches and orphans, and names the other parent', () => {
  const tree = [
    { process: 1, depth: 0, matched: false, label: 'sshd 812', orphan: false, basis: null, link: null, other: null },
    { process: 2, depth: 1, matched: true, label: 'nc 4721', orphan: true, basis: 'inferred' as const, link: 'derived' as const, other: { process: 0, pid: 1, start: 0, name: 'systemd' } },
  ];
  expect(
    resultText(output({ view: 'tree', tree }))
      .split('\n')
      .slice(0, 2),
  ).toEqual(['  sshd 812', '  > nc 4721  [orphan; match inferred; link derived; other parent: systemd 1]']);
});

test('a result says which evidence was not read and what the evidence could not have shown', () => {
  const limited = output({ rows: [], total: 0, gaps: ['No exits were recorded.'], unreadable: ['gone.log: no such file'] });
  expect(resultText(limited).split('\n').slice(1)).toEqual(['not read: gone.log: no such file', 'this evidence could not show all: No exits were recorded.']);
  const into = document.createElement('div');
  drawResult(into, limited, undefined);
  expect(into.querySelector('.foundling-unreadable')?.textContent).toBe('not read: gone.log: no such file');
  expect(into.querySelector('details')?.textContent).toContain('No exits were recorded.');
});

test('hidden characters of evidence are visible in the text twin', () => {
  expect(resultText(output({ rows: [['a\u202eb\u001b[31m', 1]], total: 1 }))).toContain(`${visibleText('a\u202eb\u001b[31m')} `);
  expect(visibleText('\u202e')).not.toContain('\u202e');
});

test('evidence that is HTML stays text on the page', () => {
  const into = document.createElement('div');
  drawResult(
    into,
    output({
      rows: [[evil, 1]],
      columns: [
        { name: evil, type: 'text' },
        { name: 'n', type: 'int' },
      ],
      evidence: evil,
    }),
    telling([]),
  );
  expect(into.querySelector('img')).toBeNull();
  expect(into.querySelector('td')?.textContent).toBe(visibleText(evil));
});

test('Enter on a row asks for its process, and a row of no process asks for nothing', () => {
  const told: unknown[] = [];
  const into = document.createElement('div');
  document.body.append(into);
  drawResult(into, output(), telling(told));
  const rows = [...into.querySelectorAll('tbody tr')];
  for (const row of rows) row.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  expect(told).toEqual([
    { kind: 'openProcess', set: 'k', process: 7 },
    { kind: 'openProcess', set: 'k', process: 8 },
  ]);
});

test('arrows move through rows, and one row is in the tab order', () => {
  const into = document.createElement('div');
  document.body.append(into);
  drawResult(into, output(), undefined);
  const rows = [...into.querySelectorAll<HTMLElement>('tbody tr')];
  rows[0]?.focus();
  rows[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
  expect(document.activeElement).toBe(rows[2]);
  expect(rows.map((row) => row.tabIndex)).toEqual([-1, -1, 0]);
});

test('a heading sorts up, down, and back to the order of the result; absent first', () => {
  const rows = [
    ['b', 2],
    ['a', 10],
    [null, 1],
  ];
  expect(sortedRows(rows, { column: 0, descending: false })).toEqual([2, 1, 0]);
  expect(sortedRows(rows, { column: 1, descending: true })).toEqual([1, 0, 2]);
  expect(nextSorting(nextSorting(nextSorting(undefined, 1), 1), 1)).toBeUndefined();
  const into = document.createElement('div');
  drawResult(into, output(), undefined);
  into.querySelectorAll<HTMLElement>('th button')[1]?.click();
  expect([...into.querySelectorAll('tbody tr td:last-child')].map((cell) => cell.textContent)).toEqual(['3', '12', '4721']);
  expect(into.querySelectorAll('th')[1]?.getAttribute('aria-sort')).toBe('ascending');
});

test('CSV guards formulas, quotes what must be, and gives times in UTC', () => {
  const columns = [
    { name: 'a', type: 'text' },
    { name: 't', type: 'time' },
    { name: 'd', type: 'duration' },
    { name: 'n', type: 'int' },
  ];
  expect(
    csvOf(
      output({
        columns,
        rows: [
          ['=cmd|"x"', 1_700_000_000_000_001, 1500, -5],
          ['-2+3', null, null, 0],
          ['a\nb', 0, 0, 0],
        ],
      }),
    ).split('\r\n'),
  ).toEqual(['a,t,d,n,basis', `"'=cmd|""x""",2023-11-14T22:13:20.000001Z,0.0015,-5,observed`, `'-2+3,,,0,observed`, `${visibleText('a\nb')},1970-01-01T00:00:00.000000Z,0,0,observed`, '']);
});

test('JSON keeps every character, escaped', () => {
  expect(JSON.parse(jsonOf(output({ rows: [[evil, 1]] })))).toEqual([{ 'process.name': evil, 'process.pid': 1, basis: 'observed' }]);
});

test('copying goes through the extension', () => {
  const told: unknown[] = [];
  const into = document.createElement('div');
  drawResult(into, output(), telling(told));
  into.querySelector<HTMLElement>('.foundling-buttons button')?.click();
  expect(told).toEqual([{ kind: 'copy', text: csvOf(output()) }]);
});

test('a cut result shows more when it is asked to, and says why it cannot', async () => {
  const into = document.createElement('div');
  const whole = output({ rows: [...output().rows, ['sh', 9]], processes: [7, 8, -1, 9], total: 4 });
  let answer: () => Promise<ResultOutput> = () => Promise.reject(new Error('The evidence of this result is no longer open.'));
  const told: unknown[] = [];
  drawResult(into, output({ total: 4, cell: 'cell:1' }), { tell: (message) => told.push(message), more: () => answer(), undecided: () => answer() });
  const more = (): HTMLButtonElement | undefined => [...into.querySelectorAll('button')].find((button) => button.textContent === 'Show all 4');
  more()?.click();
  await Promise.resolve();
  await Promise.resolve();
  expect(into.querySelector('.foundling-announced')?.textContent).toBe('The evidence of this result is no longer open.');
  answer = () => Promise.resolve(whole);
  more()?.click();
  await Promise.resolve();
  await Promise.resolve();
  expect(into.querySelectorAll('tbody tr')).toHaveLength(4);
  expect(more()).toBeUndefined();
  [...into.querySelectorAll('button')].find((button) => button.textContent === 'Pin result')?.click();
  expect(told).toEqual([{ kind: 'pin', cell: 'cell:1', rows: 4 }]); // all that is shown, in the same cell
});

test('who shows all rows keeps the focus in the result: on the button while it is asked, then on what took its place', async () => {
  const into = document.createElement('div');
  document.body.replaceChildren(into);
  const whole = output({ rows: [...output().rows, ['sh', 4]], processes: [7, 8, -1, 9], total: 4 });
  let asked = 0;
  const answer = (): Promise<ResultOutput> => Promise.resolve(whole).finally(() => asked++);
  drawResult(into, output({ total: 4 }), { tell: () => undefined, more: answer, undecided: answer });
  const button = [...into.querySelectorAll('button')].find(({ textContent }) => textContent === 'Show all 4')!;
  button.focus();
  button.click();
  button.click(); // an answer is under way
  expect([document.activeElement, button.disabled, button.getAttribute('aria-disabled')]).toEqual([button, false, 'true']);
  await vi.waitFor(() => expect(into.querySelectorAll('tbody tr')).toHaveLength(4));
  expect([document.activeElement, asked]).toEqual([into, 1]);
});

test('messages and outputs that are not ours are refused', () => {
  expect(messageFromRenderer({ kind: 'openProcess', set: 'k', process: 1.5 })).toBeUndefined();
  expect(messageFromRenderer({ kind: 'run', command: 'x' })).toBeUndefined();
  expect(messageFromRenderer({ kind: 'more', id: '1', set: 'k', text: 'x', parents: 'evil' })).toEqual({ kind: 'more', id: '1', set: 'k', text: 'x' });
  expect(isResultOutput({ version: 2, rows: [] })).toBe(false);
  const summary = { evidence: [], hosts: [], processes: 0, orphans: 0, observations: 0, from: 0, to: 0, storeReady: true };
  const result = {
    columns: [],
    rows: [],
    processes: new Int32Array([1]),
    total: 0,
    truncated: false,
    undecided: { count: 0, fields: [] },
    basis: { observed: 0, derived: 0, inferred: 0 },
    bases: [],
    view: 'table' as const,
    diagnostics: [],
    elapsedMs: 1,
  };
  expect(isResultOutput(JSON.parse(JSON.stringify(outputOf(result, { set: 'k', evidence: 'e', text: 'x', parents: undefined, summary }))))).toBe(true);
});

// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import type { HuntResult } from '../../../src/engine/requests.js';
import { messageFromRenderer, outputOf, undecidedText, type FromRenderer } from '../../../webview/shared/result.js';
import { chartOf, timelineOf } from '../../../webview/shared/plot.js';
import { drawResult } from '../../../webview/results/resultView.js';
import { pinText } from '../../../src/extension/notebook/pinText.js';

const evil = '<img src=x onerror=alert(1)> [x](command:evil) `a` | b\u202e';
const summary = { evidence: [], hosts: [], processes: 0, orphans: 0, observations: 0, from: 0, to: 0, storeReady: true };

function result(change: Partial<HuntResult>): HuntResult {
  const rows = change.rows ?? [];
  return {
    columns: [],
    rows,
    processes: Int32Array.from(rows, (_, at) => at),
    total: rows.length,
    truncated: false,
    undecided: { count: 0, fields: [] },
    basis: { observed: rows.length, derived: 0, inferred: 0 },
    bases: rows.map(() => 'observed'),
    view: 'table',
    diagnostics: [],
    elapsedMs: 0,
    ...change,
  };
}
const timed = [
  { name: '@timestamp', type: 'time' },
  { name: 'process.name', type: 'text' },
  { name: 'lane', type: 'text' },
];
const shown = (of: HuntResult, told: FromRenderer[] = []): HTMLElement => {
  const into = document.createElement('div');
  document.body.append(into);
  const output = outputOf(of, { set: 'k', evidence: 'e', text: 'exec where true', parents: undefined, summary, cell: 'cell:1', rows: 200 });
  drawResult(into, output, { tell: (message) => told.push(message), more: () => Promise.resolve(output), undecided: () => Promise.resolve({ ...output, view: 'table', undecided: { count: 0, fields: [] } }) });
  return into;
};

test('rows of a lane that are near each other become one mark that counts them, and no row is lost', () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => [1e15 + at * 1000, 'sh', at % 2 === 0 ? 'a' : 'b']);
  const { lanes, undated } = timelineOf(result({ columns: timed, rows: [...rows, [null, 'x', 'a']] }));
  expect(lanes.map(({ name, count }) => [name, count])).toEqual([
    ['a', 50_000],
    ['b', 50_000],
  ]);
  expect(lanes.every(({ marks }) => marks.length <= 401)).toBe(true);
  expect(lanes.flatMap(({ marks }) => marks).reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
  expect(undated).toBe(1);
});

test('a timeline higher than a screen has its times above it too', () => {
  const axes = (lanes: number): number => {
    const rows = Array.from({ length: lanes }, (_, at) => [1e15 + at * 1e6, 'sh', `lane ${at}`]);
    const into = shown(result({ view: 'timeline', columns: timed, rows }));
    return [...into.querySelectorAll('.foundling-plot text')].filter((one) => one.textContent === 'UTC').length;
  };
  expect([axes(5), axes(40)]).toEqual([1, 2]);
});

test('of many lanes the fullest are drawn, and the rest is counted', () => {
  const rows = Array.from({ length: 60 }, (_, at) => [1e15 + at, 'sh', `lane ${at}`]);
  const timeline = timelineOf(result({ columns: timed, rows: [...rows, [1e15, 'sh', 'lane 59']] }));
  expect(timeline.lanes).toHaveLength(40);
  expect(timeline.lanes.some(({ name }) => name === 'lane 59')).toBe(true);
  expect([timeline.hiddenLanes, timeline.hiddenRows]).toEqual([20, 20]);
});

test('a mark opens its process by click and by Enter, arrows reach the next, and hostile text stays text', () => {
  const told: FromRenderer[] = [];
  const into = shown(
    result({
      view: 'timeline',
      columns: timed,
      rows: [
        [1e15, evil, evil],
        [1e15 + 6e7, 'nc', evil],
      ],
    }),
    told,
  );
  const marks = [...into.querySelectorAll<SVGElement>('.foundling-mark')];
  expect(marks).toHaveLength(2);
  expect(into.querySelector('img')).toBeNull();
  marks[0]?.dispatchEvent(new MouseEvent('click'));
  marks[0]?.focus();
  marks[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  expect(document.activeElement).toBe(marks[1]);
  marks[1]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  expect(told).toEqual([
    { kind: 'openProcess', set: 'k', process: 0 },
    { kind: 'openProcess', set: 'k', process: 1 },
  ]);
  expect(into.querySelector('.foundling-says')?.textContent).toContain('nc');
});

test('a chart has a bar for each key and number, and says what it left out', () => {
  const columns = [
    { name: 'destination.ip', type: 'ip' },
    { name: 'n', type: 'int' },
    { name: 'ports', type: 'int' },
  ];
  const into = shown(result({ view: 'chart', columns, rows: Array.from({ length: 70 }, (_, at) => [`10.0.0.${at}`, at, 1]) }));
  const labels = [...into.querySelectorAll('.foundling-mark')].map((bar) => bar.getAttribute('aria-label'));
  expect(labels).toHaveLength(120);
  expect(labels[0]).toBe('10.0.0.69: n 69');
  expect(into.querySelector('.foundling-left-out')?.textContent).toBe('Drawn are the largest 60; 10 more are not.');
});

test('a chart by time has a panel for each other key', () => {
  const columns = [
    { name: 'time', type: 'time' },
    { name: 'process.name', type: 'text' },
    { name: 'count', type: 'int' },
  ];
  const rows = [
    [0, 'a', 1],
    [6e7, 'a', 2],
    [6e7, 'b', 9],
  ];
  const chart = chartOf(result({ columns, rows }));
  expect(chart).toMatchObject({ kind: 'time', span: 6e7, series: [{ label: 'b' }, { label: 'a' }] });
  expect(shown(result({ view: 'chart', columns, rows })).querySelectorAll('.foundling-mark')).toHaveLength(3);
});

test('spans of a chart by time that fall on one place are one bar, as high as the highest, that counts them', () => {
  const columns = [
    { name: 'time', type: 'time' },
    { name: 'count', type: 'int' },
  ];
  const rows = Array.from({ length: 50_000 }, (_, at) => [1e15 + at * 1e6, at === 31_234 ? 900 : at % 3]);
  const into = shown(result({ view: 'chart', columns, rows }));
  const bars = [...into.querySelectorAll('.foundling-mark')];
  expect(bars.length).toBeLessThan(1_000);
  expect(into.querySelector('.foundling-says')?.textContent).toContain(`50,000 spans are drawn as ${bars.length} bars`);
  const counts = bars.map((bar) => Number(/([\d,]+) spans that begin between/.exec(bar.getAttribute('aria-label') ?? '')?.[1]?.replaceAll(',', '') ?? 1));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50_000);
  const highest = bars.filter((bar) => bar.getAttribute('aria-label')?.endsWith(': 0 to 900'));
  const heights = bars.map((bar) => Number(bar.querySelector('rect')?.getAttribute('height')));
  expect(highest.map((bar) => Number(bar.querySelector('rect')?.getAttribute('height')))).toEqual([Math.max(...heights)]);
});

test('one click lists what is undecided below the result', async () => {
  const into = shown(result({ columns: [{ name: 'process.name', type: 'text' }], rows: [['sh']], undecided: { count: 47, fields: ['process.orphaned_after'] } }));
  const link = into.querySelector<HTMLElement>('.foundling-link');
  expect(link?.previousElementSibling?.textContent).toBe('47 undecided: process.orphaned_after unknown');
  link?.click();
  await Promise.resolve();
  await Promise.resolve();
  expect(into.querySelectorAll('.foundling-listed table')).toHaveLength(1);
});

test('undecided stands in place of the view, and after a hunt that has none', () => {
  expect(undecidedText('processes where process.orphan | tree up 4')).toBe('processes where process.orphan\n| undecided');
  expect(undecidedText('exec where process.name == "a | tree"')).toBe('exec where process.name == "a | tree"\n| undecided');
  expect(undecidedText('exec where true | head 3 // first')).toBe('exec where true | head 3 // first\n| undecided');
});

test('a pin holds rows, counts and hashes, and hostile text in it takes no effect', () => {
  const evidence = [{ file: `a${evil}`, sha256: 'ab12', accounting: {}, coverage: [] }] as unknown as Parameters<typeof pinText>[1]['evidence']; // what a pin does not read is left out
  const output = outputOf(result({ columns: [{ name: evil, type: 'text' }], rows: [[evil]], undecided: { count: 2, fields: [evil] } }), { set: 'k', evidence: 'e', text: 'x', parents: 'created', summary });
  const text = pinText(output, { evidence, version: '1.2.3', at: 0 });
  expect(text).toContain('sha256 ab12');
  expect(text).toContain('Foundling 1.2.3');
  expect(text).toContain('1 row · 2 undecided');
  expect(text).not.toContain('\u202e');
  // Outside code spans nothing begins markup or a link; the longest fence wins where the text holds backticks.
  const plain = text.replace(/(`+)[^`](?:(?!\1)[^])*?[^`]\1(?!`)/g, '');
  expect(plain).not.toMatch(/(?<!\\)<|(?<!\\)\[/);
});

test('a pin is refused while the evidence has no hash', () => {
  const evidence = [{ file: 'audit.log', accounting: {}, coverage: [] }] as unknown as Parameters<typeof pinText>[1]['evidence']; // as above
  const output = outputOf(result({}), { set: 'k', evidence: 'e', text: 'x', parents: undefined, summary });
  expect(() => pinText(output, { evidence, version: '1', at: 0 })).toThrow('audit.log is still being hashed');
});

test('a pin and a question back are checked', () => {
  expect(messageFromRenderer({ kind: 'pin', cell: 'x', rows: 200 })).toEqual({ kind: 'pin', cell: 'x', rows: 200 });
  for (const wrong of [{ cell: 1, rows: 1 }, { cell: 'x' }, { cell: 'x', rows: -1 }, { cell: 'x', rows: 1e9 }]) expect(messageFromRenderer({ kind: 'pin', ...wrong })).toBeUndefined();
  expect(messageFromRenderer({ kind: 'more', id: '1', set: 'k', text: 'x', undecided: true, before: ['let a = exec where true'] })).toMatchObject({ undecided: true, before: ['let a = exec where true'] });
});

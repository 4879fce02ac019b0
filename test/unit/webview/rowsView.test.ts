// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { ViewState } from '../../../src/engine/requests.js';
import { FLAG } from '../../../src/model/index.js';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';
import { createRowsView, type RowActs, type RowsView } from '../../../webview/tree/rowsView.js';
import { INITIAL, type TreeState } from '../../../webview/tree/state.js';
import { windowOf, type RowSketch } from './rows.js';

const acts = (): RowActs => ({ select: vi.fn(), toggle: vi.fn(), openDetails: vi.fn(), hover: vi.fn() });
const view = (rowCount: number): ViewState => ({ view: 1, rowCount, from: 0, to: 1000, processes: rowCount, orphans: 0 });

/** A state that draws these rows from `first` on, on a screen of ten. */
function state(rows: readonly RowSketch[], changes: Partial<TreeState> = {}, first = 0): TreeState {
  return {
    ...INITIAL,
    screen: { kind: 'tree' },
    view: view(first + rows.length),
    window: windowOf(rows, first),
    windowGeneration: 0,
    height: 10 * ROW_HEIGHT,
    ...changes,
  };
}

const shown = ({ element }: RowsView): HTMLElement[] =>
  [...element.querySelectorAll<HTMLElement>('.row')]
    .filter((row) => !row.hidden)
    .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')));
const ORPHAN: RowSketch = {
  name: 'nc',
  args: 'nc -l 4444',
  pid: 4721,
  flags: FLAG.orphan,
  start: 1_000_000,
  adoptedAt: 1_003_000,
  creator: ['sshd', 812],
  adopter: ['systemd', 1],
  fold: 1,
  hiddenBelow: 3,
  depth: 2,
  creatorBasis: 0,
};

test('a row tells its story in words, its place in the tree in numbers', () => {
  const rows = createRowsView(acts());
  rows.render(state([ORPHAN]), 800);
  const [row] = shown(rows);
  expect(row?.getAttribute('aria-label')).toBe(
    'nc 4721, orphan, adopted by systemd 1 after 3 ms, created by sshd 812, shown under its adopter, user root, started 00:00:01.000Z, -l 4444, 3 hidden',
  );
  expect(['aria-level', 'aria-expanded', 'aria-rowindex'].map((name) => row?.getAttribute(name))).toEqual(['3', 'false', '2']);
});

test('an orphan has a mark, a word and a colour, so that none of them stands alone', () => {
  const rows = createRowsView(acts());
  rows.render(state([ORPHAN, { name: 'sh' }]), 800);
  const [orphan, plain] = shown(rows);
  expect(orphan?.classList.contains('orphan')).toBe(true);
  expect(orphan?.querySelector('.orphan-badge')?.textContent).toBe('orphan');
  expect(orphan?.querySelector('svg.mark')).not.toBeNull();
  expect(plain?.querySelector('.orphan-badge')).toBeNull();
});

test('what is inferred, unrecorded, unknown or requested has a shape and a word of its own, and none looks like a clean root', () => {
  const rows = createRowsView(acts());
  rows.render(
    state([
      { ...ORPHAN, orphanBasis: 2 },
      { name: 'sshd', creator: ['sshd', 7], creatorBasis: 2, creatorConfidence: 0.7 },
      { name: '', flags: FLAG.unrecorded },
      { name: 'nc', pid: 50 },
      { name: 'job', creator: ['systemd', 1], creatorBasis: 1, requester: ['systemctl', 40], requesterRow: 1 },
      { name: 'systemd', pid: 1 },
      { name: 'sh', creator: ['sshd', 7], creatorBasis: 0 },
    ]),
    800,
  );
  const kinds = shown(rows).map((row) => [row.querySelector('.mark')?.getAttribute('class'), row.querySelector('.first-badge')?.textContent, row.querySelector('.creator')?.textContent]);
  expect(kinds).toEqual([
    ['mark outline', 'orphan', 'sshd812'],
    ['mark outline-quiet', '', 'sshd7'],
    ['mark dotted', '', 'not known'],
    ['mark outline-quiet', 'origin unknown', 'not known'],
    ['mark', 'requested', 'systemd1'],
    ['mark', '', 'the kernel'],
    ['mark', '', 'sshd7'],
  ]);
  const shapes = shown(rows).map((row) => row.querySelector('.mark path')?.getAttribute('d'));
  expect(new Set(shapes.slice(0, 4)).size).toBe(4);
  const labels = shown(rows).map((row) => row.getAttribute('aria-label') ?? '');
  expect(labels[0]).toContain('orphan, inferred');
  expect(labels[1]).toContain('created by sshd 7, inferred, likely');
  expect(labels[3]).toContain('origin unknown, creator not known');
  expect(labels[4]).toContain('requested by systemctl 40');
  expect(labels[5]).not.toContain('not known');
});

test('who was adopted when it was first seen is not said to be orphaned after nothing', () => {
  const rows = createRowsView(acts());
  rows.render(state([{ ...ORPHAN, startBasis: 1, adoptedAt: ORPHAN.start! }, { ...ORPHAN, adoptedAt: ORPHAN.start! }]), 800);
  expect(shown(rows).map((row) => /adopted by systemd 1([^,]*)/.exec(row.getAttribute('aria-label') ?? '')?.[1])).toEqual([' before it was first seen', ' at once']);
});

test('evidence is only ever text', () => {
  const rows = createRowsView(acts());
  const hostile = '<img src=x onerror=alert(1)>';
  rows.render(state([{ name: hostile, args: `x ${hostile}`, user: hostile, creator: [hostile, 5], adopter: [`\u202e${hostile}`, 6] }]), 800);
  expect(rows.element.querySelector('img')).toBeNull();
  expect(shown(rows)[0]?.querySelector('.label')?.textContent).toBe(hostile);
  expect(shown(rows)[0]?.querySelector('.adopter')?.textContent).toBe(`\\u{202e}${hostile}6`);
});

test('a program that lies about its own name keeps its first argument in sight', () => {
  const rows = createRowsView(acts());
  rows.render(
    state([
      { name: 'sh', args: '/bin/sh -c id' },
      { name: 'perl', args: '[kworker/0:1]' },
      { name: 'systemd-journal', args: '/lib/systemd/systemd-journald -x' },
    ]),
    800,
  );
  expect(shown(rows).map((row) => row.querySelector('.args')?.textContent)).toEqual(['-c id', '[kworker/0:1]', '-x']);
});

test('the pool is as large as the screen, however many rows the view has', () => {
  const rows = createRowsView(acts());
  const many = Array.from({ length: 40 }, () => ({}));
  for (const top of [500, 500.5, 503, 510]) rows.render({ ...state(many, { top }, 490), view: view(1_000_000) }, 800);
  expect(rows.element.querySelectorAll('.row')).toHaveLength(11);
  expect(rows.element.getAttribute('aria-rowcount')).toBe('1000001');
  expect(shown(rows).map((row) => row.id)).toEqual(Array.from({ length: 10 }, (_, i) => `row-${510 + i}`));
});

test('scrolling by one row fills one row', () => {
  const rows = createRowsView(acts());
  const many = Array.from({ length: 40 }, (_, i) => ({ name: `p${i}` }));
  const before = state(many, { top: 3 });
  rows.render(before, 800);
  const filled: string[] = [];
  const observer = new MutationObserver((changes) => changes.forEach((change) => filled.push(change.type)));
  for (const row of rows.element.querySelectorAll('.row')) observer.observe(row, { attributes: true, attributeFilter: ['id'] });
  rows.render({ ...before, top: 4 }, 800);
  expect(observer.takeRecords()).toHaveLength(1);
  observer.disconnect();
});

test('rows that are not at hand yet keep their place', () => {
  const rows = createRowsView(acts());
  rows.render({ ...state([{}, {}]), view: view(5) }, 800);
  expect(shown(rows).map((row) => row.classList.contains('loading'))).toEqual([false, false, true, true, true]);
});

test('the tree is one tab stop that names its active row, while that is on the screen', () => {
  const rows = createRowsView(acts());
  const many = Array.from({ length: 40 }, () => ({}));
  rows.render(state(many, { selected: { row: 5, process: 5 } }), 800);
  expect(rows.element.tabIndex).toBe(0);
  expect(rows.element.getAttribute('aria-activedescendant')).toBe('row-5');
  expect(rows.element.querySelectorAll('[tabindex]')).toHaveLength(0);
  rows.render(state(many, { selected: { row: 5, process: 5 }, top: 20 }), 800);
  expect(rows.element.hasAttribute('aria-activedescendant')).toBe(false);
});

test('pressing a twisty opens the row and does not choose it', () => {
  const done = acts();
  const rows = createRowsView(done);
  rows.render(state([ORPHAN]), 800);
  shown(rows)[0]
    ?.querySelector('.twisty')
    ?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));
  expect(done.toggle).toHaveBeenCalledWith(0, true, false);
  expect(done.select).not.toHaveBeenCalled();
  shown(rows)[0]
    ?.querySelector('.label')
    ?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));
  expect(done.select).toHaveBeenCalledWith(0);
});

test('what a search found is marked', () => {
  const rows = createRowsView(acts());
  const found = { processes: Int32Array.of(1), rows: Int32Array.of(1), total: 1 };
  rows.render(state([{}, {}], { search: { text: 'sh', found, at: -1 } }), 800);
  expect(shown(rows).map((row) => row.classList.contains('match'))).toEqual([false, true]);
});

test("a group's heading counts its processes and orphans, and its alerts are as loud as an alert", () => {
  const rows = createRowsView(acts());
  const heading = { process: -1, name: 'nginx.service', pid: -1, user: '', fold: 1, hiddenBelow: 12 };
  rows.render(state([{ ...heading, counts: [12, 3, 1] }, { ...heading, counts: [1, 0, 0], fold: 2, hiddenBelow: 0 }, { ...heading, counts: [0, 0, 0], fold: 2, hiddenBelow: 0 }]), 900);
  const drawn = shown(rows);
  expect(drawn.map((row) => row.getAttribute('aria-label'))).toEqual([
    'nginx.service, 12 processes, 3 orphans, 1 alert, 12 rows hidden',
    'nginx.service, 1 process',
    'nginx.service, only what leads to other groups',
  ]);
  expect(drawn[0]?.querySelector('.args')?.textContent).toBe('12 processes, 3 orphans');
  expect(drawn[0]?.querySelector('.name .alert-badge')?.textContent).toBe('1 alert');
  expect(drawn[1]?.querySelector('.alert-badge')).toBeNull();
});

test('where the creator is not known, the launcher is said in its place: by the pointer and aloud', () => {
  const rows = createRowsView(acts());
  const window = { ...windowOf([{ name: 'tmux', pid: 42, flags: FLAG.orphan }]), launcherPid: Int32Array.of(387), launcherName: ['sshd'], launcherConfidence: Float32Array.of(0.97) };
  rows.render(state([{}], { window }), 900);
  const [row] = shown(rows);
  expect(row?.querySelector<HTMLElement>('.creator')?.title).toBe('This evidence does not show who created it; launched by sshd 387, strong');
  expect(row?.getAttribute('aria-label')).toContain('creator not known, launched by sshd 387, strong');
});

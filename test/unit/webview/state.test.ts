import { expect, test } from 'vitest';
import type { ViewState } from '../../../src/engine/requests.js';
import { INITIAL, reduce, type Action, type TreeState } from '../../../webview/tree/state.js';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';
import { windowOf } from './rows.js';

const view = (rowCount: number, id = 1): ViewState => ({ view: id, rowCount, from: 0, to: 1, processes: rowCount, orphans: 0 });
const after = (state: TreeState, ...actions: Action[]): TreeState => actions.reduce(reduce, state);
/** A view of a thousand rows on a screen of twenty. */
const OPEN = after(INITIAL, { type: 'resized', height: 20 * ROW_HEIGHT }, { type: 'viewMade', view: view(1000), row: -1 });

test('rows that were asked for before rows moved are dropped', () => {
  const moved = after(OPEN, { type: 'toggled', view: view(900), row: 3 });
  const late = after(moved, { type: 'rows', generation: OPEN.generation, window: windowOf([{}]) });
  expect(late).toBe(moved);
  const current = after(moved, { type: 'rows', generation: moved.generation, window: windowOf([{}]) });
  expect(current.windowGeneration).toBe(moved.generation);
});

test('the old rows stay drawn until the new ones are there', () => {
  const drawn = after(OPEN, { type: 'rows', generation: OPEN.generation, window: windowOf([{}, {}]) });
  expect(after(drawn, { type: 'toggled', view: view(900), row: 0 }).window).toBe(drawn.window);
});

test('switching parents keeps the chosen process at its place on the screen', () => {
  const chosen = { ...after(OPEN, { type: 'scrolled', top: 100 }), selected: { row: 105, process: 7 } };
  const switched = after(chosen, { type: 'viewMade', view: view(1000, 2), row: 640 });
  expect(switched.selected).toEqual({ row: 640, process: 7 });
  expect(switched.top).toBe(635);
});

test('the chosen row stays in sight when the rows get less room; one that was out of sight pulls nothing along', () => {
  const scrolled = after(OPEN, { type: 'scrolled', top: 100 });
  expect(after({ ...scrolled, selected: { row: 117, process: 7 } }, { type: 'resized', height: 10 * ROW_HEIGHT }).top).toBe(109);
  expect(after({ ...scrolled, selected: { row: 500, process: 7 } }, { type: 'resized', height: 10 * ROW_HEIGHT }).top).toBe(100);
});

test('a row that is chosen before the page is laid out is in sight afterwards', () => {
  const chosen = after(INITIAL, { type: 'viewMade', view: view(1000), row: -1 }, { type: 'selected', row: 0, show: true });
  expect(chosen.top).toBe(0);
  expect(after(chosen, { type: 'resized', height: 20 * ROW_HEIGHT }, { type: 'resized', height: ROW_HEIGHT }, { type: 'resized', height: 10 * ROW_HEIGHT }).top).toBe(0);
});

test('a chosen process that the new view leaves out is no longer chosen', () => {
  const chosen = { ...OPEN, selected: { row: 5, process: 7 } };
  expect(after(chosen, { type: 'viewMade', view: view(10, 2), row: -1 }).selected).toBeUndefined();
});

test('opening a row moves the choice below it along', () => {
  const chosen = { ...OPEN, selected: { row: 50, process: 7 } };
  expect(after(chosen, { type: 'toggled', view: view(1030), row: 10 }).selected).toEqual({ row: 80, process: 7 });
});

test('closing a row takes the choice out of what was closed onto the closed row', () => {
  const chosen = { ...OPEN, selected: { row: 15, process: 7 } };
  expect(after(chosen, { type: 'toggled', view: view(990), row: 10 }).selected).toEqual({ row: 10, process: undefined });
  const further = { ...OPEN, selected: { row: 30, process: 7 } };
  expect(after(further, { type: 'toggled', view: view(990), row: 10 }).selected).toEqual({ row: 20, process: 7 });
});

test('a row that was chosen before its window came gets its process when it comes', () => {
  const chosen = after(OPEN, { type: 'selected', row: 999, show: true });
  expect(chosen.selected).toEqual({ row: 999, process: undefined });
  expect(chosen.top).toBe(980);
  const rows = after(chosen, { type: 'rows', generation: chosen.generation, window: windowOf([{ process: 42 }], 999, 1000) });
  expect(rows.selected).toEqual({ row: 999, process: 42 });
});

test('choosing stays inside the view', () => {
  expect(after(OPEN, { type: 'selected', row: 5000, show: true }).selected?.row).toBe(999);
  expect(after(OPEN, { type: 'selected', row: -5, show: true }).selected?.row).toBe(0);
  expect(after(INITIAL, { type: 'selected', row: 3, show: true }).selected).toBeUndefined();
});

test('what a search found is taken only for the text that still stands', () => {
  const searching = after(OPEN, { type: 'searching', text: 'nc' }, { type: 'searching', text: 'nca' });
  const late = after(searching, { type: 'found', text: 'nc', processes: Int32Array.of(1), rows: Int32Array.of(1), total: 1 });
  expect(late.search?.found).toBeUndefined();
  expect(after(OPEN, { type: 'searching', text: '' }).search).toBeUndefined();
});

test('details of a process that is no longer chosen are dropped', () => {
  const chosen = { ...OPEN, selected: { row: 5, process: 7 } };
  // Only the process matters to the reducer.
  const details = { process: 8 } as Extract<Action, { type: 'details' }>['details'];
  expect(after(chosen, { type: 'details', details })).toBe(chosen);
});

test('the first page of raw records replaces, later ones append', () => {
  const details = { process: 7 } as Extract<Action, { type: 'details' }>['details'];
  const record = (offset: number): Extract<Action, { type: 'raw' }>['records'][number] => ({
    evidence: '',
    member: '',
    offset,
    byteLength: 0,
    time: 0,
    states: '',
    lines: [],
    decoded: [],
    command: '',
    hex: '',
  });
  const shown = after(
    { ...OPEN, selected: { row: 5, process: 7 } },
    { type: 'details', details },
    { type: 'raw', process: 7, first: 0, total: 3, records: [record(1), record(2)] },
  );
  const more = after(shown, { type: 'raw', process: 7, first: 2, total: 3, records: [record(3)] });
  expect(more.raw?.records.map((each) => each.offset)).toEqual([1, 2, 3]);
  expect(after(more, { type: 'raw', process: 9, first: 0, total: 0, records: [] })).toBe(more);
});

// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { Coverage } from '../../../src/model/index.js';
import { createBanner, headlineOf } from '../../../webview/tree/banner.js';
import { INITIAL, type TreeState } from '../../../webview/tree/state.js';

const gap = (name: Coverage['gap'], says: string): Coverage => ({ gap: name, says });

test('what went wrong comes before what could not be shown', () => {
  expect(headlineOf({ changed: [], broken: 1, gaps: [gap('no-forks', 'No forks are recorded.')], lost: 0, bad: 2 })).toBe(
    '1 file could not be read whole. No forks are recorded. 2 records not understood.',
  );
});

test('the first gap is said in full, the others are counted', () => {
  const gaps = [gap('no-forks', 'No forks are recorded.'), gap('no-exits', 'No exits.'), gap('no-exec', 'No execs.')];
  expect(headlineOf({ changed: [], broken: 0, gaps, lost: 0, bad: 0 })).toBe('No forks are recorded. And 2 more gaps.');
});

test('lost records are said once', () => {
  expect(headlineOf({ changed: [], broken: 0, gaps: [gap('records-lost', '5 events are missing.')], lost: 5, bad: 0 })).toBe('5 events are missing.');
  expect(headlineOf({ changed: [], broken: 0, gaps: [], lost: 5, bad: 0 })).toBe('5 records lost by the source.');
});

test('evidence without a gap says that every record was understood', () => {
  expect(headlineOf({ changed: [], broken: 0, gaps: [], lost: 0, bad: 0 })).toBe('Every record was understood.');
});

test('evidence that is not what the case says is said before all else', () => {
  const changed = ['audit.log: its SHA-256 is a, the case says b; the file is not the one that was added', 'ps.txt: another'];
  expect(headlineOf({ changed, broken: 1, gaps: [], lost: 0, bad: 0 })).toBe(
    'Changed evidence. audit.log: its SHA-256 is a, the case says b; the file is not the one that was added, and 1 more file. 1 file could not be read whole.',
  );
});

test('coverage that is closed or told anew while somebody reads it keeps their focus and what they opened', () => {
  const banner = createBanner({ open: vi.fn(), openNeighbours: vi.fn(), copy: vi.fn() });
  document.body.replaceChildren(banner.element);
  const summary: NonNullable<TreeState['summary']> = { evidence: [], hosts: [], processes: 0, orphans: 0, observations: 0, from: 0, to: 1, storeReady: true };
  banner.render({ ...INITIAL, summary });
  banner.render({ ...INITIAL, summary, bannerOpen: true });
  expect(document.activeElement).toBe(banner.element.querySelector('.banner-body'));
  banner.element.querySelector('.accounts summary')!.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })); // open, since there is but a file or none
  banner.render({ ...INITIAL, summary: { ...summary, hashed: true }, bannerOpen: true });
  expect(document.activeElement).toBe(banner.element.querySelector('.banner-body'));
  expect(banner.element.querySelector<HTMLDetailsElement>('.accounts')?.open).toBe(false);
});

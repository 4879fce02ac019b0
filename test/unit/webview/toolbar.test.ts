// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { createToolbar, type ToolbarActs } from '../../../webview/tree/toolbar.js';
import { INITIAL } from '../../../webview/tree/state.js';

const acts = (): ToolbarActs => ({ choose: vi.fn(), nextOrphan: vi.fn(), search: vi.fn(), step: vi.fn(), fit: vi.fn(), toggleDetails: vi.fn(), focusTree: vi.fn() });

test('the list of keys is closed by Escape wherever the keyboard is, which then does nothing else; its button says whether it is open', () => {
  const { element } = createToolbar(acts());
  const tree = document.createElement('button');
  const pressed = vi.fn();
  tree.addEventListener('keydown', pressed);
  document.body.replaceChildren(element, tree);
  const keys = element.querySelector<HTMLElement>('[aria-label="Keys"][title]')!;
  const help = element.querySelector<HTMLElement>('.key-help')!;
  keys.click();
  expect([help.hidden, keys.getAttribute('aria-expanded')]).toEqual([false, 'true']);
  tree.focus();
  tree.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
  expect([help.hidden, keys.getAttribute('aria-expanded'), pressed.mock.calls.length, document.activeElement]).toEqual([true, 'false', 0, tree]);
  tree.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
  expect(pressed).toHaveBeenCalledOnce();
});

test('what is said aloud may quote evidence: characters that hide or turn text are shown as what they are', () => {
  const toolbar = createToolbar(acts());
  toolbar.render({ ...INITIAL, said: { text: 'nc\u202e 4 is not in this view', count: 1 } });
  expect(toolbar.element.querySelector('.said')?.textContent).toBe('nc\\u{202e} 4 is not in this view');
});

test("no rule of the page is for the classes that the kit gives its own elements: a dropdown that opens downwards looked disabled", () => {
  const css = readFileSync(path.resolve(import.meta.dirname, '../../../webview/tree/tree.css'), 'utf8');
  expect(css.match(/^\.(?:above|below|collapsible|indicator|control)\b.*/gm)).toBeNull();
});

// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { el, evidenceText, keepingFocus } from '../../../webview/shared/dom.js';

test('a part that is drawn anew keeps the focus on the same button, though the radios before it are no tab stops yet', () => {
  const part = el('div', {});
  const draw = (): void => part.replaceChildren(document.createElement('vscode-radio'), el('button', {}, 'first'), el('button', {}, 'second'));
  document.body.replaceChildren(part);
  draw();
  part.querySelector<HTMLElement>('vscode-radio')!.tabIndex = 0; // the kit does, later
  part.querySelector<HTMLElement>('button')!.focus();
  keepingFocus(part, true, draw);
  expect(document.activeElement?.textContent).toBe('first');
});

test('a date in a sentence stays on one line, and is copied as it was', () => {
  const sentence = 'between 2026-11-24 03:12:44Z and 2026-11-25 00:00:00Z';
  for (const line of [el('p', {}, sentence), el('p', {}, evidenceText(sentence))]) {
    expect(line.textContent).toBe(sentence);
    expect([...line.querySelectorAll('span')].map(({ textContent, style }) => [textContent, style.whiteSpace])).toEqual([['2026-11-24', 'nowrap'], ['2026-11-25', 'nowrap']]);
  }
});

// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { el, keepingFocus } from '../../../webview/shared/dom.js';

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

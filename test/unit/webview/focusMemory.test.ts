// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { el } from '../../../webview/shared/dom.js';
import { createFocusMemory, untilKeyboardIsHere } from '../../../webview/tree/focusMemory.js';

function page(): { readonly chosen: HTMLElement; readonly back: () => void; readonly leave: () => void } {
  const chosen = el('button', {}, 'chosen');
  const content = el('div', { class: 'content' }, el('button', {}, 'other'), chosen), rows = el('div', { class: 'rows' });
  content.tabIndex = rows.tabIndex = 0;
  const part = el('div', {}, content);
  const whole = el('div', {}, rows, part);
  document.body.replaceChildren(whole);
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  // What Chromium does to a frame's document when another frame takes the focus.
  const leave = (): void => (document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined);
  return { chosen, leave, back: createFocusMemory(whole, { part, instead: () => part.querySelector<HTMLElement>('.content'), otherwise: rows }) };
}

test('the keyboard comes back to where it was in the details, not into the rows', () => {
  const { chosen, leave, back } = page();
  chosen.focus();
  leave();
  back();
  expect(document.activeElement).toBe(chosen);
});

test('where it was in the details is gone: it goes on in the details', () => {
  const { chosen, leave, back } = page();
  chosen.focus();
  leave();
  chosen.remove();
  back();
  expect(document.activeElement?.className).toBe('content');
});

test('where it was in the details was drawn anew meanwhile: it goes to what says the same', () => {
  const { chosen, leave, back } = page();
  chosen.focus();
  leave();
  const again = el('button', {}, 'chosen');
  chosen.replaceWith(again);
  back();
  expect(document.activeElement).toBe(again);
});

test('at first it goes to the rows, and it takes the focus from nobody', () => {
  const { chosen, leave, back } = page();
  leave();
  back();
  expect(document.activeElement?.className).toBe('rows');
  chosen.focus();
  back();
  expect(document.activeElement).toBe(chosen);
});

/** A question that waits for the keyboard, and whether it may be asked by now. */
function waiting(hasFocus: boolean): { readonly mayAsk: () => boolean; readonly waited: Promise<void> } {
  vi.spyOn(document, 'hasFocus').mockReturnValue(hasFocus);
  let may = false;
  const waited = untilKeyboardIsHere().then(() => void (may = true));
  return { mayAsk: () => may, waited };
}

test('what asks in a box waits until the keyboard is back in the page', async () => {
  const { mayAsk, waited } = waiting(false);
  await Promise.resolve();
  expect(mayAsk()).toBe(false);
  window.dispatchEvent(new Event('focus'));
  await waited;
});

test('it asks at once where the keyboard is here, and in the end where nothing brings it', async () => {
  await waiting(true).waited;
  vi.useFakeTimers();
  try {
    const { mayAsk, waited } = waiting(false);
    await Promise.resolve();
    expect(mayAsk()).toBe(false);
    vi.runAllTimers();
    await waited;
  } finally {
    vi.useRealTimers();
  }
});

// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { returnFocus } from '../../../webview/results/focusReturn.js';

beforeAll(returnFocus);
beforeEach(() => {
  document.body.innerHTML = '<section class="foundling-result"><button id="row">row</button></section><button id="others">of another renderer</button>';
});

const place = (id: string): HTMLElement => document.getElementById(id)!;

/** What Chromium does to a frame's document when another frame takes the focus, and gives it back. */
function leaveAndComeBack(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  window.dispatchEvent(new Event('focus'));
}

test('the keyboard comes back to the row that had it before a menu took it', () => {
  place('row').focus();
  leaveAndComeBack();
  expect(document.activeElement).toBe(place('row'));
});

test('it does not come back where a pointer led it elsewhere, nor to what another renderer drew', () => {
  place('row').focus();
  document.dispatchEvent(new Event('pointerdown'));
  leaveAndComeBack();
  expect(document.activeElement).toBe(document.body);
  place('row').focus();
  place('others').focus();
  leaveAndComeBack();
  expect(document.activeElement).toBe(document.body);
});

test('a row that is gone takes it no more', () => {
  place('row').focus();
  place('row').remove();
  leaveAndComeBack();
  expect(document.activeElement).toBe(document.body);
});

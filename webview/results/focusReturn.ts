/**
 * Gives the keyboard back to the place in a result that had it: Chromium forgets that place when VS Code's menus and questions take the focus out of the page.
 * A pointer says itself where the keyboard goes, and what others drew in the page is theirs. Called once for a page of outputs.
 */
export function returnFocus(): void {
  let last: HTMLElement | SVGElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    last = (target instanceof HTMLElement || target instanceof SVGElement) && target.closest('.foundling-result') !== null ? target : undefined;
  });
  document.addEventListener('pointerdown', () => (last = undefined), { capture: true });
  window.addEventListener('focus', () => {
    if (document.activeElement === null || document.activeElement === document.body) last?.focus({ preventScroll: true });
  });
}

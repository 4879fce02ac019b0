/**
 * Remembers where in a page the keyboard is, and answers what puts it there again: Chromium forgets it when another frame takes the focus, as VS Code does
 * for F1 and its questions. Where that place is gone, in `part` it is `instead`; elsewhere `otherwise`.
 */
export function createFocusMemory(page: HTMLElement, places: { readonly part: HTMLElement; readonly instead: () => HTMLElement | null; readonly otherwise: HTMLElement }): () => void {
  let last: HTMLElement | SVGElement | undefined;
  let wasInPart = false;
  page.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
    last = target;
    wasInPart = places.part.contains(target);
  });
  const isNowhere = (): boolean => document.activeElement === null || document.activeElement === document.body;
  return () => {
    if (!document.hasFocus()) return;
    // What is gone or hidden does not take it.
    for (const place of [last, wasInPart ? places.instead() : undefined, places.otherwise]) if (isNowhere()) place?.focus({ preventScroll: true });
  };
}

/**
 * Remembers where in a page the keyboard is, and answers what puts it there again: Chromium forgets it when another frame takes the focus, as VS Code does
 * for F1 and its questions. Where that place was drawn anew meanwhile it is the one that says the same; where it is gone, in `part` it is `instead`;
 * elsewhere `otherwise`.
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
    for (const place of [last && drawnNow(page, last), wasInPart ? places.instead() : undefined, places.otherwise]) if (isNowhere()) place?.focus({ preventScroll: true });
  };
}

/** The place itself while it is in the page, else the one of its kind that says what it said. */
function drawnNow(page: HTMLElement, place: HTMLElement | SVGElement): HTMLElement | SVGElement | undefined {
  if (place.isConnected) return place;
  return [...page.querySelectorAll<HTMLElement | SVGElement>(place.localName)].find((each) => saidBy(each) === saidBy(place));
}

function saidBy(element: Element): string {
  return element.getAttribute('aria-label') ?? element.textContent;
}

/** So long at most: nothing may bring the keyboard here, as when another extension runs a command. */
const WAIT_MS = 500;

/**
 * Resolves once the page has the keyboard, or after half a second. VS Code gives it back a moment after a menu or F1 has closed: a box that opens before that loses it to the page,
 * where what is typed for the box would be keys that decide.
 */
export async function untilKeyboardIsHere(): Promise<void> {
  if (document.hasFocus()) return;
  await new Promise<void>((resolve) => {
    const here = (): void => {
      clearTimeout(late);
      window.removeEventListener('focus', here);
      resolve();
    };
    const late = setTimeout(here, WAIT_MS);
    window.addEventListener('focus', here);
  });
}

/** Elements from code. Text is only ever text: there is no way to pass markup, since much of it comes from evidence. */
import { visiblePieces } from './text.js';

type Child = Node | string | undefined | false;

export interface Attributes {
  readonly class?: string;
  readonly title?: string;
  readonly id?: string;
  readonly role?: string;
  readonly [aria: `aria-${string}`]: string;
  readonly [own: `data-${string}`]: string;
}

/** `el('span', { class: 'pid' }, '812')`. Strings become text nodes. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value as string);
  for (const child of children) if (child !== undefined && child !== false) element.append(...(typeof child === 'string' ? unbrokenDates(child) : [child]));
  return element;
}

const DATE = /(\d{4}-\d\d-\d\d)/;

/** A text whose dates stay on one line: a line would end at their hyphens. No other sign stands in for those, since people copy times. */
export function unbrokenDates(text: string): readonly (Node | string)[] {
  return text.split(DATE).flatMap((piece, at): (Node | string)[] => {
    if (at % 2 === 0) return piece === '' ? [] : [piece];
    const date = document.createElement('span');
    date.style.whiteSpace = 'nowrap';
    date.textContent = piece;
    return [date];
  });
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Text from evidence, with characters that cannot be seen shown as marked names. */
export function evidenceText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const piece of visiblePieces(text)) fragment.append(...(piece.hidden ? [el('span', { class: 'hidden-character' }, piece.text)] : unbrokenDates(piece.text)));
  return fragment;
}

/** Sets the text only when it changed: the row pool redraws often. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** The kit's elements by name: whether one is a tab stop (of radios the chosen one) it tells only some time after it was drawn. */
const FOCUSABLE = 'button, summary, vscode-button, vscode-text-area, vscode-radio, div[tabindex="0"], tr[tabindex="0"], g[tabindex="0"]';

/**
 * Draws a part of the page anew. Who had the focus in it keeps it: at the same place where `sameContent`, else on the part itself. Lost to the body, the
 * focus would be where no key does anything.
 */
export function keepingFocus(part: HTMLElement, sameContent: boolean, redraw: () => void): void {
  const focusable = (): (HTMLElement | SVGElement)[] => [...part.querySelectorAll<HTMLElement | SVGElement>(FOCUSABLE)];
  const focused = document.activeElement;
  const at = focusable().findIndex((each) => each === focused);
  redraw();
  if (at >= 0 && !part.contains(document.activeElement)) ((sameContent ? focusable()[at] : undefined) ?? part).focus({ preventScroll: true });
}

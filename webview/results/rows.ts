import type { Basis } from '../../src/model/index.js';
import { visiblePieces } from '../shared/text.js';
import type { CopyAct, FromRenderer, ResultOutput } from '../shared/result.js';

/** Tells the extension; undefined where nobody listens (an exported notebook). */
export type Tell = ((message: FromRenderer) => void) | undefined;

/** Enter or a double click (of a mark, one click) shows the row's process in the tree editor. */
export function opensProcess(row: HTMLElement | SVGElement, output: ResultOutput, process: number, tell: Tell, on: 'dblclick' | 'click' = 'dblclick'): void {
  if (!tell || process < 0) return;
  const open = (): void => tell({ kind: 'openProcess', set: output.set, process });
  if (row instanceof HTMLElement) {
    row.title = 'Double click or Enter: show this process in the tree. Ctrl+C: copy for a ticket. I: copy the indicators of all it created';
    // What the context menu's commands are handed.
    row.dataset['vscodeContext'] = JSON.stringify({ webviewSection: 'foundlingProcess', foundlingSet: output.set, foundlingProcess: process });
  }
  row.classList.add('foundling-opens');
  row.addEventListener(on, open);
  row.addEventListener('keydown', (event: Event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const act = copyActOf(event);
    if (event.key !== 'Enter' && act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (act === undefined) open();
    else tell({ kind: 'copyProcess', act, set: output.set, process });
  });
}

/** The same keys as in the tree. Text that is chosen is copied as ever. */
function copyActOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): CopyAct | undefined {
  if (altKey) return undefined;
  if (ctrlKey || metaKey) return key.toLowerCase() === 'c' && (document.getSelection()?.isCollapsed ?? true) ? 'copyForTicket' : undefined;
  return key === 'i' ? 'copyIndicators' : undefined;
}

/** Among rows only one is in the tab order, so that a table of 200 rows is one stop. */
export function oneTabStop(rows: readonly (HTMLElement | SVGElement)[]): void {
  rows.forEach((row, at) => (row.tabIndex = at === 0 ? 0 : -1));
}

/** Arrows, Home, End and the page keys move the focus among rows or marks. */
export function moveByKeys(container: HTMLElement | SVGElement, rows: () => readonly (HTMLElement | SVGElement)[]): void {
  container.addEventListener('keydown', (event: Event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const all = rows();
    const at = all.findIndex((row) => row === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (at < 0 || to === undefined) return;
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    if (!next) return;
    event.preventDefault();
    // The notebook would move its own focus to the next cell.
    event.stopPropagation();
    for (const row of all) row.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

/** Adds text of evidence, characters that cannot be seen as marked names. */
export function appendVisible(into: HTMLElement, text: string): void {
  for (const piece of visiblePieces(text)) {
    if (!piece.hidden) into.append(piece.text);
    else {
      const mark = element('span', 'foundling-hidden');
      mark.textContent = piece.text;
      mark.title = 'a character that cannot be seen';
      into.append(mark);
    }
  }
}

/** A basis in words: quiet where a record states it, else with a border, dashed where it is inferred. `means`: what hovering tells. */
export function basisMark(basis: Basis, says: string, means: string): HTMLElement {
  const mark = element('span', basis === 'observed' ? 'foundling-absent' : `foundling-basis foundling-${basis}`);
  mark.textContent = says;
  mark.title = means;
  return mark;
}

/** An element with a class. */
export function element<T extends keyof HTMLElementTagNameMap>(tag: T, className = ''): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}

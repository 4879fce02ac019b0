import { el, setText, svg } from '../shared/dom.js';
import { BASIS_INFERRED, FLAG } from '../../src/model/index.js';
import { grouped, processLabel } from '../shared/words.js';
import { indexIn } from './rowWindow.js';
import { shownRange, type TreeState } from './state.js';
import { threadOf, type Thread } from './thread.js';
import { visibleText } from '../shared/text.js';

/** A thread and what is written at its end. */
interface Strand {
  readonly thread: Thread;
  readonly otherRow: number;
  readonly label: string;
  readonly inferred: boolean;
  /** The moment that joins the two lifelines: the birth (to the creator) or the adoption (to the adopter). */
  readonly moment: number;
}

export interface ThreadView {
  readonly element: HTMLElement;
  render(state: TreeState, gridWidth: number, timeWidth: number): void;
}

/** Draws the threads over the rows: from the chosen and the hovered orphan to the other tree's parent. */
export function createThreadView(acts: { goToRow(row: number): void }): ThreadView {
  const layer = svg('svg', { class: 'threads', 'aria-hidden': 'true' });
  const edge = el('button', { class: 'thread-edge' });
  edge.tabIndex = -1; // the same act has a key, and the details a button: the tree stays one tab stop
  const element = el('div', { class: 'thread-layer' }, layer, edge);
  let edgeRow = -1;
  edge.addEventListener('click', () => acts.goToRow(edgeRow));

  return {
    element,
    render(state, gridWidth, timeWidth) {
      layer.replaceChildren();
      edge.hidden = true;
      const chosen = state.selected?.row ?? -1;
      const hovered = state.hovered !== chosen ? strandOf(state, state.hovered) : undefined;
      const strand = strandOf(state, chosen);
      if (hovered) draw(state, hovered, gridWidth, timeWidth, 'thread hovered-thread');
      if (!strand) return;
      draw(state, strand, gridWidth, timeWidth, 'thread');
      if (!strand.thread.edge) return;
      edgeRow = strand.otherRow;
      edge.hidden = false;
      const away = `${grouped(strand.thread.rowsAway)} ${strand.thread.rowsAway === 1 ? 'row' : 'rows'} ${strand.thread.edge === 'above' ? 'up' : 'down'}`;
      setText(edge, `${strand.thread.edge === 'above' ? '↑' : '↓'} ${strand.label}, ${away}`);
      edge.classList.toggle('above', strand.thread.edge === 'above');
      edge.style.left = `${strand.thread.x + 6}px`;
    },
  };

  function draw(state: TreeState, strand: Strand, gridWidth: number, timeWidth: number, className: string): void {
    const { thread } = strand;
    const dash = strand.inferred ? ' inferred' : '';
    layer.append(svg('path', { class: `${className}${dash}`, d: thread.curve }));
    if (!thread.edge) layer.append(svg('circle', { class: `${className} thread-end`, cx: String(thread.x), cy: String(thread.y), r: '3.5' }));
    const range = shownRange(state);
    const x = gridWidth + ((strand.moment - range.from) / (range.to - range.from)) * timeWidth;
    if (!(x >= gridWidth && x <= gridWidth + timeWidth)) return;
    layer.append(svg('line', { class: `${className} thread-moment${dash}`, x1: String(x), x2: String(x), y1: String(thread.fromY), y2: String(thread.toY) }));
    if (!thread.edge) layer.append(svg('circle', { class: `${className} thread-end`, cx: String(x), cy: String(thread.toY), r: '3' }));
  }
}

/** The thread of a row, if it is an orphan whose other parent has a row in this view. */
export function strandOf(state: TreeState, row: number): Strand | undefined {
  const { window, view, generation, windowGeneration, top, height, options } = state;
  const index = indexIn(window, row);
  if (!window || !view || index < 0 || generation !== windowGeneration) return undefined;
  if (((window.flags[index] ?? 0) & (FLAG.orphan | FLAG.foreignParent)) === 0) return undefined;
  const otherRow = window.otherParentRow[index] ?? -1;
  if (otherRow < 0) return undefined;
  const thread = threadOf({ row, depth: window.depth[index] }, { row: otherRow, depth: window.depth[indexIn(window, otherRow)] }, top, height);
  if (!thread) return undefined;
  const recorded = options.parents === 'recorded';
  const name = (recorded ? window.creatorName[index] : window.adopterName[index]) ?? '';
  const pid = (recorded ? window.creatorPid[index] : window.adopterPid[index]) ?? -1;
  return {
    thread,
    otherRow,
    label: `${recorded ? 'created by' : 'adopted by'} ${processLabel(visibleText(name) || null, pid)}`,
    inferred: recorded && window.creatorBasis[index] === BASIS_INFERRED,
    moment: (recorded ? window.start[index] : window.adoptedAt[index]) ?? Number.NaN,
  };
}

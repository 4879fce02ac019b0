import { el, setText, svg } from '../shared/dom.js';
import { BASIS_INFERRED, FLAG } from '../../src/model/index.js';
import { grouped, processLabel } from '../shared/words.js';
import { indexIn } from './rowWindow.js';
import { shownRange, type TreeState } from './state.js';
import { REQUEST_LANE, threadOf, type Thread } from './thread.js';
import { visibleText } from '../shared/text.js';

/** A thread and what is written at its end. */
interface Strand {
  readonly thread: Thread;
  readonly otherRow: number;
  readonly label: string;
  /** Solid: a record states it. Dashed: inferred. Dotted: a request, no fork. */
  readonly style: 'recorded' | 'inferred' | 'requested';
  /** The moment that joins the two lifelines: the birth (to the creator or requester) or the adoption (to the adopter). */
  readonly moment: number;
}

export interface ThreadView {
  readonly element: HTMLElement;
  /** `room`: pixels that the rows' indentation may take. */
  render(state: TreeState, gridWidth: number, timeWidth: number, room: number): void;
}

/** Draws the threads over the rows: from the chosen and the hovered orphan to the other tree's parent, and from what was asked for to who asked. */
export function createThreadView(acts: { goToRow(row: number): void }): ThreadView {
  const layer = svg('svg', { class: 'threads', 'aria-hidden': 'true' });
  const edges = { above: el('div', { class: 'thread-edges above' }), below: el('div', { class: 'thread-edges below' }) };
  const element = el('div', { class: 'thread-layer' }, layer, edges.above, edges.below);

  return {
    element,
    render(state, gridWidth, timeWidth, room) {
      layer.replaceChildren();
      edges.above.replaceChildren();
      edges.below.replaceChildren();
      const chosen = state.selected?.row ?? -1;
      if (state.hovered !== chosen) for (const strand of strandsOf(state, state.hovered, room)) draw(state, strand, gridWidth, timeWidth, 'thread hovered-thread');
      for (const strand of strandsOf(state, chosen, room)) {
        draw(state, strand, gridWidth, timeWidth, 'thread');
        if (strand.thread.edge) edges[strand.thread.edge].append(edgeButton(strand, strand.thread.edge));
      }
    },
  };

  function edgeButton({ thread, label, otherRow, style }: Strand, edge: 'above' | 'below'): HTMLElement {
    const button = el('button', { class: `thread-edge ${style}` });
    button.tabIndex = -1; // the same act has a key, and the details a button: the tree stays one tab stop
    button.addEventListener('click', () => acts.goToRow(otherRow));
    const away = `${grouped(thread.rowsAway)} ${thread.rowsAway === 1 ? 'row' : 'rows'} ${edge === 'above' ? 'up' : 'down'}`;
    setText(button, `${edge === 'above' ? '↑' : '↓'} ${label}, ${away}`);
    return button;
  }

  function draw(state: TreeState, strand: Strand, gridWidth: number, timeWidth: number, className: string): void {
    const { thread, style } = strand;
    layer.append(svg('path', { class: `${className} ${style}`, d: thread.curve }));
    if (!thread.edge) layer.append(svg('circle', { class: `${className} thread-end ${style}`, cx: String(thread.x), cy: String(thread.y), r: '3.5' }));
    const range = shownRange(state);
    const x = gridWidth + ((strand.moment - range.from) / (range.to - range.from)) * timeWidth;
    if (!(x >= gridWidth && x <= gridWidth + timeWidth)) return;
    layer.append(svg('line', { class: `${className} thread-moment ${style}`, x1: String(x), x2: String(x), y1: String(thread.fromY), y2: String(thread.toY) }));
    if (!thread.edge) layer.append(svg('circle', { class: `${className} thread-end ${style}`, cx: String(x), cy: String(thread.toY), r: '3' }));
  }
}

/** The threads of a row: to the other parent of an orphan, and to who asked for it, where those have a row in this view. */
export function strandsOf(state: TreeState, row: number, room?: number): readonly Strand[] {
  const { window, view, generation, windowGeneration, top, height, options } = state;
  const index = indexIn(window, row);
  if (!window || !view || index < 0 || generation !== windowGeneration) return [];
  const strands: Strand[] = [];
  const join = (otherRow: number, lane: number | undefined, rest: Omit<Strand, 'thread' | 'otherRow'>): void => {
    const ends = [
      { row, depth: window.depth[index] },
      { row: otherRow, depth: window.depth[indexIn(window, otherRow)] },
    ] as const;
    const thread = otherRow < 0 ? undefined : threadOf(...ends, top, height, { ...(room === undefined ? {} : { room }), ...(lane === undefined ? {} : { lane }) });
    if (thread) strands.push({ thread, otherRow, ...rest });
  };
  const start = window.start[index] ?? Number.NaN;
  if (((window.flags[index] ?? 0) & (FLAG.orphan | FLAG.foreignParent)) !== 0) {
    const recorded = options.parents === 'recorded';
    const name = (recorded ? window.creatorName[index] : window.adopterName[index]) ?? '';
    const pid = (recorded ? window.creatorPid[index] : window.adopterPid[index]) ?? -1;
    join(window.otherParentRow[index] ?? -1, undefined, {
      label: `${recorded ? 'created by' : 'adopted by'} ${processLabel(visibleText(name) || null, pid)}`,
      style: recorded && window.creatorBasis[index] === BASIS_INFERRED ? 'inferred' : 'recorded',
      moment: (recorded ? start : window.adoptedAt[index]) ?? Number.NaN,
    });
  }
  const requester = processLabel(visibleText(window.requesterName?.[index] ?? '') || null, window.requesterPid?.[index] ?? -1);
  join(window.requesterRow?.[index] ?? -1, REQUEST_LANE, { label: `requested by ${requester}`, style: 'requested', moment: start });
  return strands;
}

import { VERDICTS } from '../../src/model/index.js';
import type { RowWindow } from '../../src/engine/requests.js';
import { el, setAttribute, setText, svg } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { clockTime, dateOf, spansDays } from '../shared/time.js';
import { counted } from '../shared/words.js';
import { COLUMNS, columnsFor } from './columns.js';
import { ROW_HEIGHT, indexIn, visibleSpan } from './rowWindow.js';
import { rowWords, type RowWords } from './rowWords.js';
import type { TreeState } from './state.js';
import { GUTTER, indentOf } from './thread.js';

/** One pooled row: made once, filled again and again. */
interface PooledRow {
  readonly element: HTMLElement;
  readonly twisty: HTMLElement;
  readonly name: HTMLElement;
  readonly label: HTMLElement;
  readonly mark: SVGElement;
  /** The first badge is never cut; the others give way to the name. */
  readonly firstBadge: HTMLElement;
  readonly badges: HTMLElement;
  readonly args: HTMLElement;
  readonly hidden: HTMLElement;
  readonly triage: HTMLElement;
  readonly pid: HTMLElement;
  readonly user: HTMLElement;
  readonly creator: ProcessCell;
  readonly adopter: ProcessCell;
  readonly start: HTMLElement;
  row: number;
  /** What it was filled from: filled again only when this changed. */
  window: RowWindow | undefined;
  index: number;
  parents: string;
  room: number;
}

/** A cell that names a process: the name may be cut, its pid never. */
interface ProcessCell {
  readonly element: HTMLElement;
  readonly name: HTMLElement;
  readonly pid: HTMLElement;
}

export interface RowsView {
  readonly element: HTMLElement;
  /** What is shown, in a line above the columns' heads. */
  readonly caption: HTMLElement;
  render(state: TreeState, gridWidth: number): void;
  /** Pixels that indentation may take of the first column, as drawn last. */
  readonly room: number;
}

export interface RowActs {
  select(row: number): void;
  toggle(row: number, expanded: boolean, deep: boolean): void;
  openDetails(): void;
  hover(row: number): void;
}

/** The tree as a treegrid: a heading row and a pool of rows that are placed where they are needed. */
export function createRowsView(acts: RowActs): RowsView {
  const header = el('div', { class: 'columns', role: 'row', 'aria-rowindex': '1' });
  for (const column of COLUMNS) header.append(el('div', { class: `cell ${column.id}`, role: 'columnheader', title: column.hint }, column.label));
  const body = el('div', { class: 'rows', role: 'rowgroup' });
  const caption = el('div', { class: 'caption' });
  const element = el('div', { class: 'grid', role: 'treegrid', id: 'tree', 'aria-label': 'Processes' }, header, body);
  element.tabIndex = 0;
  const pool: PooledRow[] = [];
  let template = '';
  let room = Number.POSITIVE_INFINITY;
  let matchSource: Int32Array | undefined;
  let matches: ReadonlySet<number> = new Set();

  const rowAt = (target: EventTarget | null): PooledRow | undefined =>
    target instanceof Node ? pool.find((pooled) => pooled.element.contains(target)) : undefined;
  body.addEventListener('mousedown', (event) => {
    const pooled = rowAt(event.target);
    if (!pooled || event.button !== 0) return;
    const fold = pooled.window?.fold[pooled.index];
    if (event.target === pooled.twisty && fold) acts.toggle(pooled.row, fold === 1, event.altKey);
    else acts.select(pooled.row);
  });
  body.addEventListener('dblclick', (event) => {
    const pooled = rowAt(event.target);
    if (pooled && event.target !== pooled.twisty) acts.openDetails();
  });
  body.addEventListener('mouseover', (event) => {
    const pooled = rowAt(event.target);
    if (pooled) acts.hover(pooled.row);
  });

  return {
    element,
    caption,
    get room() {
      return room;
    },
    render(state, gridWidth) {
      setText(caption, captionOf(state));
      const { view, top, height } = state;
      const rowCount = view?.rowCount ?? 0;
      const span = visibleSpan(top, height, rowCount);
      while (pool.length < Math.ceil(height / ROW_HEIGHT) + 1) {
        const pooled = createPooledRow();
        pool.push(pooled);
        body.append(pooled.element);
      }
      const days = view ? spansDays(view.from, view.to) : false;
      const columns = columnsFor(gridWidth, days);
      const wanted = `${gridWidth} ${columns.template}`;
      if (wanted !== template) {
        template = wanted;
        element.style.setProperty('--page-columns', columns.template);
        element.style.setProperty('--page-grid-width', `${gridWidth}px`);
        for (const column of COLUMNS) element.classList.toggle(`no-${column.id}`, !columns.shown.has(column.id));
        const nameWidth = header.firstElementChild?.clientWidth ?? 0;
        room = nameWidth > 0 ? Math.max(LEAST_ROOM, nameWidth - GUTTER - LEAST_NAME) : Number.POSITIVE_INFINITY;
      }
      setAttribute(element, 'aria-rowcount', String(rowCount + 1));
      const found = state.search?.found?.processes;
      if (found !== matchSource) {
        matchSource = found;
        matches = new Set(found);
      }
      for (let i = 0; i < pool.length; i++) {
        // A row keeps its slot while it is on the screen: scrolling by one row fills one row.
        const row = span.first + ((i - (span.first % pool.length) + pool.length) % pool.length);
        const pooled = pool[i]!;
        const shown = row < span.first + span.count;
        pooled.element.hidden = !shown;
        if (!shown) {
          pooled.element.classList.remove('selected', 'hovered', 'match');
          continue;
        }
        fill(pooled, state, row, days, room);
        pooled.element.style.transform = `translateY(${(row - top) * ROW_HEIGHT}px)`;
        const chosen = state.selected?.row === row;
        pooled.element.classList.toggle('selected', chosen);
        setAttribute(pooled.element, 'aria-selected', String(chosen));
        pooled.element.classList.toggle('hovered', state.hovered === row);
        pooled.element.classList.toggle('match', matches.has(pooled.window?.process[pooled.index] ?? -1));
      }
      const chosenRow = state.selected?.row ?? -1;
      const onScreen = chosenRow >= span.first && chosenRow < span.first + span.count;
      setAttribute(element, 'aria-activedescendant', onScreen ? `row-${chosenRow}` : undefined);
    },
  };
}

function captionOf({ view, summary }: TreeState): string {
  if (!view) return '';
  const hosts = summary?.hosts ?? [];
  const host = hosts.length === 1 ? visibleText(hosts[0] ?? '') : counted(hosts.length, 'host');
  const time = Number.isFinite(view.from)
    ? `${dateOf(view.from)} ${clockTime(view.from)} to ${spansDays(view.from, view.to) ? `${dateOf(view.to)} ` : ''}${clockTime(view.to)}`
    : 'no times';
  return `${counted(view.orphans, 'orphan')} of ${counted(view.processes, 'process', 'processes')} · ${time} · ${host}`;
}

function createPooledRow(): PooledRow {
  const twisty = el('span', { class: 'twisty codicon', 'aria-hidden': 'true' });
  const mark = svg('svg', { class: 'mark', viewBox: '0 0 16 16', width: '14', height: '14', 'aria-hidden': 'true' }, svg('path', {}));
  const label = el('span', { class: 'label' });
  const firstBadge = el('span', { class: 'first-badge' });
  const badges = el('span', { class: 'badges' });
  const args = el('span', { class: 'args' });
  const hidden = el('span', { class: 'below' });
  const name = el('div', { class: 'cell name', role: 'rowheader' }, twisty, mark, label, firstBadge, badges, args, hidden);
  const cell = (id: string): HTMLElement => el('div', { class: `cell ${id}`, role: 'gridcell' });
  const processCell = (id: string): ProcessCell => {
    const [processName, processPid] = [el('span', { class: 'process-name' }), el('span', { class: 'process-pid' })];
    return { element: el('div', { class: `cell process ${id}`, role: 'gridcell' }, processName, processPid), name: processName, pid: processPid };
  };
  const [triage, pid, user, creator, adopter, start] = [cell('triage'), cell('pid'), cell('user'), processCell('creator'), processCell('adopter'), cell('start')];
  const element = el('div', { class: 'row', role: 'row' }, name, triage, pid, user, creator.element, adopter.element, start);
  return { element, twisty, mark, name, label, firstBadge, badges, args, hidden, triage, pid, user, creator, adopter, start, row: -1, window: undefined, index: -1, parents: '', room: -1 };
}

/** A chain link with a gap: the orphan's shape, told apart without colour. */
const BROKEN_LINK =
  'M6.2 4.3 4.9 3A2.4 2.4 0 0 0 1.5 6.4l2 2 1-1-2-2A1 1 0 0 1 3.9 4l1.3 1.3zM9.8 11.7l1.3 1.3a2.4 2.4 0 0 0 3.4-3.4l-2-2-1 1 2 2A1 1 0 0 1 12.1 12l-1.3-1.3zM9.4 1.2l1.3.4-.9 3-1.3-.4zM14.8 5.3l.3 1.3-3 .8-.3-1.3zM6.6 14.8l-1.3-.4.9-3 1.3.4zM1.2 10.7l-.3-1.3 3-.8.3 1.3z';

/** A ring with a question in it: somebody made it, and nothing shows who. */
const QUESTION = 'M8 1.5A6.5 6.5 0 1 1 8 14.5A6.5 6.5 0 1 1 8 1.5M5.9 6.3A2.1 2.1 0 1 1 9 8.1Q8 8.6 8 9.6M8 11.3L8 12.2';
/** A box of dots: only what points to it is known. */
const DOTTED_BOX = 'M2.5 2.5H13.5V13.5H2.5Z';
/** A line of dashes: nobody recorded that link. */
const DASHES = 'M0.5 8H4M6.2 8H9.8M12 8H15.5';

/** What kind of row it is, by shape: each has its word as well. */
function markOf(words: RowWords): { readonly kind: string; readonly d: string } | undefined {
  if (words.heading) return undefined;
  if (words.orphan) return { kind: words.orphanInferred || words.unrecorded ? 'outline' : 'solid', d: BROKEN_LINK };
  if (words.unrecorded) return { kind: 'dotted', d: DOTTED_BOX };
  if (words.creatorUnknown) return { kind: 'outline-quiet', d: QUESTION };
  return words.creatorInferred ? { kind: 'outline-quiet', d: DASHES } : undefined;
}

/** Least width for what follows the indentation: twisty, mark, a name's beginning, the orphan's badge. */
const LEAST_NAME = 176;
const LEAST_ROOM = 48;

/** An orphan's badge is loud; what only explains a row is the first to go when room is short. */
function badgeClass(badge: string): string {
  switch (badge) {
    case 'orphan':
      return 'badge orphan-badge';
    case 'requested':
      return 'badge requested-badge';
    case 'origin unknown':
      return 'badge unknown-badge';
    case 'intermediate':
    case 'unrecorded':
      return 'badge quiet-badge';
    default:
      return / alerts?$/.test(badge) ? 'badge alert-badge' : 'badge'; // of a heading: how many its group has
  }
}

function triageClass(triage: string): string {
  if (triage.startsWith('alert ')) return 'badge alert-badge';
  return (VERDICTS as readonly string[]).includes(triage) ? `badge verdict-badge verdict-${triage}` : 'triage-points';
}

function fill(pooled: PooledRow, state: TreeState, row: number, days: boolean, room: number): void {
  const { window, options, view } = state;
  const index = indexIn(window, row);
  if (pooled.row === row && pooled.window === window && pooled.index === index && pooled.parents === options.parents && pooled.room === room) return;
  pooled.row = row;
  pooled.window = window;
  pooled.index = index;
  pooled.parents = options.parents;
  pooled.room = room;
  const { element } = pooled;
  element.id = `row-${row}`;
  setAttribute(element, 'aria-rowindex', String(row + 2));
  element.classList.toggle('loading', index < 0);
  if (!window || index < 0) {
    setAttribute(element, 'aria-label', 'loading');
    for (const cell of [
      pooled.label,
      pooled.args,
      pooled.hidden,
      pooled.pid,
      pooled.user,
      pooled.creator.name,
      pooled.creator.pid,
      pooled.adopter.name,
      pooled.adopter.pid,
      pooled.start,
    ])
      setText(cell, '');
    pooled.firstBadge.replaceChildren();
    pooled.badges.replaceChildren();
    pooled.triage.replaceChildren();
    pooled.mark.setAttribute('class', 'mark');
    element.classList.remove('orphan', 'orphan-inferred', 'unrecorded', 'heading', 'kernel', 'nameless', 'creator-unknown');
    pooled.twisty.className = 'twisty codicon';
    return;
  }
  const words = rowWords(window, index, options.parents, days);
  const depth = window.depth[index] ?? 0;
  const fold = window.fold[index] ?? 0;
  setAttribute(element, 'aria-level', String(depth + 1));
  setAttribute(element, 'aria-setsize', String(window.setSize[index] ?? view?.rowCount ?? 0));
  setAttribute(element, 'aria-posinset', String(window.posInSet[index] ?? 0));
  setAttribute(element, 'aria-expanded', fold === 0 ? undefined : String(fold === 2));
  setAttribute(element, 'aria-label', words.label);
  element.classList.toggle('orphan', words.orphan);
  element.classList.toggle('orphan-inferred', words.orphanInferred);
  element.classList.toggle('creator-unknown', words.creatorUnknown);
  element.classList.toggle('unrecorded', words.unrecorded);
  const mark = markOf(words);
  pooled.mark.setAttribute('class', mark ? `mark ${mark.kind}` : 'mark');
  if (mark) setAttribute(pooled.mark.firstElementChild!, 'd', mark.d);
  element.classList.toggle('heading', words.heading);
  element.classList.toggle('kernel', words.kernelThread);
  element.classList.toggle('nameless', words.nameless);
  pooled.name.style.paddingLeft = `${indentOf(depth, room)}px`;
  pooled.twisty.className = `twisty codicon${fold === 0 ? '' : fold === 1 ? ' codicon-chevron-right' : ' codicon-chevron-down'}`;
  setText(pooled.label, words.name);
  const [first, ...others] = words.badges.map((badge) => el('span', { class: badgeClass(badge), ...(badge === 'requested' ? { title: `Requested by ${words.requester}; no fork joins the two` } : {}) }, badge));
  pooled.firstBadge.replaceChildren(...(first ? [first] : []));
  pooled.badges.replaceChildren(...others);
  pooled.triage.replaceChildren(...(words.triage === '' ? [] : [el('span', { class: triageClass(words.triage) }, words.triage)]));
  setText(pooled.args, words.args);
  setText(pooled.hidden, words.hidden);
  pooled.name.title = words.args ? `${words.name}\n${words.args}` : words.name;
  setText(pooled.pid, words.pid);
  setText(pooled.user, words.user);
  setText(pooled.creator.name, words.creatorName || (words.creatorUnknown ? 'not known' : words.heading || words.creator ? '' : 'the kernel'));
  setText(pooled.creator.pid, words.creatorPid);
  pooled.creator.element.classList.toggle('inferred', words.creatorInferred);
  pooled.creator.element.classList.toggle('unknown', words.creatorUnknown);
  pooled.creator.element.title = words.creatorHint;
  setText(pooled.adopter.name, words.adopterName);
  setText(pooled.adopter.pid, words.adopterPid);
  pooled.adopter.element.title = words.adopter ? `Adopted by ${words.adopter}` : '';
  setText(pooled.start, words.start);
}

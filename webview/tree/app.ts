import { select, zoom, zoomIdentity, type D3ZoomEvent } from 'd3';
import { el } from '../shared/dom.js';
import { onThemeChange, readPalette, type Palette } from '../shared/theme.js';
import { createBanner } from './banner.js';
import { createDetailsView } from './detailsView.js';
import { verdictNote } from './drafts.js';
import { createFocusMemory } from './focusMemory.js';
import type { Host } from './host.js';
import { keyAct, type KeyAct } from './keys.js';
import { drawLifelines } from './lifelineView.js';
import { createCanvasRenderer } from './renderer.js';
import { ROW_HEIGHT, indexIn } from './rowWindow.js';
import { createRowsView } from './rowsView.js';
import { createScreenView } from './screenView.js';
import { INITIAL, fullRange, shownRange } from './state.js';
import type { Store } from './store.js';
import { createStrip } from './strip.js';
import { createThreadView } from './threadView.js';
import { createTimeHeader } from './timeHeader.js';
import { kept, panned, zoomed } from './timeRange.js';
import { createToolbar } from './toolbar.js';
import { pageRows, type TreeSession } from './treeSession.js';

export const STRIP_WIDTH = 16;
/** In pixels: a name, its pid and its creator can be read. */
const LEAST_GRID = 480;

/** What keys do in the details as in the rows. */
const TRIAGE_ACTS: ReadonlySet<KeyAct['act']> = new Set(['finding', 'decide', 'note', 'escalate', 'playbook', 'lineage', 'copy', 'indicators']);

/** The page: its parts, their places, and what mouse and keys do. `render` draws one frame from the state. */
export interface App {
  readonly element: HTMLElement;
  focusSearch(): void;
}

export function createApp(store: Store, session: TreeSession, host: Host): App {
  let palette: Palette | undefined;
  let font = '11px sans-serif';
  let framed = false;
  let hadTree = false;

  const fit = (): void => store.dispatch({ type: 'ranged', range: undefined });
  const toggleDetails = (): void => store.dispatch({ type: 'pane', pane: { open: !store.state.pane.open } });
  const toolbar = createToolbar({
    choose: session.choose,
    nextOrphan: (backward) => void session.nextOrphan(backward),
    search: session.search,
    step: (direction) => void session.step(direction),
    fit,
    toggleDetails,
    focusTree: () => rows.element.focus(),
  });
  const banner = createBanner({
    open: (open) => store.dispatch({ type: 'banner', open }),
    openNeighbours: () => host.tell({ kind: 'openNeighbours' }),
    copy: session.copy,
  });
  const rows = createRowsView({
    select: session.select,
    toggle: (row, expanded, deep) => void session.toggle(row, expanded, deep),
    openDetails: () => store.dispatch({ type: 'pane', pane: { open: true } }),
    hover: (row) => store.dispatch({ type: 'hovered', row }),
  });
  const timeHeader = createTimeHeader({ range: (range) => store.dispatch({ type: 'ranged', range: range && kept(range, fullRange(store.state)) }) });
  const canvas = el('canvas', { class: 'lifelines', 'aria-hidden': 'true' });
  const renderer = createCanvasRenderer(canvas, () => font);
  const threads = createThreadView({ goToRow: session.goToRow });
  const strip = createStrip({ scrollTo: (top) => store.dispatch({ type: 'scrolled', top }), current: () => store.state });
  const splitter = el('div', { class: 'splitter vertical', role: 'separator', 'aria-orientation': 'vertical', 'aria-label': 'Width of the columns' });
  const screen = createScreenView({
    cancelOpening: () => host.tell({ kind: 'cancelOpening' }),
    openAgain: () => host.tell({ kind: 'openAgain' }),
    openAsText: () => host.tell({ kind: 'openAsText' }),
    showLog: () => host.tell({ kind: 'showLog' }),
    showAll: () => session.choose({ orphansOnly: false }),
  });
  const details = createDetailsView({
    goTo: (process) => void session.goTo(process),
    copyForTicket: () => session.onProcess('copyForTicket', ''),
    copyIndicators: () => session.onProcess('copyIndicators', ''),
    copy: session.copy,
    copyWords: (text, what) => host.tell({ kind: 'copy', text, what, asWords: true }),
    moreRaw: () => void session.moreRaw(),
    decide: session.decide,
    escalate: (note) => session.onProcess('escalate', note),
    focusTree: () => rows.element.focus(),
    nextFinding: () => void session.nextFinding(false),
    tab: (tab) => store.dispatch({ type: 'pane', pane: { tab } }),
    openHunt: session.openHunt,
    openContent: session.openContent,
    draft: session.draft,
    draftNote: session.draftNote,
    note: session.note,
    makeCase: session.makeCaseOfNotes,
    playbookOf: (playbookOf) => store.dispatch({ type: 'pane', pane: { playbookOf } }),
    dock: () => store.dispatch({ type: 'pane', pane: store.state.pane.dock === 'bottom' ? { dock: 'right', share: 0.36 } : { dock: 'bottom', share: 0.4 } }),
    close: () => {
      store.dispatch({ type: 'pane', pane: { open: false } });
      rows.element.focus();
    },
  });
  const sash = el('div', { class: 'sash', role: 'separator', 'aria-label': 'Size of the details' });
  const view = el('div', { class: 'view' }, rows.element, rows.caption, timeHeader.element, canvas, threads.element, splitter, strip.element);
  const main = el('main', { class: 'main' }, view, sash, details.element);
  const element = el('div', { class: 'page' }, toolbar.element, banner.element, main, screen.element);

  /** Who comes (back) to the page with the keyboard goes on where it was, at first in the rows. */
  const takeFocus = createFocusMemory(element, { part: details.element, instead: () => details.element.querySelector<HTMLElement>('.details-content'), otherwise: rows.element });

  const requestFrame = (): void => {
    if (framed) return;
    framed = true;
    requestAnimationFrame(() => {
      framed = false;
      render();
    });
  };
  store.subscribe(requestFrame);
  onThemeChange(() => {
    palette = undefined;
    requestFrame();
  });

  function widths(): { grid: number; time: number } {
    const whole = Math.max(0, view.clientWidth - STRIP_WIDTH);
    const { gridShare } = store.state;
    // Beside the details the page is narrow: until somebody moves the border, names come before lifelines.
    const grid = Math.round(gridShare === INITIAL.gridShare ? Math.max(whole * gridShare, Math.min(LEAST_GRID, whole * 0.8)) : whole * gridShare);
    return { grid, time: whole - grid };
  }

  function render(): void {
    const { state } = store;
    if (!palette) {
      palette = readPalette();
      const style = getComputedStyle(document.body);
      font = `11px ${style.fontFamily}`;
    }
    const hasTree = state.screen.kind === 'tree' && (state.view?.rowCount ?? 0) > 0;
    element.classList.toggle('no-tree', !hasTree);
    element.classList.toggle('waiting', state.screen.kind !== 'tree' || state.view === undefined);
    main.classList.toggle('dock-right', state.pane.dock === 'right');
    main.classList.toggle('details-closed', !state.pane.open || !state.selected);
    main.style.setProperty('--page-details-share', `${state.pane.share * 100}%`);
    toolbar.render(state);
    banner.render(state);
    screen.render(state);
    if (!hasTree) return;
    if (!hadTree) takeFocus();
    hadTree = true;
    const { grid, time } = widths();
    view.style.setProperty('--page-grid-width', `${grid}px`);
    view.style.setProperty('--page-time-width', `${time}px`);
    remindZoom(time);
    const ticks = timeHeader.render(state, time, palette);
    rows.render(state, grid);
    drawLifelines(renderer, {
      window: state.window,
      top: state.top,
      width: time,
      height: state.height,
      range: shownRange(state),
      until: state.view?.to ?? Number.NaN,
      ticks,
      palette,
    });
    threads.render(state, grid, time, rows.room);
    strip.render(state, palette);
    if (state.pane.open) details.render(state);
  }

  // The rows' area is what is left of the view below its header; measured, since toolbar and banner wrap.
  const observer = new ResizeObserver(() => {
    store.dispatch({ type: 'resized', height: canvas.clientHeight });
    requestFrame();
  });
  observer.observe(canvas);
  observer.observe(view);

  view.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? ROW_HEIGHT * 3 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? store.state.height : 1;
      const { grid, time } = widths();
      const x = event.clientX - view.getBoundingClientRect().left - grid;
      const range = shownRange(store.state);
      if (event.ctrlKey || event.metaKey) return; // d3-zoom's
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        if (x >= 0)
          store.dispatch({ type: 'ranged', range: panned(range, ((event.deltaX || event.deltaY) * pixels) / Math.max(1, time), fullRange(store.state)) });
        return;
      }
      store.dispatch({ type: 'scrolled', top: store.state.top + (event.deltaY * pixels) / ROW_HEIGHT });
    },
    { passive: false },
  );
  view.addEventListener('mouseleave', () => store.dispatch({ type: 'hovered', row: -1 }));

  const rowUnder = (event: MouseEvent): number => Math.floor((event.clientY - canvas.getBoundingClientRect().top) / ROW_HEIGHT + store.state.top);
  // The context menu acts on the chosen process: the one below the pointer.
  view.dataset['vscodeContext'] = JSON.stringify({ webviewSection: 'process', preventDefaultContextMenuItems: true });
  view.addEventListener('contextmenu', (event) => {
    // The menu's key means the process that is chosen already; where such an event says that it is, no pointer is.
    if (event.target === rows.element) return;
    if (rowUnder(event) >= 0 && rowUnder(event) < (store.state.view?.rowCount ?? 0)) session.select(rowUnder(event));
  });
  canvas.addEventListener('mousemove', (event) =>
    store.dispatch({ type: 'hovered', row: rowUnder(event) < (store.state.view?.rowCount ?? 0) ? rowUnder(event) : -1 }),
  );
  canvas.addEventListener('click', (event) => {
    if (!event.defaultPrevented && rowUnder(event) < (store.state.view?.rowCount ?? 0)) session.select(rowUnder(event));
    rows.element.focus();
  });

  // Ctrl and wheel zooms around the pointer, drag moves. d3-zoom's transform is relative to all of the time; the state's range is the truth.
  const zooming = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([1, 1e9])
    // A pinch sends many small steps, a wheel few of a hundred: neither may jump (d3's own makes one notch with Ctrl a factor of four).
    .wheelDelta((event: WheelEvent) => Math.max(-0.75, Math.min(0.75, -event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 0.25 : 0.01))))
    .filter((event: Event) =>
      event.type === 'wheel' ? (event as WheelEvent).ctrlKey || (event as WheelEvent).metaKey : event.type !== 'dblclick' && (event as MouseEvent).button === 0,
    )
    .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      const { time } = widths();
      const whole = fullRange(store.state);
      const per = (whole.to - whole.from) / Math.max(1, time);
      const from = whole.from + (-event.transform.x / event.transform.k) * per;
      store.dispatch({ type: 'ranged', range: kept({ from, to: from + (whole.to - whole.from) / event.transform.k }, whole) });
    });
  select(canvas).call(zooming).on('dblclick.zoom', null);

  /** d3-zoom begins a gesture from what it remembers on the element: it must remember the range that is drawn, whoever changed it. */
  function remindZoom(time: number): void {
    const whole = fullRange(store.state);
    const range = shownRange(store.state);
    const k = (whole.to - whole.from) / (range.to - range.from);
    const x = (-(range.from - whole.from) / (whole.to - whole.from)) * time * k;
    Object.assign(canvas, { __zoom: zoomIdentity.translate(x, 0).scale(k) });
  }

  canvas.addEventListener('dblclick', fit);

  drag(splitter, (event) => {
    const box = view.getBoundingClientRect();
    store.dispatch({ type: 'split', gridShare: (event.clientX - box.left) / Math.max(1, box.width - STRIP_WIDTH) });
  });
  drag(sash, (event) => {
    const box = main.getBoundingClientRect();
    const share = store.state.pane.dock === 'bottom' ? (box.bottom - event.clientY) / box.height : (box.right - event.clientX) / box.width;
    store.dispatch({ type: 'pane', pane: { share: Math.max(0.15, Math.min(0.8, share)) } });
  });

  rows.element.addEventListener('keydown', (event) => {
    const act = keyAct(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    perform(act);
  });
  document.addEventListener('keydown', (event) => {
    // Find works wherever the focus is; F3 too, as in VS Code.
    const act = keyAct(event);
    if (event.defaultPrevented || !act) return;
    const isTyping = event.target instanceof HTMLElement && event.target.matches('vscode-text-field, vscode-text-area, vscode-dropdown, input, textarea');
    // Triage goes on from the details: playbook and lineage are read there. Text that is chosen is copied as ever.
    const isTriage = TRIAGE_ACTS.has(act.act) && details.element.contains(document.activeElement) && !isTyping;
    const isCopying = act.act === 'copy' && !(document.getSelection()?.isCollapsed ?? true);
    if ((act.act === 'search' && event.key !== '/') || act.act === 'hit' || (isTriage && !isCopying)) {
      event.preventDefault();
      perform(act);
    } else if (act.act === 'escape' && banner.element.contains(document.activeElement)) {
      store.dispatch({ type: 'banner', open: false });
      rows.element.focus();
    } else if (act.act === 'escape' && details.element.contains(document.activeElement)) rows.element.focus();
  });
  window.addEventListener('focus', takeFocus);
  rows.element.addEventListener('focus', () => {
    if (!store.state.selected && (store.state.view?.rowCount ?? 0) > 0) store.dispatch({ type: 'selected', row: Math.floor(store.state.top), show: true });
  });

  function perform(act: KeyAct): void {
    const { state } = store;
    const row = state.selected?.row ?? Math.floor(state.top);
    const index = indexIn(state.window, row);
    const fold = index >= 0 ? state.window?.fold[index] : undefined;
    const range = shownRange(state);
    switch (act.act) {
      case 'move': {
        const last = (state.view?.rowCount ?? 1) - 1;
        const page = pageRows(state);
        const by = act.by === 'page' ? page : act.by === '-page' ? -page : act.by;
        return session.select(by === 'first' ? 0 : by === 'last' ? last : row + by);
      }
      case 'open':
        if (fold === 1) void session.toggle(row, true);
        else if (fold === 2) session.select(row + 1);
        return;
      case 'close':
        if (fold === 2) void session.toggle(row, false);
        else session.select(rowAbove(row));
        return;
      case 'openAll':
        return void session.toggle(row, true, true);
      case 'details':
        if (state.pane.open) details.element.querySelector<HTMLElement>('.details-content')?.focus();
        else toggleDetails();
        return;
      case 'search':
        return toolbar.focusSearch();
      case 'creator':
        return void session.goToCreator();
      case 'adopter':
        return void session.goToAdopter();
      case 'parents':
        return session.choose({ parents: state.options.parents === 'recorded' ? 'created' : 'recorded' });
      case 'orphansOnly':
        return session.choose({ orphansOnly: !state.options.orphansOnly });
      case 'coverage':
        return store.dispatch({ type: 'banner', open: !state.bannerOpen });
      case 'copy':
        return session.onProcess('copyForTicket', '');
      case 'indicators':
        return session.onProcess('copyIndicators', '');
      case 'escalate':
        return session.onProcess('escalate', verdictNote(state.drafts, state.selected?.process));
      case 'note':
        store.dispatch({ type: 'pane', pane: { open: true } });
        return details.focusNote();
      case 'fit':
        return fit();
      case 'escape':
        return state.bannerOpen ? store.dispatch({ type: 'banner', open: false }) : session.search('');
      case 'orphan':
        return void session.nextOrphan(act.backward);
      case 'finding':
        return void session.nextFinding(act.backward);
      case 'decide':
        return session.decide(act.verdict, verdictNote(state.drafts, state.selected?.process));
      case 'playbook':
      case 'lineage':
        return session.showTab(act.act);
      case 'hit':
        return void session.step(act.backward ? -1 : 1);
      case 'zoom': {
        const start = index >= 0 ? (state.window?.start[index] ?? Number.NaN) : Number.NaN;
        const around = Number.isFinite(start) && start >= range.from && start <= range.to ? start : (range.from + range.to) / 2;
        return store.dispatch({ type: 'ranged', range: zoomed(range, act.factor, around, fullRange(state)) });
      }
      case 'pan':
        return store.dispatch({ type: 'ranged', range: panned(range, act.share, fullRange(state)) });
    }
  }

  /** The parent's row in the tree: the nearest row above with a smaller depth, as far as the rows at hand go. */
  function rowAbove(row: number): number {
    const { window } = store.state;
    const index = indexIn(window, row);
    if (!window || index < 0) return row;
    const depth = window.depth[index]!;
    let at = index;
    while (at > 0 && window.depth[at]! >= depth) at--;
    return window.depth[at]! < depth ? window.first + at : row;
  }

  return { element, focusSearch: () => toolbar.focusSearch() };
}

/** Follows the pointer from a press on a handle until it is let go. */
function drag(handle: HTMLElement, moved: (event: PointerEvent) => void): void {
  handle.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener('pointermove', (event) => {
    if (handle.hasPointerCapture(event.pointerId)) moved(event);
  });
}

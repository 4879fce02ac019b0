import type { Details, ViewState } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import type { Verdict } from '../../src/model/index.js';
import type { PageCommand, ProcessAct, ToPage } from '../shared/protocol.js';
import { counted, grouped, processLabel } from '../shared/words.js';
import { isAbort, type Host } from './host.js';
import type { Persisted } from './persisted.js';
import { ROW_HEIGHT, needsRows, wantedSpan } from './rowWindow.js';
import type { DetailsPane, TreeState, ViewOptions } from './state.js';
import type { Store } from './store.js';
import { fullRange, shownRange } from './state.js';
import { including, kept } from './timeRange.js';

const SEARCH_LIMIT = 10_000;
const SEARCH_PAUSE_MS = 120;
const RAW_PAGE = 20;
export const ROW_BUCKETS = 400;
export const TIME_BUCKETS = 240;

/** What the page does: its acts, and the questions to the engine that follow from the state. */
export interface TreeSession {
  onMessage(message: Exclude<ToPage, { kind: 'answer' }>): void;
  choose(options: Partial<ViewOptions>): void;
  select(row: number): void;
  toggle(row: number, expanded: boolean, deep?: boolean): Promise<void>;
  goTo(process: ProcessRow): Promise<void>;
  goToRow(row: number): void;
  goToCreator(): Promise<void>;
  goToAdopter(): Promise<void>;
  nextOrphan(backward: boolean): Promise<void>;
  /** The next (or previous) finding by rank that nobody has decided. */
  nextFinding(backward: boolean): Promise<void>;
  /** Writes a verdict on the chosen process into the case. */
  decide(verdict: Verdict, note: string): void;
  /** What VS Code does with the chosen process. */
  onProcess(act: ProcessAct, note: string): void;
  /** Shows a tab about the chosen process; the details again when it is in sight already. */
  showTab(tab: DetailsPane['tab']): void;
  openHunt(text: string): void;
  openContent(member: string): void;
  step(direction: 1 | -1): Promise<void>;
  search(text: string): void;
  moreRaw(): Promise<void>;
  copy(text: string, what: string): void;
  /** Runs an act that the extension asks for; `focusSearch` is the page's. */
  command(command: PageCommand, focusSearch: () => void): void;
}

export function createTreeSession(store: Store, host: Host, persisted: Persisted | undefined): TreeSession {
  let viewAbort = new AbortController();
  let detailsAbort = new AbortController();
  let searchAbort = new AbortController();
  let playbookAbort = new AbortController();
  let askedPlaybook: ProcessRow | undefined;
  let searchTimer: ReturnType<typeof setTimeout> | undefined;
  let askingRows = false;
  let askingOverview = false;
  let askedDetails: ProcessRow | undefined;
  let bringIntoRange: ProcessRow | undefined;

  const say = (text: string): void => store.dispatch({ type: 'said', text });
  const tell = (error: unknown): void => {
    if (!isAbort(error)) say(error instanceof Error ? error.message : String(error));
  };
  /** Without rows there is no page: the person must know, and may open again. */
  const giveUp = (error: unknown): void => {
    if (isAbort(error)) return;
    const what = error instanceof Error ? error.message : String(error);
    store.dispatch({
      type: 'failed',
      title: store.state.title,
      failure: { cancelled: false, what, remedy: 'Open the evidence again. If it happens again, the log says more.' },
    });
  };

  /** Resolves when the first view of this page is there: what is to be shown in it waits for that. */
  let viewStands: Promise<void> = Promise.resolve();

  /** Rows are numbers in a view: an act on rows waits until the view that the person asked for is there. */
  let viewThere: Promise<void> = Promise.resolve();

  function makeView(): Promise<void> {
    viewThere = askView();
    return viewThere;
  }

  async function askView(): Promise<void> {
    viewAbort.abort();
    viewAbort = new AbortController();
    const { signal } = viewAbort;
    const old = store.state.view;
    try {
      const view = await host.ask('view', store.state.options, signal);
      store.dispatch({ type: 'viewMade', ...(await placeOfChosen(view, signal)) });
      const parents = store.state.options.parents === 'created' ? 'by creation' : 'as recorded';
      say(`Parents ${parents}: ${counted(view.processes, 'process', 'processes')}, ${counted(view.orphans, 'orphan')}.`);
      if (old) await host.ask('closeView', { view: old.view });
    } catch (error) {
      giveUp(error);
    }
  }

  /** Where the chosen process lies in a new view; asked again while the person chooses another meanwhile. */
  async function placeOfChosen(view: ViewState, signal: AbortSignal): Promise<{ view: ViewState; row: number }> {
    for (;;) {
      const process = store.state.selected?.process ?? -1;
      if (process < 0) return { view, row: -1 };
      const { state, row } = await host.ask('reveal', { view: view.view, process }, signal);
      if (process === (store.state.selected?.process ?? -1)) return { view: state, row };
    }
  }

  /** The view that an earlier page of this editor left in the engine, with what is open in it. */
  async function returnTo(view: ViewState): Promise<void> {
    try {
      const window = await host.ask('rows', { view: view.view, ...wantedSpan(store.state.top, store.state.height, view.rowCount) });
      const row = store.state.selected?.row ?? -1;
      const top = store.state.top;
      store.dispatch({ type: 'viewMade', view, row });
      store.dispatch({ type: 'scrolled', top });
      store.dispatch({ type: 'rows', generation: store.state.generation, window });
    } catch (error) {
      // The engine was started anew meanwhile: its views are gone, ours is made again.
      if (!isAbort(error)) await makeView();
    }
  }

  async function ensureRows(): Promise<void> {
    const { view, window, generation, windowGeneration, top, height } = store.state;
    if (askingRows || !view || height === 0) return;
    if (generation === windowGeneration && !needsRows(window, top, height, view.rowCount)) return;
    askingRows = true;
    try {
      const rows = await host.ask('rows', { view: view.view, ...wantedSpan(top, height, view.rowCount) });
      askingRows = false;
      store.dispatch({ type: 'rows', generation, window: rows });
      // What was asked under an older generation was dropped; what is wanted now is asked now.
      if (store.state.generation !== generation) void ensureRows();
    } catch (error) {
      askingRows = false;
      giveUp(error);
    }
  }

  async function ensureOverview(): Promise<void> {
    const { view, generation, overviewGeneration } = store.state;
    if (askingOverview || !view || generation === overviewGeneration) return;
    askingOverview = true;
    try {
      const overview = await host.ask('overview', { view: view.view, rowBuckets: ROW_BUCKETS, timeBuckets: TIME_BUCKETS });
      askingOverview = false;
      store.dispatch({ type: 'overview', generation, overview });
      if (store.state.generation !== generation) void ensureOverview();
    } catch (error) {
      askingOverview = false;
      tell(error);
    }
  }

  async function ensureDetails(): Promise<void> {
    const process = store.state.selected?.process;
    if (!store.state.pane.open || process === undefined || process < 0 || process === askedDetails) return;
    askedDetails = process;
    detailsAbort.abort();
    detailsAbort = new AbortController();
    const { signal } = detailsAbort;
    try {
      const details = await host.ask('details', { process }, signal);
      store.dispatch({ type: 'details', details });
      if (bringIntoRange === process && store.state.range) {
        store.dispatch({ type: 'ranged', range: kept(including(shownRange(store.state), details.start), fullRange(store.state)) });
      }
      bringIntoRange = undefined;
      const [row] = (await host.ask('findings', { first: 0, count: 1, process }, signal)).rows;
      store.dispatch({ type: 'judged', process, finding: row ?? null });
      const raw = await host.ask('raw', { process, first: 0, count: RAW_PAGE }, signal);
      store.dispatch({ type: 'raw', process, first: 0, ...raw });
    } catch (error) {
      if (isAbort(error)) return;
      askedDetails = undefined;
      store.dispatch({ type: 'detailsFailed', error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** The playbook takes a second: it is asked when its tab is in sight. */
  async function ensurePlaybook(): Promise<void> {
    const { selected, pane, playbook } = store.state;
    const process = selected?.process;
    if (!pane.open || pane.tab !== 'playbook' || process === undefined || process < 0 || process === askedPlaybook) return;
    askedPlaybook = process;
    playbookAbort.abort();
    playbookAbort = new AbortController();
    if (playbook?.process !== process) store.dispatch({ type: 'playbook', answers: undefined });
    try {
      store.dispatch({ type: 'playbook', answers: await host.ask('playbook', { process }, playbookAbort.signal) });
    } catch (error) {
      askedPlaybook = undefined;
      tell(error);
    }
  }

  function ensureSearch(before: TreeState): void {
    const { search, generation } = store.state;
    if (!search || (search.text === before.search?.text && generation === before.generation)) return;
    clearTimeout(searchTimer);
    searchAbort.abort();
    searchAbort = new AbortController();
    const { signal } = searchAbort;
    const find = async (): Promise<void> => {
      const { view } = store.state;
      if (!view) return;
      try {
        const found = await host.ask('search', { view: view.view, text: search.text, limit: SEARCH_LIMIT }, signal);
        store.dispatch({ type: 'found', text: search.text, ...found });
        if (search.text !== before.search?.text) say(found.total === 0 ? `Nothing found for ${search.text}.` : `${grouped(found.total)} found.`);
      } catch (error) {
        tell(error);
      }
    };
    searchTimer = setTimeout(() => void find(), SEARCH_PAUSE_MS);
  }

  store.subscribe((state, before) => {
    if (state.screen.kind !== 'tree') return;
    if (state.options !== before.options && before.view) void makeView();
    void ensureRows();
    void ensureOverview();
    if (state.selected?.process !== before.selected?.process || state.pane !== before.pane) {
      void ensureDetails();
      void ensurePlaybook();
    }
    ensureSearch(before);
  });

  async function detailsOf(process: ProcessRow): Promise<Details> {
    const { details } = store.state;
    return details?.process === process ? details : host.ask('details', { process });
  }

  async function goTo(process: ProcessRow, name?: string): Promise<void> {
    await viewThere;
    const { view } = store.state;
    if (!view) return;
    try {
      const { state, row } = await host.ask('reveal', { view: view.view, process });
      if (row < 0) {
        say(`${name ?? 'This process'} is not in this view: what is left out is chosen in the toolbar.`);
        return;
      }
      bringIntoRange = process;
      store.dispatch({ type: 'revealed', view: state, row, process });
    } catch (error) {
      tell(error);
    }
  }

  async function countUndecided(): Promise<void> {
    try {
      const { undecided, total } = await host.ask('nextFinding', { after: -1, backward: false });
      store.dispatch({ type: 'undecided', left: undecided, total });
    } catch (error) {
      tell(error);
    }
  }

  /** Follows a claim about the chosen process. */
  async function follow(which: 'creator' | 'adopter'): Promise<void> {
    const process = store.state.selected?.process;
    if (process === undefined || process < 0) return;
    try {
      const claim = (await detailsOf(process))[which];
      if (claim.parent) await goTo(claim.parent.process, processLabel(claim.parent.name, claim.parent.pid));
      else say(which === 'creator' ? 'This evidence does not show who created this process.' : 'This process was not adopted, as far as this evidence shows.');
    } catch (error) {
      tell(error);
    }
  }

  const session: TreeSession = {
    onMessage(message) {
      switch (message.kind) {
        case 'opening':
          store.dispatch({ type: 'opening', title: message.title, progress: message.progress });
          return;
        case 'failed':
          store.dispatch({ type: 'failed', title: message.title, failure: message.failure });
          return;
        case 'say':
          say(message.text);
          return;
        case 'opened': {
          const sameSession = persisted?.session === message.session;
          if (!persisted) store.dispatch({ type: 'chose', options: message.preferences });
          else if (persisted.processes !== message.summary.processes) store.dispatch({ type: 'forgot' });
          store.dispatch({ type: 'opened', session: message.session, title: message.title, summary: message.summary, neighbours: message.neighbours });
          void countUndecided().then(() => store.dispatch({ type: 'stale' })); // rows say scores once they are weighed
          viewStands = sameSession && persisted.view ? returnTo(persisted.view) : makeView();
          return;
        }
        case 'summary':
          store.dispatch({ type: 'summarised', summary: message.summary });
          return;
        case 'neighbours':
          store.dispatch({ type: 'neighbours', names: message.names });
          return;
        case 'show':
          void viewStands.then(() => goTo(message.process));
          return;
        case 'decided':
          askedDetails = undefined;
          askedPlaybook = undefined;
          store.dispatch({ type: 'stale' });
          void ensureDetails();
          void ensurePlaybook();
          void countUndecided();
          return;
        case 'command':
          return;
      }
    },
    choose: (options) => store.dispatch({ type: 'chose', options }),
    select: (row) => store.dispatch({ type: 'selected', row, show: true }),
    async toggle(row, expanded, deep = false) {
      const { view } = store.state;
      if (!view) return;
      try {
        const changed = await host.ask('toggle', { view: view.view, row, expanded, deep });
        store.dispatch({ type: 'toggled', view: changed, row });
      } catch (error) {
        tell(error);
      }
    },
    goTo: (process) => goTo(process),
    goToRow: (row) => store.dispatch({ type: 'selected', row, show: true }),
    goToCreator: () => follow('creator'),
    goToAdopter: () => follow('adopter'),
    async nextOrphan(backward) {
      await viewThere;
      const { view, selected, top } = store.state;
      if (!view) return;
      try {
        // Without a selection the search begins at the edge of the screen.
        const from = selected?.row ?? (backward ? Math.floor(top) : Math.floor(top) - 1);
        const { state, row } = await host.ask('nextOrphan', { view: view.view, row: from, backward });
        if (row < 0) say(backward ? 'No orphan before this row.' : 'No orphan after this row.');
        else store.dispatch({ type: 'revealed', view: state, row, process: undefined });
      } catch (error) {
        tell(error);
      }
    },
    async nextFinding(backward) {
      await viewThere;
      try {
        const { process, undecided, total } = await host.ask('nextFinding', { after: store.state.selected?.process ?? -1, backward });
        store.dispatch({ type: 'undecided', left: undecided, total });
        if (process < 0) return say(total === 0 ? 'Nothing was found that stands out.' : `All ${counted(total, 'finding')} are decided.`);
        await goTo(process);
        say(`${undecided} of ${counted(total, 'finding')} undecided.`);
      } catch (error) {
        tell(error);
      }
    },
    decide(verdict, note) {
      const process = store.state.selected?.process;
      if (process === undefined || process < 0) return say('Choose a process first: a verdict is on a process.');
      host.tell({ kind: 'decide', process, verdict, note });
    },
    onProcess(act, note) {
      const process = store.state.selected?.process;
      if (process === undefined || process < 0) return say('Choose a process first.');
      host.tell({ kind: 'onProcess', act, process, note });
    },
    showTab: (tab) => store.dispatch({ type: 'pane', pane: { open: true, tab: store.state.pane.open && store.state.pane.tab === tab ? 'details' : tab } }),
    openHunt: (text) => host.tell({ kind: 'openHunt', text }),
    openContent: (member) => host.tell({ kind: 'openContent', member }),
    async step(direction) {
      const { search, selected } = store.state;
      const found = search?.found;
      if (!search || !found || found.processes.length === 0) return;
      const count = found.processes.length;
      const at = search.at >= 0 ? (search.at + direction + count) % count : firstAfter(found.rows, selected?.row ?? -1, direction);
      const process = found.processes[at];
      if (process === undefined) return;
      store.dispatch({ type: 'steppedTo', at });
      await goTo(process);
      say(`${grouped(at + 1)} of ${grouped(found.total)}.`);
    },
    search: (text) => store.dispatch({ type: 'searching', text }),
    async moreRaw() {
      const { details, raw } = store.state;
      if (!details || !raw) return;
      try {
        const first = raw.records.length;
        const more = await host.ask('raw', { process: details.process, first, count: RAW_PAGE * 5 }, detailsAbort.signal);
        store.dispatch({ type: 'raw', process: details.process, first, ...more });
      } catch (error) {
        tell(error);
      }
    },
    copy: (text, what) => host.tell({ kind: 'copy', text, what }),
    command(command, focusSearch) {
      switch (command) {
        case 'nextOrphan':
          return void session.nextOrphan(false);
        case 'previousOrphan':
          return void session.nextOrphan(true);
        case 'toggleParents':
          return session.choose({ parents: store.state.options.parents === 'recorded' ? 'created' : 'recorded' });
        case 'goToCreator':
          return void session.goToCreator();
        case 'goToAdopter':
          return void session.goToAdopter();
        case 'search':
          return focusSearch();
        case 'copyForTicket':
        case 'copyIndicators':
        case 'giveVerdict':
        case 'escalate':
          return session.onProcess(command, '');
        case 'nextFinding':
          return void session.nextFinding(false);
        case 'previousFinding':
          return void session.nextFinding(true);
        case 'playbook':
        case 'lineage':
          return session.showTab(command);
        case 'coverage':
          return store.dispatch({ type: 'banner', open: !store.state.bannerOpen });
      }
    },
  };
  return session;
}

/** The first hit after (before) a row; the first (last) of all when there is none. Hits inside closed rows have no row and are passed over. */
function firstAfter(rows: Int32Array, row: number, direction: 1 | -1): number {
  if (direction === 1) {
    const at = rows.findIndex((hit) => hit >= row && hit >= 0);
    return at < 0 ? 0 : at;
  }
  let at = rows.length - 1;
  while (at >= 0 && !(rows[at]! >= 0 && rows[at]! <= row)) at--;
  return at < 0 ? rows.length - 1 : at;
}

/** Rows that a screen holds; a page down is one less, so that the eye keeps a line. */
export function pageRows(state: TreeState): number {
  return Math.max(1, Math.floor(state.height / ROW_HEIGHT) - 1);
}

import type { ViewState } from '../../src/engine/requests.js';
import { counted } from '../shared/words.js';
import { isAbort, type Host } from './host.js';
import { wantedSpan } from './rowWindow.js';
import type { Store } from './store.js';
import type { Telling } from './telling.js';

/** The engine's view that the page shows: made anew when what was chosen changes, or found again by a page that comes back. */
export interface ViewMaking {
  make(): Promise<void>;
  /** The view that an earlier page of this editor left in the engine, with what is open in it. */
  returnTo(view: ViewState): Promise<void>;
  /** Rows are numbers in a view: an act on rows waits until the view that the person asked for is there. */
  there(): Promise<void>;
}

export function createViewMaking(store: Store, host: Host, { say, giveUp }: Telling): ViewMaking {
  let abort = new AbortController();
  let latest: Promise<void> = Promise.resolve();

  function make(): Promise<void> {
    latest = askView();
    return latest;
  }

  async function askView(): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
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
      if (!isAbort(error)) await make();
    }
  }

  return { make, returnTo, there: () => latest };
}

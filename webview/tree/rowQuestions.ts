import { grouped } from '../shared/words.js';
import type { Host } from './host.js';
import { needsRows, wantedSpan } from './rowWindow.js';
import type { TreeState } from './state.js';
import type { Store } from './store.js';
import type { Telling } from './telling.js';

const SEARCH_LIMIT = 10_000;
const SEARCH_PAUSE_MS = 120;
const ROW_BUCKETS = 400;
const TIME_BUCKETS = 240;

/** Asks for what the rows on the screen need: the rows themselves, the marks of strip and time line, what a search finds. Call after each change of the state. */
export function createRowQuestions(store: Store, host: Host, { say, tell, giveUp }: Telling): (before: TreeState) => void {
  let searchAbort = new AbortController();
  let searchTimer: ReturnType<typeof setTimeout> | undefined;
  let askingRows = false;
  let askingOverview = false;

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

  function ensureSearch(before: TreeState): void {
    const { search, generation } = store.state;
    if (search?.text === before.search?.text && (!search || generation === before.generation)) return;
    clearTimeout(searchTimer);
    searchAbort.abort();
    if (!search) return;
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

  return (before) => {
    void ensureRows();
    void ensureOverview();
    ensureSearch(before);
  };
}

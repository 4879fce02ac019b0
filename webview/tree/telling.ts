import { isAbort } from './host.js';
import type { Store } from './store.js';

/** How the page says what happened. Cancelled is not an error: it is passed over in silence. */
export interface Telling {
  /** In the live region. */
  say(text: string): void;
  /** That a question failed; the page goes on. */
  tell(error: unknown): void;
  /** Without rows there is no page: the person must know, and may open again. */
  giveUp(error: unknown): void;
}

export function createTelling(store: Store): Telling {
  const say = (text: string): void => store.dispatch({ type: 'said', text });
  return {
    say,
    tell(error) {
      if (!isAbort(error)) say(wordsOf(error));
    },
    giveUp(error) {
      if (isAbort(error)) return;
      const failure = { cancelled: false, what: wordsOf(error), remedy: 'Open the evidence again. If it happens again, the log says more.' };
      store.dispatch({ type: 'failed', title: store.state.title, failure });
    },
  };
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

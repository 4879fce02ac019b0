import { INITIAL, reduce, type Action, type TreeState } from './state.js';

/** The one place that holds the page's state. */
export interface Store {
  readonly state: TreeState;
  dispatch(action: Action): void;
  /** Called after each change, with the state before. */
  subscribe(listener: (state: TreeState, before: TreeState) => void): void;
}

export function createStore(initial: TreeState = INITIAL): Store {
  let state = initial;
  const listeners: ((state: TreeState, before: TreeState) => void)[] = [];
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const before = state;
      state = reduce(state, action);
      if (state !== before) for (const listener of listeners) listener(state, before);
    },
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}

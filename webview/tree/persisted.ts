import type { ViewState } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { unsent, type Drafts } from './drafts.js';
import { INITIAL, type DetailsPane, type TreeState, type ViewOptions } from './state.js';
import type { TimeRange } from './timeRange.js';

/** What is kept while the page is hidden: VS Code throws the page away and makes it new. */
export interface Persisted {
  readonly version: 1;
  /** The engine's views live as long as this; what is open in them is theirs. */
  readonly session: string;
  readonly view: ViewState | undefined;
  /** Guards the process number below: it means nothing in other evidence. */
  readonly processes: number;
  readonly options: ViewOptions;
  readonly top: number;
  readonly row: number;
  readonly process: ProcessRow;
  readonly range: TimeRange | undefined;
  readonly search: string;
  readonly pane: DetailsPane;
  readonly bannerOpen: boolean;
  readonly gridShare: number;
  /** What was typed and is not in the case yet; left out by an older page. */
  readonly drafts?: Drafts;
}

export function toPersist(state: TreeState): Persisted {
  return {
    version: 1,
    session: state.session,
    view: state.view,
    processes: state.summary?.processes ?? -1,
    options: state.options,
    top: state.top,
    row: state.selected?.row ?? -1,
    process: state.selected?.process ?? -1,
    range: state.range,
    search: state.search?.text ?? '',
    pane: state.pane,
    bannerOpen: state.bannerOpen,
    gridShare: state.gridShare,
    drafts: state.drafts,
  };
}

/** What an earlier page kept, if it is of this version. */
export function fromPersisted(value: unknown): Persisted | undefined {
  const ours = typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
  // Written by toPersist of the same version.
  return ours ? (value as Persisted) : undefined;
}

/** The state a page begins with. */
export function restored(kept: Persisted | undefined): TreeState {
  if (!kept) return INITIAL;
  return {
    ...INITIAL,
    options: kept.options,
    top: kept.top,
    selected: kept.row >= 0 ? { row: kept.row, process: kept.process >= 0 ? kept.process : undefined } : undefined,
    range: kept.range,
    search: kept.search ? { text: kept.search, found: undefined, at: -1 } : undefined,
    pane: { ...INITIAL.pane, ...kept.pane },
    bannerOpen: kept.bannerOpen,
    gridShare: kept.gridShare,
    drafts: unsent(kept.drafts ?? {}),
  };
}

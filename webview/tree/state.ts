import type { Details, FindingRow, GroupBy, PlaybookAnswers, Overview, Progress, RawRecord, RowWindow, StepNotes, Summary, ViewState } from '../../src/engine/requests.js';
import { unreachable, type ParentView, type ProcessRow } from '../../src/model/index.js';
import type { Failure } from '../shared/protocol.js';
import { withDraft, type DraftAction, type Drafts } from './drafts.js';
import { ROW_HEIGHT, clampTop, indexIn, topToShow } from './rowWindow.js';
import { wholeRange, type TimeRange } from './timeRange.js';

/** What a person chose about the view; a change makes a new view in the engine. */
export interface ViewOptions {
  readonly parents: ParentView;
  readonly group: GroupBy;
  readonly orphansOnly: boolean;
  readonly kernelThreads: boolean;
}

/** A chosen row; its process is known once its row is at hand. -1: a heading. */
export interface Selection {
  readonly row: number;
  readonly process: ProcessRow | undefined;
}

export interface Search {
  readonly text: string;
  /** undefined while the answer is under way. */
  readonly found: { readonly processes: Int32Array; readonly rows: Int32Array; readonly total: number } | undefined;
  /** Index into the found processes, -1 before the first step. */
  readonly at: number;
}

export interface RawRecords {
  readonly total: number;
  readonly records: readonly RawRecord[];
}

export interface DetailsPane {
  readonly open: boolean;
  readonly dock: 'bottom' | 'right';
  /** Share of the page it takes, 0..1. */
  readonly share: number;
  readonly tab: 'details' | 'playbook' | 'lineage';
  /** Whom the playbook is gone through for. */
  readonly playbookOf: 'process' | 'case';
}

export type Screen =
  { readonly kind: 'opening'; readonly progress: Progress | undefined } | { readonly kind: 'failed'; readonly failure: Failure } | { readonly kind: 'tree' };

export interface TreeState {
  readonly screen: Screen;
  readonly title: string;
  readonly session: string;
  readonly summary: Summary | undefined;
  readonly neighbours: readonly string[];
  readonly options: ViewOptions;
  readonly view: ViewState | undefined;
  /** Grows whenever rows may have moved: rows asked for under an older number are dropped. */
  readonly generation: number;
  /** The rows that are drawn; of an older generation until the new ones are there. */
  readonly window: RowWindow | undefined;
  readonly windowGeneration: number;
  /** First row shown, with a fraction. */
  readonly top: number;
  /** Height of the rows' area in pixels. */
  readonly height: number;
  readonly selected: Selection | undefined;
  readonly hovered: number;
  /** undefined: all of it. */
  readonly range: TimeRange | undefined;
  readonly search: Search | undefined;
  /** The strip's and the time line's marks; of an older generation until the new ones are there. */
  readonly overview: Overview | undefined;
  readonly overviewGeneration: number;
  readonly details: Details | undefined;
  /** Why something of this process could not be asked. */
  readonly detailsError: { readonly process: ProcessRow; readonly says: string } | undefined;
  readonly raw: RawRecords | undefined;
  /** What triage says of the process of `details`; null: nothing, undefined: not known yet. */
  readonly finding: FindingRow | null | undefined;
  /** How many loud findings nobody has decided, once it was asked. */
  readonly undecided: { readonly left: number; readonly total: number } | undefined;
  /** The playbook for the process that it names; undefined while it is not asked or not there yet. */
  readonly playbook: PlaybookAnswers | undefined;
  /** What is pinned to its steps and said of them. */
  readonly stepNotes: readonly StepNotes[];
  /** What the case does not hold yet. */
  readonly drafts: Drafts;
  readonly pane: DetailsPane;
  readonly bannerOpen: boolean;
  /** Share of the page's width that the columns take; the lifelines have the rest. */
  readonly gridShare: number;
  /** The last thing said aloud; `count` makes equal sentences differ. */
  readonly said: { readonly text: string; readonly count: number };
}

export type Action =
  | { readonly type: 'opening'; readonly title: string; readonly progress: Progress | undefined }
  | { readonly type: 'failed'; readonly title: string; readonly failure: Failure }
  | { readonly type: 'opened'; readonly session: string; readonly title: string; readonly summary: Summary; readonly neighbours: readonly string[] }
  | { readonly type: 'chose'; readonly options: Partial<ViewOptions> }
  | { readonly type: 'neighbours'; readonly names: readonly string[] }
  | { readonly type: 'summarised'; readonly summary: Summary }
  /** What was kept was about other evidence. */
  | { readonly type: 'forgot' }
  /** A new view stands; `row` is where the selected process lies in it, -1 if nowhere. */
  | { readonly type: 'viewMade'; readonly view: ViewState; readonly row: number }
  /** A row was opened or closed: those below it moved. */
  | { readonly type: 'toggled'; readonly view: ViewState; readonly row: number }
  /** Something was opened by a question; positions are not known any more but for `row`. */
  | { readonly type: 'revealed'; readonly view: ViewState; readonly row: number; readonly process: ProcessRow | undefined }
  | { readonly type: 'rows'; readonly generation: number; readonly window: RowWindow }
  | { readonly type: 'scrolled'; readonly top: number }
  | { readonly type: 'resized'; readonly height: number }
  | { readonly type: 'selected'; readonly row: number; readonly show: boolean }
  | { readonly type: 'hovered'; readonly row: number }
  | { readonly type: 'ranged'; readonly range: TimeRange | undefined }
  | { readonly type: 'searching'; readonly text: string }
  | { readonly type: 'found'; readonly text: string; readonly processes: Int32Array; readonly rows: Int32Array; readonly total: number }
  | { readonly type: 'steppedTo'; readonly at: number }
  | { readonly type: 'overview'; readonly generation: number; readonly overview: Overview }
  | { readonly type: 'details'; readonly details: Details }
  | { readonly type: 'detailsFailed'; readonly process: ProcessRow; readonly error: string }
  | { readonly type: 'raw'; readonly process: ProcessRow; readonly first: number; readonly total: number; readonly records: readonly RawRecord[] }
  | { readonly type: 'judged'; readonly process: ProcessRow; readonly finding: FindingRow | null }
  | { readonly type: 'undecided'; readonly left: number; readonly total: number }
  | { readonly type: 'playbook'; readonly answers: PlaybookAnswers | undefined }
  | { readonly type: 'stepNotes'; readonly notes: readonly StepNotes[] }
  | DraftAction
  /** What rows say of processes changed (a verdict): they are asked again. */
  | { readonly type: 'stale' }
  | { readonly type: 'pane'; readonly pane: Partial<DetailsPane> }
  | { readonly type: 'banner'; readonly open: boolean }
  | { readonly type: 'split'; readonly gridShare: number }
  | { readonly type: 'said'; readonly text: string };

export const INITIAL: TreeState = {
  screen: { kind: 'opening', progress: undefined },
  title: '',
  session: '',
  summary: undefined,
  neighbours: [],
  options: { parents: 'recorded', group: 'creation', orphansOnly: false, kernelThreads: false },
  view: undefined,
  generation: 0,
  window: undefined,
  windowGeneration: -1,
  top: 0,
  height: 0,
  selected: undefined,
  hovered: -1,
  range: undefined,
  search: undefined,
  overview: undefined,
  overviewGeneration: -1,
  details: undefined,
  detailsError: undefined,
  raw: undefined,
  finding: undefined,
  undecided: undefined,
  playbook: undefined,
  stepNotes: [],
  drafts: {},
  pane: { open: true, dock: 'bottom', share: 0.4, tab: 'details', playbookOf: 'process' },
  bannerOpen: false,
  gridShare: 0.66,
  said: { text: '', count: 0 },
};

/** The next state. Pure: what must be asked of the engine follows from the states before and after. */
export function reduce(state: TreeState, action: Action): TreeState {
  switch (action.type) {
    case 'opening':
      return { ...state, screen: { kind: 'opening', progress: action.progress }, title: action.title };
    case 'failed':
      return { ...state, screen: { kind: 'failed', failure: action.failure }, title: action.title };
    case 'opened':
      return {
        ...state,
        screen: { kind: 'tree' },
        session: action.session,
        title: action.title,
        summary: action.summary,
        neighbours: action.neighbours,
        // Another engine counts its views anew: the number of an old one may be that of a new one.
        ...(state.session === action.session ? {} : { view: undefined, window: undefined, windowGeneration: -1, generation: state.generation + 1 }),
      };
    case 'chose':
      return { ...state, options: { ...state.options, ...action.options } };
    case 'summarised':
      return { ...state, summary: action.summary };
    case 'neighbours':
      return { ...state, neighbours: action.names };
    case 'forgot':
      return { ...state, drafts: {}, selected: undefined, top: 0, range: undefined, details: undefined, detailsError: undefined, raw: undefined, finding: undefined, playbook: undefined };
    case 'viewMade': {
      const { selected, top } = state;
      const moved = { ...state, view: action.view, generation: state.generation + 1 };
      if (!selected || action.row < 0) return { ...moved, selected: undefined, top: clampTop(selected ? 0 : top, state.height, action.view.rowCount) };
      // The chosen process stays at its place on the screen, so that the eye sees what changed around it.
      const onScreen = selected.row >= top && selected.row < top + state.height / ROW_HEIGHT;
      const wished = onScreen ? action.row - (selected.row - top) : topToShow(action.row, top, state.height, action.view.rowCount);
      return { ...moved, selected: { row: action.row, process: selected.process }, top: clampTop(wished, state.height, action.view.rowCount) };
    }
    case 'toggled':
      return {
        ...state,
        generation: state.generation + 1,
        view: action.view,
        selected: afterToggle(state.selected, action.row, action.view.rowCount - (state.view?.rowCount ?? 0)),
        top: clampTop(state.top, state.height, action.view.rowCount),
      };
    case 'revealed': {
      const same = state.view?.rowCount === action.view.rowCount;
      const revealed = { ...state, view: action.view, generation: same ? state.generation : state.generation + 1 };
      // Its neighbours come along: what is written over the edge of the rows must not hide what was looked for.
      const top = topToShow(action.row, state.top, state.height, action.view.rowCount, 2);
      return reduce({ ...revealed, top, selected: { row: action.row, process: action.process } }, { type: 'selected', row: action.row, show: true });
    }
    case 'rows': {
      if (action.generation !== state.generation) return state;
      const index = indexIn(action.window, state.selected?.row ?? -1);
      const process = action.window.process[index];
      const selected = state.selected && process !== undefined ? { row: state.selected.row, process } : state.selected;
      return { ...state, window: action.window, windowGeneration: action.generation, selected };
    }
    case 'scrolled':
      return { ...state, top: clampTop(action.top, state.height, state.view?.rowCount ?? 0), hovered: -1 };
    case 'resized': {
      // Before there is a view, the top that was kept must survive.
      if (!state.view) return { ...state, height: action.height };
      const { selected, top, view: { rowCount } } = state;
      // The details open for what was chosen, and take room from the rows: it must not be the chosen row's.
      const wasInSight = selected !== undefined && selected.row >= top && selected.row < top + state.height / ROW_HEIGHT;
      return { ...state, height: action.height, top: wasInSight ? topToShow(selected.row, top, action.height, rowCount, 1) : clampTop(top, action.height, rowCount) };
    }
    case 'selected': {
      const rowCount = state.view?.rowCount ?? 0;
      if (rowCount === 0) return state;
      const row = Math.max(0, Math.min(rowCount - 1, action.row));
      const current = state.generation === state.windowGeneration ? state.window : undefined;
      const process = state.selected?.row === row && state.selected.process !== undefined ? state.selected.process : current?.process[indexIn(current, row)];
      const top = action.show ? topToShow(row, state.top, state.height, rowCount) : state.top;
      return { ...state, selected: { row, process }, top };
    }
    case 'hovered':
      return action.row === state.hovered ? state : { ...state, hovered: action.row };
    case 'ranged':
      return { ...state, range: action.range };
    case 'searching':
      return { ...state, search: action.text === '' ? undefined : { text: action.text, found: undefined, at: -1 } };
    case 'found': {
      if (state.search?.text !== action.text) return state;
      const { processes, rows, total } = action;
      const at = Math.max(-1, state.search.at < processes.length ? state.search.at : -1);
      return { ...state, search: { text: action.text, found: { processes, rows, total }, at } };
    }
    case 'steppedTo':
      return state.search ? { ...state, search: { ...state.search, at: action.at } } : state;
    case 'overview':
      return action.generation === state.generation ? { ...state, overview: action.overview, overviewGeneration: action.generation } : state;
    case 'details':
      return action.details.process === state.selected?.process
        ? { ...state, details: action.details, detailsError: undefined, ...(state.details?.process === action.details.process ? {} : { raw: undefined, finding: undefined }) }
        : state;
    case 'detailsFailed':
      return { ...state, detailsError: { process: action.process, says: action.error } };
    case 'raw': {
      if (action.process !== state.details?.process) return state;
      const before = action.first === 0 ? [] : (state.raw?.records.slice(0, action.first) ?? []);
      return { ...state, raw: { total: action.total, records: [...before, ...action.records] } };
    }
    case 'judged':
      return action.process === state.details?.process ? { ...state, finding: action.finding } : state;
    case 'undecided':
      return { ...state, undecided: { left: action.left, total: action.total } };
    case 'playbook':
      return { ...state, playbook: action.answers };
    case 'stepNotes':
      return { ...state, stepNotes: action.notes };
    case 'drafted':
    case 'noting':
    case 'noted':
      return { ...state, drafts: withDraft(state.drafts, action) };
    case 'stale':
      return { ...state, generation: state.generation + 1 };
    case 'pane':
      return { ...state, pane: { ...state.pane, ...action.pane } };
    case 'banner':
      return { ...state, bannerOpen: action.open };
    case 'split':
      return { ...state, gridShare: Math.max(0.25, Math.min(0.85, action.gridShare)) };
    case 'said':
      return { ...state, said: { text: action.text, count: state.said.count + 1 } };
    default:
      return unreachable(action);
  }
}

/** Where the selection is after a row was opened or closed: it moves along, and out of what was closed onto the closed row. */
function afterToggle(selected: Selection | undefined, row: number, grown: number): Selection | undefined {
  if (!selected || selected.row <= row) return selected;
  if (grown < 0 && selected.row <= row - grown) return { row, process: undefined };
  return { row: selected.row + grown, process: selected.process };
}

/** The range that is shown. */
export function shownRange(state: TreeState): TimeRange {
  return state.range ?? fullRange(state);
}

/** The range of all that the view holds. */
export function fullRange(state: TreeState): TimeRange {
  return wholeRange(state.view?.from ?? Number.NaN, state.view?.to ?? Number.NaN);
}

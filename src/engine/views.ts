import { FLAG, type ParentView, type ProcessRow } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { countGroups, type GroupCounts, groupsOf, type ViewGroups } from './viewGroups.js';
import type { ViewAsk, ViewState } from './requests.js';
import { layOut, type Layout } from './viewLayout.js';

/** Evidence that spans less is one look at the host. */
const MOMENT_MICROS = 10_000_000;

/** A view: its tree, and which of its rows are open. A row is a node that no closed node hides. */
export interface View {
  readonly id: number;
  readonly ask: ViewAsk;
  readonly layout: Layout;
  readonly groups: (ViewGroups & GroupCounts) | undefined;
  /** 1 where a node is closed. */
  readonly closed: Uint8Array;
  /** Nodes in view order, and the row of each node (-1 inside a closed one). Made again after each change. */
  rows: Int32Array;
  rowOf: Int32Array;
  readonly state: Omit<ViewState, 'rowCount'>;
}

/** Parent of each process in one of the two trees; in the recorded tree as it stood at `at`, else the last one. */
export function parentsIn(set: OpenedSet, parents: ParentView, at?: number): Int32Array {
  const { lineage } = set;
  if (parents === 'created') return lineage.creator;
  const column = new Int32Array(lineage.count).fill(-1);
  for (let row = 0; row < lineage.count; row++) {
    const first = lineage.intervalFirst[row]!;
    let interval = lineage.intervalFirst[row + 1]! - 1;
    if (interval < first) continue;
    if (at !== undefined) while (interval > first && lineage.intervalFrom[interval]! > at) interval--;
    column[row] = lineage.intervalParent[interval]!;
  }
  return column;
}

/** Makes a view: which processes pass, what stands above them, everything open. */
export function createView(set: OpenedSet, id: number, ask: ViewAsk): View {
  const { lineage } = set;
  const only = ask.only ? new Uint8Array(lineage.count) : undefined;
  if (only) for (const row of ask.only!) if (row >= 0 && row < only.length) only[row] = 1;
  const keep = new Uint8Array(lineage.count);
  let processes = 0, orphans = 0, from = Infinity, to = -Infinity;
  for (let row = 0; row < lineage.count; row++) {
    const flags = lineage.flags[row]!;
    if (only && !only[row]) continue;
    if (ask.host !== undefined && set.strings.text(lineage.host[row]!) !== ask.host) continue;
    if (!only && !ask.kernelThreads && (flags & FLAG.kernelThread) !== 0) continue;
    if (ask.orphansOnly && (flags & FLAG.orphan) === 0) continue;
    if (ask.at !== undefined && !isAlive(set, row, ask.at)) continue;
    keep[row] = 1;
    processes++;
    if ((flags & FLAG.orphan) !== 0) orphans++;
    const start = lineage.start[row]!, end = endOf(set, row);
    if (start < from) from = start;
    if (start > to) to = start;
    if (end > to) to = end;
  }
  const groups = groupsOf(set, ask.group);
  const layout = layOut({ parents: parentsIn(set, ask.parents, ask.at), keep, groups });
  const view: View = {
    id,
    ask,
    layout,
    groups: groups && { ...groups, ...countGroups(set, groups, keep) },
    closed: new Uint8Array(layout.count),
    rows: new Int32Array(0),
    rowOf: new Int32Array(layout.count),
    // The axis shows what the evidence saw: what began long before it would squeeze everything else into the last pixel. A lone snapshot saw one
    // moment: its lifelines are the starts that it states.
    state: {
      view: id,
      processes,
      orphans,
      from: processes === 0 ? set.from : Math.max(from, Number.isNaN(set.from) || set.to - set.from < MOMENT_MICROS ? from : set.from),
      to: processes === 0 ? set.to : Math.min(to, Number.isNaN(set.to) ? to : Math.max(set.to, from)),
    },
  };
  refold(view);
  return view;
}

/** Alive at a time, as far as is known: begun, and not known to have ended. */
function isAlive(set: OpenedSet, row: ProcessRow, at: number): boolean {
  const { lineage } = set;
  const start = lineage.start[row]!, end = lineage.end[row]!;
  if (start > at) return false;
  return !(end <= at);
}

/** The last moment that a lifeline can be drawn to. */
export function endOf(set: OpenedSet, row: ProcessRow): number {
  const end = set.lineage.end[row]!;
  return Number.isNaN(end) ? set.lineage.lastSeen[row]! : end;
}

export function stateOf(view: View): ViewState {
  return { ...view.state, rowCount: view.rows.length };
}

/** Makes the rows again: one pass that jumps over what is closed (about 5 ms for a million). */
function refold(view: View): void {
  const { layout, closed, rowOf } = view;
  let count = 0;
  const rows = new Int32Array(layout.count);
  rowOf.fill(-1);
  for (let node = 0; node < layout.count; ) {
    rowOf[node] = count;
    rows[count++] = node;
    node += closed[node] ? layout.size[node]! : 1;
  }
  view.rows = rows.slice(0, count);
}

/** Opens or closes a row; `deep` all below it as well. A row that is not there is left alone: the page may ask about rows that just went. */
export function toggleRow(view: View, row: number, expanded: boolean, deep: boolean): void {
  const node = view.rows[row];
  if (node === undefined) return;
  const end = deep ? node + view.layout.size[node]! : node + 1;
  for (let at = node; at < end; at++) if (view.layout.size[at]! > 1) view.closed[at] = expanded ? 0 : 1;
  refold(view);
}

/** Opens everything that hides a process and answers its row; -1 when the view does not hold it. */
export function revealProcess(view: View, process: ProcessRow): number {
  const node = view.layout.nodeOf[process];
  return node === undefined || node < 0 ? -1 : revealNode(view, node);
}

function revealNode(view: View, node: number): number {
  if (view.rowOf[node]! >= 0) return view.rowOf[node]!;
  for (let up = view.layout.above[node]!; up >= 0; up = view.layout.above[up]!) view.closed[up] = 0;
  refold(view);
  return view.rowOf[node]!;
}

/** The next orphan after a row (before it, backward), also inside closed rows, which open; wraps around. -1: the view has none. */
export function nextOrphanRow(set: OpenedSet, view: View, row: number, backward: boolean): number {
  const { layout } = view;
  if (layout.count === 0) return -1;
  const step = backward ? layout.count - 1 : 1;
  const begin = view.rows[row] ?? (backward ? 0 : layout.count - 1);
  for (let tries = 0, node = (begin + step) % layout.count; tries < layout.count; tries++, node = (node + step) % layout.count) {
    const process = layout.process[node]!;
    if (process >= 0 && (set.lineage.flags[process]! & FLAG.orphan) !== 0) return revealNode(view, node);
  }
  return -1;
}


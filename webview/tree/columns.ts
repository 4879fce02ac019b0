/** The columns of the tree, left to right. `name` takes what the others leave. */
export const COLUMNS = [
  { id: 'name', label: 'Process', hint: 'Program and arguments', width: 0, least: 0 },
  { id: 'pid', label: 'PID', hint: 'Process id', width: 66, least: 0 },
  { id: 'user', label: 'User', hint: 'User at the last sight', width: 68, least: 640 },
  { id: 'creator', label: 'Created by', hint: 'The process whose fork made it; blank where this evidence does not show it', width: 132, least: 0 },
  { id: 'adopter', label: 'Now under', hint: 'Who adopted it after its parent died; blank while it is under its first parent', width: 104, least: 380 },
  { id: 'start', label: 'Start (UTC)', hint: 'When it started, or was first seen', width: 112, least: 760 },
] as const;
export type ColumnId = (typeof COLUMNS)[number]['id'];

const DAY_WIDTH = 46;

/** The columns that fit into a width, and the grid template that places them. `days`: start times carry a date and need more room. */
export function columnsFor(width: number, days: boolean): { readonly shown: ReadonlySet<ColumnId>; readonly template: string } {
  const shown = COLUMNS.filter((column) => width >= column.least);
  const template = shown
    .map((column) => (column.width === 0 ? 'minmax(140px, 1fr)' : `${column.width + (column.id === 'start' && days ? DAY_WIDTH : 0)}px`))
    .join(' ');
  return { shown: new Set(shown.map((column) => column.id)), template };
}

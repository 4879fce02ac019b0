/** The columns of the tree, left to right. Widths are CSS lengths (digits have their own unit); `name` takes what the others leave. */
export const COLUMNS = [
  { id: 'name', label: 'Process', hint: 'Program and arguments', width: 'minmax(220px, 1fr)', least: 0 },
  { id: 'triage', label: 'Triage', hint: 'What was decided of it; else what triage gives it: an alert, or points below the alert line', width: 'calc(10ch + 8px)', least: 560 },
  { id: 'pid', label: 'PID', hint: 'Process id', width: 'calc(7ch + 14px)', least: 0 },
  { id: 'user', label: 'User', hint: 'User at the last sight', width: 'calc(8ch + 12px)', least: 760 },
  { id: 'creator', label: 'Created by', hint: 'The process whose fork made it', width: 'minmax(calc(9ch + 12px), calc(16ch + 12px))', least: 0 },
  {
    id: 'adopter',
    label: 'Now under',
    hint: 'Who adopted it after its parent died; blank while it is under its first parent',
    width: 'minmax(calc(8ch + 12px), calc(12ch + 12px))',
    least: 520,
  },
  { id: 'start', label: 'Start (UTC)', hint: 'When it started, or was first seen', width: 'calc(13ch + 12px)', least: 800 },
] as const;
export type ColumnId = (typeof COLUMNS)[number]['id'];

/** Below it the creator's name is cut rather than the process's own. */
const NARROW = 520;

/** The columns that fit into a width, and the grid template that places them. `days`: start times carry a date and need more room. */
export function columnsFor(width: number, days: boolean): { readonly shown: ReadonlySet<ColumnId>; readonly template: string } {
  const shown = COLUMNS.filter((column) => width >= column.least);
  const widthOf = (column: (typeof COLUMNS)[number]): string => {
    if (column.id === 'start' && days) return 'calc(19ch + 12px)';
    if (column.id === 'creator' && width < NARROW) return 'calc(12ch + 12px)';
    return column.width;
  };
  const template = shown.map(widthOf).join(' ');
  return { shown: new Set(shown.map((column) => column.id)), template };
}

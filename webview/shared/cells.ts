import type { Cell } from '../../src/engine/requests.js';
import { visibleText } from './text.js';
import { duration, fullTime } from './time.js';

/** A cell's value as a person reads it. Absent is empty; hidden characters are shown. */
export function cellText(cell: Cell, type: string): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return visibleText(cell.map(String).join(', '));
  if (typeof cell === 'number' && type === 'time') return fullTime(cell);
  if (typeof cell === 'number' && type === 'duration') return duration(cell);
  return visibleText(String(cell));
}

/** Whether a column holds numbers, which stand to the right. */
export function isNumeric(type: string | undefined): boolean {
  return type === 'int' || type === 'float' || type === 'duration';
}

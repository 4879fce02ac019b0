import type { FindingRow, FindingsAnswer } from '../engine/requests.js';
import { counted, grouped } from '../../webview/shared/words.js';

/** What must be said beside a list of findings: that it is cut, and what is wrong with the settings and the baseline that they were made with. */
export function remarksOf({ total, rows, troubles }: Pick<FindingsAnswer, 'total' | 'rows' | 'troubles'>): readonly string[] {
  const left = total - rows.length;
  return [...(left > 0 ? [`Listed are the first ${grouped(rows.length)}, worst first; ${counted(left, 'more is', 'more are')} in the tree and in "foundling findings".`] : []), ...troubles];
}

/** `double-fork +40`; what lowers a score has its minus. */
export function kindWords({ kind, points }: Pick<FindingRow['findings'][number], 'kind' | 'points'>): string {
  return `${kind} ${points > 0 ? '+' : ''}${points}`;
}

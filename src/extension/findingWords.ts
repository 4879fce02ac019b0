import type { FindingRow } from '../engine/requests.js';

/** `double-fork +40`; what lowers a score has its minus. */
export function kindWords({ kind, points }: Pick<FindingRow['findings'][number], 'kind' | 'points'>): string {
  return `${kind} ${points > 0 ? '+' : ''}${points}`;
}

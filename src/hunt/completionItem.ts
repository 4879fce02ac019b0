/** One thing that may stand at the cursor. The list is in the order to show it in. */
export interface Completion {
  readonly label: string;
  readonly kind: 'source' | 'let' | 'field' | 'operator' | 'value' | 'pipe' | 'function' | 'relation' | 'keyword' | 'snippet';
  /** Beside the label: how many, how full. */
  readonly detail: string;
  readonly documentation: string;
  readonly insertText: string;
  /** `insertText` holds `$1`, `$0` places. */
  readonly isSnippet: boolean;
  /** Its place in the list depends on what is typed so far: the list is asked for again with each letter, and the editor has nothing to order. */
  readonly isRanked?: boolean;
  /** What it replaces. */
  readonly from: number;
  readonly to: number;
}

export type Item = Omit<Completion, 'from' | 'to'>;

/** Values of a field with how often each occurs, most frequent first. */
export type ValueCounts = readonly (readonly [value: string, count: number])[];

export function keyword(label: string, documentation: string, insertText: string): Item {
  return { label, kind: 'keyword', detail: '', documentation, insertText, isSnippet: false };
}

/** Grouped by thousands. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

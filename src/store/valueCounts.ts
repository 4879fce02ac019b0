/**
 * How often each value stands in each column of a table, counted while the rows go in: asking SQLite afterwards costs a pass over the table for each
 * column (5 s for 185,000 events; counting costs 0.1 s). Text columns (`_s`) hold string ids and are counted in arrays, others in maps.
 */
export interface ValueCounts {
  readonly rows: number;
  /** Rows in which the column is not NULL; undefined: no such column. */
  filled(column: string): number | undefined;
  /** Values with their counts, most frequent first, `limit` at most; undefined where values are not counted (moments, places, identities). */
  top(column: string, limit: number): readonly (readonly [number | string, number])[] | undefined;
}

export interface ValueCounter extends ValueCounts {
  /** Counts one row, its values in the order of the columns from `first` on; `isRow` is false for a row's further parts. */
  add(values: readonly (number | string | Uint8Array | null)[], first?: number, isRow?: boolean): void;
}

/** Columns whose values nobody picks from a list. */
const ONLY_FILLED = /^(id|entity_id|start|end|time|serial|offset|byte_length|member|process|parent|other|pre|post|.*_(time|seen|at|min|max|gap|start|end|confidence)|last_seen|setsid_at|pid_gap|creator|adopter|launcher|entry|requester|session_leader|group_leader|passed_over)$/;

export function createValueCounter(columns: readonly string[]): ValueCounter {
  const filled = new Float64Array(columns.length);
  const texts = columns.map((column) => (column.endsWith('_s') ? new Uint32Array(1024) : undefined));
  const others = columns.map((column, at) => (texts[at] || ONLY_FILLED.test(column) ? undefined : new Map<number | string, number>()));
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    add(values, first = 0, isRow = true) {
      if (isRow) rows++;
      for (let from = 0; from < values.length; from++) {
        const value = values[from];
        if (value === null || value === undefined) continue;
        const at = first + from;
        filled[at]!++;
        const counts = texts[at];
        if (counts) {
          const id = value as number; // `_s` columns hold string ids
          if (id >= counts.length) {
            const larger = new Uint32Array(Math.max(counts.length * 2, id + 1));
            larger.set(counts);
            texts[at] = larger;
            larger[id]!++;
          } else counts[id]!++;
        } else if (typeof value !== 'object') {
          const map = others[at];
          map?.set(value, (map.get(value) ?? 0) + 1);
        }
      }
    },
    filled(column) {
      const at = columns.indexOf(column);
      return at < 0 ? undefined : filled[at]!;
    },
    top(column, limit) {
      const at = columns.indexOf(column);
      const counts = at < 0 ? undefined : texts[at];
      const map = at < 0 ? undefined : others[at];
      const pairs: [number | string, number][] = [];
      if (counts) counts.forEach((count, id) => count > 0 && pairs.push([id, count]));
      else if (map) for (const pair of map) pairs.push(pair); // a spread of half a million values is more than a call can carry
      else return undefined;
      return mostFirst(pairs).slice(0, limit);
    },
  };
}

/** The counts of two parts of a table as those of the whole. */
export function together(a: ValueCounts, b: ValueCounts): ValueCounts {
  return {
    rows: a.rows + b.rows,
    filled(column) {
      const left = a.filled(column), right = b.filled(column);
      return left === undefined || right === undefined ? undefined : left + right;
    },
    top(column, limit) {
      const left = a.top(column, Infinity), right = b.top(column, Infinity);
      if (!left || !right) return undefined;
      const sum = new Map(left);
      for (const [value, count] of right) sum.set(value, (sum.get(value) ?? 0) + count);
      return mostFirst([...sum]).slice(0, limit);
    },
  };
}

function mostFirst(pairs: [number | string, number][]): [number | string, number][] {
  return pairs.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

import type { Diagnostic } from './answers.js';

/** A span of a hunt's text in UTF-16 code units, `to` excluded. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type Fix = Diagnostic['fixes'][number];
export type { Diagnostic };

/** An error of a code of HUNT section 10. */
export function mistake(code: number, range: Range, message: string, fixes: readonly Fix[] = [], severity: Diagnostic['severity'] = 'error'): Diagnostic {
  return { code: `HUNT${code}`, severity, from: range.from, to: range.to, message, fixes };
}

/** A fix that puts `text` in the place of a range. */
export function replace(title: string, range: Range, text: string): Fix {
  return { title, from: range.from, to: range.to, text };
}

/** The names nearest to a mistyped one, at most three, nearest first; `first` names win a tie. */
export function nearest(name: string, names: Iterable<string>, isPresent: (name: string) => boolean = () => false): string[] {
  // One mistake a part, or a third of the last: by all its letters a long name would be near to any other below the same link.
  const limit = Math.max(2, name.split('.').length, Math.floor((name.length - name.lastIndexOf('.') - 1) / 3));
  const wanted = name.toLowerCase();
  const ownName = `process.${wanted}`; // what a bare name most often stands for
  const found: { name: string; distance: number; present: boolean }[] = [];
  for (const candidate of names) {
    const lower = candidate.toLowerCase();
    let distance = editDistance(wanted, lower, limit);
    // A forgotten prefix is one mistake, not many: "name" for "process.name".
    if (distance > limit && lower.endsWith(`.${wanted}`)) distance = limit;
    if (distance <= limit) found.push({ name: candidate, distance, present: isPresent(candidate) });
  }
  found.sort((a, b) => a.distance - b.distance || Number(b.present) - Number(a.present) || Number(b.name === ownName) - Number(a.name === ownName) || (a.name < b.name ? -1 : 1));
  return found.slice(0, 3).map((item) => item.name);
}

/** Levenshtein distance with transpositions, or a number above `limit` as soon as it must be. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

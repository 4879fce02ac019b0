/** The index of the last of `entries`, which are in order of time, that is not after `time`; -1 where all are. */
export function lastBefore(entries: readonly { readonly time: number }[], time: number): number {
  let from = 0;
  let to = entries.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (entries[middle]!.time <= time) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

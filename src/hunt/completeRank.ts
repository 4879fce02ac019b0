import type { Item } from './completionItem.js';

/**
 * The items that what is typed may still become, the likeliest first: the name itself, then the process's own field of that name, then what ends in it or
 * begins with it. Among equals the order given stays: what the evidence has most of.
 */
export function rankedBy(typed: string, items: readonly Item[]): Item[] {
  const wanted = typed.toLowerCase();
  return items
    .flatMap((item, at) => {
      const rank = RANKS.findIndex((holds) => holds(item.label.toLowerCase(), wanted));
      return rank < 0 ? [] : [{ item: { ...item, isRanked: true }, rank, at }];
    })
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ item }) => item);
}

/** How a label, in lower case, may stand to what is typed: the best first. */
const RANKS: readonly ((label: string, wanted: string) => boolean)[] = [
  (label, wanted) => label === wanted,
  (label, wanted) => label === `process.${wanted}`,
  (label, wanted) => label.endsWith(`.${wanted}`),
  (label, wanted) => label.startsWith(wanted),
  (label, wanted) => label.startsWith(`process.${wanted}`),
  (label, wanted) => label.includes(`.${wanted}`),
  (label, wanted) => label.includes(wanted),
  holdsInOrder,
];

/** Whether all letters stand in the label, in their order: what an editor still takes for a match. */
function holdsInOrder(label: string, wanted: string): boolean {
  let at = -1;
  return [...wanted].every((letter) => (at = label.indexOf(letter, at + 1)) >= 0);
}

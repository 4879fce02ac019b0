import type { Range } from './diagnostics.js';
import { parsedOf } from './huntTexts.js';
import { pathTo } from './treeNodes.js';

/** The ranges to select one after the other as a person widens the selection at `offset`: the word, the field, the condition, ... the whole text. */
export function selectionRanges(text: string, offset: number): readonly Range[] {
  const { hunt, tokens, comments } = parsedOf(text);
  const word = [...tokens, ...comments].find((one) => one.from <= offset && offset < one.to) ?? tokens.find((one) => one.to === offset && one.from < one.to);
  const ranges: Range[] = [];
  const add = ({ from, to }: Range): void => {
    const last = ranges.at(-1);
    if (from < to && (last === undefined || (from <= last.from && last.to <= to && (from < last.from || last.to < to)))) ranges.push({ from, to });
  };
  if (word !== undefined) {
    // Inside quotes first.
    if ('kind' in word && word.kind === 'text' && word.from < offset && offset < word.to) add({ from: word.from + 1, to: word.to - 1 });
    add(word);
  }
  for (const { node } of [...pathTo(hunt, word ?? { from: offset, to: offset })].reverse()) add(node);
  add({ from: 0, to: text.length });
  return ranges;
}

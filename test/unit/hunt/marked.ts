import type { Catalogue } from '../../../src/engine/requests.js';
import type { HuntTexts } from '../../../src/hunt/index.js';

/** Texts of one scope, `|` marking the cursor in one of them (a pipe is written `\|`). */
export function marked(texts: readonly string[], catalogue?: Catalogue): { readonly asked: HuntTexts; readonly offset: number; readonly text: string } {
  let found: { at: number; offset: number } | undefined;
  const plain = texts.map((text, at) => {
    const [before = '', ...after] = text.split(/(?<!\\)\|/).map((part) => part.replaceAll('\\|', '|'));
    if (after.length === 0) return before;
    found = { at, offset: before.length };
    return before + after.join('');
  });
  if (found === undefined) throw new Error('no cursor in these texts');
  return { asked: { texts: plain.map((text, at) => ({ uri: String(at), text })), at: found.at, catalogue }, offset: found.offset, text: plain[found.at]! };
}

/** A range's own words, with a mark where it lies in which text. */
export function shown(asked: HuntTexts, { uri, from, to }: { readonly uri: string; readonly from: number; readonly to: number }): string {
  return `${uri}:${from} ${asked.texts[Number(uri)]?.text.slice(from, to)}`;
}

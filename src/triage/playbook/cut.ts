/** A sentence of a fact is drawn up to here; what is longer has its whole beside it. */
const SAYS_AT_MOST = 300;
/** Command lines have up to two megabytes: so much of one is kept at all. */
const WHOLE_AT_MOST = 4096;

/** Text cut at the last blank before `most` characters, with an ellipsis; in a word longer than a third of that, there. */
export function cutAtWord(text: string, most: number): string {
  if (text.length <= most) return text;
  const blank = text.lastIndexOf(' ', most);
  const end = blank > (most * 2) / 3 ? blank : most;
  // Half of a surrogate pair is no character.
  return `${text.slice(0, /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end)} …`;
}

/** What a fact says in the length that it is drawn in; `whole` only where that is less. */
export function inShort(says: string): { readonly says: string; readonly whole?: string } {
  return says.length <= SAYS_AT_MOST ? { says } : { says: cutAtWord(says, SAYS_AT_MOST), whole: says.slice(0, WHOLE_AT_MOST) };
}

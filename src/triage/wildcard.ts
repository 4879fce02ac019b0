/** Whether a text fits a wildcard (`*` any run, `?` one character), whole and with its case. In time of at most length by length: patterns come from strangers. */
export function fits(wildcard: string, text: string): boolean {
  let at = 0, to = 0, star = -1, from = 0;
  while (to < text.length) {
    if (at < wildcard.length && (wildcard[at] === '?' || wildcard[at] === text[to]) && wildcard[at] !== '*') {
      at++;
      to++;
    } else if (wildcard[at] === '*') {
      star = at++;
      from = to;
    } else if (star >= 0) {
      at = star + 1;
      to = ++from;
    } else return false;
  }
  while (wildcard[at] === '*') at++;
  return at === wildcard.length;
}

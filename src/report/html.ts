/** HTML and SVG as text in which nothing from outside is ever markup: every value of the template is escaped unless it was made here. */

/** Markup that was made by {@link html}. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | undefined | readonly Part[];

/** A template whose values become text, wherever they stand: between tags and inside quoted attributes. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Html {
  let markup = texts[0] ?? '';
  values.forEach((value, at) => (markup += partOf(value) + (texts[at + 1] ?? '')));
  return { markup };
}

/** Our own constant markup. Never called with anything that was read. */
export function raw(markup: string): Html {
  return { markup };
}

function partOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(partOf).join('');
}

/** Also for XML: what it forbids even as a reference (controls but tab and line ends, halves of surrogate pairs) becomes U+FFFD. */
function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '\ufffd').replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

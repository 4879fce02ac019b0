/** What may not stand in a text as it is: controls, direction and invisible marks, line separators. */
// eslint-disable-next-line no-control-regex -- these characters are what is looked for
export const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu;
const ESCAPED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text as a literal of Hunt, as EQL reads it too: whatever stands in it, it cannot end the literal, nor look like something else. */
export function huntLiteral(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(HIDDEN, (char) => ESCAPED[char] ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}}`)}"`;
}

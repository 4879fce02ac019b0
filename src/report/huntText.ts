/** A text from evidence as a Hunt literal: it cannot end the literal, whatever is in it. EQL reads it alike. */
export function huntText(text: string): string {
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}}`)}"`;
}

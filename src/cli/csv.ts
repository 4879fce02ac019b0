/** A field of RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers. */
export function csvField(text: string, isText: boolean): string {
  const guarded = isText && /^[=+\-@\t\r|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

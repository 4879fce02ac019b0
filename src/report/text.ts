/** Text from evidence made fit for places where text does things. Nothing here is HTML or Markdown; those have their own files. */

import { HIDDEN, visible } from '../hunt/index.js';

export { visible };

/** A value as JSON in which hidden characters are escapes too: `JSON.stringify` leaves direction marks and C1 controls as they are, and a terminal obeys them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN, (character) => character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** Arguments as one line: one that is empty, or holds a blank or a quote, stands in quotes, so that two arguments never look like one. */
export function argumentsText(args: readonly string[]): string {
  return args.map((arg) => (arg === '' || /[\s"'\\]/.test(arg) ? `'${arg.replace(/'/g, `'\\''`)}'` : arg)).join(' ');
}

const URL = /(h)tt(ps?:\/\/)([^\s/'"]*)/gi;
const OTHER_SCHEME = /\b(ftp|sftp|tftp|ssh|ldaps?|smb|rsync|wss?|git|tcp|udp)(:\/\/)([^\s/'"]+)/gi;
/** Schemes that run something where text becomes a link. */
const ACTIVE_SCHEME = /\b(?:(javascript|vbscript|vscode)|(data)(?=:[a-z]+\/)|(file)(?=:\/)|(command)(?=:\S)):/gi;
const MAIL_HOST = /([\w.+-]{1,64}@)((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})\b/gi;
const IPV4 = /\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.(\d{1,3})\b/g;
const IPV6 = /(?<![\w:.])((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)(?![\w:])/gi;

/** Addresses that nobody can click by accident: `10.0.0[.]5`, `2001:db8:[:]1`, `hxxp://evil[.]example`. For what leaves into tickets, chats and reports. */
export function defanged(text: string): string {
  const dots = (host: string): string => host.replace(/\./g, '[.]');
  return text
    .replace(URL, (_whole, h: string, rest: string, host: string) => `${h}xx${rest}${dots(host)}`)
    .replace(OTHER_SCHEME, (_whole, scheme: string, rest: string, host: string) => `${scheme}[${rest.slice(0, 1)}]${rest.slice(1)}${dots(host)}`)
    .replace(ACTIVE_SCHEME, (scheme: string) => `${scheme.slice(0, -1)}[:]`)
    .replace(MAIL_HOST, (_whole, user: string, host: string) => `${user}${dots(host)}`)
    .replace(IPV4, '$1[.]$2')
    .replace(IPV6, (address: string) => (address === '::' ? address : `${address.slice(0, address.lastIndexOf(':'))}[:]${address.slice(address.lastIndexOf(':') + 1)}`));
}

/** Text from evidence in words: visible, and nothing in it can be clicked. */
export function words(text: string): string {
  return defanged(visible(text));
}

/** A line that a spreadsheet would run as a formula gets an apostrophe before it. */
export function notFormula(line: string): string {
  return /^[=+\-@\t\r|%]/.test(line) ? `'${line}` : line;
}

/**
 * A field of RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers. Line ends and tabs stay what
 * they are, other hidden characters become escapes: the field may be read on a terminal.
 */
export function csvField(text: string, isText = true): string {
  const shown = text.replace(/(?:[^\t\r\n]|\r(?!\n))+/g, visible);
  const guarded = isText ? notFormula(shown) : shown;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

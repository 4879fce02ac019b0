import { describe, expect, test } from 'vitest';
import { alone, codeActions, complete, diagnoseTexts, foldsOf, format, formatRange, hover, outlineOf, referencesOf, renameable, rowsAsked, selectionRanges, semanticTokens, signatureAt, valuesAsked } from '../../../src/hunt/index.js';

const MIB = 1024 * 1024;
const SIGMA = `title: T\nlogsource: { category: process_creation }\ndetection:\n  s:\n    CommandLine:\n`;
const filled = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** What an editor asks of a text with each letter, at its begin, in its middle and at its end. */
function askAll(text: string): void {
  const asked = alone(text);
  diagnoseTexts(asked);
  semanticTokens(asked);
  foldsOf(text);
  outlineOf(text);
  expect(format(text).length).toBeGreaterThanOrEqual(0);
  for (const at of [0, text.length >> 1, text.length]) {
    complete(asked, at);
    valuesAsked(asked, at);
    rowsAsked(asked, at);
    signatureAt(asked, at);
    hover(asked, at);
    referencesOf(asked, at);
    renameable(asked, at);
    selectionRanges(text, at);
    codeActions(asked, { from: at, to: at });
    formatRange(text, { from: at, to: at });
  }
}

// Each took from seconds to hours before it was bounded; the runner's own time limit ends what hangs.
describe('the editor answers', () => {
  test.each([
    ['a Sigma rule', `${SIGMA}${filled('      - aaaaaaaaaaaaaaaaaaaaaa\n', 5 * MIB)}  condition: s\n`],
    ['a file of TOML', `[rule]\n${filled('k = "v"\n', 5 * MIB)}`],
    ['an export of JSON', `[${filled('{"query":"x"},', 5 * MIB)}1]`],
    ['a hunt', `exec where ${filled('process.name == "a" or ', 5 * MIB)}true`],
    ['brackets', filled('[', 5 * MIB)],
    ['blank lines', filled('\n ', 5 * MIB)],
  ])('for %s of five megabytes, and says that it is too long for a hunt', (_, text) => {
    askAll(text);
    const told = diagnoseTexts(alone(text));
    expect(told).toMatchObject([{ code: 'HUNT101', severity: 'error', from: 65536, to: text.length }]);
  });

  test.each([
    ['blank lines before a word', `${filled('\n\t', 60_000)}[rule] x`],
    ['blanks before a colon', `detection${filled(' ', 60_000)}`],
    ['brackets', filled('[', 60_000)],
    ['a list', `exec where process.name in (${filled('"a", ', 60_000)}`],
    ['many conditions', `exec where ${filled('process.name == "a" or ', 60_000)}`],
    ['a Sigma rule', `${SIGMA}${filled('      - aaaaaaaaaaaaaaaaaaaaaa\n', 40_000)}  condition: s\n`],
    ['quotes', filled('"', 60_000)],
  ])('for a text as long as a hunt may be: %s', (_, text) => askAll(text));
});

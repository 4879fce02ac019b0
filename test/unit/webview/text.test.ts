import { expect, test } from 'vitest';
import { argumentsText, visiblePieces, visibleText } from '../../../webview/shared/text.js';

test('control, bidi and zero-width characters are shown as what they are', () => {
  expect(visibleText('a\x1db')).toBe('a\\x1db');
  expect(visibleText('one\ntwo\tthree\0')).toBe('one\\ntwo\\tthree\\0');
  expect(visibleText('exe\u202egpj.sh')).toBe('exe\\u{202e}gpj.sh');
  expect(visibleText('pay\u200bload')).toBe('pay\\u{200b}load');
  expect(visibleText('\x1b[31mred')).toBe('\\x1b[31mred');
});

test('text in other scripts and emoji stays as it is', () => {
  for (const text of ['über', '進程', 'процесс', '👾', 'e\u0301']) expect(visibleText(text)).toBe(text);
});

test('half a surrogate pair is shown, a whole one is not touched', () => {
  expect(visibleText('\ud83d')).toBe('\\u{d83d}');
  expect(visibleText('\udc7e')).toBe('\\u{dc7e}');
  expect(visibleText('\ud83d\udc7e')).toBe('\ud83d\udc7e');
});

test('pieces tell which characters were hidden, so that they can be marked', () => {
  expect(visiblePieces('a\rb')).toEqual([
    { text: 'a', hidden: false },
    { text: '\\r', hidden: true },
    { text: 'b', hidden: false },
  ]);
  expect(visiblePieces('')).toEqual([]);
});

test('two arguments never look like one', () => {
  expect(argumentsText(['sh', '-c', 'id; uname'])).toBe("sh -c 'id; uname'");
  expect(argumentsText(['a', '', "it's"])).toBe("a '' 'it'\\''s'");
});

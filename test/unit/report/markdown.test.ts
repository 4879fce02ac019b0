import { describe, expect, test } from 'vitest';
import { codeSpan, prose } from '../../../src/report/index.js';

describe('text from evidence in Markdown', () => {
  test.each([
    ['- item', '\\- item'], ['1. item', '1\\. item'], ['12) item', '12\\) item'], ['=====', '\\====='], ['  + x', '\\+ x'], ['# h', '\\# h'], ['> q', '\\> q'],
    ['[x](y)', '\\[x\\](y)'], ['![x](y)', '!\\[x\\](y)'], ['<b>&amp;', '\\<b\\>\\&amp;'], ['a|b', 'a\\|b'], ['*a* _b_ ~c~ `d`', '\\*a\\* \\_b\\_ \\~c\\~ \\`d\\`'],
    ['@all $x$', '\\@all \\$x\\$'], ['a\nb', 'a\\\\nb'], ['10:22 (at 3.5 s)', '10:22 (at 3.5 s)'],
  ])('%j is written %j', (text, shown) => expect(prose(text)).toBe(shown));

  test.each(['`', '``', 'a`b', '` x `', '|', ' x ', '```js'])('a code span holds %j and ends where it ends', (text) => {
    const span = codeSpan(text);
    const fence = /^`+/.exec(span)![0];
    expect(span.endsWith(fence)).toBe(true);
    expect((text.match(/`+/g) ?? []).every((run) => run.length < fence.length)).toBe(true);
    expect(span).not.toMatch(/(?<!\\)\|/);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { huntLiteral } from '../../../src/hunt/index.js';
import { tokenize } from '../../../src/hunt/lexer.js';

test('whatever a text holds, its literal is one token that reads back as the text, and shows no hidden character', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
    const literal = huntLiteral(text);
    expect(literal).not.toMatch(/\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u);
    const { tokens, diagnostics } = tokenize(literal);
    expect(diagnostics).toEqual([]);
    expect(tokens.filter(({ kind }) => kind !== 'end')).toMatchObject([{ value: text, from: 0, to: literal.length }]);
  }));
});

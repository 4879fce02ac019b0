import { expect, test } from 'vitest';
import { deserialize } from '../../../src/case/notebook.js';
import { settingsOf, withSettings } from '../../../src/case/notebookSettings.js';

test.each([
  ['', {}],
  ['---\ntitle: x\n---\n', {}],
  ['---\nfoundling: {case: .., parents: created}\n---\n', { case: '..', parents: 'created' }],
  ['\uFEFF---\r\nfoundling:\r\n  evidence:\r\n    - a.log\r\n    - b.log\r\n---\r\n\r\n', { evidence: ['a.log', 'b.log'] }],
  ['---\nfoundling:\n  evidence: audit.log\n...\n', { evidence: ['audit.log'] }],
  ['---\nfoundling: {basis: derived}\n---\n', { basis: 'derived' }],
])('%j states %j', (head, settings) => {
  expect(settingsOf(head)).toEqual(settings);
});

test.each([
  ['---\nfoundling: {case: [}\n---\n', /not YAML/],
  ['---\nfoundling: yes\n---\n', /must hold/],
  ['---\nfoundling: {case: 3}\n---\n', /must be a path/],
  ['---\nfoundling: {evidence: [1]}\n---\n', /must be a path or a list/],
  ['---\nfoundling: {parents: difference}\n---\n', /recorded or created/],
  ['---\nfoundling: {basis: sure}\n---\n', /observed, derived, inferred/],
])('%j is a mistake that is told', (head, says) => {
  const settings = settingsOf(head);
  expect('mistake' in settings && settings.mistake).toMatch(says);
});

test('an entity bomb in front matter is refused, not expanded', () => {
  const bomb = `---\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nfoundling: {evidence: [*c,*c,*c,*c,*c]}\n---\n`;
  const settings = settingsOf(bomb);
  expect('mistake' in settings).toBe(true);
});

test('writing settings keeps the other keys, their comments and the line ends', () => {
  const head = '---\r\n# who\r\ntitle: x # mine\r\n---\r\n\r\n';
  const after = withSettings(head, { evidence: ['audit.log'], parents: 'recorded' });
  expect(after).toBe('---\r\n# who\r\ntitle: x # mine\r\nfoundling:\r\n  evidence: audit.log\r\n  parents: recorded\r\n---\r\n\r\n');
  expect(settingsOf(after)).toEqual({ evidence: ['audit.log'], parents: 'recorded' });
});

test('a notebook without front matter gets one, and its cells stay', () => {
  const after = withSettings('', { case: '..' });
  expect(deserialize(`${after}# T\n`)).toMatchObject({ head: '---\nfoundling:\n  case: ..\n---\n\n', cells: [{ text: '# T' }] });
});

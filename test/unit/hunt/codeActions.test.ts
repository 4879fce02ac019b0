import { describe, expect, test } from 'vitest';
import { codeActions, edited } from '../../../src/hunt/codeActions.js';
import { diagnose, runHunt } from '../../../src/hunt/index.js';
import { doubleFork } from './store.js';

/** The text with `«` and `»` around what is selected (or `«»` at the cursor), and what each action makes of it. */
function offered(texts: readonly string[], title: string): readonly string[] {
  const at = texts.findIndex((text) => text.includes('«'));
  const marked = texts[at]!;
  const from = marked.indexOf('«');
  const to = marked.indexOf('»') - 1;
  const asked = { texts: texts.map((text, index) => ({ uri: String(index), text: text.replace(/[«»]/g, '') })), at };
  return codeActions(asked, { from, to }).filter((action) => action.title.startsWith(title)).map((action) => action.refused ?? action.copies ?? edited(asked, action).texts.map((one) => one.text).join('\n---\n'));
}
const done = (title: string, ...texts: string[]): string | undefined => offered(texts, title)[0];

describe('extract a let', () => {
  test.each([
    ['exec where «process.name == "sh"» and user.id == "0"', 'let condition = process.name == "sh"\nexec where condition and user.id == "0"'],
    ['exec where process.«»name == "sh" and user.id == "0"', 'let condition = process.name == "sh"\nexec where condition and user.id == "0"'],
    ['exec where («process.name == "sh" or process.pid == 1») and true == true', undefined],
    ['exec where «(process.name == "sh" or process.pid == 1)» and user.id == "0"', 'let condition = (process.name == "sh" or process.pid == 1)\nexec where condition and user.id == "0"'],
    ['/// title\nexec where child of [«exec where process.name == "sh"»]', '/// title\nexec where child of [rows]'.replace(/^/, 'let rows = exec where process.name == "sh"\n')],
    ['let condition = 1\nexec where «process.pid == condition» and user.id == "0"', 'let condition = 1\nlet condition2 = process.pid == condition\nexec where condition2 and user.id == "0"'],
  ])('%s', (text, expected) => expect(done('Extract', text)).toBe(expected));
  test('what speaks of an event of the sequence stays', () => expect(done('Extract', 'sequence by host.id [exec where true] as a [exit where «a.process.pid == 1»]')).toBeUndefined());
});

describe('inline a let', () => {
  test.each([
    [['let s = exec where process.pid == 1\nexec where child of [«»s]'], 'exec where child of [exec where process.pid == 1]'],
    [['let s = exec where process.pid == 1\nexec where child of «»s'], 'exec where child of [exec where process.pid == 1]'],
    [['let s = exec where process.pid == 1 | head 3\n«»s | tail 2'], 'exec where process.pid == 1 | head 3 | tail 2'],
    [['let s = exec where process.pid == 1 or process.pid == 2\n«»s where user.id == "0"'], 'exec where (process.pid == 1 or process.pid == 2) and user.id == "0"'],
    [['let f(n, m) = n in ("sh", "bash") or n == m\nexec where not f«»(process.name, concat("a", "b"))'], 'exec where not (process.name in ("sh", "bash") or process.name == concat("a", "b"))'],
    [['let «»q = process.pid > 1\nexec where q and not q'], 'exec where process.pid > 1 and not process.pid > 1'],
    [['let x = 1 + 2\nexec where process.pid == «»x * 3'], 'exec where process.pid == (1 + 2) * 3'],
  ])('%s', (texts, expected) => expect(done('Inline the let', ...texts)).toBe(expected));
  test('over cells, with its definition gone', () => expect(done('Inline the let', 'let s = exec where true\n', '«»s', 'sequence by host.id [s] [exit where true]')).toBe('\n---\nexec where true\n---\nsequence by host.id [exec where true] [exit where true]'));
  test('one use of several', () => expect(done('Inline the let s here', 'let s = exec where true\nsequence by host.id [«»s] [s]')).toBe('let s = exec where true\nsequence by host.id [exec where true] [s]'));
  test('a let with pipes has no place in brackets', () => expect(done('Inline', 'let s = exec where true | head 3\nexec where child of [«»s]')).toBeUndefined());
});

describe('or as a list', () => {
  test.each([
    ['exec where process.name == "a" or«» process.name == "b" or process.name in ("c", "d")', 'exec where process.name in ("a", "b", "c", "d")'],
    ['exec where (process.name : "a*" or«» process.name : ("b", "c")) and user.id == "0"', 'exec where process.name : ("a*", "b", "c") and user.id == "0"'],
    ['exec where (process.name == "a" or«» process.pid == 1 or process.name == "b") and user.id == "0"', 'exec where (process.name in ("a", "b") or process.pid == 1) and user.id == "0"'],
    ['exec where process.name == "a" or«» process.executable == "b"', undefined],
    ['exec where process.name == "a" or«» process.name : "b"', undefined],
    ['exec where process.name == null or«» process.name == "b"', undefined],
    ['exec where process.name == "a" or«» /* why */ process.name == "b"', undefined],
  ])('%s', (text, expected) => expect(done('Join', text)).toBe(expected));
});

describe('parents', () => {
  test('recorded to created, all of them', () => {
    expect(done('Ask who created', 'exec where process.«»parent.name == "sh" and child of [exec where process.parent.parent.pid == 1] in recorded within 2')).toBe(
      'exec where process.creator.name == "sh" and child of [exec where process.creator.creator.pid == 1] in created within 2',
    );
  });
  test('created to recorded', () => expect(done('Ask the recorded', 'exec where process.creator.na«»me == "sh" and child of [exec where true]')).toBe('exec where process.parent.name == "sh" and child of [exec where true] in recorded'));
  test('nothing to switch', () => expect(done('Ask', 'exec where process.na«»me == "sh"')).toBeUndefined());
});

describe('queries', () => {
  test('an event as a step', () => expect(done('Make it', 'exec where process.na«»me == "sh" | head 5')).toBe('sequence by host.id, process.entity_id with maxspan=5m\n  [exec where process.name == "sh"]\n  [any where true] | head 5'));
  test('a step as a query', () => expect(done('Make this step', 'sequence by host.id [exec where true] [file where file.«»path == "x"] | head 5')).toBe('file where file.path == "x" | head 5'));
  test('lifetimes are no step', () => expect(done('Make it', 'processes where process.or«»phan')).toBeUndefined());
  test('show as a tree', () => expect(done('Show it', 'processes where process.or«»phan')).toBe('processes where process.orphan | tree'));
  test('a table has no tree', () => expect(done('Show it', 'processes where process.or«»phan | count by process.name')).toBeUndefined());
});

describe('copy as Elastic EQL', () => {
  const copied = (...texts: string[]): string | undefined => done('Copy', ...texts);
  test.each([
    ['exec where process.name == "sh"«»', 'process where event.type == "start"\n  and event.action in ("exec", "executed", "exec_event", "process_started", "start",\n                       "ProcessRollup2", "started")\n  and process.name == "sh"'],
    ['network where destination.ip == "10.0.0.0/8" | filter process.pid > 1«» | head 5 | tree', 'network where destination.ip == "10.0.0.0/8" and process.pid > 1 | head 5'],
    ['let shell(n) = n in ("sh", "bash")\nlet s = file where shell(process.name)\nsequence by host.id with maxspan=1m [s] [any where wildcard(process.name, "a*", "b")]«»', 'sequence by host.id with maxspan=1m\n  [file where process.name in ("sh", "bash")]\n  [any where process.name : ("a*", "b")]'],
  ])('%s', (text, expected) => expect(copied(text)).toBe(expected));
  test.each([
    ['exec where process.creator.name == "sh"«»', 'process.creator.name is lineage'],
    ['exec where child of [exec where true]«»', 'child of'],
    ['processes where true«»', 'lifetimes'],
    ['reparent where true«»', 'derived from lineage'],
    ['exec where process.name == process.parent.name«»', 'compares no field with another'],
    ['exec where true | count by process.name«»', 'no pipe count'],
    ['exec where entropy(process.name) > 3«»', 'no function entropy'],
    ['exec where («»', 'a mistake'],
  ])('%s is refused: %s', (text, why) => expect(copied(text)).toContain(why));
});

describe('a rule of others that was pasted', () => {
  const sigma = 'title: Shell\nid: 1\nlogsource:\n  product: linux\n  category: process_creation\ndetection:\n  selection:\n    Image|endswith: /sh\n  condition: selection\n';
  test('is one mistake whose fix imports it', () => {
    const [told, ...more] = diagnose(sigma);
    expect(more).toEqual([]);
    expect([told?.code, told?.message]).toEqual(['HUNT101', expect.stringContaining('This is a Sigma rule, not a hunt; import it')]);
    // Who runs it reads the same, in place of where its first line is no hunt.
    expect(runHunt(doubleFork().port, { text: sigma, limit: 1 }).diagnostics).toEqual([told]);
    const fix = told?.fixes[0];
    const after = fix === undefined ? '' : sigma.slice(0, fix.from) + fix.text + sigma.slice(fix.to);
    expect(after).toContain('let shell = ');
    expect(diagnose(after).filter((one) => one.severity === 'error')).toEqual([]);
  });
  test('can be imported from any line', () => expect(done('Import the Sigma rule', sigma.replace('detection', '«»detection'))).toContain('let shell = '));
  test('that cannot be translated says why', () => {
    const [told] = diagnose(sigma.replace('condition: selection', 'condition: nothing'));
    expect(told?.message).toMatch(/could not be imported: .*nothing/);
    expect(told?.fixes).toEqual([]);
  });
});

test('at no place of a hunt an action makes a mistake, or throws', () => {
  const text = 'let shell(n) = n in ("sh", "bash")\nlet s = exec where shell(process.name) or process.name == "zsh" or process.name == "ksh"\nsequence by host.id with maxspan=1m [s] as a [exec where process.parent.pid == a.process.pid and child of s] | filter process.pid > 1';
  for (let from = 0; from <= text.length; from += 3) for (const to of [from, Math.min(text.length, from + 17)]) codeActions({ texts: [{ uri: '', text }], at: 0 }, { from, to });
});

import { expect, test } from 'vitest';
import { keyAct, type Key } from '../../../webview/tree/keys.js';

const key = (name: string, held: Partial<Key> = {}): Key => ({ key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

test('N finds the next orphan, with Shift the one before, whatever case the keyboard reports', () => {
  expect(keyAct(key('n'))).toEqual({ act: 'orphan', backward: false });
  expect(keyAct(key('N', { shiftKey: true }))).toEqual({ act: 'orphan', backward: true });
});

test('C goes to the creator, but Ctrl+C copies', () => {
  expect(keyAct(key('c'))).toEqual({ act: 'creator' });
  expect(keyAct(key('c', { ctrlKey: true }))).toEqual({ act: 'copy' });
  expect(keyAct(key('c', { metaKey: true }))).toEqual({ act: 'copy' });
});

test('search opens by slash and by Ctrl+F', () => {
  expect(keyAct(key('/'))).toEqual({ act: 'search' });
  expect(keyAct(key('f', { ctrlKey: true }))).toEqual({ act: 'search' });
});

test('arrows move and fold, with Shift they move the time', () => {
  expect(keyAct(key('ArrowRight'))).toEqual({ act: 'open' });
  expect(keyAct(key('ArrowRight', { shiftKey: true }))).toEqual({ act: 'pan', share: 0.2 });
  expect(keyAct(key('ArrowDown'))).toEqual({ act: 'move', by: 1 });
  expect(keyAct(key('*', { shiftKey: true }))).toEqual({ act: 'openAll' });
});

test('what is not ours stays with VS Code', () => {
  for (const other of [key('s', { ctrlKey: true }), key('p', { ctrlKey: true }), key('p', { altKey: true }), key('F1'), key('Tab'), key('x')])
    expect(keyAct(other)).toBeUndefined();
});

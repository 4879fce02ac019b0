import initSqlJs from 'sql.js';
import { expect, test } from 'vitest';
import { createSqlStore } from '../../../src/store/index.js';

test('a copy is taken when no statement is open, holds all rows, and the store answers as before', async () => {
  const sql = await initSqlJs();
  const store = createSqlStore(sql);
  store.register('twice', (value: number) => value * 2);
  const insert = store.prepare('INSERT INTO verdict VALUES (?, ?)');
  insert.run([7, 'benign']);
  expect(store.copy()).toBeUndefined(); // it would end the insert
  insert.run([8, 'malicious']);
  insert.free();
  const rows = store.query('SELECT process FROM verdict');
  rows.next();
  expect(store.copy()).toBeUndefined();
  expect(rows.next().value).toEqual([8]);
  rows.next();
  const bytes = store.copy();
  const copy = new sql.Database(bytes);
  copy.run('DELETE FROM verdict WHERE process = 7');
  expect(copy.exec('SELECT process, verdict FROM verdict')[0]!.values).toEqual([[8, 'malicious']]);
  expect(store.table('SELECT twice(process) AS n FROM verdict WHERE (process & 0) = 0 AND alive() ORDER BY n')).toEqual({ columns: ['n'], rows: [[14], [16]] });
  copy.close();
  store.close();
});

import { describe, expect, test } from 'vitest';
import { isTooDeep } from '../../../src/evidence/jsonRecords.js';
import { addsUp, memorySource, readAll } from './memory.js';

const event = (second: number, more = ''): string => `{"@timestamp":"2024-01-05T10:11:${String(second).padStart(2, '0')}Z","agent":{"type":"auditbeat"},"event":{"module":"auditd","action":"executed","outcome":"success"},"auditd":{"message_type":"syscall","data":{"syscall":"execve","exit":"0"}},"process":{"pid":${second},"parent":{"pid":1},"args":["x"]},"host":{"name":"h"}${more}}`;
const nested = (open: string, close: string): string => `,"deep":${open.repeat(30_000)}${close.repeat(30_000)}`;

describe('a record that is nested without end', () => {
  test.each([['objects', nested('{"a":', '}').replace(':}', ':1}')], ['lists', nested('[', ']')]])('of %s is a trouble with its place, in a log in order and out of it', async (_, deep) => {
    for (const seconds of [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]]) {
      const lines = seconds.map((second) => event(second));
      lines.splice(6, 0, event(30, deep));
      const { entries } = await readAll([memorySource('beats.ndjson', `${lines.join('\n')}\n`)]);
      expect(entries[0]).toMatchObject({ format: 'ecs', accounting: { records: 13, understood: 12, notUnderstood: 1 } });
      expect(entries.every(addsUp)).toBe(true);
    }
  });

  test('brackets in texts are no nesting', () => {
    expect(isTooDeep(`{"a":"${'['.repeat(1000)}\\"${'{'.repeat(1000)}"}`)).toBe(false);
    expect(isTooDeep('['.repeat(257))).toBe(true);
    expect(isTooDeep(`[${'[],'.repeat(1000)}1]`)).toBe(false);
  });
});

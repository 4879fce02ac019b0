import { expect, test } from 'vitest';
import { isWithinHost } from '../../../src/triage/playbook/steps/questions.js';

const fact = (says: string): Parameters<typeof isWithinHost>[0] => ({ says, process: 1, time: 0, basis: 'observed', records: [] });

test.each([
  ['nc 7: connection_attempted to 127.0.0.1 port 80', true],
  ['nc 7: connection_attempted to ::1 port 80 at ::1 port 4242', true],
  ['nc 7: bind at 127.0.0.1 port 80', true],
  ['nc 7: connection_attempted to 10.0.0.5 port 80', false],
  ['nc 7: bind at 0.0.0.0 port 80', false],
  ['nc to ::1 port  7: connection_attempted to 10.0.0.5 port 80', false],
  ['nc at ::1 port  7: connection_attempted to 10.0.0.5 port 80 at 10.0.0.4 port 9', false],
])('%s stays within the host: %s', (says, is) => {
  expect(isWithinHost(fact(says))).toBe(is);
});

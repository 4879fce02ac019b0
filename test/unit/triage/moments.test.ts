import { expect, test } from 'vitest';
import { inFrame, isDated, momentText, utcText } from '../../../src/triage/playbook/facts.js';

test('a moment is written to the microsecond, also before 1970', () => {
  expect(momentText(1_795_532_400_123_456)).toBe('"2026-11-24T15:00:00.123456Z"');
  expect(momentText(-1)).toBe('"1969-12-31T23:59:59.999999Z"');
});

test('a moment that no calendar holds bounds no time frame', () => {
  expect(isDated(1e22)).toBe(false);
  expect(utcText(1e22)).toBe('at an unknown time');
  expect(utcText(NaN)).toBe('at an unknown time');
  expect(inFrame({ process: 3, host: 'web', moment: 1e22, from: 1e22, until: 1e22 })).toBe(' and host.name == "web"');
});

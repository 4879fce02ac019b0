import { describe, expect, it } from 'vitest';
import { parseChangeWindows, windowOf } from '../../../src/triage/intel/changeWindows.js';

const micros = (text: string): number => Date.parse(text) * 1000;

describe('change windows', () => {
  it('a table of tickets is read by its columns', () => {
    const { windows, troubles } = parseChangeWindows('number,title,start,end,host,user\nCHG1,patching,2026-11-24T15:00:00Z,2026-11-24 16:00 +01:00,"Web1, web2",deploy\n', 'changes.csv');
    expect(windows).toEqual([{ from: micros('2026-11-24T15:00:00Z'), until: micros('2026-11-24T15:00:00Z'), title: 'CHG1 patching', hosts: ['web1', 'web2'], users: ['deploy'], list: 'changes.csv' }]);
    expect(troubles).toEqual([]);
  });

  it('a calendar is read with zones, durations and repetitions', () => {
    const ics = [
      'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x',
      'BEGIN:VEVENT', 'UID:1', 'DTSTART:20261124T150000Z', 'DTEND:20261124T170000Z', 'SUMMARY:Patch window', 'LOCATION:web1', 'DESCRIPTION:hosts: web2\\nuser: deploy', 'END:VEVENT',
      'BEGIN:VEVENT', 'UID:2', 'DTSTART:20261101T020000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=3', 'SUMMARY:Backup', 'END:VEVENT',
      'END:VCALENDAR', '',
    ].join('\r\n');
    const { windows, troubles } = parseChangeWindows(ics, 'x.ics');
    expect(troubles).toEqual([]);
    expect(windows).toHaveLength(4);
    expect(windows[0]).toMatchObject({ from: micros('2026-11-24T15:00:00Z'), until: micros('2026-11-24T17:00:00Z'), title: 'Patch window', hosts: ['web2', 'web1'], users: ['deploy'] });
    expect(windows[3]!.from).toBe(micros('2026-11-15T02:00:00Z'));
  });

  it('a time without a zone is UTC, and that is told', () => {
    expect(parseChangeWindows('start,end\n2026-11-24 15:00,2026-11-24 16:00\n', 'x.csv').troubles).toEqual(['x.csv: 1 rows name no zone: read as UTC']);
  });

  it('a moment falls into a window of its host and user only', () => {
    const { windows } = parseChangeWindows('start,end,host,user,title\n2026-11-24T15:00Z,2026-11-24T16:00Z,web1,deploy,a\n', 'x.csv');
    const moment = micros('2026-11-24T15:30:00Z');
    expect(windowOf(windows, moment, 'WEB1', 'deploy')?.title).toBe('a');
    expect(windowOf(windows, moment, 'db1', 'deploy')).toBeUndefined();
    expect(windowOf(windows, moment, 'web1', null)).toBeUndefined();
    expect(windowOf(windows, moment + 3.6e9, 'web1', 'deploy')).toBeUndefined();
  });

  it('what is no table and no calendar is told', () => {
    expect(parseChangeWindows('hello', 'x').troubles[0]).toMatch(/needs a column start and a column end/);
    expect(parseChangeWindows('BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND', 'x').troubles).toHaveLength(1);
    expect(parseChangeWindows('start,end\nyesterday,today\n', 'x').troubles[0]).toMatch(/row 2/);
  });

  it('a calendar that repeats for ever is cut', () => {
    const ics = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'DTSTART:20260101T000000Z', 'RRULE:FREQ=SECONDLY', 'SUMMARY:x', 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');
    const { windows, troubles } = parseChangeWindows(ics, 'x');
    expect(windows).toHaveLength(5000);
    expect(troubles[0]).toMatch(/repeats for ever/);
  });
});

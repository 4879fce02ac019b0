import { expect, test } from 'vitest';
import type { Details, RawRecord, Summary } from '../../../src/engine/requests.js';
import { treePageHtml } from '../../../src/extension/treeEditor/html.js';
import { confidenceWord, counted, grouped, processLabel } from '../../../webview/shared/words.js';
import { thumbOf, topOfThumb } from '../../../webview/tree/strip.js';
import { ticketText } from '../../../webview/tree/ticket.js';
import { tickLabels, tickText } from '../../../webview/tree/timeHeader.js';
import { including, kept, panned, wholeRange, zoomed } from '../../../webview/tree/timeRange.js';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';

test('the page may run one script of ours, by nonce, and reach nothing', () => {
  const html = treePageHtml({ cspSource: 'https://page.example', nonce: 'abc', script: 's.js', style: 's.css', icons: 'i.css' });
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
  expect(policy).toBe(
    "default-src 'none'; script-src 'nonce-abc'; style-src https://page.example 'nonce-abc'; font-src https://page.example; form-action 'none'; base-uri 'none'",
  );
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain('unsafe');
});

test('ticks say no more than their step needs, with 24 hours and Z; midnight is its day', () => {
  expect(tickText(new Date('2026-11-24T15:00:00Z'), 300_000)).toBe('15:00Z');
  expect(tickText(new Date('2026-11-24T15:00:05Z'), 5000)).toBe('15:00:05Z');
  expect(tickText(new Date('2026-11-24T15:00:05.25Z'), 50)).toBe('15:00:05.250Z');
  expect(tickText(new Date('2026-11-25T00:00:00Z'), 3_600_000)).toBe('2026-11-25');
});

test('ticks that stand close leave out words, and none runs over the edge', () => {
  const words = Array<string>(5).fill('15:00Z');
  const close = tickLabels([2, 32, 62, 92, 122], words, 124);
  expect(close.map(({ shown }) => shown)).toEqual([true, false, false, true, false]);
  expect(tickLabels([2, 200, 398], words, 400)).toEqual([
    { shown: true, anchor: 'start' },
    { shown: true, anchor: 'middle' },
    { shown: true, anchor: 'end' },
  ]);
});

test("a million rows still leave a thumb to take hold of, and its ends are the view's ends", () => {
  const height = 20 * ROW_HEIGHT;
  const { length, needed } = thumbOf(0, height, 1_000_000);
  expect([length >= 24, needed]).toEqual([true, true]);
  expect(topOfThumb(0, height, 1_000_000)).toBe(0);
  expect(topOfThumb(height - length, height, 1_000_000)).toBe(1_000_000 - 20);
  expect(thumbOf(0, height, 20).needed).toBe(false);
});

test('a thumb drawn to where a row put it gives that row back', () => {
  const height = 20 * ROW_HEIGHT;
  for (const top of [0, 17, 400, 980]) expect(topOfThumb(thumbOf(top, height, 1000).y, height, 1000)).toBeCloseTo(top, 6);
});

test('zooming keeps the moment under the pointer in its place, and never leaves the whole', () => {
  const whole = { from: 0, to: 1_000_000 };
  expect(zoomed(whole, 0.5, 250_000, whole)).toEqual({ from: 125_000, to: 625_000 });
  expect(zoomed({ from: 125_000, to: 625_000 }, 4, 250_000, whole)).toBeUndefined();
  expect(panned({ from: 800_000, to: 1_000_000 }, 0.5, whole)).toEqual({ from: 800_000, to: 1_000_000 });
  expect(kept({ from: -5, to: 5 }, whole)).toEqual({ from: 0, to: 10 });
  expect(including({ from: 0, to: 10 }, 500)).toEqual({ from: 495, to: 505 });
  expect(including({ from: 0, to: 10 }, Number.NaN)).toEqual({ from: 0, to: 10 });
});

test('a view that nothing dates still has a range', () => {
  const { from, to } = wholeRange(Number.NaN, Number.NaN);
  expect(Number.isFinite(from) && from < to).toBe(true);
  const moment = wholeRange(5, 5);
  expect(moment.from < moment.to).toBe(true);
});

test('words', () => {
  expect([confidenceWord(0.95), confidenceWord(0.7), confidenceWord(0.2)]).toEqual(['strong', 'likely', 'weak']);
  expect([counted(1, 'orphan'), counted(12_004, 'orphan'), counted(2, 'process', 'processes')]).toEqual(['1 orphan', '12,004 orphans', '2 processes']);
  expect(grouped(1_234_567)).toBe('1,234,567');
  expect([processLabel('nc', 4721), processLabel(null, 4721), processLabel('nc', -1)]).toEqual(['nc 4721', '4721', 'nc pid not known']);
});

const START = Date.UTC(2026, 10, 24, 3, 12, 44) * 1000;
const claim = (name: string, pid: number): Details['creator'] => ({
  parent: { process: pid, pid, start: START, name },
  basis: 'observed',
  confidence: 0.98,
  reasons: [],
});
const DETAILS: Details = {
  process: 5,
  entityId: 'abc',
  host: 'web1',
  boot: 0,
  pid: 4721,
  start: START,
  startBasis: 'observed',
  end: Number.NaN,
  endBasis: null,
  lastSeen: START + 5_000_000,
  name: 'nc',
  executable: '/usr/bin/nc',
  args: ['nc', '10.0.0.5', '44 44\u202e'],
  cwd: null,
  user: 'root',
  auid: 'analyst',
  session: '7',
  tty: null,
  unit: null,
  cgroup: null,
  flags: 1,
  why: 'nc 4721 is an orphan of http://evil.example/x.',
  creator: claim('sshd', 812),
  parents: [],
  adopter: { ...claim('systemd', 1), kind: 'init' },
  orphanedAfter: { min: 3000, max: 5000 },
  launcher: claim('bash', 800),
  entry: { ...claim('sshd', 700), kind: 'login', session: '7', unit: null },
  programs: [],
  children: [],
  chain: [],
};
const RECORD: RawRecord = {
  evidence: 'audit.log',
  member: 'audit.log',
  offset: 99,
  byteLength: 5,
  time: START,
  states: 'exec',
  lines: ['type=SYSCALL msg=audit(1795532135.924:472): x'],
  decoded: [],
  command: '',
  hex: '',
};
const SUMMARY: Summary = {
  evidence: [
    {
      file: 'audit.log',
      members: [],
      format: 'auditd',
      host: 'web1',
      sha256: 'deadbeef',
      accounting: { bytes: 0, records: 0, understood: 0, notNeeded: 0, notUnderstood: 0, lostBySource: 0, duplicates: 0 },
      troubles: [],
      coverage: [],
    },
    {
      file: 'other.log',
      members: [],
      format: 'auditd',
      host: 'web1',
      sha256: 'cafe',
      accounting: { bytes: 0, records: 0, understood: 0, notNeeded: 0, notUnderstood: 0, lostBySource: 0, duplicates: 0 },
      troubles: [],
      coverage: [],
    },
  ],
  hosts: ['web1'],
  processes: 1,
  orphans: 1,
  observations: 1,
  from: START,
  to: START,
  storeReady: true,
};

test('a ticket names host, zone, both parents with their basis, serials and the hash of the evidence that speaks', () => {
  const text = ticketText(DETAILS, [RECORD], SUMMARY);
  for (const part of [
    'Host:        web1',
    'Created by:  sshd 812, started 2026-11-24 03:12:44.000000Z (observed; strong, 0.98)',
    'Now under:   systemd 1',
    'Orphaned:    after 3 ms to 5 ms',
    'audit serial 472',
    'audit.log at 99',
    'sha256 deadbeef',
    'All times are UTC.',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('cafe');
});

test('nothing in a ticket becomes a link, and no hidden character leaves', () => {
  const text = ticketText(DETAILS, [RECORD], SUMMARY);
  expect(text).toContain('hxxp://evil[.]example/x');
  expect(text).toContain("nc 10.0.0[.]5 '44 44\\u{202e}'");
  expect(text).not.toContain('\u202e');
});

test('a ticket names requester, runner-up and why nothing is claimed; an adoption at first sight is no "after 0 µs"', () => {
  const ref = { process: 9, pid: 9, start: START, name: 'crontab' };
  const text = ticketText(
    {
      ...DETAILS,
      creator: { parent: null, basis: null, confidence: null, reasons: [], runnersUp: [{ about: 'creator', parent: ref, confidence: 0.3, says: 'same session', near: false }] },
      noCreator: { kind: 'unknown', says: 'No record shows its birth.' },
      requester: { parent: ref, basis: 'inferred', confidence: 0.7, reasons: [], started: null },
      orphanedAfter: { min: 0, max: 0 },
      orphan: { basis: 'inferred', confidence: 0.8, between: { from: Number.NaN, until: START }, seenAdopted: true },
    },
    [RECORD],
    SUMMARY,
  );
  expect(text).toContain('Created by:  not known');
  expect(text).toContain('Unknown:     No record shows its birth.');
  expect(text).toContain('Or created:  by crontab 9 (weak, 0.30): same session');
  expect(text).toContain('Requested:   by crontab 9');
  expect(text).toContain('Orphaned:    before it was first seen');
  expect(ticketText({ ...DETAILS, orphanedAfter: { min: 0, max: 0 } }, [], SUMMARY)).toContain('Orphaned:    at once');
});

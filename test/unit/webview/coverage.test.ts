// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { Summary } from '../../../src/engine/requests.js';
import type { Coverage, EvidenceEntry } from '../../../src/model/index.js';
import { createBanner } from '../../../webview/tree/banner.js';
import { costWords, holesOf, rulesOf } from '../../../webview/tree/coverage.js';
import { INITIAL, type TreeState } from '../../../webview/tree/state.js';

const FORK = '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork';
const EXIT = '-a always,exit -F arch=b64 -S exit,exit_group -k exit';
const ZONE: Coverage = { gap: 'zone-guessed', says: 'No zone is named.', remedy: '--zone +HH:MM' };
const FORKS: Coverage = { gap: 'no-forks', says: 'No fork is recorded.', remedy: FORK };
const EXITS: Coverage = { gap: 'no-exits', says: 'No end is recorded.', remedy: EXIT };
const ONLY: Coverage = { gap: 'exec-only', says: 'Only execs are recorded.', remedy: `${FORK}\n${EXIT}` };
const CHANGED: Coverage = { gap: 'rules-changed', says: 'Auditing was switched off once.' };

const entry = (file: string, coverage: readonly Coverage[]): EvidenceEntry => ({
  file,
  members: [],
  format: 'auditd',
  host: 'web1',
  sha256: undefined,
  accounting: { bytes: 1, records: 1, understood: 1, notNeeded: 0, notUnderstood: 0, lostBySource: 0, duplicates: 0 },
  troubles: [],
  coverage,
});

test('the gravest hole comes first, whatever the order of the files; the same hole of two files is one', () => {
  const holes = holesOf([entry('ps.txt', [ZONE]), entry('a.log', [EXITS, FORKS]), entry('b.log', [FORKS])]);
  expect(holes.map(({ gap, voices }) => [gap, voices.flatMap(({ files }) => files)])).toEqual([
    ['no-forks', ['a.log', 'b.log']],
    ['no-exits', ['a.log']],
    ['zone-guessed', ['ps.txt']],
  ]);
});

test('what several kinds of evidence say of one hole stands under one heading', () => {
  const snapshot: Coverage = { gap: 'no-forks', says: 'A snapshot shows no births.', remedy: FORK };
  const [hole, ...others] = holesOf([entry('a.log', [FORKS]), entry('ps.txt', [snapshot])]);
  expect(others).toEqual([]);
  expect(hole).toMatchObject({ heading: 'Births', remedy: [FORK], voices: [{ says: FORKS.says, files: ['a.log'] }, { says: snapshot.says, files: ['ps.txt'] }] });
});

test('births that another file records are the least of the holes', () => {
  const known = { creators: { observed: 90, derived: 5, inferred: 0, unknown: 5 }, unrecorded: 0, orphanUnknown: 0 };
  expect(holesOf([entry('ps.txt', [FORKS, ZONE])], known).map(({ gap }) => gap)).toEqual(['zone-guessed', 'no-forks']);
});

test('what the audit log of the set records is no hole because a syslog or a snapshot beside it does not: no rule is asked for, and the headline is of what is missing', () => {
  const known = { creators: { observed: 90, derived: 5, inferred: 0, unknown: 5 }, unrecorded: 0, orphanUnknown: 0 };
  const log = { ...entry('audit.log', [CHANGED]), accounting: { ...entry('', []).accounting, understood: 900 } };
  const evidence = [log, entry('auth.log', [EXITS])];
  expect(holesOf(evidence, known).map(({ gap, remedy, toldElsewhere }) => [gap, remedy, toldElsewhere])).toEqual([
    ['rules-changed', [], false],
    ['no-exits', [], true],
  ]);
  const banner = createBanner({ open: vi.fn(), openNeighbours: vi.fn(), copy: vi.fn() });
  banner.render({ ...INITIAL, summary: { ...summary(evidence), known }, bannerOpen: true });
  expect(banner.element.querySelector('.headline')?.textContent).toBe(CHANGED.says);
  expect([...banner.element.querySelectorAll('.hole-closes')].map((each) => each.textContent)).toEqual(['nothing closes it afterwards', 'other evidence here records it']);
});

test('a snapshot beside a log that records no ends leaves them a hole', () => {
  const known = { creators: { observed: 0, derived: 90, inferred: 5, unknown: 5 }, unrecorded: 0, orphanUnknown: 95 };
  const log = { ...entry('audit.log', [EXITS]), accounting: { ...entry('', []).accounting, understood: 900 } };
  expect(holesOf([log, entry('who.txt', [])], known)[0]).toMatchObject({ gap: 'no-exits', remedy: [EXIT], toldElsewhere: false });
});

test('a rule is named once; a hole that the rules above close says so', () => {
  const holes = holesOf([entry('a.log', [FORKS, EXITS, ONLY, CHANGED])]);
  expect(holes.map(({ remedy, closedAbove }) => [remedy, closedAbove])).toEqual([
    [[FORK], false],
    [[EXIT], false],
    [[], true],
    [[], false],
  ]);
});

test('the rules to copy are audit rules and nothing else', () => {
  expect(rulesOf(holesOf([entry('a.log', [FORKS, EXITS, ONLY, ZONE])]))).toBe(`${FORK}\n${EXIT}`);
});

test('what the holes cost is counted', () => {
  expect(costWords({ creators: { observed: 0, derived: 3115, inferred: 121, unknown: 289 }, unrecorded: 1, orphanUnknown: 3492 })).toBe(
    'Who created them: 3,115 derived, 121 inferred, 289 unknown. 1 process is unrecorded: only what points to it is known. Of 3,492 processes nobody can say whether they were adopted.',
  );
  expect(costWords({ creators: { observed: 5, derived: 0, inferred: 0, unknown: 0 }, unrecorded: 0, orphanUnknown: 0 })).toBe('Who created them: 5 observed.');
});

const summary = (evidence: readonly EvidenceEntry[]): Summary => ({ evidence, hosts: ['web1'], processes: 1, orphans: 0, observations: 1, from: 0, to: 1, storeReady: true });
const state = (evidence: readonly EvidenceEntry[], changes: Partial<TreeState> = {}): TreeState => ({ ...INITIAL, summary: summary(evidence), ...changes });

test('the panel shows each hole with what closes it, copyable alone and all at once', () => {
  const acts = { open: vi.fn(), openNeighbours: vi.fn(), copy: vi.fn() };
  const banner = createBanner(acts);
  banner.render(state([entry('a.log', [FORKS, EXITS, ONLY])], { bannerOpen: true }));
  expect([...banner.element.querySelectorAll('.hole strong')].map((heading) => heading.textContent)).toEqual(['Births', 'Deaths', 'Processes that run no program']);
  expect([...banner.element.querySelectorAll('.hole-closes code')].map((code) => code.textContent)).toEqual([FORK, EXIT]);
  banner.element.querySelector<HTMLElement>('.coverage-head vscode-button')!.click();
  expect(acts.copy).toHaveBeenCalledWith(`${FORK}\n${EXIT}`, 'the audit rules');
  banner.element.querySelector<HTMLElement>('.hole vscode-button')!.click();
  expect(acts.copy).toHaveBeenLastCalledWith(FORK, 'what would close the gap');
});

test('evidence without a hole still has its panel for who asks', () => {
  const banner = createBanner({ open: vi.fn(), openNeighbours: vi.fn(), copy: vi.fn() });
  banner.render(state([entry('a.log', [])]));
  expect(banner.element.hidden).toBe(true);
  banner.render(state([entry('a.log', [])], { bannerOpen: true }));
  expect(banner.element.hidden).toBe(false);
  expect(banner.element.querySelector('.coverage')?.textContent).toContain('No hole is known in it.');
});

test('the accounts of many files stand behind a press', () => {
  const banner = createBanner({ open: vi.fn(), openNeighbours: vi.fn(), copy: vi.fn() });
  const files = (count: number): EvidenceEntry[] => Array.from({ length: count }, (_, i) => entry(`f${i}`, [FORKS]));
  banner.render(state(files(2), { bannerOpen: true }));
  expect(banner.element.querySelector<HTMLDetailsElement>('.accounts')?.open).toBe(true);
  banner.render(state(files(12), { bannerOpen: true }));
  expect(banner.element.querySelector<HTMLDetailsElement>('.accounts')?.open).toBe(false);
  expect(banner.element.querySelector('.hole-files')?.textContent).toBe('all 12 files');
});

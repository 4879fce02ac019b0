import { describe, expect, it } from 'vitest';
import { findingsTable, isQuiet, quietTable, scoreFindings, scoreLearned, scorePathRule, scoreQuiet } from './findings.mjs';
import { captures } from './score.mjs';

/** Floors of the average precision over malicious orphan payloads: with fork records, and with execs only. */
const FLOOR = { forks: 0.9, 'exec-only': 0.8 } as const;
/** The most that it may lose when every executable lies in one and the same folder. */
const BLIND_LOSS = 0.1;
const names = captures();
const attacks = names.filter((capture) => !isQuiet(capture)), quiet = names.filter(isQuiet);
const floorOf = (capture: string): number => (capture.startsWith('exec-only') ? FLOOR['exec-only'] : FLOOR.forks);

describe.skipIf(names.length === 0)('findings on attacks (../shared/evidence/lab)', () => {
  if (names.length === 0) it('not run: ../shared/evidence/lab is not there', () => undefined);
  for (const capture of attacks) {
    for (const given of ['audit', 'folder'] as const) {
      it(`${capture}, ${given}: malicious orphans rank before ordinary work, also path-blind`, () => {
        const plain = scoreFindings(capture, given), blind = scoreFindings(capture, given, 'path-blind');
        console.log(findingsTable([[capture, given, 'plain', plain], [capture, given, 'path-blind', blind], [capture, 'audit', 'path-rule.mjs', scorePathRule(capture)]]));
        expect(plain.averagePrecision).toBeGreaterThanOrEqual(floorOf(capture));
        expect(blind.averagePrecision).toBeGreaterThanOrEqual(plain.averagePrecision - BLIND_LOSS);
        expect(plain.falseAlerts).toBeLessThanOrEqual(1);
        expect(plain.averagePrecision).toBeGreaterThan(scorePathRule(capture).averagePrecision);
      });
    }
  }
  for (const capture of attacks) {
    it(`${capture}: on another host, with other people and tools, it is found as well`, () => {
      for (const how of ['plausible', 'nonsense'] as const) {
        const scores = scoreFindings(capture, 'audit', how);
        console.log(findingsTable([[capture, 'audit', how, scores]]));
        expect(scores.averagePrecision).toBeGreaterThanOrEqual(floorOf(capture));
        expect(scores.falseAlerts).toBeLessThanOrEqual(1);
      }
    });
  }
  for (const capture of attacks) {
    it(`${capture}: a baseline learned from a quiet day, or by mistake from its own, takes no alert away`, () => {
      const plain = scoreFindings(capture, 'audit');
      for (const from of [...quiet.slice(0, 1), capture]) {
        const learned = scoreLearned(capture, from);
        console.log(findingsTable([[capture, 'audit', `learned from ${from}`, learned]]));
        expect(learned.averagePrecision).toBeGreaterThanOrEqual(floorOf(capture));
        expect(learned.alerted).toBe(plain.alerted);
        expect(learned.falseAlerts).toBeLessThanOrEqual(plain.falseAlerts);
      }
    });
  }
  for (const capture of attacks.filter((each) => !each.startsWith('exec-only'))) {
    it(`${capture} without fork records is told apart too`, () => {
      const exec = scoreFindings(capture, 'audit', 'exec-only');
      console.log(findingsTable([[capture, 'audit', 'exec-only cut', exec]]));
      expect(exec.averagePrecision).toBeGreaterThanOrEqual(FLOOR['exec-only']);
    });
  }
});

describe.skipIf(quiet.length === 0)('findings on ordinary work', () => {
  for (const capture of quiet) {
    for (const [given, how] of [['audit', 'plain'], ['folder', 'plain'], ['audit', 'exec-only'], ['audit', 'forks'], ['audit', 'plausible'], ['audit', 'nonsense'], ['audit', 'x3'], ['audit', 'twice']] as const) {
      it(`${capture}, ${given}, ${how}: no alert in minutes, at most five a host-day in hours`, () => {
        const scores = scoreQuiet(capture, given, how);
        console.log(quietTable([[capture, given, how, scores]]));
        if (scores.hours < 1) expect(scores.names).toEqual([]);
        else expect(scores.perHostDay).toBeLessThanOrEqual(5);
      });
    }
  }
});

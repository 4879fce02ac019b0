import { expect, test } from 'vitest';
import { type Anchor, type AnchorSet, createAnchorMatcher, matchVerdicts, parseVerdicts, type VerdictRecord, verdictLine } from '../../../src/case/index.js';

const SECOND = 1_000_000;
const anchor = (more: Partial<Anchor> = {}): Anchor => ({ host: 'web01', boot: 0, pid: 42, moment: 100 * SECOND, executable: '/tmp/x', evidence: 'aa', offset: 7, ...more });
const record = (more: Partial<VerdictRecord> = {}): VerdictRecord => ({ verdict: 'malicious', author: 'alice', at: 1_795_532_400_000_000, note: 'seen', anchor: anchor(), ...more });

interface Life { readonly host?: string; readonly pid?: number; readonly start: number; readonly end?: number; readonly exe?: string }

function setOf(lives: readonly Life[], more: Partial<AnchorSet> = {}): AnchorSet {
  const texts = [''];
  const intern = (text: string): number => (texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1);
  return {
    lineage: {
      count: lives.length,
      host: Uint32Array.from(lives, ({ host }) => intern(host ?? 'web01')),
      boot: new Uint16Array(lives.length),
      pid: Int32Array.from(lives, ({ pid }) => pid ?? 42),
      start: Float64Array.from(lives, ({ start }) => start * SECOND),
      end: Float64Array.from(lives, ({ end }) => (end === undefined ? NaN : end * SECOND)),
      lastSeen: Float64Array.from(lives, ({ start }) => start * SECOND),
      exe: Uint32Array.from(lives, ({ exe }) => (exe === undefined ? 0 : intern(exe))),
    },
    strings: { text: (id) => (id === 0 ? undefined : texts[id]) },
    hostOfEvidence: () => undefined,
    processAt: () => -1,
    ...more,
  };
}
const found = (lives: readonly Life[], of: Anchor = anchor(), more: Partial<AnchorSet> = {}) => createAnchorMatcher(setOf(lives, more))(of);

test('a verdict is the same after it was written and read, also with everything hostile in it', () => {
  const hostile = record({ author: '../x\n"', note: 'a\u2028b\u001b[31m</script>{"verdict":"benign"}', escalation: { to: 'T2 & <b>', why: 'network' }, anchor: anchor({ moment: 1_795_532_417_123_456, executable: null, evidence: null, offset: null }) });
  const text = verdictLine(hostile) + verdictLine(record({ anchor: anchor({ moment: NaN }) }));
  expect(text.trimEnd().split('\n')).toHaveLength(2);
  expect(parseVerdicts(text, 'v').records).toEqual([hostile, record({ anchor: anchor({ moment: NaN }) })]);
});

test('a moment that no calendar holds is kept as none', () => {
  const [kept] = parseVerdicts(verdictLine(record({ anchor: anchor({ moment: 1e22 }) })), 'v').records;
  expect(kept?.anchor.moment).toBeNaN();
});

test('a verdict that would not be read back is not written', () => {
  const longest = record({ note: 'x'.repeat(60_000) });
  expect(parseVerdicts(verdictLine(longest), 'v').records).toEqual([longest]);
  expect(() => verdictLine(record({ note: 'x'.repeat(70_000) }))).toThrow('at most 65536 are read back. Shorten the note');
});

test('a line that is no verdict is told with its place, and the others count', () => {
  const text = `${verdictLine(record())}not json\n{"verdict":"fine"}\n{"verdict":"benign","author":"a","at":"yesterday"}\n${verdictLine(record({ verdict: 'benign' }))}`;
  const { records, troubles } = parseVerdicts(text, 'verdicts/alice.jsonl');
  expect(records).toHaveLength(2);
  expect(troubles.map((each) => each.slice(0, 23))).toEqual(['verdicts/alice.jsonl:2:', 'verdicts/alice.jsonl:3:', 'verdicts/alice.jsonl:4:']);
});

test('the lifetime that holds the moment is meant, not another one of the same pid', () => {
  expect(found([{ start: 10, end: 90 }, { start: 95, end: 120 }, { start: 130 }])).toEqual({ process: 1, by: 'moment' });
});

test('of two lifetimes of a reused pid whose first end is not on record, the later one holds the moment', () => {
  expect(found([{ start: 10 }, { start: 95 }])).toEqual({ process: 1, by: 'moment' });
});

test('a start that moved by a minute, as ps states it, still finds the same program', () => {
  expect(found([{ start: 130, exe: '/tmp/x' }])).toEqual({ process: 0, by: 'near' });
  expect(found([{ start: 130, exe: '/usr/bin/other' }]).by).toBe('unmatched');
  expect(found([{ start: 300, exe: '/tmp/x' }]).by).toBe('unmatched');
});

test('a host that got its name from later evidence is found by the evidence', () => {
  const lives = [{ host: 'db9', start: 95 }];
  expect(found(lives).by).toBe('unmatched');
  expect(found(lives, anchor(), { hostOfEvidence: (sha256) => (sha256 === 'aa' ? 'db9' : undefined) })).toEqual({ process: 0, by: 'moment' });
});

test('times that all moved (a zone that was guessed) are found by the record', () => {
  expect(found([{ start: 7300 }], anchor(), { processAt: (sha256, offset, pid) => (sha256 === 'aa' && offset === 7 && pid === 42 ? 0 : -1) })).toEqual({ process: 0, by: 'record' });
});

test('an undated process is found only where no other has its pid', () => {
  expect(found([{ start: NaN }], anchor({ moment: NaN, evidence: null }))).toEqual({ process: 0, by: 'only' });
  expect(found([{ start: NaN }, { start: 4 }], anchor({ moment: NaN, evidence: null })).by).toBe('unmatched');
});

test('the last verdict wins whoever wrote it; history and escalations stay', () => {
  const first = record({ at: 1, author: 'alice', escalation: { to: 'T2', why: 'not attributable' } }), last = record({ at: 3, author: 'bob', verdict: 'benign' }), between = record({ at: 2, author: 'alice', verdict: 'suspicious' });
  const [state, ...others] = matchVerdicts(createAnchorMatcher(setOf([{ start: 95 }])), [first, last, between]);
  expect(others).toEqual([]);
  expect(state).toMatchObject({ process: 0, current: last, history: [first, between, last], escalations: [{ to: 'T2', author: 'alice' }] });
});

test('two moments of one lifetime are one process', () => {
  const states = matchVerdicts(createAnchorMatcher(setOf([{ start: 95 }])), [record({ at: 1 }), record({ at: 2, anchor: anchor({ moment: 111 * SECOND }) })]);
  expect(states).toHaveLength(1);
});

test('what matches nothing is kept, last', () => {
  const states = matchVerdicts(createAnchorMatcher(setOf([{ start: 95 }])), [record({ anchor: anchor({ pid: 9 }) }), record()]);
  expect(states.map(({ process, matched }) => [process, matched])).toEqual([[0, 'moment'], [-1, 'unmatched']]);
});

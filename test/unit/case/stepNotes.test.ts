import { describe, expect, test } from 'vitest';
import { type Anchor, matchStepNotes, type Matched, type Observation, parseStepNotes, type StepNote, stepNoteLine, WORD_AT_MOST } from '../../../src/case/index.js';
import { HOSTILE_ARGS } from '../report/hostileHost.js';

const AT = 1_795_532_400_000_000;
const PIN = '0123456789abcdef';
const anchor = (more: Partial<Anchor> = {}): Anchor => ({ host: 'web01', boot: 0, pid: 42, moment: 100e6, executable: '/tmp/x', evidence: 'aa', offset: 7, ...more });
const observation = (more: Partial<Observation> = {}): Observation => ({ says: 'nc 42: connect', time: AT, basis: 'observed', records: [{ evidence: 'aa', member: 'audit.log', offset: 7 }], about: anchor(), ...more });
const about = { step: 'escalation.2', author: 'alice', at: AT, anchor: anchor() };
const pin = (more: Partial<typeof about> & { readonly pin?: string; readonly observation?: Observation } = {}): StepNote => ({ ...about, kind: 'pin', pin: PIN, observation: observation(), ...more });
const unpin = (more: Partial<typeof about> = {}): StepNote => ({ ...about, kind: 'unpin', pin: PIN, ...more });
const word = (text: string, more: Partial<Omit<typeof about, 'anchor'>> & { readonly anchor?: Anchor | null } = {}): StepNote => ({ ...about, kind: 'word', word: text, ...more });
/** Pid 42 is process 3, everybody else is not there. */
const match = ({ pid }: Anchor): Matched => (pid === 42 ? { process: 3, by: 'moment' } : { process: -1, by: 'unmatched' });
const lines = (...notes: readonly StepNote[]): string => notes.map(stepNoteLine).join('');

describe('a line', () => {
  test('is the same after it was written and read, also with everything hostile in it', () => {
    const hostile = HOSTILE_ARGS.join('\n').slice(0, 3900);
    const notes = [
      pin({ author: '../x\n"', observation: observation({ says: hostile, time: NaN, basis: 'inferred', records: [{ evidence: null, member: hostile, offset: 0 }], about: null }) }),
      word(hostile, { anchor: null }), unpin(), pin({ anchor: anchor({ moment: NaN, executable: hostile, evidence: null, offset: null }) }),
    ];
    const text = lines(...notes);
    expect(text.trimEnd().split('\n')).toHaveLength(notes.length);
    expect(parseStepNotes(text, 'playbook/x.jsonl')).toEqual({ records: notes, troubles: [] });
  });

  test('that is none is told with its place and what is missing, and the others count', () => {
    const whole = JSON.parse(stepNoteLine(pin())) as Record<string, unknown>;
    const broken: readonly (readonly [string, RegExp])[] = [
      ['not json', /no JSON/],
      [JSON.stringify({ ...whole, step: '../../etc' }), /names no step/],
      [JSON.stringify({ ...whole, author: 7 }), /needs an author/],
      [JSON.stringify({ ...whole, anchor: {} }), /anchor needs host, pid and moment, or is null/],
      [JSON.stringify({ ...whole, pin: 'x' }), /sixteen hex digits/],
      [JSON.stringify({ ...whole, observation: { says: 'x', time: null, basis: 'sure' } }), /a basis \(observed, derived, inferred\)/],
      [JSON.stringify({ ...whole, observation: { ...observation(), time: null, about: null, records: [{}] } }), /member and offset/],
      [JSON.stringify({ ...whole, observation: { ...observation(), time: null, about: 3 } }), /the process of its observation/],
      [JSON.stringify({ ...whole, word: 'x'.repeat(WORD_AT_MOST + 1) }), /longer than 8000/],
      [JSON.stringify({ word: 'x'.repeat(70_000) }), /longer than a note to a step can be/],
    ];
    const { records, troubles } = parseStepNotes(`${lines(pin())}${broken.map(([line]) => line).join('\n')}\n${lines(word('seen'))}`, 'playbook/alice.jsonl');
    expect(records.map(({ kind }) => kind)).toEqual(['pin', 'word']);
    expect(troubles).toHaveLength(broken.length);
    broken.forEach(([, says], at) => {
      expect(troubles[at]).toMatch(says);
      expect(troubles[at]).toMatch(new RegExp(`^playbook/alice\\.jsonl:${at + 2}: `));
    });
  });

  test('longer than what is read back is not written: the longest word is, in whatever letters', () => {
    const longest = '\u0001'.repeat(WORD_AT_MOST);
    expect(parseStepNotes(stepNoteLine(word(longest)), 'x').records).toHaveLength(1);
    expect(() => stepNoteLine(word(`${longest}x`))).toThrow(/too long: at most 8000/);
  });

  test('of a command line of a hundred kilobytes is cut, and says so', () => {
    const [record] = parseStepNotes(stepNoteLine(pin({ observation: observation({ says: 'x'.repeat(100_000) }) })), 'x').records;
    expect(record?.kind === 'pin' && record.observation.says).toMatch(/^x{4000}… \(cut: 100000 characters\)$/);
  });
});

describe('what stands', () => {
  const standing = (...notes: readonly StepNote[]): ReturnType<typeof matchStepNotes> => matchStepNotes(match, notes);

  test('is what was pinned and not taken back, in whatever order the authors\' files are read', () => {
    const again = pin({ author: 'bob', at: AT + 1 }), other = pin({ pin: 'f'.repeat(16), at: AT + 2 }), taken = unpin({ author: 'bob', at: AT + 3 });
    expect(standing(taken, other, pin(), again)[0]?.pins.map(({ pin: id }) => id)).toEqual(['f'.repeat(16)]);
    expect(standing(again, pin()).map(({ pins }) => pins.map(({ author }) => author))).toEqual([['alice']]);
    expect(standing(taken, pin({ at: AT + 4 }))[0]?.pins).toMatchObject([{ pin: PIN, process: 3, says: 'nc 42: connect' }]);
    expect(standing(pin(), taken)).toEqual([]);
  });

  test('is the last word, whoever wrote it; earlier ones are kept, and an empty one takes it back', () => {
    const [notes] = standing(word('second', { author: 'bob', at: AT + 1 }), word('first'));
    expect(notes).toMatchObject({ process: 3, matched: 'moment', word: { text: 'second', author: 'bob', at: AT + 1 }, words: [{ text: 'first' }, { text: 'second' }] });
    const [left] = standing(word('first'), word('', { at: AT + 1 }), pin());
    expect(left?.word).toBeUndefined();
    expect(left?.words).toHaveLength(2);
  });

  test('is told apart by step and by process; the case comes first, what matches nothing last and is not dropped', () => {
    const gone = word('of another host', { anchor: anchor({ pid: 9 }) });
    const all = standing(gone, word('a', { step: 'questions.2a' }), word('b'), word('c', { anchor: null }));
    expect(all.map(({ step, process, matched, word: last }) => [step, process, matched, last?.text])).toEqual([
      ['escalation.2', -1, 'case', 'c'], ['escalation.2', 3, 'moment', 'b'], ['questions.2a', 3, 'moment', 'a'], ['escalation.2', -1, 'unmatched', 'of another host'],
    ]);
  });

  test('keeps an observation whose own process is not in the evidence any more', () => {
    expect(standing(pin({ observation: observation({ about: anchor({ pid: 9 }) }) }))[0]?.pins).toMatchObject([{ process: -1, about: { pid: 9 } }]);
  });
});

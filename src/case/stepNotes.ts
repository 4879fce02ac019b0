import { type Basis, BASES, type ProcessRow } from '../model/index.js';
import { type Anchor, type AnchorMatch, type Matched, meantBy } from './anchors.js';
import { type JsonObject, LINE_AT_MOST, objectOf, parseLines, type ParsedLines, readAnchor, readMoment, textOf, wholeOf, writerOfLine, writtenAnchor, writtenMoment } from './jsonLines.js';
import { momentText } from './moment.js';

/** A record behind an observation: what proves it is the hash; the member's path is how it was called then. */
export interface ObservedRecord {
  /** SHA-256 of the evidence that holds it; null where it had none (a folder). */
  readonly evidence: string | null;
  readonly member: string;
  readonly offset: number;
}

/** A fact of a playbook's answer as it was seen: a text with its provenance, which stays what it is whatever the evidence says later. */
export interface Observation {
  readonly says: string;
  /** Microseconds, NaN where undated. */
  readonly time: number;
  readonly basis: Basis;
  readonly records: readonly ObservedRecord[];
  /** The process that it is about; null where it is nobody's. */
  readonly about: Anchor | null;
}

/** What an analyst adds to a step of the playbook, as it stands on one line of `playbook/<author>.jsonl`. */
export type StepNote = {
  /** Id of the step: "questions.2a". */
  readonly step: string;
  readonly author: string;
  /** Microseconds since the epoch. */
  readonly at: number;
  /** The process that the playbook was gone through for; null: the whole case. */
  readonly anchor: Anchor | null;
} & (
  | { readonly kind: 'pin'; /** Id of the fact. */ readonly pin: string; readonly observation: Observation }
  | { readonly kind: 'unpin'; readonly pin: string }
  /** The answer in the analyst's own words; empty: taken back. */
  | { readonly kind: 'word'; readonly word: string }
);

/** An observation that is pinned now. */
export interface Pin extends Observation {
  readonly pin: string;
  readonly author: string;
  readonly at: number;
  /** The process that it is about in this evidence; -1 where there is none. */
  readonly process: ProcessRow;
}

export interface Word {
  readonly text: string;
  readonly author: string;
  readonly at: number;
}

/** What analysts pinned to one step and said of it, for one process or for the case. */
export interface StepNotes {
  readonly step: string;
  /** -1: the case as a whole, or a process that this evidence does not hold (shown, never dropped). */
  readonly process: ProcessRow;
  readonly matched: AnchorMatch | 'case';
  /** Who was meant, as it was written last; null: the case. */
  readonly anchor: Anchor | null;
  /** In the order in which they were pinned. */
  readonly pins: readonly Pin[];
  /** The last word, whoever wrote it; left out where there is none or it was taken back. */
  readonly word?: Word;
  /** All words, oldest first. */
  readonly words: readonly Word[];
}

/** A longer word is a report. In UTF-16 units; escaped six times as long it still fits a line. */
export const WORD_AT_MOST = 8000;
/** Longer sentences (a command line of a hundred kilobytes) are cut where they are pinned: their records hold them whole. */
const SAYS_AT_MOST = 4000;
const RECORDS_AT_MOST = 8;
const STEP = /^[a-z0-9][a-z0-9 .]{0,39}$/;
const PIN = /^[0-9a-f]{16}$/;

/** The line that adds a note to its author's file. Throws where it is longer than what is read back. */
export function stepNoteLine(note: StepNote): string {
  const { step, author, at, anchor } = note;
  const about = { step, author, at: momentText(at), anchor: anchor && writtenAnchor(anchor) };
  const line = JSON.stringify(note.kind === 'word' ? { word: note.word, ...about } : note.kind === 'unpin' ? { unpin: note.pin, ...about } : { pin: note.pin, ...about, observation: writtenObservation(note.observation) });
  if (line.length > LINE_AT_MOST || (note.kind === 'word' && note.word.length > WORD_AT_MOST)) throw new Error(`What is kept of step ${step} is too long: at most ${WORD_AT_MOST} characters. Shorten it, or write a notebook.`);
  return `${line}\n`;
}

/** Reads one author's file. A line that is none is a trouble with its place; the others are still read. */
export function parseStepNotes(text: string, file: string): ParsedLines<StepNote> {
  return parseLines(text, file, 'note to a step', noteOf);
}

/** Joins notes to the processes of a set, a step at a time: the case first, then in order of process, then what matches nothing. Steps without anything left are left out. */
export function matchStepNotes(match: (anchor: Anchor) => Matched, notes: readonly StepNote[]): readonly StepNotes[] {
  const groups = new Map<string, { readonly found: Matched | undefined; readonly notes: StepNote[] }>();
  for (const note of notes) {
    const found = note.anchor === null ? undefined : match(note.anchor);
    const key = `${note.anchor === null || found === undefined ? 'case' : meantBy(note.anchor, found)}\0${note.step}`;
    const group = groups.get(key);
    if (group) group.notes.push(note);
    else groups.set(key, { found, notes: [note] });
  }
  const place = ({ process, matched }: StepNotes): number => (matched === 'case' ? -1 : process < 0 ? Infinity : process);
  return [...groups.values()]
    .map(({ found, notes: written }) => standing(match, found, [...written].sort((a, b) => a.at - b.at)))
    .filter(({ pins, word }) => pins.length > 0 || word !== undefined)
    .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)) || (a.step < b.step ? -1 : a.step > b.step ? 1 : 0));
}

/** What stands after all notes of one step, oldest first. Who pins what is pinned already adds nothing. */
function standing(match: (anchor: Anchor) => Matched, found: Matched | undefined, notes: readonly StepNote[]): StepNotes {
  const pins = new Map<string, Pin>();
  const words: Word[] = [];
  for (const note of notes) {
    const { author, at } = note;
    switch (note.kind) {
      case 'pin': {
        const { about } = note.observation;
        if (!pins.has(note.pin)) pins.set(note.pin, { ...note.observation, pin: note.pin, author, at, process: about === null ? -1 : match(about).process });
        break;
      }
      case 'unpin':
        pins.delete(note.pin);
        break;
      case 'word':
        words.push({ text: note.word, author, at });
    }
  }
  const last = notes[notes.length - 1]!, word = words[words.length - 1];
  return {
    step: last.step, process: found?.process ?? -1, matched: found?.by ?? 'case', anchor: last.anchor,
    pins: [...pins.values()], ...(word === undefined || word.text === '' ? {} : { word }), words,
  };
}

function writtenObservation({ says, time, basis, records, about }: Observation): JsonObject {
  const cut = says.length > SAYS_AT_MOST ? `${says.slice(0, SAYS_AT_MOST)}… (cut: ${says.length} characters)` : says;
  return { says: cut, time: writtenMoment(time), basis, records: records.slice(0, RECORDS_AT_MOST), about: about && writtenAnchor(about) };
}

function noteOf(raw: JsonObject): StepNote | string {
  const step = textOf(raw, 'step');
  if (step === undefined || !STEP.test(step)) return 'it names no step of the playbook';
  const writer = writerOfLine(raw);
  if (typeof writer === 'string') return writer;
  const anchor = raw['anchor'] === null ? null : readAnchor(objectOf(raw['anchor']));
  if (anchor === undefined) return 'its anchor needs host, pid and moment, or is null for the whole case';
  const about = { step, ...writer, anchor };
  const word = textOf(raw, 'word'), pin = textOf(raw, 'pin') ?? textOf(raw, 'unpin');
  if (word !== undefined) return word.length > WORD_AT_MOST ? `its word is longer than ${WORD_AT_MOST} characters` : { ...about, kind: 'word', word };
  if (pin === undefined || !PIN.test(pin)) return 'it has neither a word nor the sixteen hex digits of a pin';
  if (textOf(raw, 'unpin') !== undefined) return { ...about, kind: 'unpin', pin };
  const observation = observationOf(objectOf(raw['observation']));
  return typeof observation === 'string' ? observation : { ...about, kind: 'pin', pin, observation };
}

function observationOf(raw: JsonObject | undefined): Observation | string {
  const says = raw && textOf(raw, 'says'), time = raw && readMoment(raw['time']);
  const basis = BASES.find((each) => each === raw?.['basis']);
  if (raw === undefined || says === undefined || time === undefined || basis === undefined) return `its observation needs says, a time (or null) and a basis (${BASES.join(', ')})`;
  const about = raw['about'] === null ? null : readAnchor(objectOf(raw['about']));
  if (about === undefined) return 'the process of its observation needs host, pid and moment, or is null';
  const records: ObservedRecord[] = [];
  for (const each of Array.isArray(raw['records']) ? (raw['records'] as readonly unknown[]) : []) {
    const record = objectOf(each);
    const member = record && textOf(record, 'member'), offset = record && wholeOf(record, 'offset');
    if (record === undefined || member === undefined || offset === undefined) return 'a record of its observation needs member and offset';
    records.push({ evidence: textOf(record, 'evidence') ?? null, member, offset });
  }
  return { says, time, basis, records: records.slice(0, RECORDS_AT_MOST), about };
}

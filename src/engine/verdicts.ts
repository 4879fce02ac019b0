import { type Anchor, createAnchorMatcher, isStepNoteFile, type Matched, matchStepNotes, matchVerdicts, parseStepNotes, parseVerdicts, type StepNote, type StepNotes, type VerdictRecord, type VerdictState } from '../case/index.js';
import type { EvidenceEntry, ProcessRow } from '../model/index.js';
import type { SqlStore } from '../store/index.js';
import type { OpenedSet } from './openSet.js';

/** One author's file of the case's folders `verdicts` and `playbook`, as text. */
export interface VerdictText {
  readonly file: string;
  readonly text: string;
  /** Why it was not read. */
  readonly trouble?: string;
}

/** What the case's analysts decided, pinned and said, joined to the processes of a set. */
export interface VerdictBook {
  readonly states: readonly VerdictState[];
  readonly notes: readonly StepNotes[];
  readonly troubles: readonly string[];
  readonly byProcess: ReadonlyMap<ProcessRow, VerdictState>;
}

/** What hashes of the set's files are known: the entry's own, or the one that the case states. */
export interface HashedEntry {
  readonly entry: EvidenceEntry;
  readonly sha256: string | undefined;
}

/** Reads and matches what analysts wrote. With a store, an anchor whose moment no lifetime holds is looked for by its record. */
export function verdictBookOf(set: OpenedSet, store: SqlStore | undefined, hashed: readonly HashedEntry[], texts: readonly VerdictText[]): VerdictBook {
  const records: VerdictRecord[] = [];
  const notes: StepNote[] = [];
  const troubles: string[] = [];
  for (const { file, text, trouble } of texts) {
    if (trouble !== undefined) troubles.push(`${file}:1: ${trouble}`);
    if (isStepNoteFile(file)) {
      const parsed = parseStepNotes(text, file);
      notes.push(...parsed.records);
      troubles.push(...parsed.troubles);
    } else {
      const parsed = parseVerdicts(text, file);
      records.push(...parsed.records);
      troubles.push(...parsed.troubles);
    }
  }
  if (records.length === 0 && notes.length === 0) return { states: [], notes: [], troubles, byProcess: new Map() };
  const match = matcherOf(set, store, hashed);
  const states = matchVerdicts(match, records);
  return { states, notes: matchStepNotes(match, notes), troubles, byProcess: new Map(states.filter(({ process }) => process >= 0).map((state) => [state.process, state])) };
}

function matcherOf(set: OpenedSet, store: SqlStore | undefined, hashed: readonly HashedEntry[]): (anchor: Anchor) => Matched {
  return createAnchorMatcher({
    lineage: set.lineage,
    strings: set.strings,
    hostOfEvidence: (sha256) => hashed.find((each) => each.sha256 === sha256)?.entry.host,
    processAt(sha256, offset, pid) {
      const file = hashed.find((each) => each.sha256 === sha256)?.entry.file;
      if (store === undefined || file === undefined) return -1;
      const rows = store.query(
        `SELECT p.id FROM event e JOIN member m ON m.id = e.member JOIN evidence v ON v.id = m.evidence JOIN process p ON p.id IN (e.process, e.other)
         WHERE v.file = ? AND e.offset = ? AND p.pid = ? LIMIT 1`,
        [file, offset, pid],
      );
      for (const [row] of rows) return Number(row);
      return -1;
    },
  });
}

/** Puts the current verdicts where Hunt's field `verdict` finds them. */
export function storeVerdicts(store: SqlStore, book: VerdictBook): void {
  store.run('DELETE FROM verdict');
  const insert = store.prepare('INSERT INTO verdict VALUES (?, ?)');
  for (const [process, { current }] of book.byProcess) insert.run([process, current.verdict]);
  insert.free();
}

import type { StringId, StringTable } from '../model/index.js';
import { type EventCounts, loadEvents } from './loadEvents.js';
import { loadProcesses } from './loadProcesses.js';
import type { LoadInput, LoadOptions, Shared } from './loadInput.js';
import { StoreFull } from './sqlStore.js';
import type { StoreTarget } from './storeTarget.js';
import type { ValueCounts } from './valueCounts.js';

/** What went in, by column: for completion. */
export interface Loaded {
  readonly events: EventCounts;
  readonly processes: ValueCounts;
}

/** Fills an empty store, in slices. Throws {@link StoreFull} when its memory ends, and the signal's reason when it was aborted. */
export async function loadStore(store: StoreTarget, input: LoadInput, options: LoadOptions): Promise<Loaded> {
  const progress = { events: 0 };
  try {
    store.run('BEGIN');
    loadEvidence(store, input);
    const lists = new Set<StringId>();
    loadFindings(store, input, lists);
    const commandLines = new Map<StringId, StringId>();
    const commandLine = (args: StringId): StringId => {
      if (args === 0) return 0;
      let line = commandLines.get(args);
      if (line === undefined) {
        const bytes = input.strings.bytes(args).slice();
        for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) bytes[at] = 0x20;
        line = input.strings.intern(bytes, 0, bytes.length);
        commandLines.set(args, line);
        lists.add(args);
      }
      return line;
    };
    const shared: Shared = { ...input, commandLine, argsCount: argsCounter(input.strings) };
    const processes = await loadProcesses(store, shared, options);
    const events = await loadEvents(store, shared, options, progress);
    await loadItems(store, input.strings, lists, options);
    await loadStrings(store, input.strings, options);
    store.run('COMMIT');
    await options.breathe();
    store.buildIndices();
    return { events, processes };
  } catch (error) {
    if (error instanceof Error && /out of memory|memory access|allocation|enlarge memory|database or disk is full/i.test(error.message)) throw new StoreFull(progress.events, { cause: error });
    throw error;
  }
}

function argsCounter(strings: StringTable): (args: StringId) => number | null {
  const known = new Map<StringId, number>();
  return (args) => {
    if (args === 0) return null;
    let count = known.get(args);
    if (count === undefined) {
      count = 1;
      for (const byte of strings.bytes(args)) if (byte === 0) count++;
      known.set(args, count);
    }
    return count;
  };
}

function loadEvidence(store: StoreTarget, input: LoadInput): void {
  const evidence = store.prepare('INSERT INTO evidence VALUES (?, ?, ?, ?, ?)');
  input.entries.forEach((entry, id) => evidence.run([id, entry.file, entry.format, entry.host, entry.sha256 ?? null]));
  evidence.free();
  const member = store.prepare('INSERT INTO member VALUES (?, ?, ?)');
  input.members.forEach((one, id) => member.run([id, one.evidence, one.path]));
  member.free();
}

function loadFindings(store: StoreTarget, input: LoadInput, lists: Set<StringId>): void {
  const insert = store.prepare('INSERT INTO finding VALUES (?, ?, ?)'), insertAll = store.prepare('INSERT INTO triaged VALUES (?, ?, ?)');
  for (const { process, score, findings } of input.findings ?? []) {
    for (const { kind, points } of findings) insert.run([process, kind, points]);
    const kinds = findings.length === 0 ? null : input.strings.internText(findings.map(({ kind }) => kind).join('\0'));
    if (kinds !== null) lists.add(kinds);
    insertAll.run([process, score, kinds]);
  }
  insert.free();
  insertAll.free();
}

async function loadItems(store: StoreTarget, strings: StringTable, lists: ReadonlySet<StringId>, options: LoadOptions): Promise<void> {
  const insert = store.prepare('INSERT INTO arg VALUES (?, ?, ?)');
  try {
    let done = 0;
    for (const list of lists) {
      const bytes = strings.bytes(list).slice(); // a copy: interning moves the table's buffer
      for (let from = 0, at = 0; from <= bytes.length; at++) {
        let to = bytes.indexOf(0, from);
        if (to < 0) to = bytes.length;
        insert.run([list, at, strings.intern(bytes, from, to)]);
        from = to + 1;
      }
      if (++done % 2048 === 0) {
        options.signal?.throwIfAborted();
        await options.breathe();
      }
    }
  } finally {
    insert.free();
  }
}

/**
 * All strings once, as bytes: sql.js writes a text character by character, bytes in one copy. Their length is counted here, since SQLite's `length()`
 * stops at NUL (HUNT 13).
 */
async function loadStrings(store: StoreTarget, strings: StringTable, options: LoadOptions): Promise<void> {
  const insert = store.prepare('INSERT INTO string VALUES (?, CAST(? AS TEXT), ?)');
  try {
    for (let id = 1; id < strings.count; id++) {
      const bytes = strings.bytes(id);
      insert.run([id, bytes, isAscii(bytes) ? bytes.length : (strings.text(id) ?? '').length]);
      if (id % 4096 === 0) {
        options.signal?.throwIfAborted();
        await options.breathe();
      }
    }
  } finally {
    insert.free();
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

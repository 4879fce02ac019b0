import { type Batch, type EvidenceEntry, EvidenceUnreadable, type Member } from '../../../src/model/index.js';
import { readSet, type EvidenceSet, type ReadOptions, type Source } from '../../../src/evidence/index.js';

export interface MemberOptions {
  /** Bytes a chunk; the default is all at once. */
  readonly chunk?: number;
  readonly modifiedMicros?: number;
  readonly linkTarget?: string;
  /** Throws EvidenceUnreadable after so many bytes. */
  readonly failsAt?: number;
}

/** A member that lies in memory. */
export function memoryMember(path: string, content: string | Uint8Array, options: MemberOptions = {}): Member {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    path,
    size: bytes.length,
    modifiedMicros: options.modifiedMicros,
    ...(options.linkTarget === undefined ? {} : { linkTarget: options.linkTarget }),
    async *open(from) {
      const end = options.failsAt ?? bytes.length;
      const step = options.chunk ?? Math.max(1, bytes.length);
      for (let at = from; at < end; at += step) yield await Promise.resolve(bytes.slice(at, Math.min(end, at + step)));
      if (options.failsAt !== undefined) throw new EvidenceUnreadable(path, 'the disk failed while it was read');
    },
  };
}

export function memorySource(path: string, content: string | Uint8Array, options: MemberOptions = {}): Source {
  return { name: path, members: [memoryMember(path, content, options)] };
}

export interface ReadResult {
  readonly set: EvidenceSet;
  readonly batches: readonly Batch[];
  readonly entries: readonly EvidenceEntry[];
  /** Every row as an object with text instead of ids: for tests only. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const TEXTS = ['host', 'user', 'tty', 'comm', 'exe', 'args', 'cwd', 'cgroup', 'unit', 'path', 'path2', 'key', 'message', 'identity', 'parentIdentity', 'container'] as const;

/** Reads sources to their end. */
export async function readAll(sources: readonly Source[], options: ReadOptions = {}): Promise<ReadResult> {
  const set = readSet(sources, options);
  const batches: Batch[] = [];
  for await (const batch of set.batches) batches.push(batch);
  const rows: Record<string, unknown>[] = [];
  for (const batch of batches) {
    for (let at = 0; at < batch.count; at++) {
      const row: Record<string, unknown> = {};
      for (const [name, column] of Object.entries(batch)) if (typeof column !== 'number') row[name] = column[at];
      for (const name of TEXTS) row[name] = set.strings.text(batch[name][at] ?? 0);
      rows.push(row);
    }
  }
  return { set, batches, entries: set.entries(), rows };
}

/** understood + notNeeded + notUnderstood === records. */
export function addsUp(entry: EvidenceEntry): boolean {
  const { records, understood, notNeeded, notUnderstood } = entry.accounting;
  return understood + notNeeded + notUnderstood === records && [understood, notNeeded, notUnderstood].every((count) => count >= 0);
}

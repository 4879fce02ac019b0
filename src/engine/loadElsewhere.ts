import { type LoadInput, type LoadOptions } from '../store/index.js';
import { createBreather } from './breathe.js';
import { triageSet } from './findings.js';
import { hashedEntries } from './opened.js';
import { openSet } from './openSet.js';
import type { EnginePorts } from './ports.js';
import { createRecordReader } from './recordsToLoad.js';
import type { OpenAsk, Progress } from './requests.js';

export interface LoadElsewhere {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
}

/** Reads and heals evidence, triages it, and hands over all that a store is filled from (`store/loadClickHouse`), each file with its hash. What cannot be read, or is not what the case says, is an entry with `error`. Nothing stays open. */
export async function loadElsewhere<T>(ports: EnginePorts, ask: OpenAsk, call: LoadElsewhere, load: (input: LoadInput, options: LoadOptions) => Promise<T>): Promise<{ readonly loaded: T; readonly entries: LoadInput['entries'] }> {
  const { signal, onProgress } = call;
  const sources = await ports.openSources(ask.sources, { signal, onProgress: (file) => onProgress({ what: `looking into ${file}`, done: 0, total: 1 }) });
  const set = await openSet(sources, { zone: ask.zone, takenMicros: ask.takenMicros, hostOf: ask.hostOf, signal, keep: true, read: ports.readSet, onProgress: (what, done, total) => onProgress({ what, done, total }) });
  const entries = await hashedEntries(set.entries, sources, signal);
  const count = entries.reduce((sum, entry) => sum + entry.members.length, 0);
  const members = Array.from({ length: count }, (_, id) => ({ evidence: set.member(id).evidence, path: set.member(id).member.path }));
  const breathe = createBreather();
  const records = createRecordReader({ entries, members: Array.from({ length: count }, (_, id) => set.member(id)) }, call);
  const { processes } = await triageSet(set, await ports.caseTriage?.(ask.sources), members, { signal, breathe });
  const input: LoadInput = { strings: set.strings, lineage: set.lineage, sessions: set.sessions, ...set.kept!, entries, members, records, findings: processes, entityId: set.entityId, userName: set.users.nameOf }; // kept, as asked
  const loaded = await load(input, { signal, breathe, onProgress: (done, total) => onProgress({ what: 'filling the store', done, total }) });
  return { loaded, entries };
}

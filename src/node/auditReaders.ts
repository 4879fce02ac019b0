import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditPart, AuditPartRead, AuditReaders } from '../evidence/index.js';

/** More would only wait: what this thread does for each part takes a fourth of what the part takes to read. */
const READERS_MOST = 4;
/** This thread keeps a processor: on two of them a second reader cost 15 % more CPU (it compiles all that the first does) and 30 MB, and the rest had to wait. */
const OWN = 1;

interface Question {
  resolve(read: AuditPartRead): void;
  reject(error: Error): void;
}

/**
 * Threads that read parts of audit logs, for one log at a time: several logs read side by side would each hold parts in memory. Undefined where another
 * log has them, on a machine with one processor, and where the bundled auditWorker.js is not beside this code (tests run the sources).
 */
export function createAuditReaders(workerPath: string = join(import.meta.dirname, 'auditWorker.js')): () => AuditReaders | undefined {
  let isTaken = false;
  return () => {
    const processors = availableParallelism();
    if (isTaken || processors < 2 || !existsSync(workerPath)) return undefined;
    isTaken = true;
    const readers = Array.from({ length: Math.min(processors - OWN, READERS_MOST) }, () => startReader(workerPath));
    return {
      count: readers.length,
      read: (part, reader) => readers[reader]!.read(part),
      async close() {
        isTaken = false;
        await Promise.all(readers.map((reader) => reader.close()));
      },
    };
  };
}

function startReader(workerPath: string): { read(part: AuditPart): Promise<AuditPartRead>; close(): Promise<unknown> } {
  const worker = new Worker(workerPath);
  const asked: Question[] = [];
  let ended: Error | undefined;
  const end = (cause: unknown): void => {
    ended ??= new Error(
      `A thread that reads the log stopped: ${cause instanceof Error ? cause.message : String(cause)}. Open the evidence again; if it was short of memory, open fewer files at once.`,
      { cause },
    );
    for (const question of asked.splice(0)) question.reject(ended);
  };
  worker.on('message', (read: AuditPartRead) => asked.shift()?.resolve(read));
  worker.on('error', end);
  worker.on('exit', (code) => end(`it ended with code ${code}`));
  return {
    read: (part) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        asked.push({ resolve, reject });
        worker.postMessage(part, [part.buffer]);
      }),
    close: () => worker.terminate(),
  };
}

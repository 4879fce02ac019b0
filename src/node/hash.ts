import { createHash } from 'node:crypto';
import { readFile, type ListedFile } from './files.js';

/** SHA-256 of a file as it is stored, lower-case hex. Throws EvidenceUnreadable, and the signal's reason when it was aborted. */
export async function sha256Of(listed: ListedFile, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readFile(listed, 0)) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}

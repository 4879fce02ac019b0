import type { Member } from '../model/index.js';

/** One record of a fixed length; the last may be shorter, where the file breaks off. Its bytes are valid until the next is asked for. */
export interface FixedRecord {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** Cuts a member into records of `length` bytes. */
export async function* fixedRecordsOf(member: Member, length: number): AsyncGenerator<FixedRecord> {
  const kept = new Uint8Array(length);
  let keptLength = 0;
  let offset = 0;
  for await (const chunk of member.open(0)) {
    let at = 0;
    while (at < chunk.length) {
      if (keptLength === 0 && chunk.length - at >= length) {
        yield { bytes: chunk.subarray(at, at + length), offset };
        at += length;
        offset += length;
        continue;
      }
      const part = chunk.subarray(at, at + length - keptLength);
      kept.set(part, keptLength);
      keptLength += part.length;
      at += part.length;
      if (keptLength < length) break;
      yield { bytes: kept, offset };
      keptLength = 0;
      offset += length;
    }
  }
  if (keptLength > 0) yield { bytes: kept.subarray(0, keptLength), offset };
}

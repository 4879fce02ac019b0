import { EvidenceUnreadable, type Member } from '../model/index.js';

/** Bytes as they are stored, from the start. */
export type OpenStored = () => AsyncIterable<Uint8Array>;

/** A part of another member, as a member: a file inside a tar is a range of it. */
export function rangeMember(of: Member, start: number, length: number, named: Pick<Member, 'path' | 'modifiedMicros' | 'archiveName'>): Member {
  return {
    ...named,
    size: length,
    async *open(from) {
      let left = length - from;
      if (left <= 0) return;
      for await (const chunk of of.open(start + from)) {
        yield chunk.length <= left ? chunk : chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0) return;
      }
    },
  };
}

/** The first bytes of a member, at most `most`; what comes before an unreadable place. Throws EvidenceUnreadable when not even one byte can be read. */
export async function headOf(bytes: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const head = new Uint8Array(most);
  let length = 0;
  try {
    for await (const chunk of bytes) {
      const part = chunk.subarray(0, most - length);
      head.set(part, length);
      length += part.length;
      if (length === most) break;
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable) || length === 0) throw cause;
  }
  return head.subarray(0, length);
}

import { kindOfFile } from './fileKinds.js';
import type { Format } from './format.js';

/** As many bytes as tell what a file is. */
const HEAD_BYTES = 32;

/** What no format recognises: its bytes are counted and nothing is read out of it. Never in the registry; the last resort of readSet. */
export const unknownFormat: Format = {
  id: 'unknown',
  title: 'not recognised',
  sniff: () => 0,
  // eslint-disable-next-line require-yield -- it states no observation
  async *parse(members, context) {
    for (const member of members) {
      let lines = 0;
      let isBinary = false;
      let endsInLine = true;
      const head = new Uint8Array(HEAD_BYTES);
      let headLength = 0;
      for await (const chunk of member.open(0)) {
        context.signal?.throwIfAborted();
        if (headLength < HEAD_BYTES) {
          const part = chunk.subarray(0, HEAD_BYTES - headLength);
          head.set(part, headLength);
          headLength += part.length;
        }
        if (!isBinary && chunk.includes(0)) isBinary = true;
        for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++;
        if (chunk.length > 0) endsInLine = chunk[chunk.length - 1] === 0x0a;
      }
      const records = isBinary ? 1 : lines + (endsInLine ? 0 : 1);
      if (records === 0) continue;
      context.account.notUnderstood += records;
      const kind = kindOfFile(head.subarray(0, headLength));
      context.account.note(kind ?? (isBinary ? 'a binary file of no known format' : 'a text file of no known format'), member.path, 0);
    }
  },
};

/** A symbolic link that belongs to no copy of /proc: it is listed with where it points, and what it points to is not read. */
export const linkFormat: Format = {
  id: 'link',
  title: 'symbolic link, not followed',
  sniff: () => 0,
  // eslint-disable-next-line require-yield, @typescript-eslint/require-await -- it states no observation and has no bytes
  async *parse(members, context) {
    for (const member of members) context.account.note('a symbolic link; it was not followed', member.path, 0);
  },
};

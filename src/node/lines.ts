import { createReadStream } from 'node:fs';

const LINE_FEED = 10;

/** The line (from 0) that holds each byte offset of a file, in the order asked; offsets behind the end are on the last line. Throws what reading throws. */
export async function linesAt(file: string, offsets: readonly number[]): Promise<readonly number[]> {
  const wanted = [...offsets.keys()].sort((a, b) => offsets[a]! - offsets[b]!);
  const lines = new Array<number>(offsets.length).fill(0);
  let next = 0, line = 0, before = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    for (let at = -1; next < wanted.length; line++) {
      const end = chunk.indexOf(LINE_FEED, at + 1);
      const until = before + (end < 0 ? chunk.length - 1 : end);
      for (; next < wanted.length && offsets[wanted[next]!]! <= until; next++) lines[wanted[next]!] = line;
      if (end < 0) break;
      at = end;
    }
    before += chunk.length;
    if (next === wanted.length) break;
  }
  for (; next < wanted.length; next++) lines[wanted[next]!] = line;
  return lines;
}

interface Kind {
  readonly is: (head: Uint8Array) => boolean;
  readonly says: string;
}

/** Files that are known for what they are, and that no format reads. */
const KINDS: readonly Kind[] = [
  { is: (head) => startsWith(head, '#separator \\x09'), says: 'a Zeek log: connections of a network, without processes; it is not read' },
  { is: (head) => [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a].includes(magic(head)), says: 'a packet or sysdig capture; of sysdig bring the events out first: sysdig -r X -j > X.json' },
  { is: (head) => startsWith(head, 'EMiL') || startsWith(head, 'AVML'), says: 'a memory image; bring its tasks out first: vol -f X linux.psscan > psscan.txt' },
  { is: (head) => startsWith(head, '\x7fELF'), says: 'a program, a library or a core dump' },
  { is: (head) => startsWith(head, 'ElfFile\0'), says: 'a Windows event log; only Linux is read' },
  { is: (head) => startsWith(head, 'SQLite format 3\0'), says: 'a SQLite database; export its tables first: sqlite3 -json X "select * from T" > T.json' },
  { is: (head) => (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff), says: 'a text in UTF-16, as Windows shells write it; convert it to UTF-8 first (iconv -f UTF-16 -t UTF-8)' },
];

/** What a file is that no format reads, with what to do about it, from its first bytes; undefined for what is not known. */
export function kindOfFile(head: Uint8Array): string | undefined {
  return KINDS.find(({ is }) => is(head))?.says;
}

function startsWith(head: Uint8Array, text: string): boolean {
  return head.length >= text.length && [...text].every((character, at) => head[at] === character.charCodeAt(0));
}

function magic(head: Uint8Array): number {
  return head.length < 4 ? -1 : new DataView(head.buffer, head.byteOffset, 4).getUint32(0, false);
}

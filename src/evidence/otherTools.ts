import type { Format } from './format.js';

/** A file that is known for what it is, and whose content another tool has to bring out first. */
interface Known {
  readonly id: string;
  readonly title: string;
  readonly is: (head: Uint8Array) => boolean;
  /** What it is, and the one line that makes something of it that is read here. */
  readonly says: string;
}

const KNOWN: readonly Known[] = [
  { id: 'journal-binary', title: 'binary journal', is: (head) => startsWith(head, 'LPKSHHRH'), says: 'a binary journal of systemd; convert it first: journalctl --file X -o export > X.export' },
  { id: 'zeek', title: 'Zeek log', is: (head) => startsWith(head, '#separator \\x09'), says: 'a Zeek log: connections of a network without processes; it is not read' },
  { id: 'pcap', title: 'packet capture', is: (head) => [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a].includes(magic(head)), says: 'a packet capture: it names no process; it is not read' },
  { id: 'memory-image', title: 'memory image', is: (head) => startsWith(head, 'EMiL') || startsWith(head, 'AVML'), says: 'a memory image; bring its tasks out first: vol -f X linux.psscan > psscan.txt' },
  { id: 'core', title: 'core dump', is: (head) => startsWith(head, '\x7fELF') && head[16] === 4, says: 'a core dump of one process; it is not read' },
  { id: 'program', title: 'program file', is: (head) => startsWith(head, '\x7fELF') && head[16] !== 4, says: 'a program or library; it is not read' },
  { id: 'evtx', title: 'Windows event log', is: (head) => startsWith(head, 'ElfFile\0'), says: 'a Windows event log; only Linux is read' },
  { id: 'sqlite', title: 'SQLite database', is: (head) => startsWith(head, 'SQLite format 3\0'), says: 'a SQLite database; export its tables as JSON first: sqlite3 -json X "select * from T" > T.json' },
];

/**
 * Files of other tools that are named, with what to do about them, instead of "not recognised": a format each, which counts its file as one record not
 * understood.
 */
export const otherToolFormats: readonly Format[] = KNOWN.map(({ id, title, is, says }) => ({
  id,
  title,
  sniff: (head) => (is(head) ? 0.97 : 0),
  // eslint-disable-next-line require-yield -- it states no observation
  async *parse(members, context) {
    for (const member of members) {
      for await (const chunk of member.open(0)) if (chunk.length > 0) context.signal?.throwIfAborted();
      context.account.reject(says, member.path, 0);
    }
  },
}));

function startsWith(head: Uint8Array, text: string): boolean {
  return head.length >= text.length && [...text].every((character, at) => head[at] === character.charCodeAt(0));
}

function magic(head: Uint8Array): number {
  return head.length < 4 ? -1 : new DataView(head.buffer, head.byteOffset, 4).getUint32(0, false);
}

import { sha256 } from '@noble/hashes/sha2.js';

/** Letters of a file name that every file system takes and no shell reads. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * What stands for a person, machine or file in a file name: the text itself where it is plain, else its plain letters with the beginning of its hash, so
 * that two names never share a file and none leads out of its folder.
 */
export function fileNameOf(text: string): string {
  if (PLAIN.test(text) && !text.includes('..')) return text;
  const plain = text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${plain === '' ? 'name' : plain}-${hexOf(sha256(new TextEncoder().encode(text))).slice(0, 8)}`;
}

/** The verdicts of one author: `verdicts/alice.jsonl`. */
export function verdictFileOf(author: string): string {
  return `verdicts/${fileNameOf(author)}.jsonl`;
}

/** What one author pinned to the playbook and said of it: `playbook/alice.jsonl`. */
export function stepNoteFileOf(author: string): string {
  return `playbook/${fileNameOf(author)}.jsonl`;
}

/** Of the files that {@link verdictFileOf} and {@link stepNoteFileOf} name. */
export function isStepNoteFile(file: string): boolean {
  return file.startsWith('playbook/');
}

/** One writer's custody chain: `custody/alice-laptop.jsonl`. Two machines never append to the same chain. */
export function custodyFileOf(author: string, machine: string): string {
  return `custody/${fileNameOf(author)}-${fileNameOf(machine)}.jsonl`;
}

/** Lower-case hex of bytes. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** SHA-256 of a text's UTF-8, lower-case hex. */
export function sha256OfText(text: string): string {
  return hexOf(sha256(new TextEncoder().encode(text)));
}

/** Index into a {@link StringTable}. 0 is the absent string (not the empty one). */
export type StringId = number;
export const NO_STRING: StringId = 0;

/**
 * Interned byte strings of one evidence set. Bytes are kept as they came (they need not be UTF-8); text is decoded when somebody looks.
 * A list (argv) is one entry whose items are separated by NUL, as the kernel keeps it.
 */
export interface StringTable {
  readonly count: number;
  /** Interns bytes [from, to) of a buffer. The empty string is an id of its own. */
  intern(bytes: Uint8Array, from: number, to: number): StringId;
  internText(text: string): StringId;
  /** The bytes of an entry; a view that is valid until the next intern. */
  bytes(id: StringId): Uint8Array;
  /** The text of an entry, invalid UTF-8 shown as U+FFFD. undefined for {@link NO_STRING}. */
  text(id: StringId): string | undefined;
  /** The items of a list entry. [] for {@link NO_STRING}. */
  list(id: StringId): string[];
}

import type { Member } from '../model/index.js';
import type { Format } from './format.js';

/** A text that another program wrote, and what carries it says of it. */
export interface Envelope {
  readonly kind: 'envelope';
  /** One char a byte; line ends inside are kept. */
  readonly text: string;
  /** Place of the whole envelope. */
  readonly offset: number;
  readonly byteLength: number;
  /** The host that the carrier names. */
  readonly host: string | undefined;
  /** When it happened, as the carrier says; NaN: not said. */
  readonly micros: number;
  /** The file or channel that the text came from: a hint at its format. */
  readonly path: string;
}

/** A record of the carrier: an envelope, something that needs no reading (a header), or what could not be read. */
export type Carried = Envelope | { readonly kind: 'notNeeded' } | { readonly kind: 'broken'; readonly what: string; readonly offset: number };

/** Finds the format of a text by its head; undefined when nobody recognises it. */
export type Recognise = (head: Uint8Array, path: string) => Format | undefined;

export interface WrapperOptions {
  readonly id: string;
  readonly title: string;
  sniff(head: Uint8Array, path: string): number;
  carried(member: Member): AsyncIterable<Carried>;
}

import type { Batch } from '../model/index.js';

/** How a text is written beside plain UTF-8: what Windows shells and terminals make of the output of tools. */
export interface TextForm {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Bytes of the byte order mark, which belongs to no record. */
  readonly mark: number;
  /** True when it holds colours (ANSI escape sequences) that are no part of the text. */
  readonly isColoured: boolean;
}

const ESCAPE = 0x1b;
/** An escape sequence that is longer is none. */
const SEQUENCE_MOST = 32;

/** The form of a text from its first bytes; undefined for plain UTF-8, and for what is no text. */
export function textFormOf(head: Uint8Array): TextForm | undefined {
  const [first, second, third] = head;
  const isColoured = hasColours(head);
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', mark: 2, isColoured };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', mark: 2, isColoured };
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', mark: 3, isColoured };
  const unmarked = unmarkedUtf16(head);
  if (unmarked) return { encoding: unmarked, mark: 0, isColoured };
  return isColoured ? { encoding: 'utf-8', mark: 0, isColoured } : undefined;
}

/** UTF-16 without a mark: every other byte is NUL, and the bytes between are text. */
function unmarkedUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(head.length, 512) & ~1;
  if (length < 32) return undefined;
  for (const [encoding, at] of [
    ['utf-16le', 1],
    ['utf-16be', 0],
  ] as const) {
    let isText = true;
    for (let i = 0; i < length && isText; i += 2) isText = head[i + at] === 0 && isPlain(head[i + 1 - at] ?? 0);
    if (isText) return encoding;
  }
  return undefined;
}

function isPlain(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === ESCAPE;
}

/** Some colour and its end: one escape alone may be what somebody wrote into a log. */
function hasColours(head: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(head).replaceAll('\0', '');
  // eslint-disable-next-line no-control-regex -- it is what is sought
  return (text.match(/\x1b\[[\d;]*m/g)?.length ?? 0) >= 2 && /\x1b\[0?m/.test(text);
}

const STRETCHES_MOST = 2_000_000;

/** A stretch of the plain text and where it stands in the stored bytes; within it each plain byte is `storedPer` stored bytes. */
interface Stretch {
  readonly plain: number;
  readonly stored: number;
  readonly storedPer: number;
}

/**
 * Turns stored bytes into plain UTF-8, chunk by chunk, and knows for each offset of the plain text where it stands in the stored bytes, so that
 * provenance is of what is stored.
 */
export class PlainText {
  private readonly stretches: Stretch[] = [];
  private out = new Uint8Array(0);
  private length = 0;
  private plain = 0; // bytes given out, with those in `out`
  private stored = 0; // bytes taken, up to the unit that is worked on
  private readonly left: number[] = []; // a unit, a surrogate or a sequence that the last chunk began
  private surrogate: { readonly unit: number; readonly stored: number } | undefined;
  private sequence: { readonly units: number[]; readonly stored: number } | undefined;

  private skip: number; // bytes of the mark that are still to come

  constructor(private readonly form: TextForm) {
    this.stored = form.mark;
    this.skip = form.mark;
  }

  /** True when the text changes between wide and narrow so often that its places would fill the memory. */
  get isTooMixed(): boolean {
    return this.stretches.length > STRETCHES_MOST;
  }

  /** The plain bytes of the next stored ones. */
  next(chunk: Uint8Array): Uint8Array {
    let bytes = chunk;
    if (this.skip > 0) {
      bytes = chunk.subarray(this.skip);
      this.skip = Math.max(0, this.skip - chunk.length);
    }
    this.out = new Uint8Array(bytes.length * 2 + SEQUENCE_MOST * 4);
    this.length = 0;
    if (this.form.encoding === 'utf-8') for (const byte of bytes) this.unit(byte, 1);
    else {
      const isLittle = this.form.encoding === 'utf-16le';
      for (const byte of bytes) {
        this.left.push(byte);
        if (this.left.length < 2) continue;
        const [a = 0, b = 0] = this.left;
        this.left.length = 0;
        this.unit(isLittle ? a | (b << 8) : (a << 8) | b, 2);
      }
    }
    return this.out.subarray(0, this.length);
  }

  /** What was held back at the end. */
  end(): Uint8Array {
    this.out = new Uint8Array(SEQUENCE_MOST * 4 + 8);
    this.length = 0;
    while (this.sequence) this.giveUp();
    this.lone();
    return this.out.subarray(0, this.length);
  }

  /** Where a byte of the plain text stands in the stored bytes. */
  storedAt(plain: number): number {
    return this.within(plain, plain);
  }

  /** Where the stored bytes of the plain text before this place end; colours that follow are not among them. */
  storedBefore(plain: number): number {
    return this.within(Math.max(0, plain - 1), plain);
  }

  private within(known: number, plain: number): number {
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.stretches[middle]!.plain <= known) low = middle + 1;
      else high = middle;
    }
    const stretch = this.stretches[low - 1];
    return stretch ? Math.round(stretch.stored + (plain - stretch.plain) * stretch.storedPer) : this.form.mark;
  }

  private unit(unit: number, width: number): void {
    if (this.form.isColoured && (this.sequence ?? unit === ESCAPE)) this.colour(unit, width);
    else this.text(unit, width);
  }

  /** ESC [ parameters letter: taken out once it is whole. */
  private colour(unit: number, width: number): void {
    const sequence = (this.sequence ??= { units: [], stored: this.stored });
    sequence.units.push(unit);
    const at = sequence.units.length;
    const isGoingOn = at === 1 || (at === 2 ? unit === 0x5b : unit >= 0x20 && unit < 0x40);
    if (at > 2 && unit >= 0x40 && unit < 0x7f) {
      this.sequence = undefined;
      this.lone();
      this.stored = sequence.stored + at * width;
    } else if (!isGoingOn || at >= SEQUENCE_MOST) this.giveUp();
  }

  /** What began like a sequence and is none is text. */
  private giveUp(): void {
    const { sequence } = this;
    if (!sequence) return;
    this.sequence = undefined;
    const width = this.form.encoding === 'utf-8' ? 1 : 2;
    const next = sequence.units.indexOf(ESCAPE, 1); // the unit that ended it may begin another
    for (const unit of next < 0 ? sequence.units : sequence.units.slice(0, next)) this.text(unit, width);
    if (next > 0) this.colour(ESCAPE, width);
  }

  private text(unit: number, width: number): void {
    const at = this.stored;
    this.stored += width;
    if (width === 1) return this.put([unit], at, 1);
    const high = this.surrogate;
    if (unit >= 0xdc00 && unit < 0xe000 && high) {
      this.surrogate = undefined;
      return this.put(utf8(0x10000 + ((high.unit - 0xd800) << 10) + (unit - 0xdc00)), high.stored, 4);
    }
    this.lone();
    if (unit >= 0xd800 && unit < 0xdc00) this.surrogate = { unit, stored: at };
    else this.put(utf8(unit), at, 2);
  }

  /** A surrogate without its other half is kept as the bytes of its own number, which are no UTF-8. */
  private lone(): void {
    const { surrogate } = this;
    this.surrogate = undefined;
    if (surrogate) this.put(utf8(surrogate.unit), surrogate.stored, 2);
  }

  private put(bytes: readonly number[], stored: number, width: number): void {
    const last = this.stretches.at(-1);
    const storedPer = width / bytes.length;
    if (!last || last.storedPer !== storedPer || Math.round(last.stored + (this.plain - last.plain) * storedPer) !== stored)
      this.stretches.push({ plain: this.plain, stored, storedPer });
    if (this.length + bytes.length > this.out.length) {
      const larger = new Uint8Array(this.out.length * 2 + bytes.length);
      larger.set(this.out);
      this.out = larger;
    }
    for (const byte of bytes) this.out[this.length++] = byte;
    this.plain += bytes.length;
  }
}

function utf8(point: number): readonly number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 0x3f)];
  if (point < 0x10000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
}

/** The head of a text as plain UTF-8. */
export function plainHead(head: Uint8Array, form: TextForm): Uint8Array {
  return new PlainText(form).next(head);
}

/** Turns the places of a batch's rows of one member, which are of the plain text, into places of the stored bytes. */
export function placeInStored(batch: Batch, member: number, text: PlainText): void {
  for (let row = 0; row < batch.count; row++) {
    if (batch.member[row] !== member) continue;
    const { offset, byteLength } = batch;
    const start = text.storedAt(offset[row]!);
    byteLength[row] = byteLength[row] === 0 ? 0 : text.storedBefore(offset[row]! + byteLength[row]!) - start;
    offset[row] = start;
  }
}

/** Bytes of a record as text: UTF-16 where they look like it, else UTF-8. */
export function textOfRecord(bytes: Uint8Array): string {
  const encoding = textFormOf(bytes.subarray(0, 512))?.encoding ?? 'utf-8';
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

import type { Accounting, Trouble } from '../model/index.js';

/** How many places of each kind of trouble are kept. */
const PLACES_KEPT = 5;

/** Counts what became of the bytes and records of one evidence while it is parsed. */
export class Account implements Accounting {
  bytes = 0;
  understood = 0;
  notNeeded = 0;
  notUnderstood = 0;
  lostBySource = 0;
  duplicates = 0;
  readonly troubles: Trouble[] = [];
  private readonly byWhat = new Map<string, Trouble>();

  get records(): number {
    return this.understood + this.notNeeded + this.notUnderstood;
  }

  /** Adds what was counted of a later part of the same evidence. */
  add(counts: Pick<Accounting, 'understood' | 'notNeeded' | 'notUnderstood' | 'duplicates'>, troubles: readonly Trouble[]): void {
    this.understood += counts.understood;
    this.notNeeded += counts.notNeeded;
    this.notUnderstood += counts.notUnderstood;
    this.duplicates += counts.duplicates;
    for (const { what, count, places } of troubles) {
      const trouble = this.troubleOf(what);
      trouble.count += count;
      trouble.places.push(...places.slice(0, PLACES_KEPT - trouble.places.length));
    }
  }

  /** Counts one record as not understood. `what` says what was expected and what stood there; it must not hold evidence text. */
  reject(what: string, member: string, offset: number): void {
    this.notUnderstood++;
    this.note(what, member, offset);
  }

  /** Notes a trouble of a record that was counted otherwise (a cut line whose head was understood). */
  note(what: string, member: string, offset: number): void {
    const trouble = this.troubleOf(what);
    trouble.count++;
    if (trouble.places.length < PLACES_KEPT) trouble.places.push({ member, offset });
  }

  private troubleOf(what: string): Trouble {
    let trouble = this.byWhat.get(what);
    if (!trouble) {
      trouble = { what, count: 0, places: [] };
      this.byWhat.set(what, trouble);
      this.troubles.push(trouble);
    }
    return trouble;
  }
}

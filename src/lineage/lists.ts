/** Parent intervals and programs of all processes: rows linked per process, so that they may come in any order of processes. */
import { larger } from './processes.js';

/** A growing list of records of five numbers, linked. */
export class Links {
  count = 0;
  next = new Int32Array(1024).fill(-1);
  time = new Float64Array(1024);
  to = new Float64Array(1024);
  a = new Int32Array(1024);
  b = new Int32Array(1024);
  c = new Int32Array(1024);

  add(time: number, to: number, a: number, b: number, c: number, next: number): number {
    if (this.count === this.next.length) this.grow();
    const at = this.count++;
    this.time[at] = time;
    this.to[at] = to;
    this.a[at] = a;
    this.b[at] = b;
    this.c[at] = c;
    this.next[at] = next;
    return at;
  }

  /** Keeps the records that are marked, in their order; answers the new number of each, -1 of those that are gone. */
  keep(marked: Uint8Array): Int32Array {
    const renumber = new Int32Array(this.count).fill(-1);
    let count = 0;
    for (let at = 0; at < this.count; at++) {
      if (marked[at] === 0) continue;
      renumber[at] = count;
      this.time[count] = this.time[at]!;
      this.to[count] = this.to[at]!;
      this.a[count] = this.a[at]!;
      this.b[count] = this.b[at]!;
      this.c[count] = this.c[at]!;
      this.next[count++] = this.next[at]!;
    }
    this.count = count;
    for (let at = 0; at < count; at++) if (this.next[at] !== -1) this.next[at] = renumber[this.next[at]!]!;
    return renumber;
  }

  private grow(): void {
    const length = larger(this.next.length);
    const grown = <C extends Float64Array | Int32Array>(old: C): C => {
      const fresh = (old instanceof Float64Array ? new Float64Array(length) : new Int32Array(length)) as C; // the same kind as `old`
      fresh.set(old);
      return fresh;
    };
    this.next = grown(this.next);
    this.time = grown(this.time);
    this.to = grown(this.to);
    this.a = grown(this.a);
    this.b = grown(this.b);
    this.c = grown(this.c);
  }
}

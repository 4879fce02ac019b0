import { renumberKeys } from './renumber.js';

/**
 * Births inside child pid namespaces that wait for the child to show itself: the number that fork returned there is the namespace's own and says
 * nothing outside (FORMATS 3.1). Kept for each caller, in order of time.
 */
export class NamespaceBirths {
  private readonly byCaller = new Map<number, number[]>();

  add(caller: number, t: number): void {
    const births = this.byCaller.get(caller);
    if (births) births.push(t);
    else this.byCaller.set(caller, [t]);
  }

  /** The first birth of a caller that nobody took yet. */
  takeOldest(caller: number): number | undefined {
    return this.byCaller.get(caller)?.shift();
  }

  /** Callers with births that nobody took yet. */
  *callers(): Iterable<number> {
    for (const [caller, births] of this.byCaller) if (births.length > 0) yield caller;
  }

  /** Rows have new numbers. */
  renumber(renumber: Int32Array): void {
    renumberKeys(this.byCaller, renumber);
  }

  /** The last birth before `t` among the callers that pass the test. */
  takeLatest(test: (caller: number) => boolean, t: number): { readonly caller: number; readonly birth: number } | undefined {
    let found: { caller: number; birth: number } | undefined;
    for (const [caller, births] of this.byCaller) {
      const birth = births.at(-1);
      if (birth !== undefined && birth <= t && test(caller) && (!found || birth > found.birth)) found = { caller, birth };
    }
    if (found) this.byCaller.get(found.caller)?.pop();
    return found;
  }
}

import type { SqlPort } from '../../src/hunt/index.js';

/** The lab's evidence in a store. */
export async function labPort(): Promise<SqlPort | undefined> {
  return Promise.resolve(undefined);
}

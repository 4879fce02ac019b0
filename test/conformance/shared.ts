import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';

/** Third-party data that may not lie in this repository; read beside it where it is. */
export const SHARED = '../shared/conformance';

/** Runs a suite over shared data; where it is absent says so, and under CI fails. */
export function overShared(suite: string, file: string, body: (json: unknown) => void): void {
  const path = join(SHARED, file);
  if (existsSync(path)) test(suite, () => body(JSON.parse(readFileSync(path, 'utf8'))));
  else if (process.env.CI === 'true') test(suite, () => { throw new Error(`${path} is not there`); });
  else test.skip(`${suite} (not run: ${path} is not there)`, () => undefined);
}

/** Prints counts where `npm run conformance` shows them. */
export function tell(suite: string, counts: Readonly<Record<string, number>>): void {
  process.stdout.write(`conformance: ${suite}: ${Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ')}\n`);
}

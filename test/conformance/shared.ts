import type { SuiteResult } from './suites.js';

/** Third-party data that may not lie in this repository; read beside it where it is. */
export const SHARED = '../shared/conformance';

/** Prints a suite's figures and each failure. */
export function tell(result: SuiteResult): void {
  process.stdout.write(`conformance: ${result.suite}: ${result.passed}/${result.total}\n${result.failures.map((one) => `  ${one}\n`).join('')}`);
}

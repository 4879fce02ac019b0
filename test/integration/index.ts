import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** Called by VS Code inside the extension host: runs every suite beside this file and rejects when one fails. Counts go to the file that FOUNDLING_COUNTS names. */
export async function run(): Promise<void> {
  const grep = process.env['FOUNDLING_GREP'];
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000, forbidOnly: process.env['CI'] === 'true', ...(grep ? { grep } : {}) });
  for (const name of readdirSync(__dirname).sort()) if (name.endsWith('.test.js')) mocha.addFile(path.join(__dirname, name));
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      const counts = { passed: runner.stats?.passes ?? 0, failed: failures, pending: runner.stats?.pending ?? 0 };
      const countsFile = process.env['FOUNDLING_COUNTS'];
      if (countsFile) writeFileSync(countsFile, JSON.stringify(counts));
      if (failures > 0) reject(new Error(`${failures} of ${counts.passed + failures} tests failed`));
      else resolve();
    });
  });
}

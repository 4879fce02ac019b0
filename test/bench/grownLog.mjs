// Logs of any size, grown from a capture and kept between runs.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const evidence = fileURLToPath(new URL('../../../shared/evidence', import.meta.url));

/** Where benches keep what they make; it is there. */
export const scratch = join(tmpdir(), 'foundling-bench');
mkdirSync(scratch, { recursive: true });

/** The path of a log of so many MB. Ends the bench where what it is made from is not there. */
export function grownLog(megabytes) {
  if (!existsSync(join(evidence, 'grow.mjs'))) {
    console.error('The bench makes its logs from ../shared/evidence, which is not there.');
    process.exit(1);
  }
  const log = join(scratch, `grown-${megabytes}.log`);
  if (existsSync(log)) return log;
  console.log(`making ${megabytes} MB of log from a capture ...`);
  const out = openSync(log, 'w');
  const { status } = spawnSync(process.execPath, [join(evidence, 'grow.mjs'), join(evidence, 'lab', 'full-dev', 'audit.log.gz'), megabytes], { stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  if (status !== 0) {
    rmSync(log);
    throw new Error('grow.mjs failed');
  }
  return log;
}

// npm run truth: scores every capture of ../shared/evidence/lab against the kernel's own record and prints a table beside the naive baseline.
import { captures, scoreCapture, table, tableRow } from '../test/truth/score.mjs';
import { build } from './setUp.mjs';

const names = captures();
if (names.length === 0) {
  console.error('No captures: ../shared/evidence/lab is not there.');
  process.exit(1);
}
await build();
const rows = [];
for (const capture of names) for (const given of ['naive', 'audit', 'audit+snapshots', 'folder']) rows.push(tableRow(capture, given, scoreCapture(capture, given)));
console.log(`Of the processes that each audit log shows:\n\n${table(rows)}`);

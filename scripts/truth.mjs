// npm run truth: scores every capture of ../shared/evidence/lab against the kernel's own record and prints a table beside the naive baseline.
import { findingsTable, isQuiet, quietTable, scoreFindings, scorePathRule, scoreQuiet } from '../test/truth/findings.mjs';
import { captures, CUT, loneTable, scoreCapture, scoreLone, table, tableRow } from '../test/truth/score.mjs';
import { build } from './setUp.mjs';

const names = captures();
if (names.length === 0) {
  console.error('No captures: ../shared/evidence/lab is not there.');
  process.exit(1);
}
await build();
const rows = [];
const sure = [];
for (const capture of names) {
  for (const given of ['naive', 'audit', 'audit+snapshots', 'folder']) {
    const scores = scoreCapture(capture, given);
    rows.push(tableRow(capture, given, scores));
    const errors = ['creator', 'launcher', 'entry'].map((about) => scores.claims.calibration[about].error);
    if (given !== 'naive') sure.push([capture, given, ...errors]);
  }
}
// As other audit rules would have left them.
for (const capture of names.filter((name) => !name.startsWith('exec-only'))) {
  for (const cut of Object.keys(CUT).filter((kind) => kind !== 'no signals' || capture.startsWith('full'))) {
    for (const given of ['audit', 'folder']) rows.push(tableRow(`${capture}, ${cut}`, given, scoreCapture(capture, given, cut)));
  }
}
const HEAD = ['capture', 'given', 'calibration error: creator', 'launcher', 'entry'];
console.log(`Of the processes that each audit log shows:\n\n${table(rows)}`);
console.log(`\n| ${HEAD.join(' | ')} |\n| ${HEAD.map(() => '---').join(' | ')} |\n${sure.map((row) => `| ${row.map((cell) => cell ?? '-').join(' | ')} |`).join('\n')}`);
const lone = [];
for (const capture of names) for (const kind of ['/proc', 'ps axo']) lone.push([capture, kind, scoreLone(capture, kind)]);
console.log(`\nOf each snapshot alone, launchers claimed with a confidence of 0.8 or more:\n\n${loneTable(lone)}`);
const found = [], quiet = [];
for (const capture of names)
  for (const given of ['audit', 'folder']) {
    if (isQuiet(capture)) {
      quiet.push([capture, given, 'plain', scoreQuiet(capture, given)]);
      continue;
    }
    // Names are changed in audit records only, so the log alone is what can be asked name-blind.
    for (const how of given === 'audit' ? ['plain', 'path-blind', 'name-blind'] : ['plain', 'path-blind']) found.push([capture, given, how, scoreFindings(capture, given, how)]);
    if (given === 'audit') {
      if (!capture.startsWith('exec-only')) found.push([capture, given, 'exec-only cut', scoreFindings(capture, given, 'exec-only')]);
      found.push([capture, given, 'path-rule.mjs', scorePathRule(capture)]);
    }
  }
console.log(`\nMalicious orphan payloads over \`foundling findings\`; path-blind: every executable in one folder; name-blind: every program renamed as well:\n\n${findingsTable(found)}`);
if (quiet.length > 0) console.log(`\nAlerts on ordinary work:\n\n${quietTable(quiet)}`);

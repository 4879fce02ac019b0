// npm run truth: scores every capture of ../shared/evidence/lab against the kernel's own record and prints a table beside the naive baseline.
//   npm run truth -- --findings    only the part about findings
//   npm run truth -- --variants    lineage where pids come round fast; findings on more variants of each capture, and each attack alone in the quiet day (some minutes)
import { aloneTable, findingsTable, isQuiet, quietTable, scoreAlone, scoreFindings, scorePathRule, scoreQuiet } from '../test/truth/findings.mjs';
import { captures, CUT, loneTable, scoreCapture, scoreLone, scoreRenumbered, table, tableRow } from '../test/truth/score.mjs';
import { build } from './setUp.mjs';

const names = captures();
if (names.length === 0) {
  console.error('No captures: ../shared/evidence/lab is not there.');
  process.exit(1);
}
/** What each capture is asked with: evidence given, and how it was changed. Names are changed in audit records only, so the log alone is what can be asked name-blind. */
const ATTACK = [['audit', 'plain'], ['audit', 'path-blind'], ['audit', 'name-blind'], ['audit', 'plausible'], ['audit', 'nonsense'], ['audit', 'exec-only'], ['folder', 'plain'], ['folder', 'path-blind']];
const QUIET = [['audit', 'plain'], ['audit', 'plausible'], ['audit', 'nonsense'], ['audit', 'forks'], ['audit', 'exec-only'], ['audit', 'twice'], ['folder', 'plain']];
const WIDE = [['audit', 'x0.5'], ['audit', 'x3'], ['folder', 'plausible'], ['folder', 'nonsense'], ['folder', 'zone']];
const asked = process.argv.slice(2);
const isWide = asked.includes('--variants');
if (isWide) for (const list of [ATTACK, QUIET]) list.push(...WIDE);
await build();
if (!isWide && !asked.includes('--findings')) scoreLineage();
if (isWide) scoreFastPids();
await scoreTriage();

/** Who created whom where only execs are on record and the numbers come round every few minutes. */
function scoreFastPids() {
  const rows = names.filter((name) => name.startsWith('exec-only')).flatMap((capture) => [4000, 1500].flatMap((limit) => ['naive', 'audit'].map((given) => tableRow(`${capture}, pids below ${limit}`, given, scoreRenumbered(capture, limit, given)))));
  console.log(`Where pids come round:\n\n${table(rows)}`);
}

/** Who created whom, of every capture, and with fewer audit rules. */
function scoreLineage() {
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
}

/** What stands out: of attacks as they are and changed, of ordinary work, and (with --variants) of each attack alone in a quiet day. */
async function scoreTriage() {
  const found = [], quiet = [];
  for (const capture of names) {
    for (const [given, how] of isQuiet(capture) ? QUIET : ATTACK) {
      if (capture.startsWith('exec-only') && how === 'exec-only') continue;
      if (isQuiet(capture)) quiet.push([capture, given, how, scoreQuiet(capture, given, how)]);
      else found.push([capture, given, how, scoreFindings(capture, given, how)]);
    }
    if (!isQuiet(capture)) found.push([capture, 'audit', 'path-rule.mjs', scorePathRule(capture)]);
  }
  console.log(`\nMalicious orphan payloads over \`foundling findings\`; path-blind: every executable in one folder; name-blind: every program renamed as well;\nplausible, nonsense: another host, with other people, units and tools; exec-only: the log with fewer rules; x0.5, x3: at another pace:\n\n${findingsTable(found)}`);
  if (quiet.length > 0) console.log(`\nAlerts on ordinary work; twice: the day again, after a boot:\n\n${quietTable(quiet)}`);
  const [day] = names.filter((name) => name.startsWith('full') && isQuiet(name));
  if (!isWide || day === undefined) return;
  const single = [];
  for (const capture of names.filter((name) => !isQuiet(name) && !name.startsWith('exec-only')))
    for (const how of ['plain', 'exec-only']) single.push([capture, how, await scoreAlone(capture, day, how)]);
  console.log(`\nEach attack alone in ${day}:\n\n${aloneTable(single)}`);
}

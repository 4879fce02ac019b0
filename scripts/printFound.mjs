// What the command line finds in evidence, for a terminal: the summary, then each orphan with creator, adopter and entry.
import { root, run } from './command.mjs';

const MOST = 40;

export async function printFound(evidence) {
  const cli = (...args) => run(process.execPath, ['dist/cli.js', ...args], { cwd: root, allowFailure: true });
  const summary = await cli('open', ...evidence);
  process.stdout.write(`\n${summary.stdout}${summary.stderr}\n`);
  const { code, stdout, stderr } = await cli('lineage', ...evidence, '--json');
  if (code !== 0 && stdout === '') throw new Error(stderr);
  const processes = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const orphans = processes.filter((each) => each.orphan);
  const named = new Map(processes.map((each) => [key(each.host, each), each]));
  console.log(orphans.length === 0 ? 'No orphans.' : `${orphans.length} of ${processes.length} processes are orphans:`);
  for (const orphan of orphans.slice(0, MOST)) console.log(`  ${sentence(orphan, named)}`);
  if (orphans.length > MOST) console.log(`  ... and ${orphans.length - MOST} more (npm run -s foundling -- tree EVIDENCE --orphans)`);
  console.log('');
}

function sentence(orphan, named) {
  const of = (ref) => (ref ? label(named.get(key(orphan.host, ref)) ?? ref) : undefined);
  const adopter = orphan.adopters.at(-1) ?? orphan.adopter;
  const entry = orphan.entry;
  const parts = [
    orphan.creator ? `created by ${of(orphan.creator)} (${orphan.basis})` : 'creator unknown',
    ...(orphan.requester ? [`requested by ${of(orphan.requester)}`] : []),
    adopter ? `adopted by ${of(adopter)}${after(orphan)}` : 'adopter unknown',
    entry ? `entry ${[entry.kind, entry.session, entry.unit].filter(Boolean).map(visible).join(' ')}${entry.pid === null ? '' : ` (${of(entry)})`}` : 'entry unknown',
  ];
  return `${label(orphan)}: ${parts.join(', ')}`;
}

const key = (host, { pid, start }) => `${host} ${pid} ${start}`;
const label = ({ name, pid }) => (name ? `${visible(name)} ${pid}` : String(pid));

function after({ orphanedAfter: span, startBasis }) {
  if (!span || (span.min === null && span.max === null)) return '';
  const { min, max } = span;
  // A process whose birth is not on record may have been adopted long before its first record.
  if (max === 0) return startBasis === 'observed' ? ' at once' : ' before it was first seen';
  if (min !== null && max !== null && Math.abs(max - min) < 1e-6) return ` after ${duration(min)}`;
  if (max === null) return ` after at least ${duration(min)}`;
  return min === null || min === 0 ? ` within ${duration(max)}` : ` after ${duration(min)} to ${duration(max)}`;
}

const duration = (seconds) =>
  seconds < 0.001 ? `${Math.round(seconds * 1e6)} µs` : seconds < 1 ? `${Math.round(seconds * 1e3)} ms` : `${seconds.toFixed(1)} s`;

/** Evidence may hold terminal escapes and characters that turn the writing around: they are shown, not obeyed. */
function visible(text) {
  return String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

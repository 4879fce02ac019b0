#!/usr/bin/env node
// Cuts the example case from a lab capture: the audit events of some login sessions and of the system in a window of time, and the snapshots taken at
// its end. Nothing is rewritten: every line is a line of the capture, in its order.
//   node scripts/cutExample.mjs CAPTURE_FOLDER examples/case/evidence --from EPOCH_S --to EPOCH_S --sessions 61,62 --snapshot STAMP_PREFIX
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' }, to: { type: 'string' }, sessions: { type: 'string' }, snapshot: { type: 'string', multiple: true } },
});
const [capture, target] = positionals;
if (!capture || !target || !values.from || !values.to) {
  console.error('usage: cutExample.mjs CAPTURE_FOLDER TARGET_FOLDER --from EPOCH_S --to EPOCH_S [--sessions N,N] [--snapshot NAME_PART ...]');
  process.exit(2);
}
const UNSET = '4294967295';
const kept = new Set([UNSET, ...(values.sessions ?? '').split(',')]);
const lines = gunzipSync(readFileSync(join(capture, 'audit.log.gz')))
  .toString('latin1')
  .split('\n');

/** Key and time of a line's event. */
const eventOf = (line) => {
  const match = /msg=audit\((\d+\.\d+):(\d+)\)/.exec(line);
  return match ? { key: `${match[1]}:${match[2]}`, time: Number(match[1]) } : undefined;
};
// The session of an event stands in its SYSCALL or user record; its PATH, CWD and the like name none.
const sessionOf = new Map();
for (const line of lines) {
  const event = eventOf(line);
  const session = / ses=(\d+)/.exec(line)?.[1];
  if (event && session && !sessionOf.has(event.key)) sessionOf.set(event.key, session);
}
const cut = lines.filter((line) => {
  const event = eventOf(line);
  return event && event.time >= Number(values.from) && event.time <= Number(values.to) && kept.has(sessionOf.get(event.key) ?? UNSET);
});
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'audit.log'), `${cut.join('\n')}\n`, 'latin1');
const snapshots = join(capture, 'snapshots');
for (const name of readdirSync(snapshots)) {
  if ((values.snapshot ?? []).some((part) => name.includes(part))) copyFileSync(join(snapshots, name), join(target, basename(name)));
}
console.log(`${cut.length} of ${lines.length} lines`);

// One labelled attack alone in a quiet day: its processes' records, and those of everybody above them, are taken out of the attack capture and laid into the
// quiet one at another time, under other pids, sessions and serials.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomOf } from './blind.mjs';
import { auditLines, eventOf, restamped, spanOf, timeOf, written } from './cut.mjs';
import { evidenceFolder } from './score.mjs';

const { at, loadTruth } = await import(pathToFileURL(join(evidenceFolder, 'score.mjs')).href);

/** Listeners and managers that stand in both captures: theirs are the forks, not the attack. */
const SHARED = ['/usr/sbin/sshd', '/usr/sbin/cron', '/usr/sbin/atd'];
const FORKS = new Set(['56', '57', '58', '435']);
const UNSET = 4294967295;
const SERIALS = 5_000_000, SESSIONS = 5_000;

/** An attack capture, ready to be taken apart: lines, truth and labels. */
export async function readAttacks(capture) {
  const folder = join(evidenceFolder, 'lab', capture);
  return {
    lines: auditLines(join(folder, 'audit.log.gz')),
    truth: await loadTruth(join(folder, 'truth.jsonl.gz')),
    // A log full of reused pids cannot be given other numbers one attack at a time.
    scenarios: JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')).scenarios.filter(({ malicious, how, payloads }) => malicious && how !== 'reuse' && payloads.some(({ orphan }) => orphan)),
  };
}

/**
 * Writes the quiet log with one attack in it. Answers { path, payloads, others }: pids of the
 * orphan payloads, and of all else that came with the attack.
 * The new pids lie above those of the quiet day, in the attack's own order.
 */
export function alone(attacks, scenario, quietLines, seed, into) {
  const { truth, lines } = attacks;
  const [from, to] = spanOf(quietLines), [first, last] = spanOf(lines);
  const shift = from - first + randomOf(seed)() * Math.max(0, to - from - (last - first));
  const shared = sharedPids(lines, quietLines);
  const lives = livesOf(truth, scenario, shared);
  const base = quietLines.reduce((most, line) => Math.max(most, Number(/^type=SYSCALL .* pid=(\d+)/.exec(line)?.[1] ?? 0)), 0) + 500;
  const numbers = new Map([...lives].sort((a, b) => a.start - b.start).map((life, index) => [life, base + index]));
  /** The new number of a pid at a time; undefined for who is not of the attack. */
  const numberOf = (pid, time) => (shared.has(pid) ? shared.get(pid) : pid <= 1 ? pid : numbers.get(at(truth, pid, time)));
  const isOurs = (pid, time) => pid > 1 && !shared.has(pid) && numberOf(pid, time) !== undefined;
  const units = new Set(scenario.payloads.flatMap(({ entry }) => (entry?.unit === undefined ? [] : [entry.unit.replace(/\.(service|scope)$/, '')])));
  const taken = new Map();
  for (const line of lines) {
    const id = eventOf(line);
    if (id !== undefined && !taken.has(id) && isTaken(line, timeOf(line), isOurs, units)) taken.set(id, []);
  }
  for (const line of lines) taken.get(eventOf(line))?.push(renumbered(line, timeOf(line), numberOf, shift));
  const added = [...taken.values()].sort((a, b) => timeOf(a[0]) - timeOf(b[0]));
  const merged = [];
  let next = 0;
  for (const line of quietLines) {
    for (; next < added.length && timeOf(added[next][0]) < timeOf(line); next++) merged.push(...added[next]);
    merged.push(line);
  }
  for (; next < added.length; next++) merged.push(...added[next]);
  const payloads = new Set(scenario.payloads.filter(({ orphan }) => orphan).map(({ pid, start }) => numbers.get(at(truth, pid, start))));
  return { path: written(into, merged), payloads, others: new Set([...numbers.values()].filter((pid) => !payloads.has(pid))) };
}

/** Main processes of services that both logs have, by the attack's number: what init ran. */
function sharedPids(lines, quietLines) {
  const mains = (log) => new Map(log.flatMap((line) => {
    const exe = / syscall=59 .* exe="([^"]+)"/.exec(line)?.[1];
    return exe !== undefined && SHARED.includes(exe) && / ppid=1 /.test(line) ? [[exe, Number(/ pid=(\d+)/.exec(line)[1])]] : [];
  }));
  const ours = mains(lines), theirs = mains(quietLines);
  return new Map([...ours].filter(([exe]) => theirs.has(exe)).map(([exe, pid]) => [pid, theirs.get(exe)]));
}

/** Lifetimes of an attack: what it ran, who asked for it, who adopted it, and everybody above by creation. */
function livesOf(truth, { processes, payloads }, shared) {
  const lives = new Set();
  const add = (life) => {
    for (let each = life; each && each.pid > 2 && !shared.has(each.pid) && !lives.has(each); each = each.creator) lives.add(each);
  };
  for (const { pid, start } of [...processes, ...payloads]) add(at(truth, pid, start));
  for (const { adopters, requestedBy, entry } of payloads) {
    for (const { pid, time } of adopters) if (pid) add(at(truth, pid, time));
    for (const each of [requestedBy, entry]) if (each?.pid) add(at(truth, each.pid, each.start));
  }
  return lives;
}

function isTaken(line, time, isOurs, units) {
  const pid = Number(/ pid=(\d+)/.exec(line)?.[1] ?? 0);
  const unit = /^type=SERVICE_(?:START|STOP) .*\bunit=([^ "]+)/.exec(line)?.[1];
  if (unit !== undefined) return units.has(unit);
  const call = / syscall=(\d+) success=yes exit=(\d+)/.exec(line);
  const isFork = call !== null && FORKS.has(call[1]);
  if (!isFork) return isOurs(pid, time);
  // A thread's number, or one of a namespace, is nobody's in the truth; a child that is not the attack's stays behind.
  const child = Number(call[2]);
  return isOurs(child, time) || (isOurs(pid, time) && child < 1000);
}

function renumbered(line, time, numberOf, shift) {
  const pidOf = (pid) => numberOf(Number(pid), time) ?? pid;
  const call = / syscall=(\d+) /.exec(line)?.[1];
  let changed = restamped(line, (at, serial) => [at + shift, serial + SERIALS])
    .replace(/ (pid|ppid|opid)=(\d+)/g, (all, key, pid) => ` ${key}=${pidOf(pid)}`)
    .replace(/\b(ses|oses)=(\d+)/g, (all, key, ses) => `${key}=${Number(ses) === UNSET ? ses : Number(ses) + SESSIONS}`);
  if (FORKS.has(call) || call === '112') changed = changed.replace(/ exit=(\d+)/, (all, child) => ` exit=${pidOf(child)}`);
  if (call === '62') changed = changed.replace(/ a0=([0-9a-f]+)/, (all, target) => ` a0=${Number(pidOf(Number.parseInt(target, 16))).toString(16)}`);
  return changed;
}

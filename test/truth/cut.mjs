// Logs as they would be with fewer rules, at another pace, in another zone, or with another such day before them.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Numbers of x86_64: clone, fork, vfork, clone3, exit_group; exit, setsid, prctl, kill, connect. */
const FORKS = ['56', '57', '58', '435', '231'];
const LINEAGE = ['60', '112', '157', '62', '42'];
const WITHOUT = { 'exec-only': new Set([...FORKS, ...LINEAGE]), forks: new Set(LINEAGE) };
/** The time and serial of a record. */
const STAMP = /msg=audit\((\d+\.\d{3}):(\d+)\)/;

/** The lines of an audit log, as they stand. */
export function auditLines(file) {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1').split('\n').filter((line) => line !== '');
}

export function timeOf(line) {
  const [, time] = STAMP.exec(line) ?? [];
  return time === undefined ? NaN : Number(time);
}

/** The id of a record's event: its time and serial. */
export function eventOf(line) {
  return STAMP.exec(line)?.[0];
}

/** A record under another time and serial; `change` is given both, and answers both. */
export function restamped(line, change) {
  return line.replace(STAMP, (all, time, serial) => {
    const [at, number] = change(Number(time), Number(serial));
    return `msg=audit(${at.toFixed(3)}:${number})`;
  });
}

/** Writes the cut log into a folder; answers its path. `kind`: 'exec-only' or 'forks'. */
export function cut(file, kind, into) {
  const lines = auditLines(file);
  const gone = new Set();
  for (const line of lines) if (line.startsWith('type=SYSCALL') && WITHOUT[kind].has(/ syscall=(\d+)/.exec(line)?.[1])) gone.add(eventOf(line));
  return written(into, lines.filter((line) => !gone.has(eventOf(line))));
}

/** The same host, `factor` times as slow from its first record on. Answers the path, and what undoes it for a time in seconds. */
export function stretched(file, factor, into) {
  const lines = auditLines(file);
  const [first] = spanOf(lines);
  const path = written(into, lines.map((line) => restamped(line, (time, serial) => [first + (time - first) * factor, serial])));
  return { path, undo: (seconds) => first + (seconds - first) / factor };
}

/** The same day twice: the host is started again after it, and all comes once more. */
export function doubled(file, into) {
  const lines = auditLines(file);
  const [first, last] = spanOf(lines);
  const span = last - first + 60;
  return written(into, [...lines, ...lines.map((line) => restamped(line, (time, serial) => [time + span, serial]))]);
}

/** Stamps of RFC 3339 as an older syslog writes them, in a zone west of Greenwich that the log does not name. */
export function zoned(files, hoursWest, into) {
  return files.map((file) => {
    if (file.endsWith('.gz')) return file;
    const path = join(into, basename(file));
    writeFileSync(path, readFileSync(file, 'latin1').replace(/^(\d{4}-\d\d-\d\dT\S+)(?= )/gm, (stamp) => {
      const [, month, day, , time] = new Date(Date.parse(stamp) - hoursWest * 3_600_000).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) (\S+) .*/, '/$2/$1/$3/$4').split('/');
      return `${month} ${String(Number(day)).padStart(2)} ${time}`;
    }), 'latin1');
    return path;
  });
}

export function written(into, lines) {
  const path = join(into, 'audit.log');
  writeFileSync(path, `${lines.join('\n')}\n`, 'latin1');
  return path;
}

/** The first and the last time of a log, seconds. */
export function spanOf(lines) {
  let first = Infinity, last = -Infinity;
  for (const time of lines.map(timeOf)) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}

// Copies of evidence in which programs tell nothing by where they lie (path-blind), or by what they are called (name-blind): what findings rest on then is shape.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const FOLDER = '/same/folder';
/** A path as it stands in arguments, titles, logs and JSON. */
const PATH = /\/[^\s"'`;&|<>(){}=,[\]:\\\0\x1d]+/g;
const WORD = /[\w.+-]+/g;
/** Fields of audit records that may be written in hex; of a SYSCALL record a0 to a3 are numbers. */
const FIELD = /(?<=[ '\x1d])(a\d+(?:\[\d+\])?|proctitle|PROCTITLE|exe|EXE|comm|name|cmd|ocomm)=("[^"]*"|[0-9A-F]{2,}(?=[ '\x1d\n]|$))/g;

/** Writes blinded copies of evidence files into a folder; answers their paths. `how`: 'path' or 'name'. */
export function blinded(files, how, into) {
  const texts = files.map((file) => [basename(file).replace(/\.gz$/, ''), file.endsWith('.gz') ? gunzipSync(readFileSync(file)).toString('latin1') : readFileSync(file, 'latin1')]);
  const programs = programsOf(texts.map(([, text]) => text));
  const change = how === 'path' ? pathsChanged(programs) : namesChanged(programs);
  return texts.map(([name, text]) => {
    const path = join(into, name);
    writeFileSync(path, /^(node=\S+ )?type=[A-Z_]+ msg=audit\(/m.test(text.slice(0, 4096)) ? auditChanged(text, change) : how === 'path' ? change(text) : text, 'latin1');
    return path;
  });
}

/** Every executable and every first argument that is a path. */
function programsOf(texts) {
  const programs = new Set();
  for (const text of texts) {
    for (const [, quoted, hex] of text.matchAll(/\bexe=(?:"([^"]+)"|([0-9A-F]{2,})\b)/g)) programs.add(quoted ?? Buffer.from(hex, 'hex').toString('latin1'));
    for (const [, first] of text.matchAll(/type=EXECVE [^\n]*? a0="(\/[^"]+)"/g)) programs.add(first);
    for (const [, exe] of text.matchAll(/"exe": ?"(\/[^"]+)"/g)) programs.add(exe);
  }
  return new Set([...programs].map((path) => path.replace(/ \(deleted\)$/, '')).filter((path) => path.startsWith('/') && !path.startsWith('/memfd:')));
}

function pathsChanged(programs) {
  return (text) => text.replace(PATH, (path) => (programs.has(path) ? `${FOLDER}/${basename(path)}` : path));
}

/** Names that nobody chose: p1, p2, ... in an order that says nothing of the evidence's. */
function namesChanged(programs) {
  const names = [...new Set([...programs].map((path) => basename(path)))].sort();
  const fresh = new Map(names.map((name, at) => [name, `p${((at * 7919) % 99991) + 100}`]));
  for (const name of names) if (name.length > 15) fresh.set(name.slice(0, 15), fresh.get(name));
  const paths = pathsChanged(programs);
  return (text) => paths(text).replace(WORD, (word) => fresh.get(word) ?? word);
}

function auditChanged(text, change) {
  return text
    .split('\n')
    .map((line) => (line.startsWith('type=SYSCALL') ? line.replace(FIELD, (all, key, value) => (/^a\d/.test(key) ? all : field(key, value, change))) : line.replace(FIELD, (all, key, value) => field(key, value, change))))
    .join('\n');
}

function field(key, value, change) {
  if (value.startsWith('"')) return `${key}="${change(value.slice(1, -1))}"`;
  if (value.length % 2 !== 0) return `${key}=${value}`;
  return `${key}=${Buffer.from(change(Buffer.from(value, 'hex').toString('latin1')), 'latin1').toString('hex').toUpperCase()}`;
}

// Copies of evidence in which programs tell nothing by where they lie (path-blind), or by what they are called (name-blind), or in which another host with other
// people and tools did the same (plausible, nonsense): what findings rest on then is shape.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const FOLDER = '/same/folder';
/** A path as it stands in arguments, titles, logs and JSON. */
const PATH = /\/[^\s"'`;&|<>(){}=,[\]:\\\0\x1d]+/g;
const WORD = /[\w.+-]+/g;
/** Fields of audit records that may be written in hex; of a SYSCALL record a0 to a3 are numbers. */
const FIELD = /(?<=[ '\x1d])(a\d+(?:\[\d+\])?|proctitle|PROCTITLE|exe|EXE|comm|name|cmd|ocomm|cwd|acct|O?A?UID|OLD-AUID)=("[^"]*"|[0-9A-F]{2,}(?=[ '\x1d\n]|$))/g;
/** Fields that stand without quotes. */
const BARE = /(?<=[ '])(unit|hostname)=([\w.@-]+)/g;

/** Where a distribution puts its own programs: those keep name and place, everything else is somebody's. */
const SYSTEM = /^\/(usr\/)?(bin|sbin|lib\/(systemd|openssh|gcc|x86_64-linux-gnu|git-core|apt|dpkg|update-notifier))\//;
/** Users that packages bring along. */
const SYSTEM_USER = /^(root|daemon|nobody|www-data|redis|messagebus|sshd|unset|unknown|systemd-.*|_.*)$/;
/** Units that distributions bring along. */
const SYSTEM_UNIT = /^(user|user-runtime-dir|systemd-.*|modprobe|getty|serial-getty|kmod-static-nodes|networking|ssh|sshd|cron|atd|dbus|auditd|rsyslog|nginx|redis-server|e2scrub_reap|apt-.*|run-.*)(@.*)?$/;

/** Other people, tools, folders and a host: such as could stand anywhere, and such as no rule can know. */
const WORLDS = {
  plausible: {
    program: ['flowmgr', 'tidyd', 'nodewatch', 'kelpd', 'statpipe', 'quotad', 'vaultctl', 'edgecache', 'pulsar', 'ledger', 'hostmon', 'fsq', 'tracker', 'gridd', 'meshctl', 'spoold', 'imgproc', 'sessmgr', 'bwlimit', 'telemd', 'clockctl', 'zonefix', 'pathfind', 'archiver'],
    folder: ['/usr/local/libexec', '/opt/vendor/agent/bin', '/usr/lib/tracker', '/var/opt/pkg', '/tmp/.ICE-unix', '/srv/tools', '/usr/share/fonts/.u', '/var/tmp/session', '/dev/shm/.w', '/opt/ibm/sbin', '/usr/lib/firmware', '/var/cache/thumb', '/usr/libexec/ext'],
    user: ['svc-build', 'lena', 'okafor', 'jmartin', 'ops2', 'hadley'], host: ['db-prod-07'], unit: ['ledgerd', 'sync-agent', 'mailq', 'tilecache', 'imgsrv', 'vpnwatch', 'invoice', 'shipper', 'etl', 'probe2'],
  },
  nonsense: { program: ['qz'], folder: ['/xq/w'], user: ['uu'], host: ['hh'], unit: ['nn'] },
};

/** Writes blinded copies of evidence files into a folder; answers their paths. `how`: 'path', 'name', or a style of WORLDS; `seed` chooses among its names. */
export function blinded(files, how, into, seed = 1) {
  const texts = files.map((file) => [basename(file).replace(/\.gz$/, ''), file.endsWith('.gz') ? gunzipSync(readFileSync(file)).toString('latin1') : readFileSync(file, 'latin1')]);
  const programs = programsOf(texts.map(([, text]) => text));
  const change = how === 'path' ? pathsChanged(programs) : how === 'name' ? namesChanged(programs) : worldChanged(texts.map(([, text]) => text), programs, WORLDS[how], seed);
  return texts.map(([name, text]) => {
    const path = join(into, name);
    writeFileSync(path, /^(node=\S+ )?type=[A-Z_]+ msg=audit\(/m.test(text.slice(0, 4096)) ? auditChanged(text, change) : how === 'name' ? text : change(text), 'latin1');
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

/** A seeded generator (mulberry32): the same seed gives the same world. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every program that no distribution brings along, its folder, and every user, unit and host under another name; one word always becomes the same other one. */
function worldChanged(texts, programs, world, seed) {
  const random = randomOf(seed);
  const given = new Map();
  // Each takes the next of a shuffled list; who comes after its end gets a number.
  const giver = (list) => {
    const order = list.map((name) => [random(), name]).sort(([a], [b]) => a - b).map(([, name]) => name);
    let count = 0;
    return () => {
      const at = count++;
      return list.length > 1 && at < list.length ? order[at] : `${order[at % list.length]}${at}`;
    };
  };
  const isSystem = (path) => SYSTEM.test(path);
  const kept = new Set([...programs].filter(isSystem).map((path) => basename(path)));
  const own = [...programs].filter((path) => !isSystem(path)).sort();
  const word = (words, next) => {
    for (const name of words) if (!given.has(name) && !kept.has(name)) given.set(name, next());
  };
  const all = (pattern) => new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name)));
  word([...all(/\b(?:acct|AUID|UID)="([a-z][\w-]*)"/g)].filter((user) => !SYSTEM_USER.test(user)).sort(), giver(world.user));
  word([...all(/\bunit=([\w.@-]+)/g)].filter((unit) => !SYSTEM_UNIT.test(unit)).sort(), giver(world.unit));
  word([...all(/^\d{4}-\d\d-\d\dT\S+ (\S+) /gm), ...all(/"_HOSTNAME":"([^"]+)"/g)].sort(), giver(world.host));
  word(new Set(own.map((path) => basename(path))), giver(world.program));
  for (const name of [...given.keys()]) if (name.length > 15) given.set(name.slice(0, 15), given.get(name).slice(0, 15));
  const folders = new Map(), nextFolder = giver(world.folder);
  for (const path of own) if (!folders.has(dirname(path))) folders.set(dirname(path), nextFolder());
  // A unit's name stands with its kind behind it as well.
  const renamed = (word) => given.get(word) ?? word.replace(/^(.+)(\.(?:service|timer|scope|slice|socket))$/, (all, unit, kind) => `${given.get(unit) ?? unit}${kind}`);
  const words = (text) => text.replace(WORD, renamed);
  return (text) => words(text.replace(PATH, (path) => (programs.has(path) && !isSystem(path) ? `${folders.get(dirname(path))}/${basename(path)}` : path)));
}

function auditChanged(text, change) {
  return text
    .split('\n')
    .map((line) => (line.startsWith('type=SYSCALL') ? line.replace(FIELD, (all, key, value) => (/^a\d/.test(key) ? all : field(key, value, change))) : line.replace(FIELD, (all, key, value) => field(key, value, change)).replace(BARE, (all, key, value) => `${key}=${change(value)}`)))
    .join('\n');
}

function field(key, value, change) {
  if (value.startsWith('"')) return `${key}="${change(value.slice(1, -1))}"`;
  if (value.length % 2 !== 0) return `${key}=${value}`;
  return `${key}=${Buffer.from(change(Buffer.from(value, 'hex').toString('latin1')), 'latin1').toString('hex').toUpperCase()}`;
}

// Scores the command line's lineage against the kernel's own record, with the scorers that lie beside the captures. Used by `npm run truth` and the tests.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { renumbered } from './renumbered.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const evidenceFolder = join(root, '..', 'shared', 'evidence');

/** Names of the captures, [] where ../shared is not there. */
export function captures() {
  const lab = join(evidenceFolder, 'lab');
  return existsSync(lab) ? readdirSync(lab, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort() : [];
}

/** Runs a Node script; answers its standard output, throws with its standard error when it fails. */
export function node(args, into) {
  const out = into === undefined ? 'pipe' : openSync(into, 'w');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', out, 'pipe'] });
  if (into !== undefined) closeSync(out);
  if (status !== 0) throw new Error(`${args.join(' ')}\n${stderr}`);
  return stdout;
}

/** How the evidence is handed over: the audit log alone, with the snapshots, or with the logs as well. Truth and labels are never given. */
export const GIVEN = {
  audit: (folder) => [join(folder, 'audit.log.gz')],
  'audit+snapshots': (folder) => [
    join(folder, 'audit.log.gz'),
    ...readdirSync(join(folder, 'snapshots')).filter((name) => /^(ps-|proc_.*\.jsonl)/.test(name)).map((name) => join(folder, 'snapshots', name)),
  ],
  folder: (folder) => [
    ...['audit.log.gz', 'syslog', 'auth.log', 'cron.log', 'journal.json.gz'].map((name) => join(folder, name)),
    ...readdirSync(join(folder, 'snapshots')).filter((name) => /^(ps-|proc_.*\.jsonl|systemctl-|ss-|auditctl-)/.test(name)).map((name) => join(folder, 'snapshots', name)),
  ],
};

/** Less than was recorded, by system call (x86_64): what another profile would have left of a capture. */
export const CUT = {
  'no signals': ['62', '200', '234', '112', '157', '42', '60'],
  'execs only': ['62', '200', '234', '112', '157', '42', '60', '56', '57', '58', '435', '231'],
};

/** The folder of a capture with the events of some system calls taken out of its audit log. */
function cutFolder(folder, calls, scratch) {
  const made = join(scratch, 'cut');
  mkdirSync(made);
  for (const name of readdirSync(folder)) if (name !== 'audit.log.gz') symlinkSync(join(folder, name), join(made, name));
  const lines = gunzipSync(readFileSync(join(folder, 'audit.log.gz'))).toString('latin1').split('\n');
  const idOf = (line) => /msg=audit\((\d+\.\d+:\d+)\)/.exec(line)?.[1];
  const out = new Set(lines.filter((line) => calls.includes(/^(?:node=\S+ )?type=SYSCALL .*? syscall=(\d+) /.exec(line)?.[1] ?? '')).map(idOf));
  writeFileSync(join(made, 'audit.log.gz'), gzipSync(Buffer.from(lines.filter((line) => !out.has(idOf(line))).join('\n'), 'latin1')));
  return made;
}

/** Scores of one capture: { score, claims } as the scorers print them. `given` is a key of GIVEN, or 'naive' for the baseline; `cut` a key of CUT. */
export function scoreCapture(capture, given, cut) {
  const scratch = mkdtempSync(join(tmpdir(), 'foundling-truth-'));
  try {
    const whole = join(evidenceFolder, 'lab', capture);
    return scoreFolder(cut === undefined ? whole : cutFolder(whole, CUT[cut], scratch), given, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The same of a capture whose pids come round below `limit`, its log alone; `given` is 'audit' or 'naive'. */
export function scoreRenumbered(capture, limit, given) {
  const scratch = mkdtempSync(join(tmpdir(), 'foundling-truth-'));
  try {
    return scoreFolder(renumbered(join(evidenceFolder, 'lab', capture), limit, join(scratch, 'renumbered')), given, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function scoreFolder(folder, given, scratch) {
  const recon = join(scratch, 'recon.jsonl');
  if (given === 'naive') node([join(evidenceFolder, 'naive-baseline.mjs'), join(folder, 'audit.log.gz')], recon);
  else node([join(root, 'dist', 'cli.js'), 'lineage', ...GIVEN[given](folder), '--json'], recon);
  const truth = ['--truth', join(folder, 'truth.jsonl.gz'), '--recon', recon, '--labels', join(folder, 'labels.json')];
  return {
    score: JSON.parse(node([join(evidenceFolder, 'score.mjs'), ...truth, '--observable', join(folder, 'audit.log.gz')])),
    claims: JSON.parse(node([join(evidenceFolder, 'score-claims.mjs'), ...truth])),
  };
}

const HEAD = ['capture', 'given', 'creator', 'wrong pid', 'wrong lifetime', 'precision', 'recall', 'right creator of orphans', 'merged', 'phantom', 'launcher exact', 'entry right', 'and its kind', 'requester right', 'attacks right'];

/** One row of the table, of the processes that the audit log shows. */
export function tableRow(capture, given, { score, claims }) {
  const { creator, orphan } = score.observable;
  return [capture, given, creator.accuracyOfAll, creator.wrongPid, creator.wrongLifetime, orphan.precision, orphan.recall, orphan.creatorAccuracy, score.mergedLifetimes, score.phantomRows,
    `${claims.launcher.exact} of ${claims.launcher.orphansInTruth}`, `${claims.entry.right} of ${claims.entry.payloads}`, claims.entry.kindRight, `${claims.requester.right} of ${claims.requester.brokered}`, `${score.scenarioSum.fullyRight} of ${score.scenarioSum.attacks}`];
}

/** Prints rows as a Markdown table. */
export function table(rows) {
  return [HEAD, HEAD.map(() => '---'), ...rows].map((row) => `| ${row.map((cell) => (cell === null ? '-' : String(cell))).join(' | ')} |`).join('\n');
}

/** Kinds of snapshot that are scored on their own, each file as the only evidence. */
export const LONE = { '/proc': /^proc_.*\.jsonl$/, 'ps axo': /^ps-axo_/ };

/** When a snapshot was begun, seconds since the epoch: what a copy of /proc says itself, else the stamp in its name. */
function takenAt(folder, name) {
  if (name.endsWith('.jsonl')) return JSON.parse(readFileSync(join(folder, name), 'utf8').split('\n', 1)[0]).time;
  const [, year, month, day, hour, minute, second] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)([\d.]+)Z/.exec(name);
  return Date.UTC(year, month - 1, day, hour, minute) / 1000 + Number(second);
}

/** Scores of all lone snapshots of one kind in a capture, summed: claims on the launchers of orphans, the way in of labelled payloads, calibration of each. */
export function scoreLone(capture, kind) {
  const folder = join(evidenceFolder, 'lab', capture);
  const snapshots = join(folder, 'snapshots');
  const scratch = mkdtempSync(join(tmpdir(), 'foundling-truth-'));
  const sum = { orphans: 0, sure: 0, trueAncestors: 0, exact: 0, payloads: 0, entries: 0, entriesRight: 0, calibration: { creator: [], launcher: [], entry: [] } };
  try {
    const recon = join(scratch, 'recon.jsonl');
    for (const name of readdirSync(snapshots).filter((file) => LONE[kind].test(file))) {
      node([join(root, 'dist', 'cli.js'), 'lineage', join(snapshots, name), '--json'], recon);
      const { launcher, entry, calibration } = JSON.parse(
        node([join(evidenceFolder, 'score-claims.mjs'), '--truth', join(folder, 'truth.jsonl.gz'), '--recon', recon, '--labels', join(folder, 'labels.json'), '--at', String(takenAt(snapshots, name))]),
      );
      sum.orphans += launcher.orphansInTruth;
      sum.sure += launcher.sure.stated;
      sum.trueAncestors += launcher.sure.exact + launcher.sure.onChain;
      sum.exact += launcher.sure.exact;
      sum.payloads += entry.payloads;
      sum.entries += entry.stated;
      sum.entriesRight += entry.right;
      for (const about of Object.keys(sum.calibration)) sum.calibration[about].push(...calibration[about].table);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { ...sum, calibration: Object.fromEntries(Object.entries(sum.calibration).map(([about, bins]) => [about, calibrationError(bins)])) };
}

/** Mean difference between what was claimed and what was right, over the bins of all files; null without claims. */
function calibrationError(bins) {
  const sums = new Map();
  for (const { from, claims, claimed, right } of bins) {
    const [n, p, k] = sums.get(from) ?? [0, 0, 0];
    sums.set(from, [n + claims, p + claimed * claims, k + right * claims]);
  }
  const all = [...sums.values()];
  const count = all.reduce((n, [claims]) => n + claims, 0);
  return count === 0 ? null : Math.round((all.reduce((error, [, p, k]) => error + Math.abs(p - k), 0) / count) * 10_000) / 10_000;
}

const LONE_HEAD = ['capture', 'lone snapshots', 'orphans', 'sure of the launcher', 'share', 'true ancestors', 'exact', 'entry right, of stated, of payloads', 'calibration error: creator', 'launcher', 'entry'];

/** Prints what lone snapshots of captures score as a Markdown table. */
export function loneTable(rows) {
  const cells = rows.map(([capture, kind, s]) => [capture, kind, s.orphans, s.sure, (s.sure / s.orphans).toFixed(3), (s.trueAncestors / s.sure).toFixed(3), s.exact, `${s.entriesRight} of ${s.entries} of ${s.payloads}`, s.calibration.creator, s.calibration.launcher, s.calibration.entry]);
  return [LONE_HEAD, LONE_HEAD.map(() => '---'), ...cells].map((row) => `| ${row.map((cell) => (cell === null ? '-' : String(cell))).join(' | ')} |`).join('\n');
}

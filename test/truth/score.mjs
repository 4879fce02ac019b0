// Scores the command line's lineage against the kernel's own record, with the scorers that lie beside the captures. Used by `npm run truth` and the tests.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const evidenceFolder = join(root, '..', 'shared', 'evidence');

/** Names of the captures, [] where ../shared is not there. */
export function captures() {
  const lab = join(evidenceFolder, 'lab');
  return existsSync(lab) ? readdirSync(lab, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort() : [];
}

/** Runs a Node script; answers its standard output, throws with its standard error when it fails. */
function node(args, into) {
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

/** Scores of one capture: { score, claims } as the scorers print them. `given` is a key of GIVEN, or 'naive' for the baseline. */
export function scoreCapture(capture, given) {
  const folder = join(evidenceFolder, 'lab', capture);
  const scratch = mkdtempSync(join(tmpdir(), 'foundling-truth-'));
  try {
    const recon = join(scratch, 'recon.jsonl');
    if (given === 'naive') node([join(evidenceFolder, 'naive-baseline.mjs'), join(folder, 'audit.log.gz')], recon);
    else node([join(root, 'dist', 'cli.js'), 'lineage', ...GIVEN[given](folder), '--json'], recon);
    const truth = ['--truth', join(folder, 'truth.jsonl.gz'), '--recon', recon, '--labels', join(folder, 'labels.json')];
    return {
      score: JSON.parse(node([join(evidenceFolder, 'score.mjs'), ...truth, '--observable', join(folder, 'audit.log.gz')])),
      claims: JSON.parse(node([join(evidenceFolder, 'score-claims.mjs'), ...truth])),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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

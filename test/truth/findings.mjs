// Scores `foundling findings` against labels and the kernel's own record, with path-rule.mjs as the scorer. Used by `npm run truth` and the tests.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blinded } from './blind.mjs';
import { auditLines, cut, doubled, stretched, zoned } from './cut.mjs';
import { evidenceFolder, GIVEN, node } from './score.mjs';

const cli = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist', 'cli.js');
const pathRule = join(evidenceFolder, 'path-rule.mjs');
const jsonLines = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

export const isQuiet = (capture) => /-quiet(-|$)/.test(capture);

/**
 * Scores of an attack capture: { averagePrecision, found, maliciousOrphans, alerted, falseAlerts }. `given` as in score.mjs; `how` is 'plain', 'path-blind',
 * 'name-blind', 'plausible' or 'nonsense' (another host, people and tools), or what the audit log alone would be: 'exec-only' or 'forks' (fewer rules),
 * 'x0.5' or 'x3' (another pace), 'twice' (that day again, after a boot). 'zone' is the log and older syslogs of a zone that they do not name.
 */
export function scoreFindings(capture, given, how = 'plain') {
  return inScratch((scratch) => {
    const { files, zone, undo = (start) => start } = evidenceOf(capture, given, how, scratch);
    return scoreRows(capture, findingsOf(files, zone).map((row) => ({ ...row, start: undo(row.start) })), scratch);
  });
}

function scoreRows(capture, rows, scratch) {
  const score = (some) => {
    const ranked = join(scratch, 'ranked.jsonl');
    writeFileSync(ranked, some.map(({ pid, start, score: points }) => JSON.stringify({ pid, start, score: points })).join('\n'));
    return scored(capture, ['--rows', ranked]);
  };
  const all = score(rows), alerts = score(rows.filter(({ alert }) => alert));
  return { averagePrecision: all.averagePrecision, found: all.found, maliciousOrphans: all.maliciousOrphans, alerted: alerts.found, falseAlerts: alerts.falseAlerts };
}

/** The rule that knows nothing but scratch folders, on the same capture. */
export function scorePathRule(capture) {
  const { averagePrecision, found, maliciousOrphans, falseAlerts } = scored(capture, [join(evidenceFolder, 'lab', capture, 'audit.log.gz')]);
  return { averagePrecision, found, maliciousOrphans, alerted: found, falseAlerts };
}

/**
 * Of each labelled attack of a capture alone in a quiet one: { attacks, averagePrecision (their mean), alerted, payloads, falseAlerts, worst: [[id, average precision]] }.
 * `how` is 'plain' or 'exec-only'.
 */
export async function scoreAlone(capture, quiet, how) {
  const { alone, readAttacks } = await import('./cutAlone.mjs');
  const attacks = await readAttacks(capture);
  const day = auditLines(join(evidenceFolder, 'lab', quiet, 'audit.log.gz'));
  const sum = { attacks: attacks.scenarios.length, averagePrecision: 0, alerted: 0, payloads: 0, falseAlerts: 0, worst: [] };
  for (const [seed, scenario] of attacks.scenarios.entries())
    inScratch((scratch) => {
      const { path, payloads, others } = alone(attacks, scenario, day, seed, scratch);
      const cutInto = join(scratch, 'cut');
      mkdirSync(cutInto);
      let rank = 0, found = 0, precision = 0;
      const seen = new Set();
      for (const { pid, alert } of findingsOf([how === 'plain' ? path : cut(path, how, cutInto)])) {
        if (others.has(pid) || seen.has(pid)) continue;
        rank++;
        if (!payloads.has(pid)) {
          if (alert) sum.falseAlerts++;
          continue;
        }
        seen.add(pid);
        precision += ++found / rank;
        if (alert) sum.alerted++;
      }
      sum.payloads += payloads.size;
      const average = precision / payloads.size;
      sum.averagePrecision += average / attacks.scenarios.length;
      if (average < 1) sum.worst.push([scenario.id, average]);
    });
  return sum;
}

/** Scores of an attack capture's log in a case whose baseline was learned from another capture's log (or, by mistake, from its own). */
export function scoreLearned(capture, learnedFrom) {
  return inScratch((scratch) => {
    const log = (of) => GIVEN.audit(join(evidenceFolder, 'lab', of));
    const into = join(scratch, 'case');
    node([cli, 'case', 'init', into]);
    node([cli, 'case', 'add', into, ...log(capture), '--reference']);
    node([cli, 'baseline', 'learn', ...log(learnedFrom), '-o', join(into, 'baseline.json')]);
    return scoreRows(capture, findingsOf([into]), scratch);
  });
}

/** Of a quiet capture: its alerts, those on the lab's own tools (MANIFEST.md names them) apart, and for each host-day. */
export function scoreQuiet(capture, given, how = 'plain') {
  return inScratch((scratch) => {
    const { files, zone } = evidenceOf(capture, given, how, scratch);
    const alerts = findingsOf(files, zone).filter(({ alert }) => alert);
    const isLabs = alerts.length === 0 ? () => false : labsOwn(capture, files);
    const ordinary = alerts.filter((row) => !isLabs(row));
    const hours = scored(capture, ['--rows', '/dev/null']).hours;
    return { hours, alerts: ordinary.length, onLab: alerts.length - ordinary.length, perHostDay: Math.round((ordinary.length / hours) * 240) / 10, names: ordinary.map(({ name, pid, why }) => `${name} ${pid}: ${why}`) };
  });
}

function inScratch(work) {
  const scratch = mkdtempSync(join(tmpdir(), 'foundling-findings-'));
  try {
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The files of a capture, changed as asked; `zone` where the person must name one, `undo` where times were changed. */
function evidenceOf(capture, given, how, scratch) {
  const folder = join(evidenceFolder, 'lab', capture), files = GIVEN[given](folder);
  if (how === 'plain') return { files };
  const into = join(scratch, 'evidence');
  mkdirSync(into);
  if (how === 'exec-only' || how === 'forks') return { files: [cut(files[0], how, into)] };
  if (how === 'twice') return { files: [doubled(files[0], into)] };
  if (how === 'zone') return { files: zoned(['audit.log.gz', 'syslog', 'auth.log', 'cron.log'].map((name) => join(folder, name)), 5, into), zone: '-05:00' };
  if (how.startsWith('x')) {
    const { path, undo } = stretched(files[0], Number(how.slice(1)), into);
    return { files: [path], undo };
  }
  return { files: blinded(files, how.replace('-blind', ''), into) };
}

function findingsOf(files, zone) {
  return jsonLines(node([cli, 'findings', ...files, '--json', ...(zone === undefined ? [] : [`--zone=${zone}`])]));
}

function scored(capture, args) {
  const folder = join(evidenceFolder, 'lab', capture);
  return JSON.parse(node([pathRule, ...args, '--truth', join(folder, 'truth.jsonl.gz'), '--labels', join(folder, 'labels.json')]));
}

/** Whether a row is one of the lab's tools or was created below one. */
function labsOwn(capture, files) {
  const said = /The lab's own processes[^\n]*/.exec(readFileSync(join(evidenceFolder, 'lab', capture, 'MANIFEST.md'), 'utf8'))?.[0] ?? '';
  const tools = [...said.matchAll(/\b(\w[\w-]*\.(?:sh|py)|truthrec)\b/g)].map(([, name]) => name);
  const processes = new Map(jsonLines(node([cli, 'lineage', ...files, '--json'])).map((each) => [`${each.pid}@${each.start}`, each]));
  const isTool = ({ name, args, executable }) => tools.some((tool) => name === tool || executable?.endsWith(`/${tool}`) || args?.some((arg) => arg.endsWith(tool)));
  return (row) => {
    for (let at = processes.get(`${row.pid}@${row.start}`), steps = 0; at && steps < 64; steps++) {
      if (isTool(at)) return true;
      at = at.creator ? processes.get(`${at.creator.pid}@${at.creator.start}`) : undefined;
    }
    return false;
  };
}

const HEAD = ['capture', 'given', 'evidence', 'average precision', 'recall', 'of malicious orphans', 'with alert', 'false alerts'];
const QUIET_HEAD = ['quiet capture', 'given', 'evidence', 'hours', 'alerts on ordinary work', 'a host-day', "on the lab's own tools"];
const markdown = (rows) => rows.map((row) => `| ${row.map((cell) => cell ?? '-').join(' | ')} |`).join('\n');

export function findingsTable(rows) {
  return markdown([HEAD, HEAD.map(() => '---'), ...rows.map(([capture, given, how, s]) => [capture, given, how, s.averagePrecision, (s.found / s.maliciousOrphans).toFixed(3), s.maliciousOrphans, s.alerted, s.falseAlerts])]);
}

export function quietTable(rows) {
  return markdown([QUIET_HEAD, QUIET_HEAD.map(() => '---'), ...rows.map(([capture, given, how, s]) => [capture, given, how, s.hours, s.alerts, s.perHostDay, s.onLab])]);
}

const ALONE_HEAD = ['capture', 'evidence', 'attacks', 'mean average precision', 'payloads with alert', 'of', 'false alerts', 'not ranked first'];

export function aloneTable(rows) {
  return markdown([ALONE_HEAD, ALONE_HEAD.map(() => '---'), ...rows.map(([capture, how, s]) => [capture, how, s.attacks, s.averagePrecision.toFixed(4), s.alerted, s.payloads, s.falseAlerts, s.worst.map(([id, average]) => `${id} ${average.toFixed(2)}`).join(', ')])]);
}

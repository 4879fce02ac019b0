import { FLAG, type ProcessRow } from '../model/index.js';
import type { BaselineEntry } from './baseline/entry.js';
import { type Match, matchBaseline } from './baseline/match.js';
import { SHIPPED } from './baseline/shipped.js';
import { isMiddle } from './baseline/shape.js';
import { reasonOf } from './detections/detection.js';
import { DETECTIONS } from './detections/index.js';
import type { Finding, FindingKind, ProcessFindings, TriageSettings } from './finding.js';
import type { Scene } from './scene.js';
import { EXPLAINED_AT_MOST, KNOWN_IN_GENERAL, WEIGHTS } from './weights.js';
import { fits } from './wildcard.js';

/** What being a daemon of a known shape accounts for. Nothing explains a kernel's name, a foreign parent, a web shell or a raw socket away. */
const SHAPE_KINDS: ReadonlySet<FindingKind> = new Set(['adopted', 'double-fork', 'daemonised', 'outlived-session', 'ignored-signals', 'brokered', 'reused-pid']);

/** What is known of an orphan of which nothing but its adoption, its session and a login's end are known. */
const UNKNOWN_AT_MOST = WEIGHTS.orphan + WEIGHTS.ownSession + WEIGHTS.outlivedSession;

/** Runs every detection, asks the baseline (the case's entries first, then the shipped ones), and ranks: worst first, then in order of start. */
export function triage(scene: Scene, settings: TriageSettings, ofCase: readonly BaselineEntry[] = []): ProcessFindings[] {
  const found = new Map<ProcessRow, Finding[]>();
  for (const row of scene.shapes.keys()) if ((scene.lineage.flags[row]! & FLAG.orphan) !== 0) found.set(row, []);
  for (const detection of DETECTIONS)
    for (const finding of detection.find(scene, settings)) {
      if (!isInScope(scene, finding.process, settings)) continue;
      const list = found.get(finding.process);
      if (list) list.push(finding);
      else found.set(finding.process, [finding]);
    }
  const entries = [...ofCase, ...SHIPPED];
  const judged = [...found].map(([row, findings]) => judge(scene, settings, row, findings, entries));
  return judged.sort((a, b) => b.score - a.score || scene.lineage.start[a.process]! - scene.lineage.start[b.process]! || a.process - b.process);
}

function isInScope(scene: Scene, row: ProcessRow, { executables }: TriageSettings): boolean {
  if (executables.length === 0) return true;
  const exe = scene.strings.text(scene.lineage.exe[row]!) ?? '';
  return executables.some((wildcard) => fits(wildcard, exe));
}

function judge(scene: Scene, settings: TriageSettings, process: ProcessRow, found: readonly Finding[], entries: readonly BaselineEntry[]): ProcessFindings {
  const shape = scene.shapes.get(process);
  const isOrphan = (scene.lineage.flags[process]! & FLAG.orphan) !== 0;
  const matches = shape && isOrphan && !isMiddle(scene.lineage, process) ? matchBaseline(scene, process, shape, entries) : [];
  const [best] = matches;
  const findings = best?.isImpostor === true && best.failed.length > 0 ? withImpostor(process, found, best) : found;
  // A raw socket sees what no port shows: only an entry that says so accounts for it.
  const isTraffic = ({ kind, techniques }: Finding): boolean => kind === 'orphan-network' && (techniques[0] === 'T1205' ? best?.of.raw === true : best?.of.network === true);
  const isAccounted = (finding: Finding): boolean => SHAPE_KINDS.has(finding.kind) || isTraffic(finding);
  const rest = findings.filter((finding) => !isAccounted(finding));
  const restPoints = sum(rest), all = sum(findings);
  const isShapeExplained = best?.explains === true, isLowered = best?.lowers === true;
  const isExplained = isShapeExplained && restPoints < WEIGHTS.wrongOffice;
  const shapePoints = all - restPoints;
  // What an entry says nothing of, it does not take away: a daemon of a known shape that does something else is as loud as that.
  const score = isExplained ? Math.min(all, EXPLAINED_AT_MOST) : restPoints + (isShapeExplained ? Math.min(shapePoints, EXPLAINED_AT_MOST) : isLowered ? Math.round(shapePoints * KNOWN_IN_GENERAL) : shapePoints);
  // Only that it was adopted is known, and nothing of how: that is no finding, and no clean bill either.
  const isUnknown = isOrphan && findings.every(({ kind }) => SHAPE_KINDS.has(kind)) && all <= UNKNOWN_AT_MOST && shape?.chain === 'unknown';
  const isJudged = findings.length > 0 && !isUnknown;
  return {
    process, score, alert: score >= settings.alertLine,
    state: isExplained || isMiddle(scene.lineage, process) ? 'explained' : isJudged ? 'unexpected' : 'not judged',
    why: whyOf(scene, process, isJudged ? findings : [], isExplained ? best : undefined, isLowered ? best : undefined),
    findings,
    baseline: matches.map(({ entry, source, held, failed, unknown }) => ({ entry, source, held, failed, unknown })),
  };
}

function withImpostor(process: ProcessRow, findings: readonly Finding[], { entry, failed }: Match): Finding[] {
  const reason = reasonOf(`It is the program of "${entry}" in a wrong place: ${failed.join('; ')}.`, WEIGHTS.impostor, 'derived');
  const others = findings.filter(({ kind }) => kind !== 'name-mismatch'), mine = findings.find(({ kind }) => kind === 'name-mismatch');
  return [...others, { kind: 'name-mismatch', process, points: (mine?.points ?? 0) + reason.points, techniques: mine?.techniques ?? ['T1036.005'], reasons: [...(mine?.reasons ?? []), reason] }];
}

function sum(findings: readonly Finding[]): number {
  return findings.reduce((points, finding) => points + finding.points, 0);
}

/** One sentence: the weightiest reason, or why it is quiet, or for want of what nothing is said. */
function whyOf(scene: Scene, row: ProcessRow, findings: readonly Finding[], explained: Match | undefined, lowered: Match | undefined): string {
  if (isMiddle(scene.lineage, row)) return 'It only served to detach what it made, and is told with that.';
  const open = (match: Match): string => (match.unknown.length === 0 ? '' : `; ${match.unknown.join(', ')}`);
  if (explained) return `Explained by "${explained.entry}" (${explained.source})${open(explained)}.`;
  const weightiest = findings.flatMap(({ reasons }) => reasons).sort((a, b) => b.points - a.points)[0];
  if (weightiest === undefined) {
    const [settles = 'records of forks and execs, or a snapshot from before its adoption'] = scene.lineage.settledBy(row);
    return `It was adopted, and nothing says who started it or how. What would tell: ${settles}.`;
  }
  return lowered ? `${weightiest.says} It looks like "${lowered.entry}", which is only known in general.` : weightiest.says;
}

import { FLAG, type ProcessRow } from '../model/index.js';
import { isMiddle } from './baseline/shape.js';
import { DETECTIONS } from './detections/index.js';
import type { Finding, ProcessFindings, TriageSettings } from './finding.js';
import type { Scene } from './scene.js';

/** What triage says of an evidence set, worst first. */
export interface Judged {
  readonly processes: readonly ProcessFindings[];
}

/** Runs every detection and ranks the processes that have findings, and all orphans. */
export function triage(scene: Scene, settings: TriageSettings): Judged {
  const found = new Map<ProcessRow, Finding[]>();
  for (const row of scene.shapes.keys()) if ((scene.lineage.flags[row]! & FLAG.orphan) !== 0) found.set(row, []);
  for (const detection of DETECTIONS)
    for (const finding of detection.find(scene, settings)) {
      const list = found.get(finding.process);
      if (list) list.push(finding);
      else found.set(finding.process, [finding]);
    }
  const processes = [...found].map(([row, findings]) => judge(scene, settings, row, findings));
  processes.sort((a, b) => b.score - a.score || scene.lineage.start[a.process]! - scene.lineage.start[b.process]! || a.process - b.process);
  return { processes };
}

function judge(scene: Scene, settings: TriageSettings, process: ProcessRow, findings: readonly Finding[]): ProcessFindings {
  const score = findings.reduce((sum, { points }) => sum + points, 0);
  const [first] = findings;
  const why = isMiddle(scene.lineage, process) ? 'It only served to detach others, and is told with them.' : (first?.reasons[0]?.says ?? 'Nothing but its adoption is known of it.');
  return { process, score, alert: score >= settings.alertLine, state: findings.length > 0 ? 'unexpected' : 'not judged', why, findings, baseline: [] };
}

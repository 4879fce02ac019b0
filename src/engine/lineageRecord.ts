import { basisOf, ENTRY_KINDS, FLAG, type ProcessRow } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { idText, isOrphan, jsonRef, lastParent, nameOf, seconds, sessionText, unitText, userOf } from './processFacts.js';
import type { LineageRecord } from './requests.js';

/** One process as the command line prints it (DESIGN 12). */
export function lineageRecord(set: OpenedSet, row: ProcessRow, start: number): LineageRecord {
  const { lineage, strings } = set;
  const flags = lineage.flags[row]!;
  const orphan = isOrphan(set, row);
  const creator = lineage.creator[row]!, adopter = lineage.adopter[row]!, launcher = lineage.launcher[row]!, entry = lineage.entry[row]!;
  const entryKind = ENTRY_KINDS[lineage.entryKind[row]!] ?? '';
  // A way in may be known by its session or unit alone, when the process that stood for it is gone.
  const isEntryKnown = entry >= 0 || entryKind !== '';
  const entrySession = isEntryKnown ? ((entry >= 0 ? sessionText(set, entry) : null) ?? sessionText(set, row)) : null;
  const entryUnit = isEntryKnown ? unitText(set, entry >= 0 ? entry : row) : null;
  return {
    entity_id: set.entityId(row),
    host: strings.text(lineage.host[row]!) ?? '',
    boot: lineage.boot[row]!,
    pid: lineage.pid[row]!,
    start: start / 1e6,
    startBasis: basisOf(lineage.startBasis[row]!) ?? null,
    end: seconds(lineage.end[row]!),
    endBasis: basisOf(lineage.endBasis[row]!) ?? null,
    unrecorded: (flags & FLAG.unrecorded) !== 0,
    name: nameOf(set, row),
    executable: strings.text(lineage.exe[row]!) ?? null,
    args: strings.list(lineage.args[row]!),
    user: userOf(set, row),
    auid: idText(lineage.auid[row]!),
    session: sessionText(set, row),
    creator: jsonRef(set, creator),
    basis: creator >= 0 ? (basisOf(lineage.creatorBasis[row]!) ?? null) : null,
    confidence: creator >= 0 ? rounded(lineage.creatorConfidence[row]!) : null,
    parent: jsonRef(set, lastParent(set, row)),
    adopter: adopter >= 0 ? { pid: lineage.pid[adopter]! } : null,
    adopters: adoptersOf(set, row),
    orphan,
    orphanConfidence: orphan ? rounded(lineage.orphanConfidence[row]!) : null,
    orphanedAfter: orphan ? { min: seconds(lineage.orphanedAfterMin[row]!), max: seconds(lineage.orphanedAfterMax[row]!) } : null,
    launcher: jsonRef(set, launcher),
    launcherConfidence: launcher >= 0 ? rounded(lineage.launcherConfidence[row]!) : null,
    entry:
      isEntryKnown
        ? {
            kind: entryKind,
            pid: entry >= 0 ? lineage.pid[entry]! : null,
            start: entry >= 0 ? seconds(lineage.start[entry]!) : null,
            ...(entrySession !== null ? { session: entrySession } : {}),
            ...(entryUnit !== null ? { unit: entryUnit } : {}),
          }
        : null,
    entryConfidence: isEntryKnown ? rounded(lineage.entryConfidence[row]!) : null,
    requester: jsonRef(set, lineage.requester[row]!),
    reasons: lineage.reasons(row).map((reason) => (reason.for ? reason.says : `against: ${reason.says}`)),
  };
}

function adoptersOf(set: OpenedSet, row: ProcessRow): LineageRecord['adopters'] {
  const { lineage } = set;
  const adopters: LineageRecord['adopters'][number][] = [];
  for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) {
    const parent = lineage.intervalParent[at]!;
    if (!lineage.intervalAdopted[at] || parent < 0) continue;
    adopters.push({
      pid: lineage.pid[parent]!,
      start: seconds(lineage.start[parent]!),
      from: seconds(lineage.intervalFrom[at]!),
      to: seconds(lineage.intervalTo[at]!),
      basis: basisOf(lineage.intervalBasis[at]!) ?? null,
    });
  }
  return adopters;
}

/** A 32-bit float's noise (0.8999999761581421) says nothing. */
function rounded(confidence: number): number | null {
  return Number.isNaN(confidence) ? null : Math.round(confidence * 1000) / 1000;
}

/**
 * A start for every process: its own; where nothing dates it, the earliest child's, else the beginning of the evidence. A scripted reader can then
 * always sort and match by it.
 */
export function statedStarts(set: OpenedSet): Float64Array {
  const { lineage } = set;
  const starts = lineage.start.slice();
  const missing = new Set<number>();
  for (let row = 0; row < lineage.count; row++) if (Number.isNaN(starts[row]!)) missing.add(row);
  if (missing.size > 0) {
    const earliest = (row: number, time: number): void => {
      if (missing.has(row) && !Number.isNaN(time) && !(starts[row]! <= time)) starts[row] = time;
    };
    for (const row of missing) earliest(row, lineage.lastSeen[row]!);
    for (let row = 0; row < lineage.count; row++) {
      earliest(lineage.creator[row]!, lineage.start[row]!);
      for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) earliest(lineage.intervalParent[at]!, lineage.intervalFrom[at]!);
    }
    const fallback = Number.isNaN(set.from) ? 0 : set.from;
    for (const row of missing) if (Number.isNaN(starts[row]!)) starts[row] = fallback;
  }
  return starts;
}

/** Rows in order of their stated start; the lineage's own order where it already is. */
export function rowsByStart(starts: Float64Array): Uint32Array {
  const rows = Uint32Array.from(starts.keys());
  for (let at = 1; at < rows.length; at++) if (starts[at - 1]! > starts[at]!) return rows.sort((a, b) => starts[a]! - starts[b]! || a - b);
  return rows;
}

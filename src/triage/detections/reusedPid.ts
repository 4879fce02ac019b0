import { FLAG, type ProcessRow } from '../../model/index.js';
import { isMiddle } from '../baseline/shape.js';
import { TIMES, WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf, spanWords, weakestOf } from './detection.js';
import type { Scene } from '../scene.js';

/** A pid that is given out again while what its holder made is alive: a ppid then names a stranger. */
export const reusedPid: Detection = {
  kind: 'reused-pid',
  what: 'The pid of its creator was soon given to another process: whoever looks the number up finds a stranger.',
  techniques: ['T1036.009'],
  needs: 'births and ends of processes',
  find(scene) {
    const { lineage } = scene;
    const next = nextHolders(scene);
    return [...scene.shapes].flatMap(([row]) => {
      const creator = lineage.creator[row]!;
      if ((lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(lineage, row) || creator < 0) return [];
      const stranger = next.get(creator);
      if (stranger === undefined || !(lineage.pidGap[stranger]! <= TIMES.pidReuse)) return [];
      const end = lineage.end[row]!;
      if (end < lineage.start[stranger]!) return [];
      return (
        findingOf('reused-pid', row, ['T1036.009'], [
          reasonOf(`Pid ${lineage.pid[creator]!} of its creator was given to ${called(scene, stranger)} ${spanWords(lineage.pidGap[stranger]!)} later, while it lived.`, WEIGHTS.reusedPid, weakestOf(lineage.creatorBasis[row]), recordsOf(scene, [row, creator], ['fork', 'exit'])),
        ]) ?? []
      );
    });
  },
};

/** For the creators of orphans: who held their pid next. Rows stand in order of start. */
function nextHolders(scene: Scene): Map<ProcessRow, ProcessRow> {
  const { lineage } = scene;
  const wanted = new Set([...scene.shapes.keys()].map((row) => lineage.creator[row]!).filter((row) => row >= 0));
  const last = new Map<string, ProcessRow>();
  const next = new Map<ProcessRow, ProcessRow>();
  const pids = new Set([...wanted].map((row) => lineage.pid[row]!));
  for (let row = 0; row < lineage.count; row++) {
    if (!pids.has(lineage.pid[row]!)) continue;
    const key = `${lineage.host[row]} ${lineage.boot[row]} ${lineage.pid[row]}`;
    const before = last.get(key);
    if (before !== undefined && wanted.has(before)) next.set(before, row);
    last.set(key, row);
  }
  return next;
}

import { FLAG, type ProcessRow } from '../../model/index.js';
import { runsOf, type Shape } from '../baseline/shape.js';
import type { Scene } from '../scene.js';
import { CONTAINER_MANAGERS, NAMESPACE_PROGRAMS } from '../baseline/programs.js';
import { baseName } from '../../lineage/index.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf, weakestOf } from './detection.js';

/** So far above it a container's manager stands. */
const GENERATIONS = 8;

export const foreignParent: Detection = {
  kind: 'foreign-parent',
  what: 'Its creator is not its first parent: it was born as a sibling (CLONE_PARENT). No death explains that, and no exit will tell of it.',
  techniques: ['T1036.009', 'T1134.004'],
  needs: 'fork records',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      const creator = lineage.creator[row]!;
      if ((lineage.flags[row]! & FLAG.foreignParent) === 0 || creator < 0 || isContainersFirst(scene, creator, shape)) return [];
      return (
        findingOf('foreign-parent', row, ['T1036.009', 'T1134.004'], [
          reasonOf(`${called(scene, creator)} created it as its sibling (CLONE_PARENT): its parent was another from the start.`, WEIGHTS.foreignParent, weakestOf(lineage.creatorBasis[row]), recordsOf(scene, [row], ['fork'])),
        ]) ?? []
      );
    });
  },
};

/** runc makes a container's init so (BASELINE 4.2), and nothing else that is installed; below a manager of containers, not wherever a program is called runc. */
function isContainersFirst(scene: Scene, creator: ProcessRow, shape: Shape): boolean {
  if (!NAMESPACE_PROGRAMS.has(baseName(shape.launcherRun?.exe))) return false;
  for (let at = creator, steps = 0; at >= 0 && steps < GENERATIONS; at = scene.lineage.creator[at]!, steps++)
    if (runsOf(scene.lineage, scene.strings, at).some(({ exe }) => CONTAINER_MANAGERS.test(baseName(exe)))) return true;
  return false;
}

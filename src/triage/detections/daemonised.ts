import { FLAG } from '../../model/index.js';
import { isMiddle } from '../baseline/shape.js';
import { WEIGHTS } from '../weights.js';
import { type Detection, findingOf, reasonOf, recordsOf } from './detection.js';

/** There is no syscall named daemon: the shape is fork and setsid, and no unit that would answer for the process. */
export const daemonised: Detection = {
  kind: 'daemonised',
  what: 'It forked, made a session of its own, away from terminal and hang-up, and no unit of its own answers for it.',
  techniques: ['T1036.009'],
  needs: 'setsid records, or a snapshot with session ids',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      if ((lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(lineage, row) || shape.madeSession !== true || shape.place === 'own-unit' || shape.place === 'container') return [];
      const line = [row, ...shape.middles];
      const isRecorded = line.some((each) => !Number.isNaN(lineage.setsidAt[each]!));
      const where = shape.place === 'login' ? ' and it still lies in the login\'s scope' : shape.place === 'unknown' ? ', and no unit of its own is known' : ' and it lies in the unit of another';
      return findingOf('daemonised', row, ['T1036.009'], [reasonOf(`It has a session of its own${where}.`, WEIGHTS.ownSession, isRecorded ? 'observed' : 'derived', recordsOf(scene, line, ['setsid', 'seen']))]) ?? [];
    });
  },
};

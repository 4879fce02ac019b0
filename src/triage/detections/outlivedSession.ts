import { FLAG, ID_NOT_STATED, UNSET_ID } from '../../model/index.js';
import { isMiddle, livesOn } from '../baseline/shape.js';
import { TIMES, WEIGHTS } from '../weights.js';
import { type Detection, findingOf, reasonOf, recordsOf, spanWords } from './detection.js';

export const outlivedSession: Detection = {
  kind: 'outlived-session',
  what: 'The login it came from is over, and it lives on.',
  techniques: ['T1036.009'],
  needs: 'records of sessions',
  find(scene) {
    const { lineage } = scene;
    const ends = new Map(scene.sessions.map(({ host, boot, ses, end }) => [`${host} ${boot} ${ses}`, end]));
    return [...scene.shapes].flatMap(([row]) => {
      const ses = lineage.ses[row]!;
      if ((lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(lineage, row) || ses === UNSET_ID || ses === ID_NOT_STATED) return [];
      const over = ends.get(`${lineage.host[row]} ${lineage.boot[row]} ${ses}`) ?? NaN;
      const end = livesOn(lineage, row) ? scene.to : lineage.end[row]!;
      if (!(end - over > TIMES.stays)) return [];
      return findingOf('outlived-session', row, ['T1036.009'], [reasonOf(`Session ${ses} ended ${spanWords(end - over)} before ${livesOn(lineage, row) ? 'the evidence does, and nothing shows its own end' : 'it did'}.`, WEIGHTS.outlivedSession, 'observed', recordsOf(scene, [row], ['exec', 'seen', 'exit']))]) ?? [];
    });
  },
};

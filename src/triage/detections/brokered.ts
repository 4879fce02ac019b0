import { FLAG } from '../../model/index.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, isOfSession, reasonOf, recordsOf } from './detection.js';

export const brokered: Detection = {
  kind: 'brokered',
  what: 'A broker (systemd, cron, at, a bus) started it for somebody with a session: no fork joins the two.',
  techniques: ['T1053', 'T1543'],
  needs: 'exec records of who asked, and logs or units of the broker',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      const requester = lineage.requester[row]!;
      if (requester < 0 || !isOfSession(scene, requester)) return [];
      // What was asked for, not all that it goes on to start: the first process of the entry, or an orphan below it.
      const isOrphan = (lineage.flags[row]! & FLAG.orphan) !== 0;
      if (!isOrphan && lineage.entry[row] !== row) return [];
      const records = recordsOf(scene, [requester, row], ['exec']);
      return (
        findingOf('brokered', row, shape.entry === 'cron' || shape.entry === 'at' || shape.entry === 'timer' ? ['T1053', 'T1543'] : ['T1543', 'T1053'], [
          reasonOf(`${called(scene, requester)} asked for it from a login's session; ${shape.entry === '' ? 'a broker' : `a ${shape.entry}`} started it.`, WEIGHTS.brokered, 'inferred', records),
          isOrphan && shape.chain !== 'itself' ? reasonOf('What was started so then broke away from its broker.', WEIGHTS.brokeredOrphan, 'inferred', records) : undefined,
        ]) ?? []
      );
    });
  },
};

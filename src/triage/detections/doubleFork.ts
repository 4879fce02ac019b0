import { FLAG } from '../../model/index.js';
import { isMiddle } from '../baseline/shape.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf, weakestOf, withinWords } from './detection.js';

/** Middles that forked and ended: the double fork, by whatever part of it is recorded. */
export const doubleFork: Detection = {
  kind: 'double-fork',
  what: 'Two creators in a chain are gone, one of them a middle that only forked; what it made lives on or runs a program.',
  techniques: ['T1036.009'],
  needs: 'fork records; without them a dead session leader (a snapshot), or a ppid without a record',
  find(scene, settings) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      const { middles, launcher } = shape;
      if ((lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(lineage, row) || middles.length === 0 || shape.chain === 'subshell' || shape.chain === 'job' || shape.chain === 'started') return [];
      const span = lineage.start[row]! - lineage.start[middles.at(-1)!]!;
      // A middle that lives longer than the window had work: it is a parent like another.
      const ends = middles.map((middle) => lineage.end[middle]! - lineage.start[middle]!);
      if (ends.some((lived) => lived > settings.timeWindowMicros)) return [];
      const basis = weakestOf(...[row, ...middles].map((each) => lineage.creatorBasis[each]));
      // Of one that is known by its number alone nobody saw what it ran, nor how long it lived.
      const isSeen = middles.every((middle) => (lineage.flags[middle]! & FLAG.unrecorded) === 0);
      const names = middles.map((middle) => called(scene, middle)).join(' and ');
      return (
        findingOf('double-fork', row, ['T1036.009'], [
          reasonOf(
            `${names} forked it${isSeen ? ', ran no program and ended' : ` and ended; what ${middles.length > 1 ? 'they' : 'it'} ran is not on record`}${Number.isNaN(span) || !isSeen ? '' : `, all ${withinWords(Math.max(span, ...ends.filter((lived) => !Number.isNaN(lived))))}`}${launcher >= 0 ? `; above is ${called(scene, launcher)}` : ''}.`,
            shape.chain === 'itself' && !shape.isByCode || shape.chain === 'wrapped' ? WEIGHTS.daemonFork : WEIGHTS.doubleFork,
            basis,
            recordsOf(scene, [row, ...middles], ['fork', 'exit']),
          ),
          middles.length > 1 && shape.chain !== 'itself' ? reasonOf(`${middles.length} processes only forked: one more than any daemon needs.`, WEIGHTS.manyForks, basis, recordsOf(scene, middles, ['fork'])) : undefined,
        ]) ?? []
      );
    });
  },
};

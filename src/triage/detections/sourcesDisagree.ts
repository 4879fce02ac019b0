import type { ProcessRow } from '../../model/index.js';
import type { Finding } from '../finding.js';
import { placeOf } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { type Detection, findingOf, reasonOf } from './detection.js';

export const sourcesDisagree: Detection = {
  kind: 'sources-disagree',
  what: 'A snapshot names another parent than the records do at that time, far from any change of parents.',
  techniques: ['T1036.009'],
  needs: 'records and a snapshot of the same process',
  find(scene) {
    const { lineage } = scene;
    const findings: Finding[] = [];
    const told = new Set<ProcessRow>();
    for (const fact of scene.disagreements) {
      if (told.has(fact.process)) continue;
      told.add(fact.process);
      const finding = findingOf('sources-disagree', fact.process, ['T1036.009'], [
        reasonOf(`${scene.members[fact.member] ?? 'A snapshot'} names ${fact.ppid} as the parent of ${lineage.pid[fact.process]!}; by the records it is another.`, WEIGHTS.disagreement, 'observed', [placeOf(scene, fact)]),
      ]);
      if (finding) findings.push(finding);
    }
    return findings;
  },
};

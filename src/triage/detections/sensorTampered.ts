import type { Operation, ProcessRow } from '../../model/index.js';
import type { Finding } from '../finding.js';
import { placeOf, type SceneFact } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, isOfSession, reasonOf } from './detection.js';

const SAYS: Partial<Readonly<Record<Operation, string>>> = {
  'rules-removed': 'removed audit rules',
  'auditing-off': 'switched auditing off',
  'daemon-stopped': 'stopped the audit daemon',
};

/** After it, what the log does not show may have happened all the same. */
export const sensorTampered: Detection = {
  kind: 'sensor-tampered',
  what: 'Somebody with a session removed audit rules, switched auditing off or stopped the daemon: what the log does not show since may have happened.',
  techniques: ['T1562.012'],
  needs: 'the audit log itself',
  find(scene) {
    const byProcess = new Map<ProcessRow, SceneFact[]>();
    for (const fact of scene.hostFacts) {
      // Rules are loaded at start by a service, after a `-D`: only who has a login's session tampers.
      if (SAYS[fact.operation] === undefined || fact.process < 0 || !isOfSession(scene, fact.process)) continue;
      const list = byProcess.get(fact.process);
      if (list) list.push(fact);
      else byProcess.set(fact.process, [fact]);
    }
    const findings: Finding[] = [];
    for (const [row, facts] of byProcess) {
      const what = [...new Set(facts.map(({ operation }) => SAYS[operation]))].join(' and ');
      const finding = findingOf('sensor-tampered', row, ['T1562.012'], [reasonOf(`${called(scene, row)} ${what} from a login's session (${facts.length === 1 ? 'once' : `${facts.length} records`}).`, WEIGHTS.tampered, 'observed', facts.slice(0, 4).map((fact) => placeOf(scene, fact)))]);
      if (finding) findings.push(finding);
    }
    return findings;
  },
};

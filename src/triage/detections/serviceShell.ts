import { baseName, isShell } from '../../lineage/index.js';
import { FLAG, type ProcessRow } from '../../model/index.js';
import { hasOfficeName } from '../baseline/programs.js';
import { isMiddle, runsOf, survivalOf } from '../baseline/shape.js';
import type { Scene } from '../scene.js';
import { TIMES, WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf, weakestOf } from './detection.js';

/** Services whose work is to run commands of others. */
const COMMANDERS = /^(sshd|cron|crond|anacron|atd|systemd|gitlab-runner|Runner\.Listener|actions-runner|jenkins|buildkite-agent|puppet|chef-client|salt-minion|ansible\S*|telegraf|zabbix_agentd|nrpe|logrotate|unattended-upgr|apt|dpkg|dhclient|NetworkManager|rc|init)$/;
/** So far above an orphan a shell may lie. */
const GENERATIONS = 8;

export const serviceShell: Detection = {
  kind: 'service-shell',
  what: 'A service whose program is no shell started one, and something detached from it: a web shell, or an exploited daemon.',
  techniques: ['T1505.003', 'T1059'],
  needs: 'exec records',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      if ((lineage.flags[row]! & (FLAG.orphan | FLAG.foreignParent)) === 0 || isMiddle(lineage, row) || shape.entry !== 'service') return [];
      const found = shellBelowService(scene, row, lineage.entry[row]!);
      if (found === undefined) return [];
      const { shell, service } = found;
      return (
        findingOf('service-shell', row, ['T1505.003', 'T1059'], [
          reasonOf(`${called(scene, service)}${shape.entryUnit === '' ? '' : ` of ${shape.entryUnit}`} started a shell (${called(scene, shell)}), and this detached from it.`, survivalOf(lineage, row) <= TIMES.leftover ? WEIGHTS.serviceShellBrief : WEIGHTS.serviceShell, weakestOf(lineage.entryBasis[row], lineage.creatorBasis[shell]), recordsOf(scene, [shell, row], ['exec'])),
        ]) ?? []
      );
    });
  },
};

/** The shell nearest to the service on the way up from an orphan, made by a program of the service that is no shell itself. */
function shellBelowService(scene: Scene, row: ProcessRow, entry: ProcessRow): { shell: ProcessRow; service: ProcessRow } | undefined {
  const { lineage } = scene;
  let found: { shell: ProcessRow; service: ProcessRow } | undefined;
  for (let at: ProcessRow = row, steps = 0; at >= 0 && at !== entry && steps < GENERATIONS; steps++) {
    const creator: ProcessRow = lineage.creator[at]!;
    if (creator < 0) return undefined;
    if (ranShell(scene, at) && !ranShell(scene, creator)) found = { shell: at, service: creator };
    at = creator;
  }
  if (found === undefined) return undefined;
  const runs = runsOf(lineage, scene.strings, found.service);
  const names = [...runs.map(({ exe }) => baseName(exe)), baseName(scene.strings.text(lineage.exe[found.service]!))];
  return runs.some(hasOfficeName) || names.some((name) => COMMANDERS.test(name)) || lineage.pid[found.service] === 1 ? undefined : found;
}

function ranShell(scene: Scene, row: ProcessRow): boolean {
  const runs = runsOf(scene.lineage, scene.strings, row);
  return runs.length > 0 ? runs.some(({ exe }) => isShell(exe)) : isShell(scene.strings.text(scene.lineage.exe[row]!) ?? '');
}

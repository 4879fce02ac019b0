import { baseName, isInterpreter, isShell } from '../../lineage/index.js';
import { FLAG, type ProcessRow } from '../../model/index.js';
import { hasOfficeName } from '../baseline/programs.js';
import { isMiddle, runsOf, survivalOf } from '../baseline/shape.js';
import type { Scene } from '../scene.js';
import { TIMES, WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf, weakestOf } from './detection.js';

/** Services whose work is to run commands of others, by program or by the script that an interpreter runs. */
const COMMANDERS = new RegExp(`^(${[
  'sshd', 'crond?', 'anacron', 'atd', 'systemd', 'rc', 'init', 'apt', 'dpkg', 'rpm', 'dnf', 'yum', 'unattended-upgr\\w*', 'logrotate', 'pg_ctl', 'mysqld_safe',
  'gitlab-runner', 'Runner\\.(Listener|Worker)', 'actions-runner', 'buildkite-agent', 'puppet', 'chef-client', 'cinc-client', 'salt-minion', 'ansible[\\w-]*', 'cfagent', 'cf-execd',
  'telegraf', 'zabbix_agent[d2]', 'nrpe', 'icinga2', 'monit', 'fail2ban-server', 'keepalived', 'openvpn', 'pppd', 'acpid', 'udevd', 'systemd-udevd', 'dhclient', 'dhcpcd', 'NetworkManager', 'nm-dispatcher', 'ifup', 'ifplugd',
  'cloud-init', 'waagent', 'amazon-ssm-agent', 'ssm-document-worker', 'ssm-agent-worker', 'google_(guest_agent|metadata_script_runner)', 'qemu-ga', 'vmtoolsd',
].join('|')})$`);
/** Units whose programs (java, node, a script) run what a build or an operator asks for. */
const COMMANDER_UNITS = /^(actions\.runner\.|jenkins|gitlab-runner|buildkite-agent|teamcity|bamboo|go-agent|gocd|rundeckd|vsts\.agent|cloud-(init|final|config)|rc-local)/;
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
      if ((lineage.flags[row]! & (FLAG.orphan | FLAG.foreignParent)) === 0 || isMiddle(lineage, row) || shape.entry !== 'service' || COMMANDER_UNITS.test(shape.entryUnit)) return [];
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
  const names = [...runs.flatMap(({ exe, args }) => [baseName(exe), ...(isInterpreter(exe) ? [baseName(args.slice(1).find((arg) => !arg.startsWith('-')))] : [])]), baseName(scene.strings.text(lineage.exe[found.service]!))];
  return runs.some(hasOfficeName) || names.some((name) => COMMANDERS.test(name)) || lineage.pid[found.service] === 1 ? undefined : found;
}

function ranShell(scene: Scene, row: ProcessRow): boolean {
  const runs = runsOf(scene.lineage, scene.strings, row);
  return runs.length > 0 ? runs.some(({ exe }) => isShell(exe)) : isShell(scene.strings.text(scene.lineage.exe[row]!) ?? '');
}

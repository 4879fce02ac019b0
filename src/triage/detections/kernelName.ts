import { FLAG, type ProcessRow } from '../../model/index.js';
import { runsOf } from '../baseline/shape.js';
import type { Scene } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf } from './detection.js';

/** Threads that the kernel itself names (kthread_create in kernel/, mm/, fs/, drivers/): `kworker/u4:3`, `[kworker/0:1]` as ps shows them. */
const KERNEL_NAME = new RegExp(`^\\[?(${[
  'kworker', 'kthreadd', 'ksoftirqd', 'migration(?=/)', 'rcu_\\w+', 'rcuo[pgs]', 'cpuhp', 'kswapd\\d*', 'kcompactd\\d*', 'khugepaged', 'ksmd', 'kdevtmpfs', 'kauditd', 'khungtaskd', 'oom_reaper', 'kintegrityd',
  'kblockd', 'watchdogd', 'irq(?=/)', 'idle_inject(?=/)', 'jbd2', 'ext4-rsv-conver', 'xfs[-_]\\w+', 'scsi_eh_\\d+', 'scsi_tmf_\\d+', 'kstrp', 'zswap\\w*', 'mm_percpu_wq', 'slub_flushwq', 'inet_frag_wq', 'tpm_dev_wq', 'blkcg_punt_bio', 'edac-poller',
  'devfreq_wq', 'kthrotld', 'acpi_thermal_pm', 'ipv6_addrconf', 'charger_manager', 'kpsmoused', 'ata_sff', 'md\\d+_\\w+', 'dm_bufio_cache', 'nvme-\\w+', 'cryptd', 'rpciod', 'xprtiod',
].join('|')})([/:-][\\w/:.+-]*)?\\]?$`);
/** The program's own name in brackets is what ps makes of empty arguments; it is a claim only where it stands in the arguments themselves. */
const IN_BRACKETS = /^\[[\w/:.+-]+\]$/;

export const kernelName: Detection = {
  kind: 'kernel-name',
  what: 'It is named like a thread of the kernel, and has an executable or a creator other than kthreadd.',
  techniques: ['T1036.004', 'T1036.011'],
  needs: 'exec records with arguments, or a snapshot',
  find(scene) {
    const { lineage } = scene;
    const findings = [];
    for (let row = 0; row < lineage.count; row++) {
      if ((lineage.flags[row]! & FLAG.kernelThread) !== 0 || isKernels(scene, row)) continue;
      const claim = claimOf(scene, row);
      if (claim === undefined) continue;
      const exe = scene.strings.text(lineage.exe[row]!);
      const finding = findingOf('kernel-name', row, ['T1036.004', 'T1036.011'], [
        reasonOf(
          `It calls itself ${claim}${exe === undefined ? '' : `, runs ${exe}`}${lineage.creator[row]! >= 0 ? ` and was created by ${called(scene, lineage.creator[row]!)}` : ''}: threads of the kernel have no program and come from kthreadd.`,
          WEIGHTS.kernelName,
          'observed',
          recordsOf(scene, [row], ['exec', 'seen', 'socket', 'exit']),
        ),
      ]);
      if (finding) findings.push(finding);
    }
    return findings;
  },
};

/** Made by kthreadd, or by nobody and without a program: the kernel's own, whatever the flags say (helpers that a kworker starts have a program and other names). */
function isKernels(scene: Scene, row: ProcessRow): boolean {
  const { lineage } = scene;
  const creator = lineage.creator[row]!, parent = lineage.intervalFirst[row + 1]! > lineage.intervalFirst[row]! ? lineage.intervalParent[lineage.intervalFirst[row]!]! : -1;
  if (lineage.pid[row]! <= 2) return true;
  if (creator >= 0 ? lineage.pid[creator] === 2 : parent >= 0 && lineage.pid[parent] === 2) return true;
  // lsof writes /proc/N/exe where there is no program to read.
  const exe = scene.strings.text(lineage.exe[row]!);
  return (exe === undefined || /^\/proc\/\d+\/exe\b/.test(exe)) && lineage.args[row] === 0 && creator < 0;
}

function claimOf(scene: Scene, row: ProcessRow): string | undefined {
  const comm = scene.strings.text(scene.lineage.comm[row]!);
  if (comm !== undefined && KERNEL_NAME.test(comm)) return comm;
  // Arguments of the last program only: what a shell is told to run is that program's claim.
  const own = runsOf(scene.lineage, scene.strings, row).at(-1), shape = scene.shapes.get(row);
  // A copy of its launcher that went on alone has the launcher's.
  const [first] = (own ?? (shape?.chain === 'itself' ? shape.run : undefined))?.args ?? [];
  return first !== undefined && (IN_BRACKETS.test(first) || (first.startsWith('[') && KERNEL_NAME.test(first))) && first !== '[' ? first : undefined;
}

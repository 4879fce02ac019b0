import { baseName, isInterpreter } from '../../lineage/index.js';
import { FLAG, type ProcessRow } from '../../model/index.js';
import { isSystemDaemonName } from '../baseline/programs.js';
import { runsOf, type Shape } from '../baseline/shape.js';
import type { FindingReason } from '../finding.js';
import type { Scene } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { type Detection, findingOf, reasonOf, recordsOf } from './detection.js';

/** The kernel cuts a name to 15 bytes (TASK_COMM_LEN). */
const COMM_LENGTH = 15;

export const nameMismatch: Detection = {
  kind: 'name-mismatch',
  what: 'Its name, its first argument and its executable disagree, or a name that only the system starts stands in a wrong place.',
  techniques: ['T1036.005', 'T1036.011'],
  needs: 'exec records with arguments, or a snapshot',
  find(scene) {
    const known = programNames(scene);
    return [...scene.shapes].flatMap(([row, shape]) => findingOf('name-mismatch', row, ['T1036.005', 'T1036.011'], [firstArgument(scene, row, shape, known), ownName(scene, row, shape, known), office(scene, row, shape)]) ?? []);
  },
};

/** argv[0] is free: a login shell has a dash, a link another name. But nobody's honest argv[0] names a program that is neither the file that was run nor its executable. */
function firstArgument(scene: Scene, row: ProcessRow, shape: Shape, known: ReadonlySet<string>): FindingReason | undefined {
  const { lineage, strings } = scene;
  // A copy of its launcher has the launcher's arguments.
  const of = lineage.programFirst[row + 1]! > lineage.programFirst[row]! || shape.chain !== 'itself' ? row : shape.launcher;
  const last = lineage.programFirst[of + 1]! - 1;
  if (last < lineage.programFirst[of]!) return undefined;
  const run = runsOf(lineage, strings, of).at(-1)!;
  const first = run.args[0] ?? '', comm = strings.text(lineage.programComm[last]!) ?? '';
  const claims = wordsOf(first.replace(/^-/, ''));
  if (claims === '' || isInterpreter(run.exe) || comm === '' || first.startsWith('[')) return undefined;
  const file = baseName(run.exe);
  if (isSame(claims, comm) || isSame(claims, file) || comm.startsWith('memfd:') === false && isAlias(claims, file)) return undefined;
  // A tool that brings its own java or python calls it by its own name (bazel).
  if (shape.launcherRun !== undefined && claims.startsWith(baseName(shape.launcherRun.exe))) return undefined;
  // Some programs are many by their link (busybox, multi-call tools): then the kernel's name follows the link as well.
  // The kernel's name follows the file that was named: a whole path that is neither is no link, it is a claim.
  const isProgram = known.has(claims) || isSystemDaemonName(claims) || first.includes(':') || first.startsWith('/');
  return reasonOf(`Its first argument is ${first}, and what runs is ${run.exe === '' ? comm : run.exe}.`, isProgram || comm.startsWith('memfd:') ? WEIGHTS.otherArgument : WEIGHTS.otherArgument / 2, 'observed', recordsOf(scene, [of], ['exec']));
}

/** prctl(PR_SET_NAME) and setproctitle: a name that is not the program's, taken after it began. */
function ownName(scene: Scene, row: ProcessRow, shape: Shape, known: ReadonlySet<string>): FindingReason | undefined {
  const { lineage, strings } = scene;
  const comm = strings.text(lineage.comm[row]!) ?? '', file = baseName(shape.executable);
  if (comm === '' || file === '' || comm.startsWith('(') || comm.startsWith('memfd:') || (lineage.flags[row]! & FLAG.unrecorded) !== 0) return undefined;
  const claims = wordsOf(comm);
  const ran = [...runsOf(lineage, strings, row), ...(shape.launcherRun ? [shape.launcherRun] : [])];
  const began = new Set([file, ...ran.flatMap((run) => [baseName(run.exe), baseName(run.args[0]?.replace(/^-/, '')), ...run.args.slice(1, 3).map(baseName)])]);
  if ([...began].some((name) => isSame(claims, name) || isSame(comm, name) || isAlias(claims, name))) return undefined;
  for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) if (strings.text(lineage.programComm[at]!) === comm) return undefined;
  const isOther = known.has(claims) || isSystemDaemonName(claims);
  if (!isOther && isInterpreter(shape.executable)) return undefined; // the name of its script
  return reasonOf(isOther ? `It calls itself ${comm}, which is another program's name; what runs is ${shape.executable}.` : `It changed its name to ${comm}; what runs is ${shape.executable}.`, isOther ? WEIGHTS.otherName : WEIGHTS.renamed, 'observed', recordsOf(scene, [row], ['exec', 'seen', 'socket', 'exit']));
}

/** Right name, wrong entry (BASELINE 4.2, rule 2). */
function office(scene: Scene, row: ProcessRow, shape: Shape): FindingReason | undefined {
  if ((scene.lineage.flags[row]! & FLAG.orphan) === 0 || shape.chain === 'itself' || shape.chain === 'subshell' || shape.chain === 'started') return undefined;
  const name = baseName(shape.executable);
  if (!isSystemDaemonName(name) || (shape.entry !== 'login' && shape.entry !== 'cron' && shape.entry !== 'at' && shape.place !== 'login')) return undefined;
  return reasonOf(`${name} is a name that the system itself starts, and this one comes from a ${shape.entry === '' ? 'login' : shape.entry}.`, WEIGHTS.wrongOffice, 'derived', recordsOf(scene, [row], ['exec', 'seen']));
}

/** Names of all executables of the set: what a claim can be another program's name by. */
function programNames(scene: Scene): ReadonlySet<string> {
  const names = new Set<string>();
  for (const exe of scene.uses.keys()) names.add(baseName(scene.strings.text(exe)));
  return names;
}

/** The name in a claim: "nginx" of "nginx: worker process", "sshd" of "sshd: deploy@pts/1". */
function wordsOf(claim: string): string {
  return baseName(claim.split(/[:\s]/, 1)[0]);
}

function isSame(claim: string, name: string): boolean {
  return claim.slice(0, COMM_LENGTH).toLowerCase() === name.slice(0, COMM_LENGTH).toLowerCase(); // SCREEN is screen
}

/** Names that differ by a version or a kind: python3 and python3.11, nc and nc.openbsd, gcc and x86_64-linux-gnu-gcc-12. */
function isAlias(claim: string, name: string): boolean {
  return claim.length >= 2 && (name.startsWith(claim) || claim.startsWith(name) || new RegExp(`(^|[-_.])${claim.replace(/[^\w]/g, '\\$&')}([-_.\\d]|$)`).test(name));
}

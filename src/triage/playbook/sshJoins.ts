import type { ProcessRow } from '../../model/index.js';
import type { StepFact } from './playbook.js';
import { factsOf } from './facts.js';
import { called, isBelow, type Subject, type World } from './world.js';

/** How far the clocks of two hosts may stand apart for a login to answer a connection, microseconds. */
const SKEW_MICROS = 120e6;

const WAYS = '("ssh", "scp", "sftp", "rsync", "kubectl", "ansible", "ansible-playbook")';

/** A line in which a daemon accepts a login. */
interface Accepted {
  readonly process: ProcessRow;
  readonly time: number;
  readonly host: string;
  readonly says: string;
  /** Of the other side, '' where the line names none. */
  readonly port: string;
  readonly records: StepFact['records'];
}

/**
 * Ways to other hosts: programs that log on elsewhere, run by the subject, its launcher, entry or requester or what they created (for the case: those of the alerts). Where
 * evidence of the other host is open, sshd's line there that answers it: by source port where both have it on record, else the nearest within the skew.
 */
export function sshJoins(world: World, subject: Subject): StepFact[] {
  const { lineage, strings } = world;
  const origins = originsFor(world, subject);
  const isOurs = (row: ProcessRow): boolean => row >= 0 && origins.some((origin) => row === origin || isBelow(lineage, row, origin));
  const ways = factsOf(world, `exec where process.name in ${WAYS}`, (row) => (isOurs(row.process) ? row.text('process.command_line').slice(0, 300) : undefined)).facts;
  if (ways.length === 0) return [];
  const accepted = acceptedLogins(world);
  const ports = localPorts(world);
  return ways.map((way) => {
    const host = strings.text(lineage.host[way.process]!) ?? '';
    const mine = ports.get(way.process);
    const answers = accepted.filter((each) => each.host !== '' && each.host !== host && Math.abs(each.time - way.time) <= SKEW_MICROS).sort((a, b) => Math.abs(a.time - way.time) - Math.abs(b.time - way.time));
    const byPort = answers.find(({ port }) => mine?.has(port));
    const answering = byPort ?? answers[0];
    const how = byPort === undefined ? 'joined by time' : `joined by its port ${byPort.port}`;
    const answered = answering === undefined ? '' : `; ${answering.host} answers with: ${answering.says} (${called(world, answering.process)}; ${how}, ${Math.round(Math.abs(answering.time - way.time) / 1e6)} s apart)`;
    return { ...way, says: `${called(world, way.process)} on ${host}: ${way.says}${answered}`, basis: answering === undefined ? way.basis : byPort === undefined ? 'inferred' : 'derived', records: [...way.records, ...(answering?.records ?? [])] };
  });
}

/** The subject and who stands for its origin; pid 1 and the kernel stand above all. */
function originsFor({ lineage, findings }: World, subject: Subject): ProcessRow[] {
  const subjects = subject.process >= 0 ? [subject.process] : findings.filter(({ alert }) => alert).map(({ process }) => process);
  return [...new Set(subjects.flatMap((row) => [row, lineage.launcher[row]!, lineage.entry[row]!, lineage.requester[row]!]))].filter((row) => row >= 0 && lineage.pid[row]! > 2);
}

function acceptedLogins(world: World): Accepted[] {
  const { lineage, strings } = world;
  return factsOf(world, 'authentication where message : "Accepted * from *"', (row) => row.text('message').slice(0, 200)).facts.map(({ process, time, says, records }) => ({
    process, time, says, records,
    host: process < 0 ? '' : (strings.text(lineage.host[process]!) ?? ''),
    port: / port (\d{1,5})\b/.exec(says)?.[1] ?? '',
  }));
}

/** Ports of this side of the connections of programs that log on elsewhere, as a list of sockets or a sensor gives them. */
function localPorts(world: World): ReadonlyMap<ProcessRow, ReadonlySet<string>> {
  const ports = new Map<ProcessRow, Set<string>>();
  factsOf(world, `network where process.name in ${WAYS} and source.port != null | fields source.port`, (row) => {
    const known = ports.get(row.process);
    if (known) known.add(row.text('source.port'));
    else ports.set(row.process, new Set([row.text('source.port')]));
    return undefined;
  });
  return ports;
}

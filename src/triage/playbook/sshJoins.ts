import type { ProcessRow } from '../../model/index.js';
import { cutAtWord } from './cut.js';
import { factsOf, plural } from './facts.js';
import { type HostSkew, LOGIN_TAKES, skewsOf } from './hostClocks.js';
import type { StepFact } from './playbook.js';
import { called, isBelow, type Subject, type World } from './world.js';

/** Where the skew of two hosts could not be measured: how far apart an answer is looked for, microseconds. */
const UNMEASURED = 120e6;
/** Two clocks that are set wrong are at most a wrong zone apart; a port that is met beyond it was used again. */
const FURTHEST = 15 * 3600e6;
/** Two logs that tell one line give it a second or two apart. */
const ONE_LINE = 2e6;
/** Ports below are no client's (ip_local_port_range). */
const FIRST_CLIENT_PORT = 1024;
const CANDIDATES_TOLD = 3;

const WAYS = '("ssh", "scp", "sftp", "rsync", "kubectl", "ansible", "ansible-playbook")';
const DAEMONS = '("sshd", "sshd-session")';

/** A program that logs on elsewhere. */
interface Way {
  readonly fact: StepFact;
  readonly host: string;
  /** By the clock that the host's other sources are measured against. */
  readonly time: number;
  /** Its own ports, where a list of sockets or a sensor has them. */
  readonly ports: ReadonlySet<string>;
  /** Hosts of the case that its arguments name. */
  readonly named: readonly string[];
}

/** A line in which a daemon accepts a login, or a connection that it holds. */
interface Answer {
  readonly process: ProcessRow;
  readonly host: string;
  readonly time: number;
  readonly says: string;
  /** Of the other side; '' where it is not on record. */
  readonly port: string;
  /** A list of sockets tells the moment when it was taken, not that of the login. */
  readonly isHeld: boolean;
  readonly records: StepFact['records'];
}

export interface SshJoins {
  readonly facts: readonly StepFact[];
  /** What is known of how far the hosts' clocks stand apart; a sentence each. */
  readonly clocks: readonly string[];
}

/**
 * Ways to other hosts: programs that log on elsewhere, run by the subject, its launcher, entry or requester or what they created (for the case: those of the alerts). Where
 * evidence of the other host is open, what answers there: by the client's port where both hosts have it on record, else by time, as far as their clocks are known to stand apart.
 */
export function sshJoins(world: World, subject: Subject): SshJoins {
  const ways = waysOf(world);
  const origins = originsFor(world, subject);
  const ours = ways.filter(({ fact: { process } }) => origins.some((origin) => process === origin || isBelow(world.lineage, process, origin)));
  if (ours.length === 0) return { facts: [], clocks: [] };
  const answers = [...acceptedLogins(world), ...heldConnections(world)];
  const shared = ways.flatMap((way) => {
    const met = answers.filter((each) => !each.isHeld && isByPort(way, each));
    return met.length === 1 ? [{ from: way.host, to: met[0]!.host, apart: met[0]!.time - way.time, answer: met[0]! }] : [];
  });
  const skewBetween = skewsOf(shared);
  const taken = new Set(shared.map(({ answer }) => answer));
  return {
    facts: ours.map((way) => joined(world, way, answers, taken, (to) => skewBetween(way.host, to))),
    clocks: clocksOf([...new Set(ours.map(({ host }) => host))], [...new Set(answers.map(({ host }) => host))], skewBetween),
  };
}

function joined(world: World, way: Way, answers: readonly Answer[], taken: ReadonlySet<Answer>, skewTo: (host: string) => HostSkew | undefined): StepFact {
  // A login that is the only measure of the clocks stands no nearer for it.
  const skewFor = (each: Answer): HostSkew | undefined => (isByPort(way, each) && skewTo(each.host)?.logins === 1 ? undefined : skewTo(each.host));
  const apart = (each: Answer): number => each.time - way.time - (skewFor(each)?.micros ?? 0);
  const nearest = (some: readonly Answer[]): Answer[] => [...some].sort((a, b) => Number(a.isHeld) - Number(b.isHeld) || Math.abs(apart(a)) - Math.abs(apart(b)));
  const [byPort] = nearest(answers.filter((each) => isByPort(way, each)));
  const candidates = byPort === undefined ? nearest(answers.filter((each) => !taken.has(each) && isInTime(way, each, skewTo(each.host)))) : [byPort];
  const [answer] = candidates;
  const says = `${called(world, way.fact.process)} on ${way.host}: ${way.fact.says}`;
  if (answer === undefined) return { ...way.fact, says };
  const told = (each: Answer, how: string): string => `${each.says} (${called(world, each.process)}; ${how}${each.isHeld ? ', in a list of sockets' : `, ${seconds(Math.abs(apart(each)))} apart${clockWords(skewFor(each))}`})`;
  const records = [...way.fact.records, ...candidates.slice(0, CANDIDATES_TOLD).flatMap((each) => each.records)];
  if (candidates.length > 1) {
    return { ...way.fact, basis: 'inferred', records, says: `${says}; ${plural(candidates.length, 'login')} could answer it, nearest first: ${candidates.slice(0, CANDIDATES_TOLD).map((each) => `${each.host}: ${told(each, 'by time')}`).join('; ')}` };
  }
  // A port is used again after hours: far apart it joins only where other logins tell that the clocks are.
  const isSure = byPort !== undefined && (byPort.isHeld || Math.abs(byPort.time - way.time) <= UNMEASURED || (skewTo(byPort.host)?.logins ?? 0) > 1);
  return { ...way.fact, basis: isSure ? 'derived' : 'inferred', records, says: `${says}; ${answer.host} answers with: ${told(answer, byPort === undefined ? 'joined by time' : `joined by its port ${byPort.port}`)}` };
}

function isByPort(way: Way, { host, port, time, isHeld }: Answer): boolean {
  return host !== way.host && way.ports.has(port) && (isHeld || Math.abs(time - way.time) <= FURTHEST);
}

/** Whether a login may answer by its time alone: not where both ports are on record and differ, nor on another host than the one that is named. */
function isInTime(way: Way, { host, port, time, isHeld }: Answer, skew: HostSkew | undefined): boolean {
  if (isHeld || host === way.host || (way.ports.size > 0 && port !== '') || (way.named.length > 0 && !way.named.includes(host))) return false;
  const apart = time - way.time;
  if (skew === undefined) return Math.abs(apart) <= UNMEASURED;
  return apart >= skew.micros - skew.uncertainty && apart <= skew.micros + skew.uncertainty + LOGIN_TAKES;
}

/** The subject and who stands for its origin; pid 1 and the kernel stand above all. */
function originsFor({ lineage, findings }: World, subject: Subject): ProcessRow[] {
  const subjects = subject.process >= 0 ? [subject.process] : findings.filter(({ alert }) => alert).map(({ process }) => process);
  return [...new Set(subjects.flatMap((row) => [row, lineage.launcher[row]!, lineage.entry[row]!, lineage.requester[row]!]))].filter((row) => row >= 0 && lineage.pid[row]! > 2);
}

function waysOf(world: World): Way[] {
  const { lineage, strings } = world;
  const ports = localPorts(world);
  return factsOf(world, `exec where process.name in ${WAYS}`, (row) => (row.process < 0 ? undefined : cutAtWord(row.text('process.command_line'), 300))).facts.map((fact) => {
    const host = strings.text(lineage.host[fact.process]!) ?? '';
    const words = new Set(fact.says.split(/[\s@:,/]+/));
    return { fact, host, time: fact.time - skewOf(world, fact.records), ports: ports.get(fact.process) ?? new Set(), named: world.hosts.filter((each) => each !== host && words.has(each)) };
  });
}

/** Ports of this side of the connections of programs that log on elsewhere, as a list of sockets or a sensor gives them: "from 10.0.0.1 port 50022". */
function localPorts(world: World): ReadonlyMap<ProcessRow, ReadonlySet<string>> {
  const ports = new Map<ProcessRow, Set<string>>();
  factsOf(world, `network where process.name in ${WAYS} and message : "from * port *" | fields message`, (row) => {
    const port = portIn(row.text('message'));
    if (port !== '') ports.set(row.process, (ports.get(row.process) ?? new Set()).add(port));
    return undefined;
  });
  return ports;
}

function acceptedLogins(world: World): Answer[] {
  const lines = factsOf(world, 'authentication where message : "Accepted * from *" | fields @timestamp, host.name, message', (row) => `${row.text('host.name')}\0${row.text('message').slice(0, 200)}`).facts;
  const answers: Answer[] = [];
  for (const { process, time, says, records } of lines) {
    const [host = '', line = ''] = says.split('\0');
    const answer = { process, host, time: time - skewOf(world, records), says: line, port: portIn(line), isHeld: false, records };
    const isTold = answers.some((each) => each.host === host && each.port === answer.port && each.says.endsWith(line.slice(-40)) && Math.abs(each.time - answer.time) <= ONE_LINE);
    if (host !== '' && !Number.isNaN(time) && !isTold) answers.push(answer);
  }
  return answers;
}

/** Connections that a daemon holds, as a list of sockets shows them: the other end is the client's. */
function heldConnections(world: World): Answer[] {
  const held = factsOf(world, `network where process.name in ${DAEMONS} and destination.port >= ${FIRST_CLIENT_PORT} | fields @timestamp, host.name, destination.ip, destination.port`, (row) => `${row.text('host.name')}\0${row.text('destination.ip')} port ${row.text('destination.port')}`).facts;
  return held.map(({ process, time, says, records }) => {
    const [host = '', end = ''] = says.split('\0');
    return { process, host, time, says: `a connection from ${end}`, port: portIn(end), isHeld: true, records };
  });
}

/** What a log's own clock is ahead of its host's, where it was measured. */
function skewOf(world: World, records: StepFact['records']): number {
  return records[0] === undefined ? 0 : world.skewOf(records[0].member);
}

function portIn(text: string): string {
  return / port (\d{1,5})\b/.exec(text)?.[1] ?? '';
}

function clocksOf(from: readonly string[], to: readonly string[], skewBetween: (from: string, to: string) => HostSkew | undefined): string[] {
  const pairs = from.flatMap((own) => to.filter((other) => other !== own && other !== '').map((other) => ({ own, other, skew: skewBetween(own, other) })));
  const measured = pairs.flatMap(({ own, other, skew }) => (skew === undefined ? [] : [`The clock of ${other} is ${seconds(Math.abs(skew.micros))} (±${seconds(skew.uncertainty)}) ${skew.micros < 0 ? 'behind' : 'ahead of'} that of ${own}, by ${plural(skew.logins, 'login')} that both record with its port.`]));
  const unmeasured = pairs.filter(({ skew }) => skew === undefined).map(({ other }) => other);
  return unmeasured.length === 0 ? measured : [...measured, `How far the clock of ${[...new Set(unmeasured)].join(', ')} stands apart is not measured, since no login is on record with its port on both sides: what lies within ${seconds(UNMEASURED)} is taken for the answer.`];
}

function clockWords(skew: HostSkew | undefined): string {
  return skew === undefined || Math.abs(skew.micros) <= skew.uncertainty ? '' : ` by clocks that stand ${seconds(Math.abs(skew.micros))} (±${seconds(skew.uncertainty)}) apart`;
}

function seconds(micros: number): string {
  return `${Math.round(micros / 1e6)} s`;
}

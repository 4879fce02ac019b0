import { huntLiteral } from '../../hunt/index.js';
import { BASIS_DERIVED, BASIS_OBSERVED, type ProcessRow } from '../../model/index.js';
import { factsOf, ofSubject, plural, processFact, utcText } from './facts.js';
import { hashHunt, hashText } from './imageHashes.js';
import type { StepFact } from './playbook.js';
import { isOrphan, type Subject, type World } from './world.js';

const PATTERNS_AT_MOST = 200;
const VALUES_AT_MOST = 50;

/** Programs that every host has: that they ran elsewhere says nothing. Their arguments may. */
const EVERYWHERE = /^\/(?:usr\/)?s?bin\/(?:(?:ba|da|z|k)?sh|python[\d.]*|perl[\d.]*|ruby[\d.]*|openssl|nc(?:\.\w+)?|ncat|socat|curl|wget|ssh|sshd|sudo|su|env|nohup|setsid|systemd-run|cron|at|busybox|sleep|cat|tail)$/;

/** True for a program that every host has. */
export function isEverywhere(executable: string): boolean {
  return EVERYWHERE.test(executable);
}

/** Arguments with what differs from run to run taken out: numbers, hex, addresses, names in scratch folders. */
export function templateOf(args: readonly string[]): string {
  return args
    .map((arg) =>
      arg
        .replace(/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '<address>')
        .replace(/^(\/(?:tmp|var\/tmp|dev\/shm|run)\/).*/, '$1<name>')
        .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b/gi, '<hex>')
        .replace(/\d+/g, '<n>'),
    )
    .join(' ')
    .slice(0, 400);
}

/** Where one pattern was seen on one host. */
interface Sight {
  readonly pattern: string;
  readonly host: string;
  readonly process: ProcessRow;
  count: number;
  first: number;
  last: number;
}

/**
 * The same pattern on every host of the case: hash of the program, its path, template of arguments, shape (which kinds of finding), addresses, and indicators that were brought along.
 * A fact for each pattern and host, with first and last time; patterns of several hosts first.
 */
export function samePatterns(world: World, subject: Subject, programs: readonly string[]): { readonly facts: readonly StepFact[]; readonly total: number; readonly hosts: readonly string[] } {
  const sights = new Map<string, Sight>();
  const see = (pattern: string, host: string, process: ProcessRow, time: number): void => {
    const key = `${pattern}\0${host}`, known = sights.get(key);
    if (known === undefined) return void sights.set(key, { pattern, host, process, count: 1, first: time, last: time });
    known.count++;
    if (!(known.first <= time)) known.first = time;
    if (!(known.last >= time)) known.last = time;
  };
  seeHashes(world, subject, see);
  seeProcesses(world, subject, programs, see);
  seeShapes(world, subject, see);
  seeAddresses(world, subject, see);
  for (const { indicator, process, time } of world.hits) see(`indicator ${indicator.value}`, hostOf(world, process), process, time);

  const hostsOf = new Map<string, number>();
  for (const { pattern } of sights.values()) hostsOf.set(pattern, (hostsOf.get(pattern) ?? 0) + 1);
  const ordered = [...sights.values()].sort((a, b) => hostsOf.get(b.pattern)! - hostsOf.get(a.pattern)!);
  return {
    facts: ordered.slice(0, PATTERNS_AT_MOST).map((sight) => ({
      ...processFact(world, sight.process, `${sight.host || 'a host that no record names'}: ${sight.pattern}, ${plural(sight.count, 'time')}, first ${utcText(sight.first)}${sight.count === 1 ? '' : `, last ${utcText(sight.last)}`}`, sight.pattern.startsWith('shape') ? BASIS_DERIVED : BASIS_OBSERVED),
      time: sight.first,
    })),
    total: ordered.length,
    hosts: [...new Set(ordered.map(({ host }) => host))],
  };
}

type See = (pattern: string, host: string, process: ProcessRow, time: number) => void;

/** By the hashes of what the subjects ran, under whatever name and path; programs that every host has say nothing. */
function seeHashes(world: World, subject: Subject, see: See): void {
  const own = subjectsOf(world, subject).map((row) => huntLiteral(world.entityId(row)));
  if (own.length === 0) return;
  for (const field of world.hashFields) {
    const hashes = new Set<string>();
    factsOf(world, hashHunt(field, { of: `process.entity_id in (${own.join(', ')})` }), (row) => {
      if (!isEverywhere(row.text('process.executable'))) hashes.add(hashText(row.text(field.name)));
      return undefined;
    });
    if (hashes.size === 0) continue;
    factsOf(world, hashHunt(field, { among: [...hashes].slice(0, VALUES_AT_MOST) }), (row) => {
      const hash = hashText(row.text(field.name));
      if (hashes.has(hash)) see(`${field.kind} ${hash} (${row.text('process.executable') || 'a program without a path'})`, row.text('host.name'), row.process, row.number('@timestamp'));
      return undefined;
    });
  }
}

/** The subject; for the case the orphans with an alert. */
function subjectsOf({ lineage, findings }: World, subject: Subject): ProcessRow[] {
  const rows = subject.process >= 0 ? [subject.process] : findings.filter(({ process, alert }) => alert && isOrphan(lineage, process)).map(({ process }) => process);
  return rows.slice(0, VALUES_AT_MOST);
}

/** By program, and by arguments: those of orphans and of whoever runs the same program. */
function seeProcesses(world: World, subject: Subject, programs: readonly string[], see: See): void {
  const { lineage, strings } = world;
  const wanted = new Set(programs);
  const templates = new Set(subjectsOf(world, subject).flatMap((row) => templateOfProcess(world, row) ?? []));
  for (let row = 0; row < lineage.count; row++) {
    const executable = strings.text(lineage.exe[row]!) ?? '';
    const isSame = wanted.has(executable);
    if (isSame && !isEverywhere(executable)) see(`program ${executable}`, hostOf(world, row), row, lineage.start[row]!);
    if (!isSame && !isOrphan(lineage, row)) continue;
    const template = templateOfProcess(world, row);
    if (template !== undefined && templates.has(template)) see(`arguments like ${template}`, hostOf(world, row), row, lineage.start[row]!);
  }
}

function templateOfProcess({ lineage, strings }: World, row: ProcessRow): string | undefined {
  const args = strings.list(lineage.args[row]!);
  return args.length > 1 ? templateOf(args) : undefined;
}

function seeShapes(world: World, subject: Subject, see: See): void {
  const shapeOf = ({ findings }: World['findings'][number]): string => [...new Set(findings.map(({ kind }) => kind))].join(' + ');
  const shapes = new Set(world.findings.filter(({ process, alert }) => (subject.process < 0 ? alert : process === subject.process)).map(shapeOf));
  for (const found of world.findings) {
    const shape = shapeOf(found);
    if (found.state === 'unexpected' && shape !== '' && shapes.has(shape)) see(`shape ${shape}`, hostOf(world, found.process), found.process, world.lineage.start[found.process]!);
  }
}

/** Addresses that the subject, or what it created, had to do with; this host's own say nothing. */
function seeAddresses(world: World, subject: Subject, see: See): void {
  const addresses = new Set<string>();
  factsOf(world, `network where ${ofSubject(world, subject)} and destination.ip != null | count destination.ip`, (row) => {
    addresses.add(row.text('destination.ip'));
    return undefined;
  });
  const foreign = [...addresses].filter((address) => address !== '' && !/^(?:127\.|0\.0\.0\.0$|::1?$|\/)/.test(address)).slice(0, VALUES_AT_MOST);
  if (foreign.length === 0) return;
  const list = foreign.map(huntLiteral).join(', ');
  factsOf(world, `network where destination.ip in (${list}) or source.ip in (${list}) | fields @timestamp, host.name, destination.ip, source.ip`, (row) => {
    for (const address of new Set([row.text('destination.ip'), row.text('source.ip')])) if (foreign.includes(address)) see(`address ${address}`, row.text('host.name'), row.process, row.number('@timestamp'));
    return undefined;
  });
}

function hostOf({ lineage, strings }: World, row: ProcessRow): string {
  return row < 0 ? '' : (strings.text(lineage.host[row]!) ?? '');
}

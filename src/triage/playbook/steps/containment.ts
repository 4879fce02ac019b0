import { huntLiteral } from '../../../hunt/index.js';
import { basisOf } from '../../../model/index.js';
import type { StepFact } from '../playbook.js';
import { answer, factsOf, ofSubject, isDated, plural, processFact } from '../facts.js';
import type { Step } from '../step.js';
import { called, chainOf, isOrphan, missingFor, type Subject, subjectOf, type World } from '../world.js';
import { scriptContents, scriptsOf, starterContents } from '../contents.js';
import { isWithinHost, networkFacts, seesNetwork } from './questions.js';
import { samePatterns } from '../samePattern.js';
import { sshJoins } from '../sshJoins.js';

/** Executables of the subject, or of the alerts, that are not the system's own many. */
function programsOf(world: World, subject: Subject): string[] {
  const { lineage, strings } = world;
  const rows = subject.process >= 0 ? [subject.process] : world.findings.filter(({ process, alert }) => alert && isOrphan(lineage, process)).map(({ process }) => process);
  return [...new Set(rows.map((row) => strings.text(lineage.exe[row]!) ?? '').filter((path) => path !== ''))].slice(0, 50);
}

const sameProgram = (world: World, subject: Subject): string | undefined => {
  const programs = programsOf(world, subject);
  return programs.length === 0 ? undefined : `processes where process.executable in (${programs.map(huntLiteral).join(', ')})`;
};

/** The step that compares hosts: the one that asks for hashes of programs. */
export const HOSTS_STEP = 'containment.1';

const NO_HASHES = 'No sensor states the hash of a program that was run (audit records and /proc have none): the same program under another name is not found by it.';

/** The playbook's containment, as far as files can carry it: who is affected, what to isolate and block, what to watch. Nothing here acts on a host. */
export const CONTAINMENT_STEPS: readonly Step[] = [
  {
    id: HOSTS_STEP, section: 'containment', clause: 'Containment 1: identify affected hosts', question: 'On which hosts of the case does the same program (by path and by hash), template of arguments, shape, address or indicator occur, first and last?',
    hunts: (world, subject) => {
      const text = sameProgram(world, subject);
      return text === undefined ? [] : [{ title: 'The same program, by host', text: `${text} | stats count() as n, min(process.start) as first, max(process.start) as last by host.name` }];
    },
    answer(world, subject) {
      const programs = programsOf(world, subject);
      const found = samePatterns(world, subject, programs);
      const without = world.hosts.filter((host) => !found.hosts.includes(host));
      return answer([{ ...found, undecided: 0 }], [
        `Evidence of ${plural(world.hosts.length, 'host')} is open.`,
        ...(without.length === 0 || found.total === 0 ? [] : [`None of it was seen on ${without.join(', ')}, as far as their evidence shows.`]),
        ...(world.hostsWithoutEvidence.length === 0 ? [] : [`Unknown, for want of evidence: ${world.hostsWithoutEvidence.join(', ')}.`]),
      ], { blind: programs.length === 0, missing: [...(programs.length === 0 ? ['No executable of it is on record.'] : []), ...(world.hashFields.length === 0 ? [NO_HASHES] : [])] });
    },
  },
  {
    id: 'containment.1a', section: 'containment', clause: 'Containment 1a: isolate them', question: 'What would be isolated?',
    hunts: (world, subject) => { const text = sameProgram(world, subject); return text === undefined ? [] : [{ title: 'Hosts', text: `${text} | count host.name` }]; },
    answer(world, subject) {
      const text = sameProgram(world, subject);
      const hosts = text === undefined ? { facts: [], total: 0, undecided: 0 } : factsOf(world, `${text} | count host.name`, (row) => `isolate ${row.text('host.name')}`);
      return answer([hosts], ['Foundling acts on no host: the report writes the calls (Velociraptor, Elastic, nft) with this list for whoever confirms them.'], { blind: text === undefined });
    },
  },
  {
    id: 'containment.2', isChain: true, section: 'containment', clause: 'Containment 2: execution paths', question: 'What is the chain of programs from the way in to it?',
    hunts: (world, subject) => [{ title: 'Programs run, in order', text: `exec where ${ofSubject(world, subject)}` }],
    answer(world, subject) {
      const { lineage, strings } = world;
      const rows = subject.process >= 0 ? chainOf(lineage, subject.process).reverse() : [];
      const facts = rows.flatMap((row) => {
        const programs: StepFact[] = [];
        for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) {
          programs.push(processFact(world, row, `${called(world, row)}: ${strings.list(lineage.programArgs[at]!).join(' ') || (strings.text(lineage.programExe[at]!) ?? '')}`, 0, lineage.programTime[at]));
        }
        return programs;
      });
      const execs = subject.process >= 0 ? { facts, total: facts.length, undecided: 0 } : factsOf(world, `exec where ${ofSubject(world, subject)}`, (row) => `${row.who('process')}: ${row.text('process.command_line')}`);
      return answer([execs], [`${plural(execs.total, 'program')} run.`], { missing: missingFor(world, ['no-exec', 'no-forks']) });
    },
  },
  {
    id: 'containment.2a', isChain: true, section: 'containment', clause: 'Containment 2a: creation timestamps', question: 'When was each link created, how is that known, and do clocks disagree?',
    hunts: (world, subject) => [{ title: 'Starts', text: `processes where ${ofSubject(world, subject)} | fields process.name, process.pid, process.start, process.start.basis` }],
    answer(world, subject) {
      const { lineage } = world;
      const rows = subject.process >= 0 ? chainOf(lineage, subject.process).reverse() : world.findings.filter(({ alert }) => alert).map(({ process }) => process);
      const facts = rows.slice(0, 50).map((row) => processFact(world, row, `${called(world, row)} ${isDated(lineage.start[row]!) ? (basisOf(lineage.startBasis[row]!) === 'observed' ? 'was created then: a record states it' : 'was first seen then; it was created then or before') : 'has no date on record'}`, lineage.startBasis[row]));
      return answer([{ facts, total: rows.length, undecided: 0 }], ['Times are UTC; those of /proc have a grain of 10 ms, those of ps of a second.'], { missing: missingFor(world, ['clock-skew', 'zone-guessed', 'taken-guessed']) });
    },
  },
  {
    id: 'containment.2b', section: 'containment', clause: 'Containment 2b: intervening scripts or cron jobs', question: 'Which scripts and jobs stand in the chain?',
    hunts: (world, subject) => [{ title: 'Interpreters and what they were given', text: `exec where ${ofSubject(world, subject)} and process.name in ("sh", "bash", "dash", "python3", "perl", "php", "ruby", "node")` }],
    answer(world, subject) {
      const chains = chainSubjects(world, subject);
      const scripts = new Map<string, StepFact>();
      const starters = new Map<string, StepFact>();
      for (const one of chains) {
        const readable = new Map(scriptContents(world, one).map((fact) => [fact.says.slice(0, fact.says.indexOf(' is in the chain')), fact]));
        const says = (path: string): string => (subject.process < 0 ? `${path}: in the chain of ${called(world, one.process)}` : path);
        for (const path of scriptsOf(world, one)) if (!scripts.has(path)) scripts.set(path, readable.get(path) ?? { says: says(path), process: one.process, time: NaN, basis: 'observed', records: [] });
        for (const fact of starterContents(world, one)) if (!starters.has(fact.says)) starters.set(fact.says, fact);
      }
      const facts = [...scripts.values(), ...starters.values()];
      const links = new Set(chains.flatMap(({ process }) => chainOf(world.lineage, process)));
      const jobs = links.size === 0 ? { facts: [], total: 0, undecided: 0 } : factsOf(world, `any where event.action == "command" and message : "*CMD (*" and process.entity_id in (${[...links].map((row) => huntLiteral(world.entityId(row))).join(', ')})`, (row) => `cron: ${row.text('message')}`);
      return answer([{ facts, total: facts.length, undecided: 0 }, jobs], [`${plural(scripts.size, 'script')}, ${plural(starters.size, 'unit file or crontab', 'unit files and crontabs')}, ${plural(jobs.total, 'cron line')} in the ${subject.process < 0 ? `chains of ${plural(chains.length, 'orphan')} with an alert` : 'chain'}.`]);
    },
  },
  {
    id: 'containment.3', section: 'containment', clause: 'Containment 3: broader network impact, spread to other systems', question: 'Did it, or its entry, log on to other hosts?',
    hunts: (world, subject) => [{ title: 'Ways to other hosts', text: `exec where ${ofSubject(world, subject)} and process.name in ("ssh", "scp", "sftp", "rsync", "kubectl", "ansible", "ansible-playbook")` }],
    answer(world, subject) {
      const { facts, clocks } = sshJoins(world, subject);
      return answer([{ facts, total: facts.length, undecided: 0 }], [`${plural(facts.length, 'way')} to other hosts seen; evidence of ${plural(world.hosts.length, 'host')} is open.`, ...clocks], { blind: !seesNetwork(world) && world.hunt('exec where process.name == "ssh" | head 1').total === 0, missing: world.hosts.length < 2 ? ['Evidence of the other hosts would show the logins that answer.'] : [] });
    },
  },
  {
    id: 'containment.3a', section: 'containment', clause: 'Containment 3a: segmentation or blocks', question: 'Which addresses, ports and domains would be blocked?',
    hunts: (world, subject) => [{ title: 'Peers', text: `network where ${ofSubject(world, subject)} and destination.ip != null | count destination.ip, destination.port` }],
    answer(world, subject) {
      const found = networkFacts(world, subject);
      return answer([found], [`${plural(found.total, 'socket or connection', 'sockets or connections')} to weigh, ${found.facts.filter(isWithinHost).length} of them within the host; the report lists the other addresses as CSV and as an nft set.`], { blind: !seesNetwork(world) });
    },
  },
  {
    id: 'containment.4', section: 'containment', clause: 'Containment 4: prevent similar attacks by monitoring', question: 'Which rules would have shown it?',
    hunts: () => [{ title: 'The hunt to keep', text: 'processes where process.orphan and process.orphaned_after < 1s | tree' }],
    answer(world, subject) {
      const kinds = new Set(world.findings.filter(({ process }) => subject.process < 0 || process === subject.process).flatMap(({ findings }) => findings.map(({ kind }) => kind)));
      const facts = [...kinds].map((kind): StepFact => ({ says: `foundling prevent ${kind} --as audit (or sigma, eql, spl, falco)`, process: subject.process, time: NaN, basis: 'derived', records: [] }));
      return answer([{ facts, total: facts.length, undecided: 0 }], [`${plural(facts.length, 'kind')} of finding with rules to export.`], { missing: missingFor(world, ['no-forks', 'no-exits', 'exec-only', 'no-exec']) });
    },
  },
];

/** So many chains are gone through for the case, worst first. */
const CHAINS_AT_MOST = 50;

/** Whose chains are meant: the subject's, or for the case those of the orphans with an alert. */
function chainSubjects(world: World, subject: Subject): readonly Subject[] {
  if (subject.process >= 0) return [subject];
  return world.findings.filter(({ process, alert }) => alert && isOrphan(world.lineage, process)).slice(0, CHAINS_AT_MOST).map(({ process }) => subjectOf(world, process, NaN, NaN));
}

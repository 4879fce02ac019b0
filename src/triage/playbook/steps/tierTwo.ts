import { huntLiteral } from '../../../hunt/index.js';
import type { StepFact } from '../playbook.js';
import { cutAtWord } from '../cut.js';
import { answer, type Facts, factsOf, inFrame, ofSubject, plural, processFact } from '../facts.js';
import type { Step } from '../step.js';
import { called, chainOf, isOrphan, missingFor, type Subject, type World } from '../world.js';
import { CHANGE_AREAS } from '../../changeAreas.js';
import { changesAnswer, changesHunt, pathsOf } from './changes.js';

/** Who stands for the origin of a process: the launcher, above it the entry, beside it the requester. */
export function originsOf(world: World, subject: Subject): number[] {
  const { lineage } = world;
  if (subject.process < 0) return [];
  const row = subject.process;
  return [...new Set([lineage.requester[row]!, lineage.launcher[row]!, lineage.entry[row]!].filter((each) => each >= 0 && each !== row && lineage.pid[each]! > 2))];
}

/** As what an origin stands for the subject's. */
function roleOf({ lineage }: World, { process }: Subject, origin: number): string {
  return origin === lineage.requester[process] ? 'requester' : origin === lineage.launcher[process] ? 'launcher' : 'entry';
}

const below = (world: World, origin: number): string => `processes where descendant of [processes where process.entity_id == ${huntLiteral(world.entityId(origin))}]`;

const files = (world: World, subject: Subject): string => `any where event.category in ("file", "network") and ${ofSubject(world, subject)}`;

/** What tier 2 does. */
export const TIER_TWO_STEPS: readonly Step[] = [
  {
    id: 'tier 2.1', isChain: true, section: 'tier 2', clause: 'T2 1: deeper analysis of the process tree', question: 'Who created it, step by step, and what did each run?',
    hunts: (world, subject) => [{ title: 'Both trees around it', text: `processes where ${ofSubject(world, subject)} | tree created up 8` }],
    answer(world, subject) {
      const { lineage, strings } = world;
      const rows = subject.process >= 0 ? chainOf(lineage, subject.process) : world.findings.filter(({ process, alert }) => alert && isOrphan(lineage, process)).map(({ process }) => process);
      const facts = rows.slice(0, 50).map((row): StepFact => {
        const programs = [];
        for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) programs.push(cutAtWord(strings.list(lineage.programArgs[at]!).join(' '), 200) || (strings.text(lineage.programExe[at]!) ?? 'a program'));
        const creator = lineage.creator[row]!;
        return processFact(world, row, `${called(world, row)}${programs.length === 0 ? ' ran no program of its own' : ` ran ${programs.join(', then ')}`}; created by ${creator < 0 ? 'a process that is not known' : called(world, creator)}`, lineage.creatorBasis[row]);
      });
      return answer([{ facts, total: rows.length, undecided: 0 }], [subject.process >= 0 ? `${plural(rows.length, 'link')} by creation.` : `${plural(rows.length, 'orphan')} above the alert line.`], { missing: missingFor(world, ['no-forks', 'exec-only']) });
    },
  },
  {
    id: 'tier 2.1a', section: 'tier 2', clause: 'T2 1a: correlating with file or network artifacts', question: 'Which files and sockets did it touch, and is its program still a file?',
    hunts: (world, subject) => [{ title: 'Its files and sockets', text: files(world, subject) }],
    answer(world, subject) {
      const found = factsOf(world, files(world, subject), (row) => {
        const path = row.text('file.path'), to = row.text('destination.ip');
        return path === '' && to === '' && row.text('source.ip') === '' ? undefined : `${row.who('process')}: ${row.text('event.action')} ${path || (to === '' ? `${row.text('source.ip')} port ${row.text('source.port')}` : `${to} port ${row.text('destination.port')}`)}`;
      });
      const own = subject.process < 0 ? ' and process.orphan' : ` and ${ofSubject(world, subject)}`;
      const gone = factsOf(world, `processes where (process.exe.deleted or process.exe.memfd)${own} | fields process.start, process.name, process.pid, process.executable, process.exe.memfd`, (row) => `${row.who('process')} runs ${row.text('process.executable') || 'a program'} that is ${row.text('process.exe.memfd') === 'true' ? 'memory only' : 'deleted'}`);
      return answer([found, gone], [`${plural(found.total, 'file or socket', 'files or sockets')}; ${plural(gone.total, 'program')} without a file.`], { missing: missingFor(world, ['no-snapshot']) });
    },
  },
  {
    id: 'tier 2.2', section: 'tier 2', clause: 'T2 2: other processes spawned by the same originating process', question: 'What else did the same launcher, entry or requester start?',
    hunts: (world, subject) => subject.process < 0
      ? [{ title: 'Entries that cast off several', text: 'processes where process.orphan | stats count() as n, values(process.name) as names by host.id, process.entry_leader.entity_id | filter n > 1 | sort -n' }]
      : originsOf(world, subject).map((origin) => ({ title: `All that ${called(world, origin)} created`, text: below(world, origin) })),
    answer(world, subject) {
      if (subject.process < 0) {
        const many = factsOf(world, 'processes where process.orphan | stats count() as n, values(process.name) as names by process.entry_leader.entity_id, process.entry_leader.name, process.entry_leader.pid | filter n > 1 | sort -n', (row) =>
          `${row.text('process.entry_leader.pid') === '' ? 'an entry that is not known' : row.who('process.entry_leader')}: ${row.text('n')} orphans (${cutAtWord(row.text('names'), 200)})`);
        return answer([many], [`${plural(many.total, 'entry', 'entries')} with several orphans.`]);
      }
      const origins = originsOf(world, subject);
      const parts = origins.map((origin) => factsOf(world, below(world, origin), (row) => (row.process === subject.process ? undefined : row.text('process.command_line'))));
      const says = origins.map((origin, at) => `${called(world, origin)}: ${plural(parts[at]!.total, 'other process', 'other processes')}.`);
      // An entry stands above its launcher: what both created is one fact with both reasons.
      const found = new Map<number, { readonly fact: StepFact; readonly of: string[] }>();
      parts.forEach(({ facts }, at) => {
        for (const fact of facts) {
          const known = found.get(fact.process) ?? { fact, of: [] };
          known.of.push(`its ${roleOf(world, subject, origins[at]!)} ${called(world, origins[at]!)}`);
          found.set(fact.process, known);
        }
      });
      const facts = [...found.values()].map(({ fact, of }): StepFact => ({ ...fact, says: `${called(world, fact.process)} of ${of.join(' and ')}${fact.says === '' ? '' : `: ${fact.says}`}` }));
      const others: Facts = { facts, total: Math.max(facts.length, ...parts.map(({ total }) => total)), undecided: 0 };
      return answer([others], says.length === 0 ? ['Neither a launcher nor an entry nor a requester of it is known.'] : says, { blind: says.length === 0, missing: missingFor(world, ['no-forks']) });
    },
  },
  {
    id: 'tier 2.3', section: 'tier 2', clause: 'T2 3: system artifact changes around the time', question: 'Which watched files changed around that time, and by whom?',
    hunts: (world, subject) => [{ title: 'Every change of a file', text: `file where event.type in ("creation", "change", "deletion")${inFrame(subject)}` }, { title: 'In the watched places', text: changesHunt(subject, pathsOf(world, CHANGE_AREAS)) }],
    answer(world, subject) {
      const all = factsOf(world, `file where event.type in ("creation", "change", "deletion")${inFrame(subject)}`, (row) => {
        return `${row.text('file.path')}: ${row.text('event.action')} by ${row.process < 0 ? 'nobody that is known' : called(world, row.process)}`;
      });
      const accounts = factsOf(world, `iam where true${inFrame(subject)}`, (row) => `${row.text('event.action')}: ${row.text('message')}`);
      const watched = changesAnswer(world, subject, ['cron', 'unit', 'configuration'], 'watched places');
      return answer([all, accounts], [`${plural(all.total, 'change')} of files, ${plural(accounts.total, 'change')} of accounts.`], { blind: watched.state === 'cannot be known', missing: watched.missing });
    },
  },
];

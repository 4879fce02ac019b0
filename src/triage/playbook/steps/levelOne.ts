import { ENTRY_KINDS, type EntryKind } from '../../../model/index.js';
import type { StepFact } from '../playbook.js';
import { answer, factsOf, inFrame, plural } from '../facts.js';
import type { Step } from '../step.js';
import { areaOf } from '../../changeAreas.js';
import { called, chainOf, isBelow, isOrphan, missingFor, relationOf, stated, type Subject, type World } from '../world.js';
import { changeFacts, changesAnswer, changesHunt, pathsOf } from './changes.js';

const cronLines = (subject: Subject): string => `any where (process.name in ("crontab", "cron", "crond", "atd", "anacron") or event.action == "command") and message : ("*REPLACE*", "*RELOAD*", "*BEGIN EDIT*", "*END EDIT*", "*DELETE*", "*CMD (*", "*Starting job*")${inFrame(subject)}`;
const CRON_CHILDREN = 'processes where process.entry.kind in ("cron", "at") and process.orphan';

/** Files changed in the time frame whose path the orphan's chain names: the change and the orphan in one sentence each. */
function changedAndRun(world: World, subject: Subject): StepFact[] {
  const { lineage, strings } = world;
  const changed = changeFacts(world, subject, pathsOf(world, ['cron', 'unit', 'startup', 'program']));
  const rows = subject.process >= 0 ? [subject.process] : world.findings.filter(({ process }) => isOrphan(lineage, process)).map(({ process }) => process).slice(0, 200);
  return changed.facts.flatMap((change) => {
    const path = change.says.slice(0, change.says.indexOf(': '));
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:service|timer|socket|path)$/, '');
    const user = rows.find((row) => chainOf(lineage, row).some((above) => lineage.pid[above] !== 1 && (strings.text(lineage.exe[above]!) === path || strings.list(lineage.args[above]!).some((arg) => arg.includes(path)) || (areaOf(path) === 'unit' && (strings.text(lineage.unit[above]!) ?? '').startsWith(`${name}.`)))));
    return user === undefined ? [] : [{ ...change, says: `${change.says}. ${called(world, user)} ran from it${areaOf(path) === 'unit' ? ': if the unit is Type=forking, a double fork is its ordinary shape; compare ExecStart and PIDFile before accepting it into the baseline' : ''}`, process: user }];
  });
}

const WAY_IN: Readonly<Record<EntryKind, string>> = {
  '': 'not known', login: 'a login', service: 'a service', timer: 'a timer', cron: 'a cron job', at: 'an at job', console: 'the console', container: 'a container', boot: 'the boot',
};

/** New processes in the time frame that no login, sudo or package manager stands above. */
function unconnected(world: World, subject: Subject): StepFact[] {
  const { lineage, strings } = world;
  const rows = world.findings.filter(({ state }) => state !== 'explained').map(({ process }) => process);
  return rows
    .filter((row) => subject.process < 0 || row === subject.process || (lineage.start[row]! >= subject.from && lineage.start[row]! <= subject.until))
    .flatMap((row) => {
      const kind = ENTRY_KINDS[lineage.entryKind[row]!] ?? '';
      const admin = chainOf(lineage, row).find((above) => /^(?:sudo|apt|apt-get|dpkg|dnf|yum|rpm|ansible|puppet|salt-minion)$/.test(strings.text(lineage.comm[above]!) ?? ''));
      if (admin !== undefined) return [];
      const why = stated(lineage.auid[row]!) === undefined ? 'it has no login uid' : kind === 'login' ? `its session's login is on record, but neither sudo nor a package manager stands above it` : `its way in is ${WAY_IN[kind]}`;
      return [{ says: `${called(world, row)}: ${why}`, process: row, time: lineage.start[row]!, basis: 'derived' as const, records: [] }];
    });
}

/** What the first line looks at. */
export const LEVEL_ONE_STEPS: readonly Step[] = [
  {
    id: 'level 1.1', section: 'level 1', clause: 'L1 1: recent cron job changes', question: 'Which cron and at jobs changed, and what have they started since?',
    hunts: (world, subject) => [
      { title: 'Changes of cron files', text: changesHunt(subject, pathsOf(world, ['cron'])) },
      { title: 'Lines of crontab, cron and atd', text: cronLines(subject) },
      { title: 'Orphans that cron or at left', text: CRON_CHILDREN },
    ],
    answer(world, subject) {
      const lines = factsOf(world, cronLines(subject), (row) => {
        const message = row.text('message');
        const isChange = /REPLACE|RELOAD|EDIT|DELETE/.test(message);
        const relation = relationOf(world, subject.process, row.process);
        return isChange || (subject.process >= 0 && relation !== undefined) ? `${row.who('process')}: ${message}` : undefined;
      });
      const orphans = factsOf(world, CRON_CHILDREN, (row) => (subject.process < 0 || isBelow(world.lineage, subject.process, row.process) || row.process === subject.process ? `${called(world, row.process)} was left by a cron or at job` : undefined));
      return changesAnswer(world, subject, ['cron'], 'cron and at jobs', [lines, orphans]);
    },
  },
  {
    id: 'level 1.2', section: 'level 1', clause: 'L1 2: system configuration files', question: 'Which configuration files changed?',
    hunts: (world, subject) => [{ title: 'Changes of configuration', text: changesHunt(subject, pathsOf(world, ['configuration', 'keys'])) }],
    answer: (world, subject) => changesAnswer(world, subject, ['configuration', 'keys'], 'configuration files and keys'),
  },
  {
    id: 'level 1.3', section: 'level 1', clause: 'L1 3: start-up scripts', question: 'Which units and start-up scripts changed?',
    hunts: (world, subject) => [{ title: 'Changes of units and start-up', text: changesHunt(subject, pathsOf(world, ['unit', 'startup'])) }],
    answer: (world, subject) => changesAnswer(world, subject, ['unit', 'startup'], 'units and start-up scripts'),
  },
  {
    id: 'level 1.3a', section: 'level 1', clause: 'L1 3a: legitimate changes that resemble a double fork or a daemon', question: 'Did a changed script, unit or job start this orphan by its ordinary shape?',
    hunts: (world, subject) => [{ title: 'Changes that could have', text: changesHunt(subject, pathsOf(world, ['cron', 'unit', 'startup', 'program'])) }],
    answer(world, subject) {
      const facts = changedAndRun(world, subject);
      return answer([{ facts: facts, total: facts.length, undecided: 0 }], [`${plural(facts.length, 'changed file')} that ${subject.process < 0 ? 'orphans' : 'it'} ran from.`], { blind: world.hunt('file where true | head 1').total === 0, missing: missingFor(world, ['no-snapshot']) });
    },
  },
  {
    id: 'level 1.4', section: 'level 1', clause: 'L1 4: new child processes without a connection to administrative actions', question: 'Which new processes have no login, sudo or package manager above them?',
    hunts: (_world, subject) => [{ title: 'New, without a login', text: `processes where process.orphan and user.audit.id == null${inFrame(subject)}` }],
    answer(world, subject) {
      const facts = unconnected(world, subject);
      return answer([{ facts: facts, total: facts.length, undecided: 0 }], [`${plural(facts.length, 'process', 'processes')} not explained and without such a connection.`], { missing: missingFor(world, ['no-forks']) });
    },
  },
];

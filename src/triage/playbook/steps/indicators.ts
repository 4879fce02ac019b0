import type { FindingKind, ProcessFindings } from '../../finding.js';
import type { StepAnswer } from '../playbook.js';
import { answer, factsOf, ofSubject, plural } from '../facts.js';
import type { Step } from '../step.js';
import { called, isBelow, missingFor, type Subject, type World } from '../world.js';

/** Findings of some kinds on the subject, or on any process of the case, as facts. */
function findingsAs(world: World, subject: Subject, kinds: readonly FindingKind[], says: (count: number) => string, states: readonly ProcessFindings['state'][] = ['unexpected', 'explained', 'not judged']): StepAnswer {
  const facts = world.findings
    .filter(({ process, state }) => states.includes(state) && (subject.process < 0 || process === subject.process || isBelow(world.lineage, process, subject.process)))
    .flatMap(({ process, state, findings }) =>
      findings.filter(({ kind }) => kinds.includes(kind)).map((finding) => ({
        says: `${called(world, process)} (${state}): ${finding.reasons.map((reason) => reason.says).join(' ')}`,
        process, time: world.lineage.start[process]!, basis: finding.reasons[0]?.basis ?? ('derived' as const), records: finding.reasons.flatMap(({ records }) => records).slice(0, 8),
      })));
  return answer([{ facts, total: facts.length, undecided: 0 }], [says(facts.length)], { missing: missingFor(world, ['no-exits', 'exec-only', 'no-forks', 'no-snapshot']) });
}

/** The playbook's key indicators. */
export const INDICATOR_STEPS: readonly Step[] = [
  {
    id: 'indicators.1', section: 'indicators', clause: 'Key indicator 1: unexpected disconnection of a process and its expected parent', question: 'Which orphans does no baseline entry explain?',
    hunts: () => [{ title: 'Every process torn from its parent', text: 'processes where process.orphan | tree' }],
    answer: (world, subject) => findingsAs(world, subject, ['adopted'], (count) => `${plural(count, 'orphan')} that no baseline entry explains.`, ['unexpected', 'not judged']),
  },
  {
    id: 'indicators.2', section: 'indicators', clause: 'Key indicator 2: adopted by init unexpectedly', question: 'Who adopted it: init, a subreaper or a namespace\'s init, and does that fit its unit?',
    hunts: (world, subject) => [{ title: 'Adoptions', text: `reparent where ${ofSubject(world, subject)}` }],
    answer(world, subject) {
      const found = factsOf(world, `reparent where ${ofSubject(world, subject)} | fields @timestamp, process.name, process.pid, process.adopter.name, process.adopter.pid, process.adopter.kind, process.unit, process.creator.name, process.creator.pid`, (row) =>
        `${row.who('process')} of ${row.who('process.creator')} went to ${row.who('process.adopter')} (${row.text('process.adopter.kind') || 'adopter of unknown kind'})${row.text('process.unit') === '' ? '' : `; its unit is ${row.text('process.unit')}`}`);
      const missing = missingFor(world, ['no-exits', 'exec-only']);
      return answer([found], [`${plural(found.total, 'adoption')}.`], { missing, blind: missing.length > 0 });
    },
  },
  {
    id: 'indicators.3', section: 'indicators', clause: 'Key indicator 3: double fork', question: 'Which processes came by a double fork?',
    hunts: () => [{ title: 'Orphans whose creator only served to detach', text: 'processes where process.orphan and process.launcher.distance >= 2' }],
    answer: (world, subject) => findingsAs(world, subject, ['double-fork', 'daemonised'], (count) => `${plural(count, 'double fork or daemon shape', 'double forks or daemon shapes')}.`),
  },
  {
    id: 'indicators.4', section: 'indicators', clause: 'Key indicator 4: fork() followed by the parent\'s immediate end', question: 'Whose parent ended within the time window?',
    hunts: (world) => [{ title: 'Orphaned at once', text: `processes where process.orphan and process.orphaned_after <= ${world.settings.timeWindowMicros}us` }],
    answer(world, subject) {
      const own = subject.process < 0 ? '' : ` and ${ofSubject(world, subject)}`;
      const found = factsOf(world, `processes where process.orphan and process.orphaned_after <= ${world.settings.timeWindowMicros}us${own} | fields process.start, process.name, process.pid, process.orphaned_after.min, process.orphaned_after.max`, (row) =>
        `${row.who('process')}: ${Number.isNaN(row.number('process.orphaned_after.max')) ? 'at a time that is not bounded' : row.number('process.orphaned_after.max') < 1000 ? 'as it started' : `at most ${Math.round(row.number('process.orphaned_after.max') / 1000)} ms after its start`}`);
      return answer([found], [`${plural(found.total, 'process', 'processes')} orphaned within ${world.settings.timeWindowMicros / 1e6} s.`, ...(found.undecided > 0 ? [`${found.undecided} more cannot be decided: when they were orphaned is not known.`] : [])], { missing: missingFor(world, ['no-exits', 'exec-only']) });
    },
  },
];

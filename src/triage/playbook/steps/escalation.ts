import type { StepAnswer, StepFact, TriggerState } from '../playbook.js';
import { attributionOf } from '../attribution.js';
import { answer, ofSubject, plural } from '../facts.js';
import type { Step } from '../step.js';
import { called, BLINDED, chainOf, isBelow, isBlinded, isOrphan, type Subject, type World } from '../world.js';
import { alertFacts, isWithinHost, missingConnections, networkFacts, seesNetwork, sockets } from './questions.js';

/** With a sensor tampered with, "nothing seen" is no answer. */
function trigger(world: World, subject: Subject, state: TriggerState): TriggerState {
  return state === 'not met' && isBlinded(world, subject) ? 'cannot be known' : state;
}

function attribution(world: World, subject: Subject): StepAnswer {
  const rows = subject.process >= 0 ? [subject.process] : world.findings.filter(({ process, alert }) => alert && isOrphan(world.lineage, process)).map(({ process }) => process);
  const results = rows.slice(0, 100).map((row) => ({ row, ...attributionOf(world, row) }));
  const facts = results.map(({ row, state, says }): StepFact => ({ says: `${called(world, row)}: ${state}. ${says.join(' ')}`, process: row, time: world.lineage.start[row]!, basis: 'derived', records: [] }));
  const is = (state: string): number => results.filter((each) => each.state === state).length;
  const state: TriggerState = is('not attributed') > 0 ? 'met' : results.length > 0 && is('attributed') === results.length ? 'not met' : results.length === 0 && subject.process < 0 ? 'not met' : 'cannot be known';
  const said = subject.process >= 0 ? results.flatMap(({ says }) => says) : [`Of ${plural(results.length, 'alert')}: ${is('attributed')} attributed, ${is('partly attributed')} partly, ${is('not attributed')} not, ${is('cannot be known')} cannot be known.`];
  return { ...answer([{ facts, total: facts.length, undecided: 0 }], said, { missing: [...new Set(results.flatMap(({ missing }) => missing)), ...(isBlinded(world, subject) ? [BLINDED] : [])] }), trigger: trigger(world, subject, state) };
}

function network(world: World, subject: Subject): StepAnswer {
  const found = networkFacts(world, subject);
  const states = new Map(world.findings.map(({ process, state }) => [process, state]));
  // The nearest judged process above decides: what hangs below a good daemon's child that was torn off is not the daemon's.
  const isExplained = (row: number): boolean => states.get(chainOf(world.lineage, row).find((above) => states.has(above)) ?? -1) === 'explained';
  const facts = found.facts.filter(({ process }) => !isExplained(process));
  const within = facts.filter(isWithinHost).length;
  const sees = seesNetwork(world);
  const state: TriggerState = facts.length > 0 ? 'met' : sees ? 'not met' : 'cannot be known';
  return {
    ...answer([{ ...found, facts, total: facts.length }], [facts.length === 0 ? 'No connection or socket that no baseline entry explains.' : `${plural(facts.length, 'connection or socket', 'connections or sockets')} that no baseline entry explains, ${within} of them within the host.`], { blind: !sees, missing: [...missingConnections(world, found.total), ...(isBlinded(world, subject) ? [BLINDED] : [])] }),
    trigger: trigger(world, subject, state),
  };
}

function others(world: World, subject: Subject): StepAnswer {
  const { lineage } = world;
  const alerts = alertFacts(world, subject);
  const findings = world.findings
    .filter(({ process, alert }) => alert && process !== subject.process && !isBelow(lineage, process, subject.process))
    .filter(({ process }) => subject.process < 0 || (lineage.host[process] === lineage.host[subject.process] && (Number.isNaN(subject.moment) || (lineage.start[process]! >= subject.from && lineage.start[process]! <= subject.until))))
    .map((each): StepFact => ({ says: `${called(world, each.process)}, score ${each.score}: ${each.why}`, process: each.process, time: lineage.start[each.process]!, basis: 'derived', records: [] }));
  const total = alerts.total + findings.length;
  const looked = world.indicators > 0 || world.rules > 0;
  const state: TriggerState = total > 0 ? 'met' : looked ? 'not met' : 'cannot be known';
  return {
    ...answer([alerts, { facts: findings, total: findings.length, undecided: 0 }], [`${alerts.total === 0 ? 'No indicator, rule or alert of others points to it' : `${plural(alerts.total, 'indicator, rule or alert of others points', 'indicators, rules and alerts of others point')} to it`}; ${plural(findings.length, 'alert')} on other processes${frameWords(subject)}.`], { blind: !looked, missing: [...(looked ? [] : ['No IoC list and no rules were given.']), ...(isBlinded(world, subject) ? [BLINDED] : [])] }),
    trigger: trigger(world, subject, state),
  };
}

/** " from 24 h before its adoption to 1 h after it"; the case as a whole has no frame. */
function frameWords({ process, moment, from, until }: Subject): string {
  if (process < 0 || Number.isNaN(moment)) return '';
  const hours = (micros: number): string => `${Math.round(micros / 360e6) / 10} h`;
  return ` of its host, begun from ${hours(moment - from)} before its adoption to ${hours(until - moment)} after it`;
}

/** The three triggers that hand a case to tier 2. */
export const ESCALATION_STEPS: readonly Step[] = [
  {
    id: 'escalation.1', section: 'escalation', clause: 'Escalation 1: not attributable to legitimate administrative actions', question: 'Can it be attributed to a person or an announced change?',
    hunts: (world, subject) => [{ title: 'Its way in', text: `processes where ${ofSubject(world, subject)} | fields process.name, process.pid, process.entry.kind, process.entry_leader.name, process.entry_leader.pid, process.requester.name, user.audit.name, session.id` }],
    answer: attribution,
  },
  {
    id: 'escalation.2', section: 'escalation', clause: 'Escalation 2: network connections from unexpected services', question: 'Does it, or anything it created, talk to the network without a reason?',
    hunts: (world, subject) => [{ title: 'Connections', text: sockets(world, subject) }],
    answer: network,
  },
  {
    id: 'escalation.3', section: 'escalation', clause: 'Escalation 3: other indicators in the same time frame', question: 'What else points to an intrusion at that time?',
    hunts: () => [{ title: 'All findings', text: 'processes where finding.score > 0 | fields process.name, process.pid, finding.score, finding.kind | sort -finding.score' }],
    answer: others,
  },
];

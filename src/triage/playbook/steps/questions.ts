import type { StepAnswer, StepFact } from '../playbook.js';
import { answer, type Facts, factsOf, inFrame, ofSubject, plural } from '../facts.js';
import type { Step } from '../step.js';
import { scriptContents, scriptsOf, starterContents } from '../contents.js';
import { called, isOrphan, missingFor, type Subject, type World } from '../world.js';
import { changeFacts, changesAnswer, changesHunt, pathsOf } from './changes.js';

/** Processes that the step is about: the subject, or the unexpected ones of the case, best ranked first. */
function judged(world: World, subject: Subject): World['findings'] {
  return subject.process >= 0 ? world.findings.filter(({ process }) => process === subject.process) : world.findings.filter(({ process }) => isOrphan(world.lineage, process));
}

/** So many records show one socket. */
const RECORDS_OF_SOCKET = 8;

/** The hunt for sockets of the subject and of what it created. */
export const sockets = (world: World, subject: Subject): string => `network where ${ofSubject(world, subject)} and (destination.ip != null or source.ip != null)`;

/** Those sockets, a fact each: one that every snapshot shows again is one socket, told when it was first seen. */
export function networkFacts(world: World, subject: Subject): Facts {
  const found = factsOf(world, sockets(world, subject), (row) => {
    const to = row.text('destination.ip'), from = row.text('source.ip');
    return `${row.who('process')}: ${row.text('event.action')}${to === '' ? '' : ` to ${to} port ${row.text('destination.port')}`}${from === '' ? '' : ` at ${from} port ${row.text('source.port')}`}`;
  });
  const first = new Map<string, StepFact>();
  for (const fact of found.facts) {
    const key = `${fact.process} ${fact.says}`, known = first.get(key);
    first.set(key, known === undefined ? fact : { ...known, records: [...known.records, ...fact.records].slice(0, RECORDS_OF_SOCKET) });
  }
  return { ...found, facts: [...first.values()], total: found.total - (found.facts.length - first.size) };
}

/** Whether a fact of {@link networkFacts} stays within the host: a peer or a listener on loopback. Only its end is ours: a process may be called "nc to ::1 port". */
export function isWithinHost({ says }: StepFact): boolean {
  return /(?: to (?:127\.\S+|::1) port \S*(?: at \S+ port \S*)?| at (?:127\.\S+|::1) port \S*)$/.test(says);
}

/** The sensors would have recorded a connection: some were. A snapshot of sockets alone shows a moment. */
export function seesNetwork(world: World): boolean {
  return world.hunt('network where event.action in ("connection_attempted", "connection_accepted") | head 1').total > 0;
}

/** What is not known of connections, where none is on record: all, or what came beside the sockets (`shown`) that a snapshot saw. */
export function missingConnections(world: World, shown: number): readonly string[] {
  if (seesNetwork(world)) return [];
  return [shown > 0 ? 'Connections are not on record: only the sockets that were open when somebody looked are known.' : 'Connections are not on record.'];
}

/** IoC hits and alerts of other sensors on the host in the time frame. */
export function alertFacts(world: World, subject: Subject): Facts {
  const inTime = (time: number): boolean => subject.process < 0 || Number.isNaN(subject.moment) || Number.isNaN(time) || (time >= subject.from && time <= subject.until);
  const facts = world.hits
    .filter((hit) => inTime(hit.time))
    .map((hit): StepFact => {
      const { indicator } = hit;
      return {
        says: `${indicator.kind} ${indicator.value} of ${indicator.list}${indicator.note === '' ? '' : ` (${indicator.note})`}: in ${hit.where} of ${hit.process < 0 ? 'a record that is no process\'s' : called(world, hit.process)}${hit.events > 1 ? `, ${hit.events} times` : ''}`,
        process: hit.process, time: hit.time, basis: 'observed', records: world.placesOf([hit.event]),
      };
    });
  const alerts = factsOf(world, `any where evidence.name != null and message : ("Emergency: *", "Alert: *", "Critical: *", "Error: *", "Warning: *", "Notice: *")${inFrame(subject)} | head 200`, (row) => {
    const isAlert = world.formats.get('falco')?.some((file) => row.text('evidence.name').includes(file)) ?? false;
    return isAlert ? `alert: ${row.text('message')}` : undefined;
  });
  const fired = world.alerts
    .filter(({ process }) => inTime(world.lineage.start[process]!))
    .map(({ title, level, techniques, file, process, events, isHidden }): StepFact => ({
      says: `rule "${title}"${level === '' ? '' : ` (${level})`} of ${file} fires on ${called(world, process)}${techniques.length === 0 ? '' : `, ${techniques.join(', ')}`}${isHidden ? '; only by its creator: the broken tree hides it from the rule' : ''}`,
      process, time: world.lineage.start[process]!, basis: isHidden ? 'derived' : 'observed', records: world.placesOf(events),
    }));
  const all = [...facts, ...fired, ...alerts.facts];
  return { facts: all, total: all.length, undecided: 0 };
}

function legitimacy(world: World, subject: Subject): StepAnswer {
  const facts = judged(world, subject).map((each): StepFact => {
    const nearest = each.baseline[0];
    const match = each.state === 'explained' && (nearest === undefined || nearest.failed.length > 0) ? each.why : nearest === undefined ? 'no baseline entry is near' : nearest.failed.length === 0
      ? `fits "${nearest.entry}" (${nearest.source}): ${nearest.held.join('; ')}`
      : `nearest is "${nearest.entry}" (${nearest.source}): ${nearest.held.join('; ') || 'nothing'} fits, but ${nearest.failed.join('; ')}${nearest.unknown.length === 0 ? '' : `; not known: ${nearest.unknown.join('; ')}`}`;
    return { says: `${called(world, each.process)} is ${each.state}: ${match}`, process: each.process, time: world.lineage.start[each.process]!, basis: 'derived', records: [] };
  });
  const count = (state: string): number => judged(world, subject).filter((each) => each.state === state).length;
  return answer([{ facts: facts, total: facts.length, undecided: 0 }], [
    subject.process >= 0 && facts.length === 0 ? 'It is no orphan and nothing was found on it: the baseline has nothing to explain.' : `${count('explained')} explained (by the baseline, or as the middle of a chain), ${count('unexpected')} unexpected, ${count('not judged')} not judged.`,
  ], { missing: missingFor(world, ['no-forks', 'no-snapshot']) });
}

/** The playbook's questions for analysis. */
export const QUESTION_STEPS: readonly Step[] = [
  {
    id: 'questions.1', section: 'questions', clause: 'Question 1: does it match patterns of legitimate software?', question: 'Is this legitimate daemon behaviour?',
    hunts: () => [{ title: 'Orphans by program', text: 'processes where process.orphan | stats count() as n by process.executable, process.entry.kind | sort -n' }],
    answer: legitimacy,
  },
  {
    id: 'questions.2', section: 'questions', clause: 'Question 2: recent changes or additions to scripts', question: 'Which scripts changed, and were they in the chain that led here?',
    hunts: (world, subject) => [
      { title: 'Programs and scripts changed', text: changesHunt(subject, pathsOf(world, ['program'])) },
      ...(scriptsOf(world, subject).length === 0 ? [] : [{ title: 'Scripts of the chain', text: changesHunt(subject, scriptsOf(world, subject)) }]),
    ],
    answer(world, subject) {
      const scripts = subject.process < 0 ? [] : scriptsOf(world, subject);
      const own = scripts.length === 0 ? [] : [changeFacts(world, subject, scripts)];
      const contents = scriptContents(world, subject);
      const result = changesAnswer(world, subject, ['program'], 'programs and scripts', [...own, { facts: contents, total: contents.length, undecided: 0 }]);
      return scripts.length === 0 ? result : { ...result, says: [...result.says, `Files that the chain was told to run: ${scripts.slice(0, 10).join(', ')}${scripts.length > 10 ? ` and ${scripts.length - 10} more` : ''}.`] };
    },
  },
  {
    id: 'questions.2a', section: 'questions', clause: 'Question 2a: recent changes or additions to daemons', question: 'Which units, timers, start-up scripts and cron jobs are new or changed?',
    hunts: (world, subject) => [{ title: 'Units, start-up, cron', text: changesHunt(subject, pathsOf(world, ['unit', 'startup', 'cron'])) }],
    answer(world, subject) {
      const changes = changesAnswer(world, subject, ['unit', 'startup', 'cron'], 'units, start-up files and cron jobs');
      const starters = starterContents(world, subject);
      // What started the chain is told beside the changes; whether a change would have been seen is another question.
      return starters.length === 0 ? changes : {
        ...changes,
        state: changes.state === 'nothing found' ? 'answered' : changes.state,
        says: [...changes.says, `${plural(starters.length, 'unit file or crontab', 'unit files and crontabs')} of its chain can be read.`],
        facts: [...starters, ...changes.facts],
        total: changes.total + starters.length,
      };
    },
  },
  {
    id: 'questions.3', section: 'questions', clause: 'Question 3: correlating alerts or IoCs on the host', question: 'Which indicators and alerts of others match on this host in the time frame?',
    hunts: (_world, subject) => [{ title: 'Everything at that time', text: `any where true${inFrame(subject)}` }],
    answer(world, subject) {
      const found = alertFacts(world, subject);
      const hasAlerts = world.formats.has('falco');
      const missing = world.indicators === 0 && world.rules === 0 && !hasAlerts ? ['No IoC list, no rules and no alerts were given: add a list (text, CSV, STIX 2.1) or rules (Sigma, EQL) to the case, or open alerts beside the evidence.'] : [];
      return answer([found], [`${plural(world.indicators, 'indicator')} looked for, ${plural(world.rules, 'rule')} run; ${plural(found.total, 'match', 'matches')}.`], { blind: missing.length > 0, missing });
    },
  },
  {
    id: 'questions.3a', section: 'questions', clause: 'Question 3a: related network behaviour', question: 'What did it, and what it created, connect to or listen on?',
    hunts: (world, subject) => [{ title: 'Its sockets', text: sockets(world, subject) }],
    answer(world, subject) {
      const found = networkFacts(world, subject);
      const missing = missingConnections(world, found.total);
      return answer([found], [`${plural(found.total, 'socket or connection', 'sockets or connections')}.`], { blind: missing.length > 0, missing: missing.map((what) => `${what} To record them: -a always,exit -F arch=b64 -S connect -S accept4 -S bind -k network; or collect \`ss -tunap\`.`) });
    },
  },
];

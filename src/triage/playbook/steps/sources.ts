import { answer, factsOf, inFrame, ofSubject, plural } from '../facts.js';
import type { Step } from '../step.js';
import { missingFor, relationOf, type Subject, type World } from '../world.js';

const LOGS = ['syslog', 'journal-json', 'journal-export', 'journal'];
const NEAR_MICROS = 180e6;
const SIEM = ['splunk', 'ecs', 'auditbeat', 'endpoint', 'osquery', 'sysmon', 'falco', 'tetragon', 'tracee', 'azure', 'laurel'];
const AUDIT = ['audit', 'ausearch', 'laurel', 'auditctl', 'aureport'];

/** Files whose format's id begins with one of some words. */
function filesOf(world: World, formats: readonly string[]): string[] {
  return [...world.formats].filter(([id]) => formats.some((word) => id.startsWith(word))).flatMap(([, files]) => files);
}

function present(world: World, formats: readonly string[], what: string): string {
  const files = filesOf(world, formats);
  return files.length === 0 ? `No ${what} is open.` : `Open: ${files.slice(0, 8).map((file) => world.nameOf(file)).join(', ')}${files.length > 8 ? ` and ${files.length - 8} more` : ''}.`;
}

const creationLines = (frame: string): string => `any where event.action in ("command", "started-service", "opened-session", "login")${frame}`;
const MANIPULATIONS =
  '(message : ("*which is not our child*", "*eft-over process*", "*remains running after unit stopped*", "*Killing process*", "*PID file*not readable*", "*Supervising process*") or event.action in ("subreaper", "setsid", "ptrace"))';
const manipulations = (frame: string): string => `any where ${MANIPULATIONS}${frame}`;

/** A start is announced within seconds: the minutes around the adoption and the birth. */
function near(subject: Subject): Subject {
  return { ...subject, from: subject.moment - NEAR_MICROS, until: subject.moment + NEAR_MICROS };
}

/** Which of the playbook's log sources are there, and what they say of the subject. */
export const SOURCE_STEPS: readonly Step[] = [
  {
    id: 'sources.1', section: 'sources', clause: 'Log sources 1: system logs such as syslog', question: 'Which system logs are open, and what do they say of it?',
    hunts: (world, subject) => [{ title: 'Its lines in the logs', text: `log where ${ofSubject(world, subject)}` }],
    answer(world, subject) {
      const lines = factsOf(world, `log where ${ofSubject(world, subject)}`, (row) => `${row.text('process.name') || 'A program'} wrote: ${row.text('message')}`);
      const files = filesOf(world, LOGS);
      return answer([lines], [present(world, LOGS, 'syslog or journal'), `${plural(lines.total, 'line')} joined to ${subject.process < 0 ? 'orphans and what they created' : 'it and what it created'}.`], {
        blind: files.length === 0, missing: files.length === 0 ? ['Collect /var/log/syslog, auth.log (or secure), cron.log, and `journalctl -o export`.'] : [],
      });
    },
  },
  {
    id: 'sources.1a', section: 'sources', clause: 'Log sources 1a: process creation in system logs', question: 'Which lines announce that a process was started?',
    hunts: (_world, subject) => [{ title: 'Cron commands, services started, logins, sudo', text: creationLines(inFrame(near(subject))) }],
    answer(world, subject) {
      const found = factsOf(world, creationLines(inFrame(near(subject))), (row) => {
        const relation = relationOf(world, subject.process, row.process);
        return subject.process >= 0 && relation === undefined ? undefined : `${row.text('event.action')}: ${row.text('message') || row.text('process.command_line')}`;
      });
      return answer([found], [`${plural(found.total, 'line announces', 'lines announce')} a start${subject.process < 0 ? '' : ' that bears on it'}.`], { blind: filesOf(world, [...LOGS, ...AUDIT]).length === 0 });
    },
  },
  {
    id: 'sources.1b', section: 'sources', clause: 'Log sources 1b: process manipulation in system logs', question: 'Which lines and records show that processes were detached, adopted or manipulated?',
    hunts: (_world, subject) => [{ title: 'Left-over processes, subreapers, new sessions', text: manipulations(inFrame(subject)) }],
    answer(world, subject) {
      const found = factsOf(world, manipulations(inFrame(subject)), (row) => {
        const relation = relationOf(world, subject.process, row.process);
        return subject.process >= 0 && relation === undefined ? undefined : `${row.text('event.action')}: ${row.text('message') || row.who('process')}`;
      });
      return answer([found], [`${plural(found.total, 'record')} of new sessions, subreapers, left-over processes.`], { missing: missingFor(world, ['exec-only']), blind: filesOf(world, [...LOGS, ...AUDIT]).length === 0 });
    },
  },
  {
    id: 'sources.2', section: 'sources', clause: 'Log sources 2: a SIEM that monitors process creation', question: 'Which exports of a SIEM or sensor are open?',
    hunts: () => [{ title: 'Programs run, by evidence', text: 'exec where true | stats count() as n by evidence.name' }],
    answer(world) {
      const execs = factsOf(world, 'exec where true | stats count() as n by evidence.name', (row) => (filesOf(world, SIEM).includes(row.text('evidence.name')) ? `${world.nameOf(row.text('evidence.name'))}: ${plural(row.number('n'), 'program')} run that no file before it states` : undefined));
      return answer([execs], [present(world, SIEM, 'export of a SIEM or sensor')], { missing: missingFor(world, ['no-exec']), blind: filesOf(world, SIEM).length === 0 });
    },
  },
  {
    id: 'sources.2a', section: 'sources', clause: 'Log sources 2a: process ids and parent process ids', question: 'Where do the creator and the recorded parent differ?',
    hunts: () => [{ title: 'Recorded parent is not the creator', text: 'processes where process.parent.entity_id != process.creator.entity_id' }],
    answer(world, subject) {
      const own = subject.process < 0 ? '' : ` and ${ofSubject(world, subject)}`;
      const found = factsOf(world, `processes where process.parent.entity_id != process.creator.entity_id${own} | fields process.name, process.pid, process.parent.name, process.parent.pid, process.creator.name, process.creator.pid`, (row) =>
        `${row.who('process')}: recorded parent ${row.who('process.parent')}, creator ${row.who('process.creator')}`);
      return answer([found], [`${plural(found.total, 'process has', 'processes have')} two parents.`], { missing: missingFor(world, ['no-parents', 'no-forks']) });
    },
  },
  {
    id: 'sources.2b', section: 'sources', clause: 'Log sources 2b: anomalies of process ids', question: 'Which anomalies of ids, names and parents are there?',
    hunts: () => [{ title: 'Pids given again so fast that lineage may be wrong', text: 'processes where process.pid_gap < 2s and process.creator.basis in ("derived", "inferred")' }],
    answer(world, subject) {
      const kinds = new Set(['sources-disagree', 'reused-pid', 'name-mismatch', 'kernel-name', 'foreign-parent']);
      const facts = world.findings
        .filter(({ process }) => subject.process < 0 || process === subject.process || relationOf(world, subject.process, process) === 'created below it')
        .flatMap(({ process, findings }) => findings.filter(({ kind }) => kinds.has(kind)).map((finding) => ({ process, finding })))
        .map(({ process, finding }) => ({ says: `${finding.kind}: ${finding.reasons.map(({ says }) => says).join(' ')}`, process, time: world.lineage.start[process]!, basis: finding.reasons[0]?.basis ?? ('derived' as const), records: finding.reasons.flatMap(({ records }) => records) }));
      return answer([{ facts, total: facts.length, undecided: 0 }], [`${plural(facts.length, 'anomaly', 'anomalies')} of parents, names or reused pids.`], { missing: missingFor(world, ['no-snapshot']) });
    },
  },
  {
    id: 'sources.3', section: 'sources', clause: 'Log sources 3: auditd for calls that manipulate processes', question: 'What does the audit log cover, and what not?',
    hunts: () => [{ title: 'Changes of the audit rules', text: 'configuration where true' }],
    answer(world) {
      const changes = factsOf(world, 'configuration where true', (row) => `${row.text('event.action')}${row.text('message') === '' ? '' : `: ${row.text('message')}`}`);
      const covers = answer([changes], [present(world, AUDIT, 'audit log'), world.coverage.length === 0 ? 'No gap of coverage is known.' : `${plural(world.coverage.length, 'gap')} of coverage.`], {
        missing: missingFor(world, ['no-forks', 'no-exits', 'exec-only', 'no-exec', 'records-lost', 'rules-changed', 'truncated']), blind: filesOf(world, AUDIT).length === 0,
      });
      return covers.state === 'nothing found' ? { ...covers, state: 'answered' } : covers; // what it covers is the answer, also where its rules never changed
    },
  },
  {
    id: 'sources.3a', section: 'sources', clause: 'Log sources 3a: fork()', question: 'Which forks, clones and vforks are on record?',
    hunts: (world, subject) => [{ title: 'Its forks', text: `fork where ${ofSubject(world, subject)}` }],
    answer(world, subject) {
      const forks = factsOf(world, `fork where ${ofSubject(world, subject)}`, (row) => `${row.who('process.parent')} forked ${row.text('process.pid')}`);
      const missing = missingFor(world, ['no-forks', 'exec-only']);
      return answer([forks], [`${plural(forks.total, 'fork record')} of ${subject.process < 0 ? 'orphans and what they created; all forks on record' : 'it and what it created; on record in all'}: ${world.hunt('fork where true').total}.`], { missing, blind: missing.length > 0 });
    },
  },
  {
    id: 'sources.3b', section: 'sources', clause: 'Log sources 3b: daemon()', question: 'Which processes show the shape of daemon(3): fork, setsid, the parent ends? (There is no call of that name.)',
    hunts: (world, subject) => [{ title: 'New sessions', text: `process where event.action == "setsid" and ${ofSubject(world, subject)}` }],
    answer(world, subject) {
      const own = subject.process < 0 ? '' : ` and ${ofSubject(world, subject)}`;
      const found = factsOf(world, `processes where process.orphan and process.setsid_at != null${own} | fields process.name, process.pid, process.orphaned_after`, (row) => `${row.who('process')} made a session of its own and was left by its parent`);
      return answer([found], [`${plural(found.total, 'process', 'processes')} of that shape.`], { missing: missingFor(world, ['exec-only', 'no-exits']), blind: world.coverage.some(({ gap }) => gap === 'exec-only') });
    },
  },
];

import type { Known } from '../engine/requests.js';
import type { Pattern, ReportModel, Subject } from './model.js';
import { called } from './processWords.js';
import { words } from './text.js';

/** More processes than this are one link: the summary names each. */
const NAMED_AT_MOST = 12;

/** The parts of a report in order, with their anchors. */
export function contentsOf(model: ReportModel): readonly { readonly id: string; readonly title: string }[] {
  return [
    { id: 'summary', title: 'Summary' },
    ...(model.subjects.length > NAMED_AT_MOST ? [{ id: `p${model.subjects[0]!.details.process}`, title: `${model.subjects.length} processes, worst first` }] : model.subjects.map(({ details }) => ({ id: `p${details.process}`, title: words(called(details)) }))),
    ...(model.others.length > 0 ? [{ id: 'others', title: 'Other findings' }] : []),
    ...(model.timeline.length > 0 ? [{ id: 'timeline', title: 'Timeline' }] : []),
    ...(model.playbook.length > 0 ? [{ id: 'playbook', title: 'Playbook' }] : []),
    { id: 'verdicts', title: 'Verdicts' },
    { id: 'hosts', title: 'Hosts' },
    { id: 'containment', title: 'Containment' },
    { id: 'coverage', title: 'Coverage' },
    { id: 'evidence', title: 'Evidence' },
  ];
}

/** The numbers as sentences. */
export function countsWords({ counts, evidence, hosts, verdicts }: ReportModel): string {
  const seen = hosts.filter(({ state }) => state !== 'unknown').length, unknown = hosts.length - seen;
  const decided = verdicts.filter(({ process }) => process >= 0).length, raised = verdicts.filter(({ escalations }) => escalations.length > 0).length;
  return `${counted(evidence.length, 'evidence file')} of ${counted(seen, 'host')} ${unknown > 0 ? `(${counted(unknown, 'more host')} named or contacted without evidence) ` : ''}show ${counted(counts.processes, 'process', 'processes')}, of which ${counted(counts.orphans, 'was', 'were')} adopted after ${counts.orphans === 1 ? 'its' : 'their'} parent died. Of the orphans ${counted(counts.unexpected, 'is', 'are')} unexpected, ${counts.explained} explained by the baseline, ${counts.notJudged} not judged for want of evidence. ${counted(decided, 'process has', 'processes have')} a verdict, ${counted(raised, 'was', 'were')} escalated.`;
}

/** How the creators are known: what the report's claims rest on. */
export function knownWords(known: Known | undefined): string {
  if (!known) return '';
  const { observed, derived, inferred, unknown } = known.creators;
  return `Who created them: ${observed} stated by a record, ${derived} derived from records, ${inferred} inferred from traces, ${unknown} unknown.${known.unrecorded > 0 ? ` ${counted(known.unrecorded, 'process is', 'processes are')} known only by what points to ${known.unrecorded === 1 ? 'it' : 'them'}.` : ''}${known.orphanUnknown > 0 ? ` Of ${known.orphanUnknown} nobody can say whether they were adopted.` : ''}`;
}

/** Names, and how many more there are. */
export function listed(names: readonly string[], most = 6): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** How many triggers of escalation a process meets, and which cannot be known. */
export function triggerWords({ steps }: Subject): string {
  const triggers = steps.filter(({ trigger }) => trigger !== undefined);
  const met = triggers.filter(({ trigger }) => trigger === 'met').length, open = triggers.filter(({ trigger }) => trigger === 'cannot be known').length;
  return triggers.length === 0 ? '' : `${met} of ${triggers.length} met${open > 0 ? `, ${open} cannot be known` : ''}`;
}

/** How a process came in, in few words: "login of analyst, session 62", "service webapp.service". */
export function wayInWords({ entry, user }: Subject['details']): string {
  if (entry.kind === '') return 'not known';
  const by = entry.parent ? `, ${called(entry.parent)}` : '';
  return entry.session === null ? `${entry.kind} ${entry.unit ?? ''}`.trimEnd() + by : `${entry.kind}, session ${entry.session}${user === null ? '' : ` of ${/^\d+$/.test(user) ? 'uid ' : ''}${user}`}${by}`;
}

/** Ways in by which several of the processes told here came, most first. */
export function sharedWaysIn(subjects: readonly Subject[]): readonly string[] {
  const ways = new Map<string, { readonly way: string; readonly names: string[] }>();
  for (const { details } of subjects) {
    const { parent } = details.entry;
    if (!parent) continue;
    const key = `${details.host}\0${parent.process}`;
    const known = ways.get(key) ?? { way: `${wayInWords(details)} on ${details.host}`, names: [] };
    known.names.push(called(details));
    ways.set(key, known);
  }
  return [...ways.values()].filter(({ names }) => names.length > 1).sort((a, b) => b.names.length - a.names.length).map(({ way, names }) => `${way}: ${names.join(', ')}`);
}

/** What stands under a timeline that does not tell every ancestor. */
export const SHORT_TIMELINE = 'Told are the processes, who launched them and how they came in; every execution path has the ancestors between.';

/** The pids of processes that are alike, after the first. */
export function alikeWords(rows: readonly { readonly pid: number }[]): string {
  return `and ${counted(rows.length - 1, 'more', 'more')} alike: ${listed(rows.slice(1).map(({ pid }) => String(pid)))}`;
}

/** Traits that join something: seen on several hosts or several times. One that was seen once is its process's own, and stands with it. */
export function tellingTraits(patterns: readonly Pattern[]): { readonly told: readonly Pattern[]; readonly seenOnce: number } {
  const told = patterns.filter(({ hosts }) => hosts.length > 1 || (hosts[0]?.count ?? 0) > 1);
  return { told, seenOnce: patterns.length - told.length };
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

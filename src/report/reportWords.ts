import type { Known } from '../engine/requests.js';
import type { ReportModel } from './model.js';
import { called } from './processWords.js';
import { words } from './text.js';

/** The parts of a report in order, with their anchors. */
export function contentsOf(model: ReportModel): readonly { readonly id: string; readonly title: string }[] {
  return [
    { id: 'summary', title: 'Summary' },
    ...model.subjects.map(({ details }) => ({ id: `p${details.process}`, title: words(called(details)) })),
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

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

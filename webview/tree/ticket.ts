import type { Details, ParentClaim, RawRecord, Summary } from '../../src/engine/requests.js';
import { argumentsText, defanged, visibleText } from '../shared/text.js';
import { durationBounds, fullTime } from '../shared/time.js';
import { confidenceWord, processLabel } from '../shared/words.js';

/**
 * A process as plain text for a ticket: what was found, on which host, in which zone, on which evidence. Addresses are defanged and hidden characters
 * visible, since it will be pasted where text becomes links.
 */
export function ticketText(details: Details, records: readonly RawRecord[], summary: Summary): string {
  const evidence = new Set(records.map((record) => record.evidence));
  const hashes = summary.evidence
    .filter((entry) => evidence.size === 0 || evidence.has(entry.file))
    .map((entry) => `  ${entry.file}  sha256 ${entry.sha256 ?? 'not computed yet'}`);
  const lines = [
    details.why,
    '',
    `Host:        ${details.host}`,
    `Process:     ${processLabel(details.name, details.pid)}, started ${fullTime(details.start)} (${details.startBasis ?? 'basis not known'}), ${ending(details)}`,
    `Id:          ${details.entityId}`,
    `Executable:  ${details.executable ?? 'not known'}`,
    `Arguments:   ${details.args.length > 0 ? argumentsText(details.args) : 'not known'}`,
    `User:        ${details.user ?? 'not known'}; login user ${details.auid ?? 'not known'}; session ${details.session ?? 'not known'}`,
    `Created by:  ${details.noCreator?.kind === 'kernel' ? `the kernel: ${details.noCreator.says}` : claim(details.creator)}`,
    `Now under:   ${details.adopter.parent ? claim(details.adopter) : 'its creator, as far as this evidence shows'}`,
    orphaned(details),
    details.requester?.parent ? `Requested:   by ${claim(details.requester)}; no fork joins the two` : undefined,
    ...(details.creator.runnersUp ?? []).map((other) => `Or created:  by ${other.parent ? processLabel(other.parent.name, other.parent.pid) : 'nobody that is known'} (${confidenceWord(other.confidence)}, ${other.confidence.toFixed(2)}): ${other.says}`),
    `Launcher:    ${claim(details.launcher)}`,
    details.noCreator?.kind === 'unknown' ? `Unknown:     ${details.noCreator.says}` : undefined,
    `Entry:       ${details.entry.kind || 'not known'}${details.entry.parent ? `, ${processLabel(details.entry.parent.name, details.entry.parent.pid)}` : ''}`,
    '',
    'Records (member at byte offset):',
    ...(records.length > 0
      ? records.map((record) => `  ${record.member} at ${record.offset}, ${fullTime(record.time)}: ${record.states}${serialOf(record)}`)
      : ['  none']),
    '',
    'Evidence:',
    ...(hashes.length > 0 ? hashes : ['  not known']),
    '',
    'All times are UTC. Addresses are defanged.',
  ];
  return lines
    .filter((line) => line !== undefined)
    .map((line) => defanged(visibleText(line)))
    .join('\n');
}

function orphaned({ orphanedAfter: after, orphan }: Details): string | undefined {
  if (orphan?.seenAdopted) return 'Orphaned:    before it was first seen';
  if (!after) return undefined;
  return after.max === 0 ? 'Orphaned:    at once, within one step of the clock' : `Orphaned:    after ${durationBounds(after.min, after.max)}`;
}

function claim({ parent, basis, confidence }: ParentClaim): string {
  if (!parent) return 'not known';
  const how = [basis, confidence === null ? undefined : `${confidenceWord(confidence)}, ${confidence.toFixed(2)}`].filter((word) => word);
  return `${processLabel(parent.name, parent.pid)}, started ${fullTime(parent.start)}${how.length > 0 ? ` (${how.join('; ')})` : ''}`;
}

function ending(details: Details): string {
  if (Number.isFinite(details.end)) return `ended ${fullTime(details.end)}`;
  return Number.isFinite(details.lastSeen) ? `no end recorded, last seen ${fullTime(details.lastSeen)}` : 'no end recorded';
}

/** The audit event's own number, where the first line has one. */
function serialOf(record: RawRecord): string {
  const serial = /\baudit\(\d+\.\d+:(\d+)\)/.exec(record.lines[0] ?? '')?.[1];
  return serial ? ` (audit serial ${serial})` : '';
}

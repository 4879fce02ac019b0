import { DAY, type NameStamp, parseZone, stampInName } from './clock.js';
import { takenOf } from './collections.js';
import type { ParseContext } from './format.js';
import { baseName } from './pathOnHost.js';
import type { PlannedEvidence } from './plan.js';
import { rotatedName } from './rotatedName.js';
import { syslogFormat } from './syslog.js';

/** The zone of local stamps, minutes east of UTC: of the manifest, else of the person, else of the collection. */
export function zoneStated(evidence: PlannedEvidence | undefined, zoneMinutes: number | undefined): number | undefined {
  const zone = evidence?.source.stated?.zone;
  return zone === undefined ? (zoneMinutes ?? evidence?.collected?.zoneMinutes) : parseZone(zone);
}

/** Zone and capture time: manifest, person, a stamp in the name, the modification time (weak). */
export function clockOf(evidence: PlannedEvidence, person: { readonly zoneMinutes: number | undefined; readonly takenMicros?: number | undefined }): Pick<ParseContext, 'zoneMinutes' | 'takenMicros' | 'takenFrom'> {
  const zoneMinutes = zoneStated(evidence, person.zoneMinutes);
  const takenStated = evidence.source.stated?.takenMicros ?? person.takenMicros;
  if (takenStated !== undefined) return { zoneMinutes, takenMicros: takenStated, takenFrom: 'stated' };
  const first = evidence.members[0];
  const own = stampInName(baseName(first?.path ?? ''));
  const collected = own || !evidence.collected ? undefined : takenOf(evidence.collected, first);
  if (collected !== undefined) return { zoneMinutes, takenMicros: collected, takenFrom: 'collection' };
  const stamp = own ?? stampInName(baseName(evidence.source.name)) ?? rotatedStamp(evidence);
  if (stamp) return { zoneMinutes, takenMicros: stamp.isUtc ? stamp.micros : stamp.micros - (zoneMinutes ?? 0) * 60_000_000, takenFrom: 'name' };
  const modified = first?.modifiedMicros;
  return modified === undefined ? { zoneMinutes, takenMicros: undefined } : { zoneMinutes, takenMicros: modified, takenFrom: 'modified' };
}

/** A log without years that was rotated on a day ends on it, whenever its copy was written: the end of that day. */
function rotatedStamp(evidence: PlannedEvidence): NameStamp | undefined {
  if (evidence.format !== syslogFormat) return undefined;
  const { micros } = rotatedName(evidence);
  return micros === undefined ? undefined : { micros: micros + DAY - 1, isUtc: false };
}

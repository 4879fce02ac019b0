import { EvidenceUnreadable, type Member } from '../model/index.js';
import { civilMicros, MINUTE, monthNamed, parseZone, SECOND, stampInName } from './clock.js';
import { isNameless } from './hosts.js';
import type { Source } from './set.js';

/** What a collection says of all that it holds: one host, one moment. */
export interface Collected {
  readonly host: string | undefined;
  /** When the collecting began, microseconds. */
  readonly takenMicros: number | undefined;
  readonly zoneMinutes: number | undefined;
}

/** Where a collection's own folders begin, by what the collectors call them; what stands before is its root. */
const LAYOUTS: readonly RegExp[] = [
  /^(.*?)\/(?:live_response|uac\.log(?:\.stderr)?$)(?:\/|$)/, // UAC
  /^(.*?)\/(?:sos_commands|sos_logs|sos_reports)\//, // sos
  /^(.*?)\/(?:client_info\.json$|collection_context\.json$|uploads\/(?:auto|file|ntfs)\/|results\/[A-Z]\w+\.[\w.%]+\.(?:json|csv)$)/, // Velociraptor
];

/** Hosts in the names that collectors give: `uac-web01-linux-20261124150427`, `sosreport-web01-02345678-2026-11-24-abcdefg`, `Collection-web01-2026-11-24T15_04_27Z`. */
const NAMES: readonly RegExp[] = [
  /(?:^|\/)uac-(.+?)-(?:linux|aix|freebsd|macos|netbsd|openbsd|solaris|esxi|android)-\d{14}(?=[./]|$)/,
  /(?:^|\/)sosreport-(.+?)(?:-\d{6,})?-\d{4}-\d{2}-\d{2}-[a-z]{7}(?=[./-]|$)/,
  /(?:^|\/)Collection-(.+?)-\d{4}-\d{2}-\d{2}T\d{2}_\d{2}_\d{2}Z?(?=[./]|$)/,
];

/** Files below a root that name the host, or the moment. */
const HOST_FILES = /^(?:live_response\/(?:network|system)\/hostname\.txt|live_response\/system\/hostnamectl\.txt|sos_commands\/(?:host|general|hardware)\/hostname(?:_-f)?|hostname|(?:\[root\]\/)?etc\/hostname|client_info\.json)$/;
const DATE_FILES = /^(?:live_response\/(?:process|system)\/date(?:_before_\w+)?\.txt|sos_commands\/(?:date|general|systemd)\/(?:date|date_--utc|timedatectl)|date|uac\.log)$/;

const READ_MOST = 4096;
/** Writers take so long after the beginning; a file's time beyond it is that of a copy. */
const LONGEST = 24 * 60 * MINUTE;

/** For each member that lies in the layout of a collector: what its collection says. */
export async function collectionsOf(sources: readonly Source[], signal: AbortSignal | undefined): Promise<ReadonlyMap<Member, Collected>> {
  const roots = new Map<string, { readonly source: Source; readonly member: Member; readonly path: string }[]>();
  const named = new Map<Member, Collected>();
  for (const source of sources) {
    for (const member of source.members) {
      const path = placeOf(source, member);
      const root = LAYOUTS.map((layout) => layout.exec(path)?.[1]).find((found) => found !== undefined) ?? rootByName(path);
      if (root === undefined) continue;
      const files = roots.get(root);
      if (files) files.push({ source, member, path });
      else roots.set(root, [{ source, member, path }]);
    }
  }
  // What lies at the top of a collection is of it too: the layout is known from its other files.
  for (const source of sources) {
    for (const member of source.members) {
      const path = placeOf(source, member);
      const slash = path.lastIndexOf('/');
      const files = roots.get(path.slice(0, slash));
      if (files && !files.some((file) => file.member === member)) files.push({ source, member, path });
    }
  }
  for (const [root, files] of roots) {
    signal?.throwIfAborted();
    const collected = await readCollection(root, files);
    for (const { member } of files) named.set(member, collected);
  }
  return named;
}

/** When a member of a collection was written: its own time, where that fits the collection's, else the collection's. */
export function takenOf(collected: Collected, member: Member | undefined): number | undefined {
  const begin = collected.takenMicros;
  const written = member?.modifiedMicros;
  if (begin === undefined || written === undefined) return begin;
  return written >= begin - SECOND && written <= begin + LONGEST ? written : begin;
}

async function readCollection(root: string, files: readonly { readonly member: Member; readonly path: string }[]): Promise<Collected> {
  let host: string | undefined;
  let moment: Moment | undefined;
  const hostsInName = NAMES.map((name) => name.exec(root)?.[1]).find((found) => found !== undefined);
  for (const { member, path } of files) {
    const below = path.slice(root.length + 1);
    if (host === undefined && HOST_FILES.test(below)) host = hostIn(await textOf(member));
    if (!DATE_FILES.test(below)) continue;
    const found = momentIn(await textOf(member));
    // The zone may stand in one file and the earliest moment in another.
    if (found) moment = { micros: Math.min(found.micros, moment?.micros ?? Infinity), zoneMinutes: moment?.zoneMinutes || found.zoneMinutes };
  }
  const stamp = stampInName(root.split('/').at(-1) ?? '');
  const stamped = stamp === undefined ? undefined : stamp.micros - (stamp.isUtc ? 0 : (moment?.zoneMinutes ?? 0) * MINUTE);
  return { host: host ?? hostsInName, takenMicros: moment?.micros ?? stamped, zoneMinutes: moment?.zoneMinutes };
}

/** A whole path: that of the source, and the member's inside it. */
function placeOf(source: Source, member: Member): string {
  const name = source.name.replaceAll('\\', '/');
  const path = member.path.replaceAll('\\', '/');
  return name === path || name.endsWith(`/${path}`) ? (name.startsWith('/') ? name : `/${name}`) : `${name.startsWith('/') ? '' : '/'}${name}/${path}`;
}

/** The folder or archive whose name says that a collector made it. */
function rootByName(path: string): string | undefined {
  for (const name of NAMES) {
    const match = name.exec(path);
    if (!match) continue;
    const end = path.indexOf('/', match.index + match[0].length);
    return end < 0 ? path : path.slice(0, end);
  }
  return undefined;
}

async function textOf(member: Member): Promise<string> {
  if (member.linkTarget !== undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of member.open(0)) {
      text += decoder.decode(chunk.subarray(0, READ_MOST), { stream: true });
      if (text.length >= READ_MOST) break;
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause; // reading it as evidence tells the same
  }
  return text;
}

function hostIn(text: string): string | undefined {
  const found = /"hostname"\s*:\s*"([\w.-]{1,253})"/i.exec(text)?.[1] ?? /^\s*Static hostname:\s*([\w.-]{1,253})\s*$/m.exec(text)?.[1] ?? /^\s*([\w.-]{1,253})\s*$/.exec(text)?.[1];
  return found === undefined || isNameless(found) ? undefined : found;
}

interface Moment {
  readonly micros: number;
  readonly zoneMinutes: number | undefined;
}

/** Zones that `date` writes as letters and that mean one offset only (CST, IST and BST do not). */
const ZONES: Readonly<Record<string, number>> = { UTC: 0, GMT: 0, Z: 0, WET: 0, WEST: 60, CET: 60, CEST: 120, EET: 120, EEST: 180, MSK: 180, JST: 540, EST: -300, EDT: -240, MST: -420, MDT: -360, PST: -480, PDT: -420 };

const DATE = /\b[A-Z][a-z]{2},? +(?:([A-Z][a-z]{2}) +(\d{1,2})|(\d{1,2}) +([A-Z][a-z]{2}) +(\d{4})),? +(\d{1,2}):(\d{2}):(\d{2})(?: ([AP]M))? +([A-Z]{1,5}|[+-]\d{2,4})(?: +(\d{4}))?/;
const ISO_DATE = /^\s*(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,]\d+)? ?(Z|[+-]\d{2}:?\d{2})/;

/** The first moment that a text of `date` or the log of a collector names, with a zone that is known. */
export function momentIn(text: string): Moment | undefined {
  const iso = ISO_DATE.exec(text);
  if (iso) {
    const [year, month, day, hour, minute, second] = iso.slice(1, 7).map(Number) as [number, number, number, number, number, number]; // \d+ each
    return momentAt(civilMicros(year, month, day, hour, minute, second), parseZone(iso[7] ?? 'Z'));
  }
  const date = DATE.exec(text);
  if (!date) return undefined;
  const [, month, day, day2, month2, year2, hour, minute, second, half, zone = '', year] = date;
  const zoneMinutes = /^[+-]/.test(zone) ? parseZone(zone.length === 3 ? `${zone}00` : zone) : ZONES[zone];
  if (zoneMinutes === undefined) return undefined;
  const hours = (Number(hour) % (half === undefined ? 24 : 12)) + (half === 'PM' ? 12 : 0);
  return momentAt(civilMicros(Number(year ?? year2), monthNamed(month ?? month2), Number(day ?? day2), hours, Number(minute), Number(second)), zoneMinutes);
}

function momentAt(local: number, zoneMinutes: number): Moment | undefined {
  return Number.isNaN(local) ? undefined : { micros: local - zoneMinutes * MINUTE, zoneMinutes };
}

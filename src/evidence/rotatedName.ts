import { civilMicros, SECOND } from './clock.js';
import { baseName } from './pathOnHost.js';
import type { PlannedEvidence } from './plan.js';

/** Where a file stands among the files of a rotated log. */
export interface RotatedName {
  /** The name of the log, with the folder or archive that it lies in: the same for all its files. */
  readonly base: string;
  /** How often it was rotated (`audit.log.2.gz` is 2); 0 for the one that was written last; undefined where a date tells its place. */
  readonly number: number | undefined;
  /** When it was rotated, by the date in its name, as if in UTC; undefined where it has none. Of a day the beginning. */
  readonly micros: number | undefined;
}

const PACKED = /\.(?:gz|xz|zst|bz2|lz4|Z)$/;
/** logrotate's `extension` keeps `.log` at the end: `audit-20240101.log`, `audit.1.log`. */
const NUMBERED = /^(.*[^./\\])\.(?:(\d{1,4})|(\d{1,3})(\.log))$/s;
/** logrotate's dateext in its usual formats, `-%Y%m%d`, `-%Y%m%d%H`, `-%Y%m%d-%s`, and those of scripts and cronolog: `.2024-01-01`, `.2024-01-01-13`. */
const DATED = /^(.*[^./\\])[-._]((?:19|20)\d\d)(?:-(\d\d)-(\d\d)|(\d\d)(\d\d))(?:[-_T.]?(\d\d)(?:[-_:]?(\d\d)(?:[-_:]?(\d\d))?)?)?(?:[-_.]\d{9,10})?(\.log)?$/s;
const EPOCH = /^(.*[^./\\])[-.](1\d{9})(\.log)?$/s;
/** Files that are called by the addresses of their hosts are no rotated log. */
const ADDRESS = /(?:^|\D)(?:\d{1,3}\.){3}\d{1,3}(?:\.log)?$/;

/** A rotated log's name and place, by number or by date: `audit.log`, `audit.log.1`, `audit.log.2.gz`, `messages-20240101`, `audit.log.2024-01-01`. */
export function rotatedName({ source, members: [member] }: PlannedEvidence): RotatedName {
  const isInArchive = source.members.length > 1 || baseName(source.name) !== baseName(member?.path ?? '');
  return rotationIn(isInArchive ? `${source.name}\0${member?.path}` : source.name);
}

function rotationIn(path: string): RotatedName {
  const name = path.replace(PACKED, '');
  const dated = DATED.exec(name);
  if (dated) {
    const [, base = '', year, month, day, plainMonth, plainDay, hour = '0', minute = '0', second = '0', extension = ''] = dated;
    const micros = civilMicros(Number(year), Number(month ?? plainMonth), Number(day ?? plainDay), Number(hour), Number(minute), Number(second));
    if (!Number.isNaN(micros)) return { base: base + extension, number: undefined, micros };
  }
  const [, ofEpoch, seconds, epochExtension = ''] = EPOCH.exec(name) ?? [];
  if (ofEpoch !== undefined) return { base: ofEpoch + epochExtension, number: undefined, micros: Number(seconds) * SECOND };
  const [, base = name, number, before, extension = ''] = ADDRESS.test(name) ? [] : (NUMBERED.exec(name) ?? []);
  return { base: base + extension, number: Number(number ?? before ?? 0), micros: undefined };
}

/** Orders the files of one rotated log, the one that was written last first. */
export function byAge(a: RotatedName, b: RotatedName): number {
  return ageOf(a) - ageOf(b);
}

/** Dates lie between the log itself and its numbers: where a log has both, nothing tells which are older. */
function ageOf({ number, micros }: RotatedName): number {
  return micros === undefined ? (number === 0 ? -Infinity : (number ?? 0)) : -micros;
}

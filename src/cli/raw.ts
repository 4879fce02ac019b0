import { rawAtPlace } from '../engine/index.js';
import { openSources } from '../node/index.js';
import { parseOptions, UsageError } from './options.js';
import { visible } from './output.js';
import type { Session } from './session.js';
import { timeText } from './times.js';

export const RAW_USAGE = 'foundling raw EVIDENCE --at MEMBER:OFFSET';

/** One record, decoded and as bytes. The evidence is not read whole for it. */
export async function raw(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { at: 'string' }, RAW_USAGE);
  const at = parsed.values['at'];
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', RAW_USAGE);
  const place = typeof at === 'string' ? /^(.*):(\d+)$/.exec(at) : null;
  if (!place) throw new UsageError('--at MEMBER:OFFSET is needed: the file (or the member of an archive) and the byte where the record begins.', RAW_USAGE);
  const sources = await openSources(parsed.positionals);
  let isWhole = true;
  for (const source of sources) {
    if (source.error === undefined) continue;
    isWhole = false;
    session.output.warn(`foundling: ${visible(source.error)}`);
  }
  const members = sources.flatMap((source) => source.members.map((member) => ({ file: source.name, member })));
  if (members.length === 0) return 1;
  const record = await rawAtPlace(members, place[1]!, Number(place[2]));
  const lines = [
    `${visible(record.evidence)}${record.evidence.endsWith(record.member) ? '' : `: ${visible(record.member)}`}, bytes ${record.offset} to ${record.offset + record.byteLength}${Number.isNaN(record.time) ? '' : `, ${timeText(record.time, parsed.times)}`}`,
    '',
    ...record.lines.map(visible),
  ];
  if (record.decoded.length > 0) lines.push('', 'Decoded', ...record.decoded.map(([field, text]) => `  ${visible(field)}: ${visible(text)}`));
  lines.push('', 'Bytes', record.hex, '', 'The same by hand', `  ${visible(record.command)}`);
  await session.output.print(lines.join('\n'));
  return isWhole ? 0 : 1;
}


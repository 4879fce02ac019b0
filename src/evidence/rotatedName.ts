import { baseName } from './pathOnHost.js';
import type { PlannedEvidence } from './plan.js';

/** A rotated log's name and number, with the folder or archive that it lies in: `audit.log`, `audit.log.1`, `audit.log.2.gz`. */
export function rotatedName({ source, members: [member] }: PlannedEvidence): readonly [base: string, number: number] {
  const isInArchive = source.members.length > 1 || baseName(source.name) !== baseName(member?.path ?? '');
  const path = isInArchive ? `${source.name}\0${member?.path}` : source.name;
  const [, base = path, number = '0'] = /^(.*?)(?:\.(\d{1,4}))?(?:\.(?:gz|xz|zst|bz2))?$/s.exec(path) ?? [];
  return [base, Number(number)];
}

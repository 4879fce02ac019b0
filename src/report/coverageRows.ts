import { evidenceNames, withName, withNames } from '../evidence/index.js';
import type { CoverageGap } from '../model/index.js';
import type { CoverageRow, ReportedEvidence } from './model.js';

const LOUD: ReadonlySet<CoverageGap> = new Set<CoverageGap>(['rules-changed', 'truncated', 'records-lost']);

/** The gaps of all evidence, each said once with the files that have it; loud ones first, then those of most files. */
export function coverageOf(evidence: readonly ReportedEvidence[]): readonly (CoverageRow & { readonly gap: CoverageGap })[] {
  const rows = new Map<string, { host: string; files: string[]; says: string; remedy: string | undefined; gap: CoverageGap }>();
  const files = evidence.map(({ file }) => file), nameOf = evidenceNames(files);
  for (const { file, name, host, coverage } of evidence) {
    for (const { gap, says: said, remedy: stated } of coverage) {
      const says = withNames(said, files, nameOf);
      const remedy = stated === undefined ? undefined : withName(stated, file, 'FILE');
      const key = [host, gap, says, remedy ?? ''].join('\0');
      const known = rows.get(key);
      if (known === undefined) rows.set(key, { host, files: [name], says, remedy, gap });
      else if (!known.files.includes(name)) known.files.push(name);
    }
  }
  return [...rows.values()].sort((a, b) => Number(LOUD.has(b.gap)) - Number(LOUD.has(a.gap)));
}

import { evidenceNames, withNames } from '../../evidence/index.js';
import { codeSpan, prose, resultMarkdown, utcWords } from '../../report/index.js';
import type { Summary } from '../../engine/requests.js';
import type { ResultOutput } from '../../../webview/shared/result.js';
import { summaryText } from '../../../webview/shared/resultText.js';

/**
 * A result as Markdown that stands on its own: rows, counts, what is undecided, basis, evidence with hashes, version, zone. Text from evidence is escaped.
 * `at`: microseconds since the epoch. Throws where a hash is not known yet: a pin without one would prove nothing.
 */
export function pinText(output: ResultOutput, about: { readonly evidence: Summary['evidence']; readonly version: string; readonly at: number }): string {
  const read = about.evidence.filter(({ error }) => error === undefined);
  const unhashed = read.find(({ sha256 }) => !sha256);
  if (unhashed) throw new Error(`${unhashed.file} is still being hashed, and a pin names the hash. Pin the result again in a moment.`);
  const files = about.evidence.map(({ file }) => file), nameOf = evidenceNames(files);
  const rows = resultMarkdown(output, output.rows.length || output.tree.length, nameOf);
  const lines = [
    `> **Pinned** ${utcWords(about.at)}, Foundling ${about.version}. Times are UTC, addresses are defanged.`,
    ...read.map(({ file, sha256 }) => `> - ${codeSpan(nameOf(file))} sha256 ${sha256 ?? ''}`),
    ...output.unreadable.map((each) => `> - not read: ${prose(withNames(each, files, nameOf))}`),
    ...output.gaps.map((gap) => `> - could not have shown all: ${prose(withNames(gap, files, nameOf))}`),
  ];
  return [lines.join('\n'), ...(rows === '' ? [] : [rows]), `*${prose(summaryText(output))}*`].join('\n\n');
}

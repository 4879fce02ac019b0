import { Document } from 'yaml';
import { type Basis, unreachable } from '../../model/index.js';
import { tacticOf, techniqueName } from '../../triage/index.js';
import { uuidOf } from '../indicatorLists.js';
import { visible } from '../text.js';
import type { Origin, Prevention, PreventLanguage, SigmaCorrelation, SigmaRule } from './recipe.js';

/** ATT&CK as tags: `attack.t1036.009` first, which is what all of this is about, then the others, then their tactics. */
export function attackTags(techniques: readonly string[]): readonly string[] {
  const ids = [...new Set(['T1036.009', ...techniques])];
  const tactics = new Set(ids.map((id) => tacticOf(id)?.name).filter((name) => name !== undefined));
  return [...ids.map((id) => `attack.${id.toLowerCase()}`), ...[...tactics].map((name) => `attack.${name.toLowerCase().replaceAll(' ', '-')}`)];
}

/** How one kind of finding is watched for, in one language; `rested`: on what the finding at hand rested. */
export function preventionText(prevention: Prevention, language: PreventLanguage, rested?: Basis): string {
  const origin: Origin = rested === undefined ? prevention : { ...prevention, basis: `${prevention.basis}; the finding at hand was ${rested}` };
  switch (language) {
    case 'audit': return auditText(origin, prevention.audit.rules, prevention.audit.blind);
    case 'sigma': return sigmaText(origin, prevention.sigma.rules, prevention.sigma.blind, prevention.sigma.correlation);
    case 'eql': return commented('//', origin, prevention.eql.blind, prevention.eql.text);
    case 'spl': return splText(origin, prevention.spl.text, prevention.spl.blind);
    case 'falco': return falcoText(origin, prevention.falco.condition, prevention.falco.blind);
    default: return unreachable(language);
  }
}

/** auditctl -R stops at a rule that it cannot read: what differs between machines. */
const LOADING = '# For x86_64 and audit 3 or later. On aarch64 take out fork, vfork, unlink and rename, and the b32 lines; older versions of audit know no clone3.';

/** Audit rules with what they cannot see, as a file for /etc/audit/rules.d. */
export function auditText(origin: Origin, rules: readonly string[], blind: string): string {
  return commented('#', origin, blind, [LOADING, ...new Set(rules)].join('\n'));
}

/** A file of Sigma rules (specification 2): one, or those that a correlation names with the correlation behind them. */
export function sigmaText(origin: Origin, rules: readonly SigmaRule[], blind: string, correlation?: SigmaCorrelation): string {
  const common = (title: string, key: string): Record<string, unknown> => ({
    title: titleOf(title),
    id: uuidOf(`foundling ${key} ${title}`),
    status: 'experimental',
    description: line(`Looks for ${origin.looksFor}. Cannot see: ${blind} Basis: ${origin.basis}.`),
    references: [...new Set(['T1036.009', ...origin.techniques])].map((id) => `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`),
    author: 'Foundling',
    date: '2026-11-27',
    tags: [...attackTags(origin.techniques)],
  });
  const documents: Record<string, unknown>[] = rules.map((rule, at) => ({
    ...common(rule.title ?? origin.title, `rule ${at}`),
    ...(rule.name === undefined ? {} : { name: rule.name }),
    logsource: rule.logsource,
    detection: { ...rule.detection, condition: rule.condition },
    falsepositives: [...origin.falsePositives],
    level: correlation === undefined ? origin.level : 'informational',
  }));
  if (correlation !== undefined) {
    const { type, rules: names, groupBy, timespan, atLeast } = correlation;
    documents.push({ ...common(origin.title, 'correlation'), correlation: { type, rules: [...names], 'group-by': [...groupBy], timespan, ...(atLeast === undefined ? {} : { condition: { gte: atLeast } }) }, falsepositives: [...origin.falsePositives], level: origin.level });
  }
  return documents.map(yamlOf).join('---\n');
}

/** A Splunk search with SPL's comments (``` ... ```, Splunk 8.1 on), which no backtick can end. */
export function splText(origin: Origin, search: string, blind: string): string {
  return `${search}\n${headLines(origin, blind).map((each) => `\`\`\` ${each.replaceAll('`', "'")} \`\`\``).join('\n')}\n`;
}

/** A Falco rule as a rules file. */
export function falcoText(origin: Origin, condition: string, blind: string): string {
  const priority = { low: 'NOTICE', medium: 'WARNING', high: 'CRITICAL' }[origin.level];
  return yamlOf([
    {
      rule: titleOf(origin.title),
      desc: line(`Looks for ${origin.looksFor}. Cannot see: ${blind} Basis: ${origin.basis}.`),
      condition,
      output: 'Broken process tree (command=%proc.cmdline exe=%proc.exepath pid=%proc.pid ppid=%proc.ppid parent=%proc.pname session=%proc.sid loginuid=%user.loginuid user=%user.name host=%evt.hostname container=%container.id)',
      priority,
      source: 'syscall',
      // Falco's own style beside the one that all texts share.
      tags: ['host', 'container', ...attackTags(origin.techniques), ...attackTags(origin.techniques).filter((tag) => !/\.t\d/.test(tag)).map((tag) => tag.replace('attack.', 'mitre_').replaceAll('-', '_')), ...new Set(['T1036.009', ...origin.techniques])],
    },
  ]);
}

/** A text with its head as comments; comments are single lines, so nothing in them ends them. */
export function commented(mark: string, origin: Origin, blind: string, text: string): string {
  return `${headLines(origin, blind).map((each) => `${mark} ${each}`).join('\n')}\n${text}\n`;
}

function headLines(origin: Origin, blind: string): readonly string[] {
  const ids = [...new Set(['T1036.009', ...origin.techniques])];
  return [
    origin.title,
    `Looks for ${origin.looksFor}.`,
    `Cannot see: ${blind}`,
    `Basis: ${origin.basis}.`,
    `ATT&CK: ${ids.map((id) => `${id} ${techniqueName(id)}${tacticOf(id) === undefined ? '' : ` (${tacticOf(id)!.name})`}`).join(', ')}`,
    `Tags: ${attackTags(origin.techniques).join(' ')}`,
  ].map(line);
}

/** One line without what could end a comment or be read as more. */
function line(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}

/** Sigma wants titles of at most 256 characters. */
function titleOf(text: string): string {
  return line(text).slice(0, 200);
}

/** YAML by its library, which quotes whatever needs it; strings that look like other types stay strings. */
function yamlOf(value: unknown): string {
  return new Document(value).toString({ lineWidth: 0 });
}

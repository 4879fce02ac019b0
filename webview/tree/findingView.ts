import type { BaselineMatch, FindingReason, FindingRow } from '../../src/engine/requests.js';
import { el, evidenceText } from '../shared/dom.js';
import { counted } from '../shared/words.js';

const STATES = { unexpected: 'Unexpected', explained: 'Explained by the baseline', 'not judged': 'Not judged' } as const;

/** What triage says of the process: how it stands, its findings with their points in the open, and the baseline's nearest entries. */
export function findingSection(finding: FindingRow | null | undefined): HTMLElement | undefined {
  if (!finding) return undefined;
  const section = el(
    'section',
    { class: `finding finding-${finding.state.replace(' ', '-')}` },
    el('h3', {}, STATES[finding.state], el('span', { class: 'finding-score' }, `score ${finding.score}${finding.alert ? ', alert' : ''}`)),
    el('p', { class: 'finding-why' }, evidenceText(finding.why)),
  );
  if (finding.findings.length > 0) {
    const list = el('ul', { class: 'findings' });
    for (const { kind, points, techniques, reasons } of finding.findings) {
      list.append(
        el(
          'li',
          {},
          el('span', { class: 'finding-kind' }, kind),
          el('span', { class: 'finding-points' }, signed(points)),
          el('span', { class: 'finding-techniques' }, techniques.join(', ')),
          el('ul', { class: 'reasons' }, ...reasons.map(reasonItem)),
        ),
      );
    }
    section.append(list);
  }
  const [nearest, ...others] = finding.baseline;
  if (nearest) section.append(baselineBlock(nearest));
  if (others.length > 0) section.append(el('details', {}, el('summary', {}, counted(others.length, 'other near entry', 'other near entries')), ...others.map(baselineBlock)));
  return section;
}

function reasonItem({ says, points, basis, records }: FindingReason): HTMLElement {
  const place = records[0] ? `${records[0].member} at ${records[0].offset}${records.length > 1 ? ` and ${records.length - 1} more` : ''}` : '';
  return el(
    'li',
    {},
    el('span', { class: 'finding-points' }, signed(points)),
    evidenceText(says),
    ...(basis === 'observed' ? [] : [el('span', { class: 'basis' }, basis)]),
    ...(place === '' ? [] : [el('span', { class: 'record-place' }, evidenceText(place))]),
  );
}

/** Which conditions of an entry hold and which do not: a near miss says more than a plain no. */
function baselineBlock({ entry, source, held, failed, unknown }: BaselineMatch): HTMLElement {
  const line = (mark: string, kind: string, items: readonly string[]): HTMLElement[] => items.map((item) => el('li', { class: kind }, `${mark} `, evidenceText(item)));
  return el(
    'div',
    { class: 'baseline' },
    el('div', { class: 'baseline-entry' }, failed.length === 0 ? 'Fits ' : 'Nearest: ', evidenceText(entry), el('span', { class: 'fact-time' }, evidenceText(source))),
    el('ul', {}, ...line('✗', 'failed', failed), ...line('?', 'unknown', unknown), ...line('✓', 'held', held)),
  );
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : String(points);
}

import type { Summary } from '../../src/engine/requests.js';
import type { Coverage } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { createButton, createIconButton } from '../shared/toolkit.js';
import { byteSize, counted, grouped } from '../shared/words.js';
import type { TreeState } from './state.js';

export interface BannerActs {
  open(open: boolean): void;
  openNeighbours(): void;
  copy(text: string, what: string): void;
}

export interface Banner {
  readonly element: HTMLElement;
  render(state: TreeState): void;
}

/** What this evidence could not have shown, and what went wrong reading it: said before anybody trusts the tree. */
export function createBanner(acts: BannerActs): Banner {
  const element = el('div', { class: 'banner', role: 'region', 'aria-label': 'What this evidence could not have shown' });
  let drawn: readonly unknown[] = [];
  return {
    element,
    render(state) {
      const now = [state.summary, state.neighbours, state.bannerOpen];
      if (now.every((part, i) => part === drawn[i])) return;
      drawn = now;
      if (state.summary) draw(state.summary, state.neighbours, state.bannerOpen);
    },
  };

  function draw(summary: Summary, neighbours: readonly string[], open: boolean): void {
    const broken = summary.evidence.filter((entry) => entry.error !== undefined);
    const gaps = distinctGaps(summary);
    const bad = summary.evidence.reduce((sum, entry) => sum + entry.accounting.notUnderstood, 0);
    const lost = summary.evidence.reduce((sum, entry) => sum + entry.accounting.lostBySource, 0);
    element.classList.toggle('error', broken.length > 0);
    element.classList.toggle('warning', broken.length === 0 && (gaps.length > 0 || lost > 0));
    element.hidden = broken.length + gaps.length + bad + lost === 0 && neighbours.length === 0;

    const headline = headlineOf({ broken: broken.length, gaps, lost, bad });
    const icon = broken.length > 0 ? 'error' : gaps.length > 0 || lost > 0 ? 'warning' : 'info';
    const line = el(
      'div',
      { class: 'banner-line' },
      el('span', { class: `codicon codicon-${icon}`, 'aria-hidden': 'true' }),
      el('span', { class: 'headline' }, evidenceText(headline)),
    );
    if (neighbours.length > 0) {
      const names = neighbours.slice(0, 3).join(', ');
      line.append(createButton({ label: `Open with ${counted(neighbours.length, 'more file')} beside it`, hint: names, onPress: acts.openNeighbours }));
    }
    const toggle = createIconButton({
      icon: open ? 'chevron-up' : 'chevron-down',
      label: open ? 'Show less about the evidence' : 'Show more about the evidence',
      onPress: () => acts.open(!open),
    });
    toggle.setAttribute('aria-expanded', String(open));
    line.append(toggle);
    element.replaceChildren(line);
    if (open) element.append(more(summary, gaps));
  }

  function more(summary: Summary, gaps: readonly Coverage[]): HTMLElement {
    const body = el('div', { class: 'banner-body' });
    body.tabIndex = 0;
    for (const gap of gaps) {
      const item = el('div', { class: 'gap' }, evidenceText(gap.says));
      const { remedy } = gap;
      if (remedy)
        item.append(
          el(
            'div',
            { class: 'command' },
            el('code', {}, ...linesOf(remedy)),
            createIconButton({ icon: 'copy', label: 'Copy what would close this gap', onPress: () => acts.copy(remedy, 'what would close the gap') }),
          ),
        );
      body.append(item);
    }
    for (const entry of summary.evidence) {
      const { accounting: sums } = entry;
      const line = el(
        'div',
        { class: 'entry' },
        el('strong', {}, evidenceText(entry.file)),
        ` ${entry.format}, host `,
        evidenceText(entry.host),
        `: ${byteSize(sums.bytes)}, ${counted(sums.records, 'record')}: ${grouped(sums.understood)} understood, ${grouped(sums.notNeeded)} not needed, ${grouped(sums.notUnderstood)} not understood`,
      );
      if (sums.lostBySource > 0) line.append(`, ${grouped(sums.lostBySource)} lost by the source`);
      body.append(line);
      if (entry.error) body.append(el('div', { class: 'problem' }, evidenceText(entry.error)));
      for (const trouble of entry.troubles) {
        const places = trouble.places.map((place) => `${place.member} at byte ${grouped(place.offset)}`).join(', ');
        body.append(el('div', { class: 'trouble' }, `${grouped(trouble.count)} times: `, evidenceText(`${trouble.what} (${places})`)));
      }
    }
    return body;
  }
}

/** Gaps once each, however many files share them. */
function distinctGaps(summary: Summary): Coverage[] {
  const seen = new Map<string, Coverage>();
  for (const entry of summary.evidence) for (const gap of entry.coverage) if (!seen.has(gap.says)) seen.set(gap.says, gap);
  return [...seen.values()];
}

/** The line that is always in sight: what went wrong, then what could not be shown. */
export function headlineOf(state: { readonly broken: number; readonly gaps: readonly Coverage[]; readonly lost: number; readonly bad: number }): string {
  const { broken, gaps, lost, bad } = state;
  const parts: string[] = [];
  if (broken > 0) parts.push(`${counted(broken, 'file')} could not be read whole.`);
  const [first, ...others] = gaps;
  if (first) parts.push(others.length === 0 ? first.says : `${first.says} And ${counted(others.length, 'more gap')}.`);
  // A gap of lost records says it in full already.
  if (lost > 0 && !gaps.some(({ gap }) => gap === 'records-lost')) parts.push(`${counted(lost, 'record')} lost by the source.`);
  if (bad > 0) parts.push(`${counted(bad, 'record')} not understood.`);
  return parts.join(' ') || 'Every record was understood.';
}

/** Rules stand one a line; each line's own text is evidence's or ours, and shown as text. */
function linesOf(text: string): (Node | string)[] {
  return text.split('\n').flatMap((line, i) => (i === 0 ? [evidenceText(line)] : ['\n', evidenceText(line)]));
}

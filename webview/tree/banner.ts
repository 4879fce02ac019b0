import type { Summary } from '../../src/engine/requests.js';
import type { Coverage } from '../../src/model/index.js';
import { el, evidenceText, keepingFocus } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { createButton, createIconButton } from '../shared/toolkit.js';
import { byteSize, counted, grouped } from '../shared/words.js';
import { holesOf, rulesOf, costWords, type Hole } from './coverage.js';
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

/** With more files than these their accounts stand behind a press. */
const FILES_SHOWN = 3;

/** What this evidence could not have shown, and what went wrong reading it: said before anybody trusts the tree. */
export function createBanner(acts: BannerActs): Banner {
  const element = el('div', { class: 'banner', role: 'region', 'aria-label': 'What this evidence could not have shown' });
  let drawn: readonly unknown[] = [];
  let wasOpen: boolean | undefined;
  /** Whether a person wants the accounts open; until they say so it hangs on how many files there are. */
  let accountsOpen: boolean | undefined;
  return {
    element,
    render(state) {
      const now = [state.summary, state.neighbours, state.bannerOpen];
      if (now.every((part, i) => part === drawn[i])) return;
      drawn = now;
      if (!state.summary) return;
      const { summary, neighbours, bannerOpen } = state;
      // Files that were hashed meanwhile draw it anew: who reads it goes on at the same line.
      const top = element.querySelector('.banner-body')?.scrollTop ?? 0;
      keepingFocus(element, true, () => draw(summary, neighbours, bannerOpen));
      const body = element.querySelector('.banner-body');
      if (body) body.scrollTop = top;
      // Who opens it wants to read it; a page that comes back with it open keeps the focus where it is.
      if (state.bannerOpen && wasOpen === false) element.querySelector<HTMLElement>('.banner-body')?.focus();
      wasOpen = state.bannerOpen;
    },
  };

  function draw(summary: Summary, neighbours: readonly string[], open: boolean): void {
    const broken = summary.evidence.filter((entry) => entry.error !== undefined);
    const gaps = holesOf(summary.evidence, summary.known).filter(({ toldElsewhere }) => !toldElsewhere).map(({ gap, voices }) => ({ gap, says: voices[0]?.says ?? '' }));
    const bad = summary.evidence.reduce((sum, entry) => sum + entry.accounting.notUnderstood, 0);
    const lost = summary.evidence.reduce((sum, entry) => sum + entry.accounting.lostBySource, 0);
    element.classList.toggle('error', broken.length > 0);
    element.classList.toggle('warning', broken.length === 0 && (gaps.length > 0 || lost > 0));
    element.hidden = broken.length + gaps.length + bad + lost === 0 && neighbours.length === 0 && !open;

    const changed = broken.flatMap(({ isChanged, error }) => (isChanged && error !== undefined ? [error] : []));
    const headline = headlineOf({ changed, broken: broken.length - changed.length, gaps, lost, bad });
    const icon = broken.length > 0 ? 'error' : gaps.length > 0 || lost > 0 ? 'warning' : 'info';
    const line = el(
      'div',
      { class: 'banner-line' },
      el('span', { class: `codicon codicon-${icon}`, 'aria-hidden': 'true' }),
      el('span', { class: 'headline' }, evidenceText(headline)),
    );
    if (neighbours.length > 0) {
      const names = neighbours.slice(0, 3).join(', ');
      line.append(createButton({ label: `Open with ${counted(neighbours.length, 'more file')} beside it`, hint: visibleText(names), onPress: acts.openNeighbours }));
    }
    const toggle = createButton({
      label: open ? 'Hide coverage' : 'Coverage',
      hint: 'What this evidence could not have shown, the audit rules that would have, and what became of every record (G)',
      onPress: () => acts.open(!open),
    });
    toggle.setAttribute('aria-expanded', String(open));
    line.append(toggle);
    element.replaceChildren(line);
    if (open) element.append(more(summary));
  }

  function more(summary: Summary): HTMLElement {
    const body = el('div', { class: 'banner-body', id: 'coverage' });
    body.tabIndex = 0;
    body.setAttribute('role', 'region');
    body.setAttribute('aria-label', 'Coverage');
    body.append(coverage(summary), accounts(summary));
    return body;
  }

  /** Each hole with what it hides on the left, and what closes it on the right. */
  function coverage(summary: Summary): HTMLElement {
    const holes = holesOf(summary.evidence, summary.known);
    const rules = rulesOf(holes);
    const head = el('div', { class: 'coverage-head' }, el('h3', {}, 'What this evidence could not have shown'));
    if (rules !== '') head.append(createButton({ label: 'Copy all rules', hint: 'The audit rules below, for a file in /etc/audit/rules.d', onPress: () => acts.copy(rules, 'the audit rules') }));
    const section = el('section', { class: 'coverage' }, head);
    if (holes.length === 0) section.append(el('p', {}, 'No hole is known in it.'));
    const cost = summary.known ? costWords(summary.known) : '';
    if (cost !== '') section.append(el('p', { class: 'cost' }, cost));
    for (const hole of holes) section.append(holeRow(hole, summary.evidence.length));
    if (rules !== '') section.append(el('p', { class: 'absent' }, 'Rules take effect for what happens after they are loaded; on a 32-bit or mixed host each needs its twin with arch=b32.'));
    return section;
  }

  function holeRow(hole: Hole, fileCount: number): HTMLElement {
    const row = el('div', { class: 'hole' });
    const what = el('div', { class: 'hole-what' }, el('strong', {}, hole.heading));
    for (const { says, files } of hole.voices) {
      what.append(el('div', {}, evidenceText(says)));
      if (fileCount > 1) what.append(el('div', { class: 'hole-files', title: files.map(visibleText).join('\n') }, evidenceText(filesWords(files, fileCount))));
    }
    const closes = el('div', { class: 'hole-closes' });
    const text = hole.remedy.join('\n');
    if (hole.toldElsewhere) closes.append(el('span', { class: 'absent' }, 'other evidence here records it'));
    else if (hole.closedAbove) closes.append(el('span', { class: 'absent' }, 'closed by the rules above'));
    else if (text === '') closes.append(el('span', { class: 'absent' }, 'nothing closes it afterwards'));
    else {
      const copy = createIconButton({ icon: 'copy', label: `Copy what would close this gap: ${hole.heading}`, onPress: () => acts.copy(text, 'what would close the gap') });
      closes.append(el('div', { class: 'closes-word' }, hole.isRule ? 'closed by' : 'say it with'), el('div', { class: 'command' }, el('code', {}, ...linesOf(text)), copy));
    }
    row.append(what, closes);
    return row;
  }

  /** What became of every record of every file. */
  function accounts(summary: Summary): HTMLElement {
    const section = el('details', { class: 'accounts' }, el('summary', {}, el('span', { class: 'codicon codicon-chevron-right', 'aria-hidden': 'true' }), `What was read: ${counted(summary.evidence.length, 'file')}`));
    section.open = accountsOpen ?? summary.evidence.length <= FILES_SHOWN;
    // Pressed, not merely set: making the element open fires toggle too.
    section.querySelector('summary')?.addEventListener('click', () => (accountsOpen = !section.open));
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
      section.append(line);
      if (entry.error) section.append(el('div', { class: 'problem' }, evidenceText(entry.error)));
      for (const trouble of entry.troubles) {
        const places = trouble.places.map((place) => `${place.member} at byte ${grouped(place.offset)}`).join(', ');
        section.append(el('div', { class: 'trouble' }, `${grouped(trouble.count)} times: `, evidenceText(`${trouble.what} (${places})`)));
      }
    }
    return section;
  }
}

/** `audit.log`, `audit.log and 3 more`, `all 12 files`. */
function filesWords(files: readonly string[], fileCount: number): string {
  if (files.length === fileCount) return `all ${fileCount} files`;
  const name = (files[0] ?? '').replace(/^.*\//, '');
  return files.length === 1 ? name : `${name} and ${counted(files.length - 1, 'more file')}`;
}

/** The line that is always in sight: what went wrong, then what could not be shown. */
export function headlineOf(state: { readonly changed: readonly string[]; readonly broken: number; readonly gaps: readonly Pick<Coverage, 'gap' | 'says'>[]; readonly lost: number; readonly bad: number }): string {
  const { changed, broken, gaps, lost, bad } = state;
  const parts: string[] = [];
  const [firstChanged, ...otherChanged] = changed;
  if (firstChanged !== undefined) parts.push(`Changed evidence. ${firstChanged}${otherChanged.length === 0 ? '' : `, and ${counted(otherChanged.length, 'more file')}`}.`);
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

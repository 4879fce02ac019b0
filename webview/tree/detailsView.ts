import type { Details } from '../../src/engine/requests.js';
import { FLAG, type ProcessRow } from '../../src/model/index.js';
import { el, evidenceText } from '../shared/dom.js';
import { argumentsText, visibleText } from '../shared/text.js';
import { clockTime, duration, durationBounds, fullTime } from '../shared/time.js';
import { createButton, createIconButton } from '../shared/toolkit.js';
import { counted, processLabel } from '../shared/words.js';
import { basisWords, claimBlock, refButton } from './claimView.js';
import { rawSection } from './rawView.js';
import type { TreeState } from './state.js';

export interface DetailsActs {
  goTo(process: ProcessRow): void;
  copyForTicket(): void;
  copy(text: string, what: string): void;
  moreRaw(): void;
  dock(): void;
  close(): void;
}

export interface DetailsView {
  readonly element: HTMLElement;
  render(state: TreeState): void;
}

/** Shown at most; the rest is in the tree itself. */
const CHILDREN_SHOWN = 40;

const ADOPTER_MEANS: Readonly<Record<string, string>> = {
  init: "the host's init",
  subreaper: "a subreaper: it asked to adopt its descendants' orphans",
  'namespace-init': 'init of its PID namespace',
};

function orphanedWords(min: number, max: number): string {
  return max === 0 ? 'orphaned at once, within one step of the clock' : `orphaned after ${durationBounds(min, max)}`;
}

/** The chosen process: the one sentence first, then what it rests on, then the records themselves. */
export function createDetailsView(acts: DetailsActs): DetailsView {
  const title = el('h2', { class: 'details-title' }, 'Details');
  const ticket = createButton({ label: 'Copy for ticket', hint: 'Copy what is known of this process as plain text (Ctrl+C)', onPress: acts.copyForTicket });
  const dock = createIconButton({ icon: 'layout-sidebar-right', label: 'Move the details to the side or the bottom', onPress: acts.dock });
  const close = createIconButton({ icon: 'close', label: 'Close the details', onPress: acts.close });
  const content = el('div', { class: 'details-content' });
  content.tabIndex = 0;
  content.setAttribute('role', 'region');
  content.setAttribute('aria-label', 'Details of the chosen process');
  const element = el(
    'div',
    { class: 'details' },
    el('div', { class: 'details-bar' }, title, el('div', { class: 'details-tools' }, ticket, dock, close)),
    content,
  );
  let shown: { details: unknown; error: unknown; process: unknown } = { details: undefined, error: undefined, process: undefined };
  let shownRaw: unknown;
  let raw: HTMLElement | undefined;

  return {
    element,
    render(state) {
      const process = state.selected?.process;
      if (state.details !== shown.details || state.detailsError !== shown.error || process !== shown.process) {
        const another = (shown.details as Details | undefined)?.process !== state.details?.process;
        shown = { details: state.details, error: state.detailsError, process };
        shownRaw = state.raw;
        draw(state);
        if (another) content.scrollTop = 0;
      } else if (state.raw !== shownRaw) {
        // More records came: what is above them must not jump.
        shownRaw = state.raw;
        const fresh = rawSection(state.raw, { copy: acts.copy, more: acts.moreRaw });
        raw?.replaceWith(fresh);
        raw = fresh;
      }
    },
  };

  function draw(state: TreeState): void {
    const { details, detailsError } = state;
    const heading = state.selected?.process === -1;
    ticket.hidden = !details || heading;
    if (!state.selected || heading || (!details && !detailsError)) {
      title.textContent = 'Details';
      content.replaceChildren(
        el('p', { class: 'absent' }, state.selected && !heading ? 'reading' : 'Choose a process to see who created it, who has it now, and what says so.'),
      );
      return;
    }
    if (detailsError && (!details || details.process !== state.selected.process)) {
      title.textContent = 'Details';
      content.replaceChildren(el('p', { class: 'problem', role: 'alert' }, detailsError));
      return;
    }
    if (!details) return;
    title.replaceChildren(evidenceText(processLabel(details.name, details.pid)));
    if (details.flags & FLAG.orphan) title.append(el('span', { class: 'badge orphan-badge' }, 'orphan'));
    if (details.flags & FLAG.unrecorded) title.append(el('span', { class: 'badge' }, 'unrecorded'));
    raw = rawSection(state.raw, { copy: acts.copy, more: acts.moreRaw });
    content.replaceChildren(
      el('p', { class: 'why' }, evidenceText(details.why)),
      el(
        'div',
        { class: 'details-columns' },
        el('div', { class: 'details-claims' }, parents(details), chain(details), below(details)),
        el('div', { class: 'details-facts' }, facts(details), programs(details)),
      ),
      raw,
    );
  }

  function parents(details: Details): HTMLElement {
    const after = details.orphanedAfter;
    const adopted = details.adopter.parent !== null || (details.flags & FLAG.orphan) !== 0;
    const now = adopted
      ? claimBlock('Now under', details.adopter, 'not known', acts.goTo, [
          ...(details.adopter.kind ? [el('div', { class: 'fact-time' }, ADOPTER_MEANS[details.adopter.kind] ?? details.adopter.kind)] : []),
          ...(after ? [el('div', { class: 'orphaned-after' }, orphanedWords(after.min, after.max))] : []),
        ])
      : claimBlock('Now under', { ...details.adopter, parent: null }, 'not adopted, as far as this evidence shows', acts.goTo);
    const launcher = claimBlock('Launcher', details.launcher, 'not known', acts.goTo);
    const { entry } = details;
    const entryWords = [entry.kind || 'not known', entry.session ? `session ${entry.session}` : '', entry.unit ?? ''].filter((word) => word !== '').join(', ');
    const way = claimBlock('Entry', entry, 'not known', acts.goTo, [el('div', { class: 'entry-kind' }, evidenceText(entryWords))]);
    return el(
      'div',
      { class: 'claims' },
      claimBlock('Created by', details.creator, 'This evidence does not show who created it', acts.goTo),
      now,
      launcher,
      way,
    );
  }

  function chain(details: Details): HTMLElement {
    const line = el('ol', { class: 'chain' }, el('li', { class: 'self' }, evidenceText(processLabel(details.name, details.pid))));
    for (const ref of details.chain) line.append(el('li', {}, refButton(ref, acts.goTo)));
    const section = el('section', {}, el('h3', {}, 'Created by, all the way up'), line);
    if (details.parents.length > 0) {
      const list = el('ol', { class: 'parents-over-time' });
      for (const interval of details.parents) {
        list.append(
          el(
            'li',
            {},
            interval.parent ? refButton(interval.parent, acts.goTo) : el('span', { class: 'absent' }, 'not known'),
            el(
              'span',
              { class: 'fact-time' },
              `from ${fullTime(interval.from)} to ${Number.isFinite(interval.to) ? fullTime(interval.to) : 'the end of what is known'}${interval.adopted ? ', by adoption' : ''}`,
            ),
            basisWords(interval.basis, null),
          ),
        );
      }
      section.append(el('h3', {}, 'Parents over time'), list);
    }
    return section;
  }

  function below(details: Details): HTMLElement | undefined {
    if (details.children.length === 0) return undefined;
    const list = el('div', { class: 'children' });
    for (const child of details.children.slice(0, CHILDREN_SHOWN)) list.append(refButton(child, acts.goTo));
    if (details.children.length > CHILDREN_SHOWN)
      list.append(el('span', { class: 'absent' }, `and ${counted(details.children.length - CHILDREN_SHOWN, 'more', 'more')}`));
    return el('section', {}, el('h3', {}, `Created ${counted(details.children.length, 'process', 'processes')}`), list);
  }

  function facts(details: Details): HTMLElement {
    const list = el('dl', { class: 'facts' });
    const add = (name: string, value: string | null, more?: Node): void => {
      const cell = el('dd', {});
      if (value === null || value === '') cell.append(el('span', { class: 'absent' }, 'not known'));
      else cell.append(evidenceText(value));
      if (more) cell.append(' ', more);
      list.append(el('dt', {}, name), cell);
    };
    const lived = details.end - details.start;
    add('Arguments', details.args.length > 0 ? argumentsText(details.args) : null);
    add('Executable', details.executable);
    add('Start', fullTime(details.start), basisWords(details.startBasis, null));
    if (Number.isFinite(details.end)) add('End', `${fullTime(details.end)}, lived ${duration(lived)}`, basisWords(details.endBasis, null));
    else add('Last seen', `${fullTime(details.lastSeen)}; no end is recorded`);
    add('User', details.user);
    add('Login user', details.auid);
    add('Session', details.session);
    add('Terminal', details.tty);
    add('Directory', details.cwd);
    add('Unit', details.unit);
    add('Cgroup', details.cgroup);
    add('Host', details.boot > 0 ? `${details.host}, boot ${details.boot + 1}` : details.host);
    add('Id', details.entityId);
    return el('section', {}, el('h3', {}, 'Process'), list);
  }

  function programs(details: Details): HTMLElement | undefined {
    if (details.programs.length === 0) return undefined;
    const list = el('ol', { class: 'programs' });
    for (const program of details.programs) {
      const command = argumentsText(program.args) || program.executable || program.name || 'not known';
      list.append(
        el(
          'li',
          { title: visibleText(program.executable ?? '') },
          el('span', { class: 'program-time', title: fullTime(program.time) }, clockTime(program.time)),
          el('code', {}, evidenceText(command)),
        ),
      );
    }
    return el('section', {}, el('h3', {}, 'Programs run'), list);
  }
}

import type { Bounds, Details } from '../../src/engine/requests.js';
import { FLAG, type ProcessRow, type Verdict } from '../../src/model/index.js';
import { el, evidenceText, keepingFocus } from '../shared/dom.js';
import { argumentsText, visibleText } from '../shared/text.js';
import { clockTime, dateOf, duration, durationBounds, fullTime } from '../shared/time.js';
import { caretIn, createButton, createIconButton, createRadios } from '../shared/toolkit.js';
import { counted, processLabel } from '../shared/words.js';
import { basisWords, claimBlock, refButton, unknownBlock, type Disclosures } from './claimView.js';
import { verdictNote } from './drafts.js';
import { findingSection } from './findingView.js';
import { lineageElement } from './lineageView.js';
import { createPlaybook, type PlaybookView } from './playbookView.js';
import { rawSection } from './rawView.js';
import type { DetailsPane, TreeState } from './state.js';
import type { StepNoteActs } from './stepNotesView.js';
import { createVerdictBar } from './verdictBar.js';

export interface DetailsActs extends StepNoteActs {
  copyForTicket(): void;
  copy(text: string, what: string): void;
  copyWords(text: string, what: string): void;
  moreRaw(): void;
  dock(): void;
  close(): void;
  copyIndicators(): void;
  decide(verdict: Verdict, note: string): void;
  escalate(note: string): void;
  focusTree(): void;
  nextFinding(): void;
  draftNote(process: ProcessRow, note: string): void;
  tab(tab: DetailsPane['tab']): void;
  openHunt(text: string): void;
  openContent(member: string): void;
  playbookOf(of: DetailsPane['playbookOf']): void;
}

export interface DetailsView {
  readonly element: HTMLElement;
  focusNote(): void;
  render(state: TreeState): void;
}

/** Shown at most; the rest is in the tree itself. */
const CHILDREN_SHOWN = 40;

const ADOPTER_MEANS: Readonly<Record<string, string>> = {
  init: "the host's init",
  subreaper: "a subreaper: it asked to adopt its descendants' orphans",
  'namespace-init': 'init of its PID namespace',
};

/** How long after its start it was adopted, as far as the evidence bounds it. */
function adoptionWords({ orphan, orphanedAfter: after }: Details): string {
  if (orphan?.seenAdopted) return 'adopted before it was first seen';
  if (!after) return 'adopted';
  return after.max === 0 ? 'orphaned at once, within one step of the clock' : `orphaned after ${durationBounds(after.min, after.max)}`;
}

/** `between A and B`, `no later than B`, `after A`; a single moment is itself. A day is named once. */
function between({ from, until }: Bounds): string {
  if (Number.isFinite(from) && Number.isFinite(until)) {
    if (from === until) return fullTime(from);
    const last = dateOf(from) === dateOf(until) ? fullTime(until).slice(dateOf(until).length + 1) : fullTime(until);
    return `between ${fullTime(from)} and ${last}`;
  }
  if (Number.isFinite(until)) return `no later than ${fullTime(until)}`;
  return Number.isFinite(from) ? `after ${fullTime(from)}` : '';
}

/** An audit rule at the end of a sentence, which a person will want to copy. */
const RULE = /^(.*?)\s*(-a\s+(?:always|exit|never|task)\S*\s.*)$/s;

/** The chosen process: the one sentence first, then what it rests on, then the records themselves. */
export function createDetailsView(acts: DetailsActs): DetailsView {
  const title = el('h2', { class: 'details-title' }, 'Details');
  const ticket = createButton({ label: 'Copy for ticket', hint: 'Copy what is known of this process as plain text (Ctrl+C)', onPress: acts.copyForTicket });
  const indicators = createIconButton({ icon: 'list-unordered', label: 'Copy the indicators of this subtree', hint: 'Copy the indicators of this process and of all it created, defanged (I)', onPress: acts.copyIndicators });
  const dock = createIconButton({ icon: 'layout-sidebar-right', label: 'Move the details to the side or the bottom', onPress: acts.dock });
  const close = createIconButton({ icon: 'close', label: 'Close the details', onPress: acts.close });
  const tabs = createRadios<DetailsPane['tab']>({
    label: 'What is shown of the process',
    choices: [
      { value: 'details', label: 'Details', hint: 'Who created it, who has it, and what says so' },
      { value: 'playbook', label: 'Playbook', hint: 'Every clause of the playbook, answered for this process (B)' },
      { value: 'lineage', label: 'Lineage', hint: 'Who created whom around this process, drawn (L)' },
    ],
    onChange: acts.tab,
  });
  const verdicts = createVerdictBar({ decide: acts.decide, escalate: acts.escalate, nextFinding: acts.nextFinding, draftNote: acts.draftNote, noted: acts.focusTree });
  const content = el('div', { class: 'details-content' });
  content.tabIndex = 0;
  content.setAttribute('role', 'region');
  content.setAttribute('aria-label', 'Details of the chosen process');
  const element = el(
    'div',
    { class: 'details' },
    el('div', { class: 'details-bar' }, title, tabs.element, el('div', { class: 'details-tools' }, ticket, indicators, dock, close)),
    verdicts.element,
    content,
  );
  let shown: { details: unknown; error: unknown; process: unknown; finding: unknown; tab: unknown; playbookOf: unknown; playbook: unknown } = { details: undefined, error: undefined, process: undefined, finding: undefined, tab: undefined, playbookOf: undefined, playbook: undefined };
  /** What is typed for the next verdict on the chosen process. */
  let note = '';
  const openSteps = new Map<string, boolean>();
  let steps: PlaybookView | undefined;
  let shownRaw: unknown;
  let raw: HTMLElement | undefined;
  const disclosures: Disclosures = new Map();

  return {
    element,
    focusNote: () => verdicts.focusNote(),
    render(state) {
      const process = state.selected?.process;
      const { finding, playbook, pane: { tab, playbookOf } } = state;
      tabs.show(tab);
      verdicts.element.hidden = process === undefined || process < 0;
      note = verdictNote(state.drafts, process);
      verdicts.show(process === undefined ? undefined : { process, note }, state.details?.process === process ? state.details?.verdict : undefined, state.undecided);
      if (state.details !== shown.details || state.detailsError !== shown.error || process !== shown.process || finding !== shown.finding || tab !== shown.tab || playbookOf !== shown.playbookOf || playbook !== shown.playbook) {
        const another = (shown.details as Details | undefined)?.process !== state.details?.process || shown.tab !== tab;
        shown = { details: state.details, error: state.detailsError, process, finding, tab, playbookOf, playbook };
        shownRaw = state.raw;
        const putCaret = caretIn(content);
        keepingFocus(content, !another, () => draw(state));
        putCaret();
        if (another) content.scrollTop = 0;
      } else if (state.raw !== shownRaw) {
        // More records came: what is above them must not jump.
        shownRaw = state.raw;
        const fresh = rawSection(state.raw, { copy: acts.copy, more: acts.moreRaw });
        keepingFocus(content, true, () => raw?.replaceWith(fresh));
        raw = fresh;
      }
      steps?.showNotes(state.stepNotes, state.drafts);
    },
  };

  function draw(state: TreeState): void {
    steps = undefined;
    const { details, detailsError } = state;
    const heading = state.selected?.process === -1;
    ticket.hidden = !details || heading;
    const error = detailsError && detailsError.process === state.selected?.process ? el('p', { class: 'problem', role: 'alert' }, evidenceText(detailsError.says)) : undefined;
    if (!state.selected || heading || (!details && !error)) {
      title.textContent = 'Details';
      content.replaceChildren(
        el('p', { class: 'absent' }, state.selected && !heading ? 'reading' : 'Choose a process to see who created it, who has it now, and what says so.'),
      );
      return;
    }
    if (!details || (error && details.process !== state.selected.process)) {
      title.textContent = 'Details';
      content.replaceChildren(...(error ? [error] : []));
      return;
    }
    // The name may be cut, the pid never.
    title.replaceChildren(
      el('span', { class: 'details-name' }, evidenceText(details.name ?? 'process')),
      el('span', { class: 'details-pid' }, details.pid >= 0 ? String(details.pid) : 'pid not known'),
    );
    if (details.flags & FLAG.orphan) title.append(el('span', { class: `badge orphan-badge${details.orphan?.basis === 'inferred' ? ' inferred' : ''}` }, 'orphan'));
    if (details.flags & FLAG.unrecorded) title.append(el('span', { class: 'badge unrecorded-badge' }, 'unrecorded'));
    if (details.requester?.parent && details.requester.started?.process === details.process) title.append(el('span', { class: 'badge requested-badge' }, 'requested'));
    if (state.pane.tab === 'playbook') {
      const { playbookOf } = state.pane;
      const answers = state.playbook?.process === (playbookOf === 'case' ? -1 : details.process) ? state.playbook : undefined;
      steps = createPlaybook(answers, playbookOf, { ...acts, escalate: () => acts.escalate(note) }, openSteps);
      content.replaceChildren(...(error && !answers ? [error] : [steps.element]));
      return;
    }
    if (state.pane.tab === 'lineage') {
      content.replaceChildren(lineageElement(details, acts.goTo));
      // A long chain begins at init; who was chosen must be in sight.
      content.querySelector('.lineage-node.chosen')?.scrollIntoView({ block: 'nearest', inline: 'end' });
      return;
    }
    raw = rawSection(state.raw, { copy: acts.copy, more: acts.moreRaw });
    content.replaceChildren(
      el('p', { class: 'why' }, evidenceText(details.why)),
      ...[findingSection(state.finding)].filter((section) => section !== undefined),
      el(
        'div',
        { class: 'details-columns' },
        el('div', { class: 'details-claims' }, requested(details), parents(details), settled(details), chain(details), below(details)),
        el('div', { class: 'details-facts' }, facts(details), programs(details)),
      ),
      error && !state.raw ? error : raw,
    );
  }

  function requested(details: Details): HTMLElement | undefined {
    const claim = details.requester;
    if (!claim || (!claim.parent && claim.reasons.length === 0)) return undefined;
    const { started } = claim;
    const itself = !started || started.process === details.process;
    const words = itself ? ['asked a broker to start it: no fork joins the two'] : ['asked a broker to start ', refButton(started, acts.goTo), ', which this one descends from'];
    const extra = claim.parent ? [el('div', { class: 'fact-time' }, ...words)] : [];
    return claimBlock({ key: 'requester', heading: 'Requested by', claim, absent: 'not known', goTo: acts.goTo, extra, disclosures });
  }

  function parents(details: Details): HTMLElement {
    const { entry } = details;
    const none = details.noCreator;
    const entryWords = [entry.kind || '', entry.session ? `session ${entry.session}` : '', entry.unit ?? ''].filter((word) => word !== '').join(', ');
    const block = (key: string, heading: string, claim: Details['creator'], absent: string | HTMLElement, extra: readonly Node[] = []): HTMLElement =>
      claimBlock({ key, heading, claim, absent, goTo: acts.goTo, extra, disclosures });
    return el(
      'div',
      { class: 'claims' },
      block('creator', 'Created by', details.creator, none?.kind === 'unknown' ? unknownBlock('Unknown', none.says) : none ? `the kernel: ${none.says}` : 'This evidence does not show who created it'),
      now(details),
      block('launcher', 'Launcher', details.launcher, 'not known'),
      block('entry', 'Entry', entry, entry.kind === '' ? 'not known' : 'the process that stood for it is gone', entryWords === '' ? [] : [el('div', { class: 'entry-kind' }, evidenceText(entryWords))]),
    );
  }

  /** Who has it: its adopter, else the parent that is shown last; and whether it can be said that nobody adopted it. */
  function now(details: Details): HTMLElement {
    const { adopter, orphan, parents: intervals } = details;
    const extra: Node[] = [];
    let claim: Details['creator'] = adopter;
    let absent = details.noCreator?.kind === 'kernel' ? 'nobody' : 'not adopted, as far as this evidence shows';
    if (adopter.parent !== null || (details.flags & FLAG.orphan) !== 0) {
      // How sure the adoption is stands with the adoption; who has it now is another claim.
      if (orphan) claim = { ...adopter, confidence: null };
      absent = 'not known';
      if (adopter.kind) extra.push(el('div', { class: 'fact-time' }, ADOPTER_MEANS[adopter.kind] ?? adopter.kind));
      extra.push(el('div', { class: 'claim-line' }, el('span', { class: 'orphaned-after' }, adoptionWords(details)), ...(orphan ? [basisWords(orphan.basis, orphan.confidence)] : [])));
      const when = orphan && orphan.between.from !== orphan.between.until ? between(orphan.between) : '';
      if (when !== '') extra.push(el('div', { class: 'fact-time adopted-when' }, `adopted ${when}`));
    } else {
      const last = intervals.at(-1);
      if (last?.parent) claim = { ...adopter, parent: last.parent, basis: last.basis, confidence: null };
      const isUnknown = (details.flags & FLAG.orphanUnknown) !== 0;
      const doubt = 'No exits are on record: a parent may have ended unseen.';
      // Of a process whose creator is known most is known; of the other it is half of what makes it a riddle.
      if (isUnknown && !details.creator.parent) extra.push(unknownBlock('Adopted or not: unknown', doubt));
      else if (isUnknown) extra.push(el('div', { class: 'fact-time', title: doubt }, 'adopted since or not: not known, no exits are on record'));
      else if (last?.parent) extra.push(el('div', { class: 'fact-time' }, absent));
      if (isUnknown && !last?.parent) absent = 'no parent is on record';
    }
    return claimBlock({ key: 'adopter', heading: 'Now under', claim, absent, goTo: acts.goTo, extra, disclosures });
  }

  /** Evidence or rules that are missing, and that would turn what is inferred into what is known. */
  function settled(details: Details): HTMLElement | undefined {
    const says = details.settledBy ?? [];
    if (says.length === 0) return undefined;
    const list = el('ul', { class: 'settled' });
    for (const sentence of says) {
      const [, words, rule] = RULE.exec(sentence) ?? [];
      if (rule === undefined) {
        list.append(el('li', {}, evidenceText(sentence)));
        continue;
      }
      const copy = createIconButton({ icon: 'copy', label: 'Copy the audit rule', onPress: () => acts.copy(rule, 'the audit rule') });
      list.append(el('li', {}, evidenceText(words ?? ''), el('div', { class: 'command' }, el('code', {}, evidenceText(rule)), copy)));
    }
    return el('section', {}, el('h3', {}, 'What would settle it'), list);
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
    const count = details.childCount ?? details.children.length;
    if (count === 0) return undefined;
    const list = el('div', { class: 'children' });
    for (const child of details.children.slice(0, CHILDREN_SHOWN)) list.append(refButton(child, acts.goTo));
    if (count > CHILDREN_SHOWN) list.append(el('span', { class: 'absent' }, `and ${counted(count - CHILDREN_SHOWN, 'more', 'more')}`));
    return el('section', {}, el('h3', {}, `Created ${counted(count, 'process', 'processes')}`), list);
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
    const { startBounds } = details;
    add('Start', startBounds && details.startBasis !== 'observed' ? between(startBounds) : fullTime(details.start), basisWords(details.startBasis, null));
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

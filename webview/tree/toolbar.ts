import { el, setText } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { createButton, createCheckbox, createDropdown, createIconButton, createRadios, createTextField } from '../shared/toolkit.js';
import { grouped } from '../shared/words.js';
import type { GroupBy } from '../../src/engine/requests.js';
import type { ParentView } from '../../src/model/index.js';
import { KEY_HELP } from './keys.js';
import type { TreeState, ViewOptions } from './state.js';

export interface ToolbarActs {
  choose(options: Partial<ViewOptions>): void;
  nextOrphan(backward: boolean): void;
  search(text: string): void;
  step(direction: 1 | -1): void;
  fit(): void;
  toggleDetails(): void;
  focusTree(): void;
}

export interface Toolbar {
  readonly element: HTMLElement;
  focusSearch(): void;
  render(state: TreeState): void;
}

export function createToolbar(acts: ToolbarActs): Toolbar {
  const parents = createRadios<ParentView>({
    label: 'Parents shown',
    choices: [
      { value: 'recorded', label: 'Recorded', hint: 'Each process under the parent that the kernel showed last (P)' },
      { value: 'created', label: 'Created', hint: 'Each process under the process that created it (P)' },
    ],
    onChange: (value) => acts.choose({ parents: value }),
  });
  const grouping = createDropdown<GroupBy>({
    label: 'Group by',
    choices: [
      { value: 'creation', label: 'By creation' },
      { value: 'session', label: 'By session' },
      { value: 'unit', label: 'By unit' },
      { value: 'container', label: 'By container' },
      { value: 'user', label: 'By user' },
    ],
    onChange: (value) => acts.choose({ group: value }),
  });
  const orphansOnly = createCheckbox({
    label: 'Orphans only',
    hint: 'Only orphans, with what leads to them (O)',
    onChange: (checked) => acts.choose({ orphansOnly: checked }),
  });
  const kernelThreads = createCheckbox({ label: 'Kernel threads', onChange: (checked) => acts.choose({ kernelThreads: checked }) });
  const previous = createIconButton({ icon: 'arrow-up', label: 'Previous orphan', hint: 'Previous orphan (Shift+N)', onPress: () => acts.nextOrphan(true) });
  const next = createIconButton({ icon: 'arrow-down', label: 'Next orphan', hint: 'Next orphan (N)', onPress: () => acts.nextOrphan(false) });
  const search = createTextField({
    label: 'Search processes',
    placeholder: 'Search processes (/)',
    hint: 'Search name, pid, user and arguments, also where they are encoded (/)',
    onInput: acts.search,
    onKey(event) {
      if (event.key === 'Enter') acts.step(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') {
        acts.search('');
        acts.focusTree();
      } else if (event.key === 'ArrowDown') acts.focusTree();
      else return;
      event.preventDefault();
    },
  });
  const hits = el('span', { class: 'hits' });
  const previousHit = createIconButton({ icon: 'chevron-up', label: 'Previous found', hint: 'Previous found (Shift+Enter)', onPress: () => acts.step(-1) });
  const nextHit = createIconButton({ icon: 'chevron-down', label: 'Next found', hint: 'Next found (Enter)', onPress: () => acts.step(1) });
  const fit = createIconButton({ icon: 'screen-full', label: 'Show all of the time', hint: 'Show all of the time (0)', onPress: acts.fit });
  const details = createIconButton({ icon: 'layout-panel', label: 'Details', hint: 'Show or hide the details (Enter)', onPress: acts.toggleDetails });
  const help = el('dl', { class: 'keys' });
  for (const [key, does] of KEY_HELP) help.append(el('dt', {}, key), el('dd', {}, does));
  const helpBox = el('div', { class: 'key-help', role: 'region', 'aria-label': 'Keys' }, help);
  helpBox.hidden = true;
  const keys = createIconButton({
    icon: 'keyboard',
    label: 'Keys',
    hint: 'What the keys do',
    onPress: () => showHelp(helpBox.hidden === true),
  });
  keys.setAttribute('aria-expanded', 'false');
  function showHelp(open: boolean): void {
    helpBox.hidden = !open;
    keys.setAttribute('aria-expanded', String(open));
  }
  const closeHelp = (): void => {
    const hadFocus = helpBox.contains(document.activeElement);
    showHelp(false);
    if (hadFocus) keys.focus(); // what is hidden loses the focus to nothing
  };
  helpBox.append(createButton({ label: 'Close', onPress: closeHelp }));
  // It lies over the page: Escape takes it away wherever the keyboard is, and does nothing else then.
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || helpBox.hidden !== false) return;
      event.preventDefault();
      event.stopPropagation();
      closeHelp();
    },
    { capture: true },
  );

  // Over the page, not in it: what is said must not move the rows.
  const said = el('div', { class: 'said', 'aria-live': 'polite' });
  let heard = 0;
  const group = (...children: HTMLElement[]): HTMLElement => el('div', { class: 'tools' }, ...children);
  const element = el(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'View' },
    group(el('span', { class: 'tool-label' }, 'Parents'), parents.element),
    group(grouping.element),
    group(orphansOnly.element, kernelThreads.element),
    group(previous, next),
    el('div', { class: 'tools search-tools' }, search.element, hits, previousHit, nextHit),
    group(fit, details, keys, el('span', { class: 'zone', title: 'All times are UTC' }, 'UTC')),
    helpBox,
  );

  return {
    element: el('header', { class: 'toolbar-frame' }, element, said),
    focusSearch: () => search.focus(),
    render(state) {
      parents.show(state.options.parents);
      grouping.show(state.options.group);
      orphansOnly.show(state.options.orphansOnly);
      kernelThreads.show(state.options.kernelThreads);
      search.show(state.search?.text ?? '');
      setText(hits, hitText(state));
      const hasHits = (state.search?.found?.processes.length ?? 0) > 0;
      for (const button of [previousHit, nextHit]) button.toggleAttribute('disabled', !hasHits);
      for (const button of [previous, next]) button.toggleAttribute('disabled', (state.view?.orphans ?? 0) === 0);
      if (state.said.count !== heard) {
        heard = state.said.count;
        // Two classes in turn: the same sentence said again is shown again.
        said.className = `said said-${heard % 2}`;
        said.textContent = visibleText(state.said.text); // it may name a process, or quote an error
      }
    },
  };
}

function hitText({ search }: TreeState): string {
  if (!search) return '';
  if (!search.found) return '…';
  if (search.found.total === 0) return 'none';
  return search.at < 0 ? `${grouped(search.found.total)} found` : `${grouped(search.at + 1)} of ${grouped(search.found.total)}`;
}

import { el, evidenceText } from '../shared/dom.js';
import { createButton, createProgressRing } from '../shared/toolkit.js';
import type { TreeState } from './state.js';

export interface ScreenActs {
  cancelOpening(): void;
  openAgain(): void;
  openAsText(): void;
  showLog(): void;
  showAll(): void;
}

export interface ScreenView {
  readonly element: HTMLElement;
  render(state: TreeState): void;
}

/** What stands in place of the tree: opening, could not be opened, nothing in it. Hidden while there is a tree. */
export function createScreenView(acts: ScreenActs): ScreenView {
  const element = el('div', { class: 'screen', role: 'status' });
  let drawn: unknown;
  let progressLine: HTMLElement | undefined;
  let bar: HTMLElement | undefined;

  return {
    element,
    render(state) {
      const { screen, view } = state;
      const empty = screen.kind === 'tree' && view !== undefined && view.rowCount === 0;
      const waiting = screen.kind === 'tree' && view === undefined;
      element.hidden = screen.kind === 'tree' && !empty && !waiting;
      const kind = empty ? (state.options.orphansOnly ? 'no-orphans' : 'empty') : waiting ? 'waiting' : screen.kind === 'failed' ? screen.failure : screen.kind;
      if (kind !== drawn) {
        drawn = kind;
        draw(state, kind === 'waiting' || kind === 'opening', empty);
      }
      if (screen.kind === 'opening') showProgress(state);
    },
  };

  function draw(state: TreeState, working: boolean, empty: boolean): void {
    const { screen, title } = state;
    progressLine = el('p', {});
    bar = undefined;
    if (working) {
      const track = el('div', { class: 'progress-track', 'aria-hidden': 'true' });
      bar = el('div', { class: 'progress-bar' });
      track.append(bar);
      element.replaceChildren(
        createProgressRing('opening'),
        el('h2', {}, evidenceText(title ? `Opening ${title}` : 'Opening')),
        progressLine,
        track,
        createButton({ label: 'Cancel', onPress: acts.cancelOpening }),
      );
    } else if (screen.kind === 'failed') {
      const { failure } = screen;
      const icon = el('span', { class: `codicon codicon-${failure.cancelled ? 'circle-slash' : 'error'} screen-icon`, 'aria-hidden': 'true' });
      const buttons = el(
        'div',
        { class: 'screen-buttons' },
        createButton({ label: 'Open again', appearance: 'primary', onPress: acts.openAgain }),
        createButton({ label: 'Open as text', onPress: acts.openAsText }),
      );
      if (!failure.cancelled) buttons.append(createButton({ label: 'Show the log', onPress: acts.showLog }));
      element.replaceChildren(
        icon,
        el('h2', {}, evidenceText(failure.cancelled ? `${title} was not opened` : `${title} could not be opened`)),
        el('p', { class: 'what' }, evidenceText(failure.what)),
        el('p', {}, evidenceText(failure.remedy)),
        buttons,
      );
    } else if (empty && state.options.orphansOnly) {
      element.replaceChildren(
        el('h2', {}, 'No orphans'),
        el('p', {}, 'No process in this evidence is known to have been adopted. What the evidence could not have shown stands above.'),
        createButton({ label: 'Show all processes', onPress: acts.showAll }),
      );
    } else {
      element.replaceChildren(
        el('h2', {}, 'No processes'),
        el('p', {}, 'Nothing in this evidence speaks of a process. What was read, and what was not understood, stands above.'),
        createButton({ label: 'Open as text', onPress: acts.openAsText }),
      );
    }
  }

  function showProgress({ screen }: TreeState): void {
    if (screen.kind !== 'opening' || !screen.progress) return;
    const { what, done, total } = screen.progress;
    const share = total > 0 ? Math.min(1, done / total) : undefined;
    progressLine?.replaceChildren(evidenceText(share === undefined ? what : `${what}, ${Math.floor(share * 100)} %`));
    if (bar) bar.style.width = `${(share ?? 0) * 100}%`;
  }
}

import type { Summary } from '../../src/engine/requests.js';
import { el, evidenceText } from '../shared/dom.js';
import { createButton, createProgressRing } from '../shared/toolkit.js';
import { counted } from '../shared/words.js';
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
      const buttons = el(
        'div',
        { class: 'screen-buttons' },
        createButton({ label: 'Open again', onPress: acts.openAgain }),
        createButton({ label: 'Open as text', onPress: acts.openAsText }),
      );
      element.replaceChildren(...emptyWords(state.summary).map((words, i) => el(i === 0 ? 'h2' : 'p', {}, evidenceText(words))), buttons);
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

/** Why there is no process: a heading, then a paragraph for each evidence that tells. */
export function emptyWords(summary: Summary | undefined): string[] {
  const entries = summary?.evidence ?? [];
  const why = entries.map((entry) => {
    if (entry.error !== undefined) return entry.error.includes(entry.file) ? entry.error : `${entry.file}: ${entry.error}`;
    if (entry.accounting.bytes === 0) return `${entry.file} is empty.`;
    if (entry.format === 'unknown')
      return `${entry.file} is no evidence that Foundling knows: it reads audit logs, process snapshots, logs and sensors' exports, also packed with gzip or tar (docs/evidence.md lists them).`;
    return `${entry.file} was read as ${entry.format}, ${counted(entry.accounting.records, 'record')}, and none of them speaks of a process.`;
  });
  const [only] = entries;
  const heading = entries.length === 1 && only?.error !== undefined ? 'The evidence could not be read' : 'No processes';
  return [heading, ...why];
}

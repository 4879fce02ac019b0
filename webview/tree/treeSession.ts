import type { ProcessRow, Verdict } from '../../src/model/index.js';
import type { NoteAsk, PageCommand, ProcessAct, StepAct, ToPage } from '../shared/protocol.js';
import { counted, grouped, processLabel } from '../shared/words.js';
import { unkeptNotes, VERDICT_NOTE } from './drafts.js';
import type { Host } from './host.js';
import type { Persisted } from './persisted.js';
import { createProcessQuestions } from './processQuestions.js';
import { createRowQuestions } from './rowQuestions.js';
import { ROW_HEIGHT } from './rowWindow.js';
import type { DetailsPane, TreeState, ViewOptions } from './state.js';
import type { Store } from './store.js';
import { createTelling } from './telling.js';
import { createViewMaking } from './viewMaking.js';

/** What the page does: its acts. The questions to the engine that follow from the state are in modules of their own. */
export interface TreeSession {
  onMessage(message: Exclude<ToPage, { kind: 'answer' }>): void;
  choose(options: Partial<ViewOptions>): void;
  select(row: number): void;
  toggle(row: number, expanded: boolean, deep?: boolean): Promise<void>;
  goTo(process: ProcessRow): Promise<void>;
  goToRow(row: number): void;
  goToCreator(): Promise<void>;
  goToAdopter(): Promise<void>;
  nextOrphan(backward: boolean): Promise<void>;
  /** The next (or previous) finding by rank that nobody has decided. */
  nextFinding(backward: boolean): Promise<void>;
  /** Writes a verdict on the chosen process into the case. */
  decide(verdict: Verdict, note: string): void;
  /** What VS Code does with the chosen process. */
  onProcess(act: ProcessAct, note: string): void;
  /** Shows a tab about the chosen process; the details again when it is in sight already. */
  showTab(tab: DetailsPane['tab']): void;
  openHunt(text: string): void;
  /** What is typed as the word on a step of the playbook that is shown. */
  draft(step: string, text: string): void;
  /** What is typed for the next verdict on a process, '' for nothing. */
  draftNote(process: ProcessRow, note: string): void;
  /** Pins, unpins, or keeps a word on a step of the playbook that is shown. */
  note(step: string, act: StepAct): void;
  /** A case for all that could not be kept without one. */
  makeCaseOfNotes(): void;
  openContent(member: string): void;
  step(direction: 1 | -1): Promise<void>;
  search(text: string): void;
  moreRaw(): Promise<void>;
  copy(text: string, what: string): void;
  /** Runs an act that the extension asks for; `focusSearch` is the page's. */
  command(command: PageCommand, focusSearch: () => void): void;
}

export function createTreeSession(store: Store, host: Host, persisted: Persisted | undefined): TreeSession {
  const telling = createTelling(store);
  const { say, tell } = telling;
  const views = createViewMaking(store, host, telling);
  const ofRows = createRowQuestions(store, host, telling);
  const ofProcess = createProcessQuestions(store, host, telling);
  /** Resolves when the first view of this page is there: what is to be shown in it waits for that. */
  let viewStands: Promise<void> = Promise.resolve();

  store.subscribe((state, before) => {
    if (state.screen.kind !== 'tree') return;
    // Also while the first view is under way: the one that was asked for is no longer meant.
    if (state.options !== before.options && state.session !== '' && state.session === before.session) void views.make();
    ofRows(before);
    // A page that comes back knows its process from the beginning: it is asked for as soon as there is somebody to ask.
    if (state.selected?.process !== before.selected?.process || state.pane !== before.pane || state.screen.kind !== before.screen.kind) ofProcess.ensure();
  });

  async function countUndecided(): Promise<void> {
    try {
      const { undecided, total } = await host.ask('nextFinding', { after: -1, backward: false });
      store.dispatch({ type: 'undecided', left: undecided, total });
    } catch (error) {
      tell(error);
    }
  }

  async function goTo(process: ProcessRow, name?: string): Promise<void> {
    await views.there();
    const { view } = store.state;
    if (!view) return;
    try {
      const { state, row } = await host.ask('reveal', { view: view.view, process });
      if (row < 0) {
        say(`${name ?? 'This process'} is not in this view: what is left out is chosen in the toolbar.`);
        return;
      }
      ofProcess.bringIntoRange(process);
      store.dispatch({ type: 'revealed', view: state, row, process });
    } catch (error) {
      tell(error);
    }
  }

  function sendNotes(notes: readonly NoteAsk[], makeCase: boolean): void {
    store.dispatch({ type: 'noting', notes });
    host.tell({ kind: 'note', notes, makeCase });
  }

  /** Follows a claim about the chosen process. */
  async function follow(which: 'creator' | 'adopter'): Promise<void> {
    const process = store.state.selected?.process;
    if (process === undefined || process < 0) return;
    try {
      const claim = (await ofProcess.detailsOf(process))[which];
      if (claim.parent) await goTo(claim.parent.process, processLabel(claim.parent.name, claim.parent.pid));
      else say(which === 'creator' ? 'This evidence does not show who created this process.' : 'This process was not adopted, as far as this evidence shows.');
    } catch (error) {
      tell(error);
    }
  }

  const session: TreeSession = {
    onMessage(message) {
      switch (message.kind) {
        case 'opening':
          store.dispatch({ type: 'opening', title: message.title, progress: message.progress });
          return;
        case 'failed':
          store.dispatch({ type: 'failed', title: message.title, failure: message.failure });
          return;
        case 'say':
          say(message.text);
          return;
        case 'opened': {
          const { session: shownSession, summary } = store.state;
          const isFirst = shownSession === ''; // else it was opened again, while this page stood
          if (isFirst && !persisted) store.dispatch({ type: 'chose', options: message.preferences });
          else if ((isFirst ? persisted?.processes : summary?.processes) !== message.summary.processes) store.dispatch({ type: 'forgot' });
          store.dispatch({ type: 'opened', session: message.session, title: message.title, summary: message.summary, neighbours: message.neighbours });
          if (!isFirst) ofProcess.again();
          void countUndecided().then(() => store.dispatch({ type: 'stale' })); // rows say scores once they are weighed
          viewStands = isFirst && persisted?.view && persisted.session === message.session ? views.returnTo(persisted.view) : views.make();
          return;
        }
        case 'summary':
          store.dispatch({ type: 'summarised', summary: message.summary });
          return;
        case 'neighbours':
          store.dispatch({ type: 'neighbours', names: message.names });
          return;
        case 'show':
          void viewStands.then(() => goTo(message.process));
          return;
        case 'decided':
          store.dispatch({ type: 'stale' });
          ofProcess.again();
          void countUndecided();
          return;
        case 'noted':
          // The case's answer comes first: the box must not fall back to the word before.
          void (message.isKept ? ofProcess.againNotes() : Promise.resolve()).then(() => {
            store.dispatch({ ...message, type: 'noted' });
            say(message.says);
          });
          return;
        case 'notesChanged':
          void ofProcess.againNotes();
          return;
        case 'command':
          return;
      }
    },
    choose: (options) => store.dispatch({ type: 'chose', options }),
    select: (row) => store.dispatch({ type: 'selected', row, show: true }),
    async toggle(row, expanded, deep = false) {
      const { view } = store.state;
      if (!view) return;
      try {
        const changed = await host.ask('toggle', { view: view.view, row, expanded, deep });
        store.dispatch({ type: 'toggled', view: changed, row });
      } catch (error) {
        tell(error);
      }
    },
    goTo: (process) => goTo(process),
    goToRow: (row) => store.dispatch({ type: 'selected', row, show: true }),
    goToCreator: () => follow('creator'),
    goToAdopter: () => follow('adopter'),
    async nextOrphan(backward) {
      await views.there();
      const { view, selected, top } = store.state;
      if (!view) return;
      try {
        // Without a selection the search begins at the edge of the screen.
        const from = selected?.row ?? (backward ? Math.floor(top) : Math.floor(top) - 1);
        const { state, row } = await host.ask('nextOrphan', { view: view.view, row: from, backward });
        if (row < 0) say(backward ? 'No orphan before this row.' : 'No orphan after this row.');
        else store.dispatch({ type: 'revealed', view: state, row, process: undefined });
      } catch (error) {
        tell(error);
      }
    },
    async nextFinding(backward) {
      await views.there();
      try {
        const { process, undecided, total } = await host.ask('nextFinding', { after: store.state.selected?.process ?? -1, backward });
        store.dispatch({ type: 'undecided', left: undecided, total });
        if (process < 0) return say(total === 0 ? 'Nothing was found that stands out.' : `All ${counted(total, 'finding')} are decided.`);
        await goTo(process);
        say(`${undecided} of ${counted(total, 'finding')} undecided.`);
      } catch (error) {
        tell(error);
      }
    },
    decide(verdict, note) {
      const process = store.state.selected?.process;
      if (process === undefined || process < 0) return say('Choose a process first: a verdict is on a process.');
      host.tell({ kind: 'decide', process, verdict, note });
    },
    onProcess(act, note) {
      const process = store.state.selected?.process;
      if (process === undefined || process < 0) return say('Choose a process first.');
      host.tell({ kind: 'onProcess', act, process, note });
    },
    showTab: (tab) => store.dispatch({ type: 'pane', pane: { open: true, tab: store.state.pane.open && store.state.pane.tab === tab ? 'details' : tab } }),
    draft(step, text) {
      const { playbook } = store.state;
      if (playbook) store.dispatch({ type: 'drafted', process: playbook.process, step, text });
    },
    draftNote: (process, note) => store.dispatch({ type: 'drafted', process, step: VERDICT_NOTE, text: note === '' ? undefined : note }),
    note(step, act) {
      const { playbook } = store.state;
      if (playbook) sendNotes([{ process: playbook.process, step, act }], false);
    },
    makeCaseOfNotes: () => sendNotes(unkeptNotes(store.state.drafts), true),
    openHunt: (text) => host.tell({ kind: 'openHunt', text }),
    openContent: (member) => host.tell({ kind: 'openContent', member }),
    async step(direction) {
      const { search, selected } = store.state;
      const found = search?.found;
      if (!search || !found || found.processes.length === 0) return;
      const count = found.processes.length;
      // Of a number the very pid comes first, wherever it lies.
      const first = direction === 1 && /^\d+$/.test(search.text) ? 0 : firstAfter(found.rows, selected?.row ?? -1, direction);
      const at = search.at >= 0 ? (search.at + direction + count) % count : first;
      const process = found.processes[at];
      if (process === undefined) return;
      store.dispatch({ type: 'steppedTo', at });
      await goTo(process);
      say(`${grouped(at + 1)} of ${grouped(found.total)}.`);
    },
    search: (text) => store.dispatch({ type: 'searching', text }),
    moreRaw: () => ofProcess.moreRaw(),
    copy: (text, what) => host.tell({ kind: 'copy', text, what }),
    command(command, focusSearch) {
      switch (command) {
        case 'nextOrphan':
          return void session.nextOrphan(false);
        case 'previousOrphan':
          return void session.nextOrphan(true);
        case 'toggleParents':
          return session.choose({ parents: store.state.options.parents === 'recorded' ? 'created' : 'recorded' });
        case 'goToCreator':
          return void session.goToCreator();
        case 'goToAdopter':
          return void session.goToAdopter();
        case 'search':
          return focusSearch();
        case 'copyForTicket':
        case 'copyIndicators':
        case 'giveVerdict':
        case 'escalate':
          return session.onProcess(command, '');
        case 'nextFinding':
          return void session.nextFinding(false);
        case 'previousFinding':
          return void session.nextFinding(true);
        case 'playbook':
        case 'lineage':
          // An entry of a menu that names what it shows must not hide it, as the key does at its second press.
          return store.dispatch({ type: 'pane', pane: { open: true, tab: command } });
        case 'coverage':
          return store.dispatch({ type: 'banner', open: !store.state.bannerOpen });
      }
    },
  };
  return session;
}

/** The first hit after (before) a row; the first (last) of all when there is none. Hits inside closed rows have no row and are passed over. */
function firstAfter(rows: Int32Array, row: number, direction: 1 | -1): number {
  if (direction === 1) {
    const at = rows.findIndex((hit) => hit >= row && hit >= 0);
    return at < 0 ? 0 : at;
  }
  let at = rows.length - 1;
  while (at >= 0 && !(rows[at]! >= 0 && rows[at]! <= row)) at--;
  return at < 0 ? rows.length - 1 : at;
}

/** Rows that a screen holds; a page down is one less, so that the eye keeps a line. */
export function pageRows(state: TreeState): number {
  return Math.max(1, Math.floor(state.height / ROW_HEIGHT) - 1);
}

import type { Details } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { isAbort, type Host } from './host.js';
import { fullRange, shownRange } from './state.js';
import type { Store } from './store.js';
import { type Telling, wordsOf } from './telling.js';
import { including, kept } from './timeRange.js';

const RAW_PAGE = 20;

/** Asks what the pane shows of the chosen process: details, what triage says, records, the playbook. */
export interface ProcessQuestions {
  /** Asks for what the pane lacks; a process that was asked for is not asked again. */
  ensure(): void;
  /** Something was decided: asks again. */
  again(): void;
  /** The details of a process, from the pane where they are there. */
  detailsOf(process: ProcessRow): Promise<Details>;
  /** When the details of this process come, the time that is shown is moved to hold its start. */
  bringIntoRange(process: ProcessRow): void;
  moreRaw(): Promise<void>;
  /** Something was pinned or said: asks for that of the playbook that is shown. */
  againNotes(): Promise<void>;
}

export function createProcessQuestions(store: Store, host: Host, { tell }: Telling): ProcessQuestions {
  let detailsAbort = new AbortController();
  let playbookAbort = new AbortController();
  let askedDetails: ProcessRow | undefined;
  let askedPlaybook: ProcessRow | undefined;
  let wantedInRange: ProcessRow | undefined;

  async function ensureDetails(): Promise<void> {
    const process = store.state.selected?.process;
    if (!store.state.pane.open || process === undefined || process < 0 || process === askedDetails) return;
    askedDetails = process;
    detailsAbort.abort();
    detailsAbort = new AbortController();
    const { signal } = detailsAbort;
    try {
      const details = await host.ask('details', { process }, signal);
      store.dispatch({ type: 'details', details });
      if (wantedInRange === process) showMoment(details.start);
      wantedInRange = undefined;
      const [row] = (await host.ask('findings', { first: 0, count: 1, process }, signal)).rows;
      store.dispatch({ type: 'judged', process, finding: row ?? null });
      if (store.state.raw) return; // asked again after a verdict: records do not change, and more of them may have been asked for
      const raw = await host.ask('raw', { process, first: 0, count: RAW_PAGE }, signal);
      store.dispatch({ type: 'raw', process, first: 0, ...raw });
    } catch (error) {
      if (isAbort(error)) return;
      askedDetails = undefined;
      store.dispatch({ type: 'detailsFailed', process, error: wordsOf(error) });
    }
  }

  function showMoment(moment: number): void {
    if (store.state.range) store.dispatch({ type: 'ranged', range: kept(including(shownRange(store.state), moment), fullRange(store.state)) });
  }

  /** The playbook takes a second: it is asked when its tab is in sight. */
  async function ensurePlaybook(): Promise<void> {
    const { selected, pane, playbook } = store.state;
    const process = selected?.process;
    if (!pane.open || pane.tab !== 'playbook' || process === undefined || process < 0) return;
    const subject = pane.playbookOf === 'case' ? -1 : process;
    if (subject === askedPlaybook) return;
    askedPlaybook = subject;
    playbookAbort.abort();
    playbookAbort = new AbortController();
    const { signal } = playbookAbort;
    if (playbook?.process !== subject) store.dispatch({ type: 'playbook', answers: undefined });
    try {
      const [answers, notes] = await Promise.all([host.ask('playbook', subjectOf(subject), signal), host.ask('stepNotes', subjectOf(subject), signal)]);
      store.dispatch({ type: 'stepNotes', notes });
      store.dispatch({ type: 'playbook', answers });
    } catch (error) {
      if (isAbort(error)) return; // another process's is under way by now
      askedPlaybook = undefined;
      store.dispatch({ type: 'detailsFailed', process, error: wordsOf(error) });
    }
  }

  const ensure = (): void => {
    void ensureDetails();
    void ensurePlaybook();
  };
  return {
    ensure,
    again() {
      askedDetails = undefined;
      askedPlaybook = undefined;
      ensure();
    },
    detailsOf(process) {
      const { details } = store.state;
      return details?.process === process ? Promise.resolve(details) : host.ask('details', { process });
    },
    async againNotes() {
      const { playbook } = store.state;
      if (!playbook) return;
      try {
        const notes = await host.ask('stepNotes', subjectOf(playbook.process));
        if (store.state.playbook?.process === playbook.process) store.dispatch({ type: 'stepNotes', notes });
      } catch (error) {
        tell(error);
      }
    },
    bringIntoRange(process) {
      const { details } = store.state;
      wantedInRange = details?.process === process ? undefined : process; // what is there already is not asked, and must not move the time later
      if (details?.process === process) showMoment(details.start);
    },
    async moreRaw() {
      const { details, raw } = store.state;
      if (!details || !raw) return;
      try {
        const first = raw.records.length;
        const more = await host.ask('raw', { process: details.process, first, count: RAW_PAGE * 5 }, detailsAbort.signal);
        store.dispatch({ type: 'raw', process: details.process, first, ...more });
      } catch (error) {
        tell(error);
      }
    },
  };
}

/** -1 is the case as a whole. */
function subjectOf(process: ProcessRow): { process?: ProcessRow } {
  return process < 0 ? {} : { process };
}

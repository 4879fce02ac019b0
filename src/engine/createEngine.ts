import { createSqlStore, loadStore, type SqlStore } from '../store/index.js';
import { createBreather } from './breathe.js';
import { catalogueOf } from './catalogue.js';
import { detailsOf } from './details.js';
import { createEvidenceFields } from './evidenceFields.js';
import { findingsOf, type Triaged, triageSet } from './findings.js';
import { huntIn, registerHuntFunctions } from './hunt.js';
import { lineageRecord, rowsByStart } from './lineageRecord.js';
import { type Counted, hashFiles, membersOf, type Opened, placesOf, startsOf, summaryOf } from './opened.js';
import { countSet, openSet } from './openSet.js';
import { overviewOf } from './overview.js';
import { contentOf, type HeldIntel, holdIntel, imageHashesOf, intelAnswer, playbookIn } from './playbook.js';
import type { EnginePorts } from './ports.js';
import { findMember, rawAtPlace, rawOf, statesAtPlace } from './raw.js';
import type { AnswerOf, AskOf, Engine, EngineMethod, OpenAsk, Progress, Summary } from './requests.js';
import { rowWindow } from './rowWindow.js';
import { searchView } from './search.js';
import { type Judgements, nextUndecided } from './triageLoop.js';
import { anchorIn, observationsIn, stepNotesOf } from './stepNotes.js';
import { storeVerdicts, type VerdictBook, verdictBookOf } from './verdicts.js';
import { createView, nextOrphanRow, revealProcess, stateOf, toggleRow, type View } from './views.js';

interface Call {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
}

type Handlers = { readonly [M in EngineMethod]: (ask: AskOf<M>, call: Call) => AnswerOf<M> | Promise<AnswerOf<M>> };

/**
 * The engine in this thread. One evidence set, opened once. It answers from the lineage as soon as that stands, while the store fills in slices
 * behind; hunts wait for the store. Whoever needs the thread free puts it behind a worker (node/engineClient.ts).
 */
export function createEngine(ports: EnginePorts): Engine {
  let opened: Opened | undefined;
  let counted: Counted | undefined;
  let isOpening = false;
  let isClosed = false;
  let store: SqlStore | undefined;
  let filling: Promise<SqlStore> | undefined;
  let fillProgress: Progress = { what: 'filling the store', done: 0, total: 1 };
  const views = new Map<number, View>();
  let lastView = 0;
  /** The store fills for as long as the engine lives. */
  const life: AbortSignal = {
    get aborted() {
      return isClosed;
    },
    throwIfAborted() {
      if (isClosed) throw new Error('The evidence was closed.');
    },
  } as AbortSignal; // the core reads nothing else of a signal

  const current = (): Opened => {
    if (counted) throw new Error('Only the summary of this evidence was asked for; open it with another engine.');
    if (!opened) throw new Error('No evidence is open.');
    return opened;
  };
  const process = (row: number): number => {
    if (!Number.isInteger(row) || row < 0 || row >= current().set.lineage.count) throw new Error(`There is no process ${row} in this evidence.`);
    return row;
  };
  const view = (id: number): View => {
    const found = views.get(id);
    if (!found) throw new Error(`There is no view ${id}; it was closed.`);
    return found;
  };

  async function open(ask: OpenAsk, call: Call): Promise<Summary> {
    if (opened || counted || isOpening) throw new Error('This engine has its evidence; open another engine for another set.');
    isOpening = true;
    try {
      call.onProgress({ what: 'listing files', done: 0, total: 1 });
      const sources = await ports.openSources(ask.sources, { signal: call.signal, onProgress: (file) => call.onProgress({ what: `looking into ${file}`, done: 0, total: 1 }) });
      const title = await ports.caseTitle?.(ask.sources);
      const { zone, takenMicros, hostOf } = ask;
      const reading = { zone, takenMicros, hostOf, signal: call.signal, read: ports.readSet, onProgress: (what: string, done: number, total: number) => call.onProgress({ what, done, total }) };
      if (ask.summaryOnly) {
        const set = await countSet(sources, { ...reading, keep: false });
        const fresh: Counted = { set, sources, title, entries: set.entries, isHashed: false };
        if (ask.hash) await hashFiles(fresh, call.signal);
        life.throwIfAborted();
        counted = fresh;
        return summaryOf(counted, false);
      }
      const verdictTexts = (await ports.caseVerdicts?.(ask.sources)) ?? [];
      const { texts: intelTexts, hosts: caseHosts } = (await ports.caseIntel?.(ask.sources)) ?? { texts: [], hosts: [] };
      call.signal?.throwIfAborted();
      const set = await openSet(sources, { ...reading, keep: ports.loadSql !== undefined });
      const fresh: Opened = { set, sources, members: membersOf(set), title, paths: ask.sources, verdictTexts, intelTexts, caseHosts, entries: set.entries, isHashed: false };
      if (ask.hash) await hashFiles(fresh, call.signal);
      life.throwIfAborted();
      opened = fresh;
    } finally {
      isOpening = false;
    }
    if (ports.loadSql) {
      opened.triaging = triageOf(opened, ask.sources);
      opened.triaging.catch(() => undefined); // as below
      filling = fill(opened, ports.loadSql);
      // Whoever waits for the store is told; until somebody does, a failure must not end the thread.
      filling.catch(() => undefined);
      // Also where the store could not be filled: what a report names must not go unproved for that.
      if (!ask.hash) void filling.catch(() => undefined).then(() => hashFiles(current(), life)).catch(() => undefined);
    }
    return summaryOf(current(), store !== undefined);
  }

  async function triageOf(of: Opened, sources: readonly string[]): Promise<Triaged> {
    await new Promise<void>((resolve) => setTimeout(resolve, 0)); // the answer to `open` goes out first
    const triaged = await triageSet(of.set, await ports.caseTriage?.(sources), placesOf(of), { signal: life, breathe: createBreather() });
    of.findings = new Map(triaged.processes.map((found) => [found.process, found]));
    return triaged;
  }

  async function fill(of: Opened, loadSql: NonNullable<EnginePorts['loadSql']>): Promise<SqlStore> {
    const { set } = of;
    const breathe = createBreather();
    const { processes } = await of.triaging!; // set before this is called; it reads the observations that the store takes over
    const fresh = createSqlStore(await loadSql());
    registerHuntFunctions(fresh);
    try {
      of.loaded = await loadStore(
        fresh,
        {
          strings: set.strings, lineage: set.lineage, sessions: set.sessions, ...set.kept!,
          entries: set.entries,
          members: placesOf(of),
          findings: processes,
          entityId: set.entityId,
          userName: set.users.nameOf,
        },
        { signal: life, breathe, onProgress: (done, total) => (fillProgress = { what: 'filling the store', done, total }) },
      );
    } catch (error) {
      fresh.close();
      throw error;
    }
    store = fresh;
    of.fields = createEvidenceFields({ store: fresh, strings: set.strings, entries: of.entries, members: of.members });
    set.kept = undefined;
    delete of.verdicts;
    verdictsOf(of);
    return fresh;
  }

  /** What the case's analysts decided, matched with what is known by now; Hunt's field `verdict` says the same. */
  function verdictsOf(of: Opened): VerdictBook {
    if (!of.verdicts) {
      const stated = new Map(of.sources.map((source) => [source.name, source.stated?.sha256?.toLowerCase()]));
      of.verdicts = verdictBookOf(of.set, store, of.entries.map((entry) => ({ entry, sha256: entry.sha256 ?? stated.get(entry.file) })), of.verdictTexts);
      if (store) storeVerdicts(store, of.verdicts);
    }
    return of.verdicts;
  }

  function judgementsOf(of: Opened): Judgements {
    return { findings: of.findings ?? new Map(), verdicts: verdictsOf(of).byProcess };
  }

  /** Two who ask at once wait for the same reading; where the one who began it gives it up, the other begins anew. */
  async function intelOf(of: Opened, ready: SqlStore, call: Call): Promise<HeldIntel> {
    while (of.intel) {
      try {
        return await of.intel;
      } catch (error) {
        call.signal?.throwIfAborted();
        if (!(error instanceof Error && error.name === 'AbortError')) throw error;
      }
    }
    const reading = readIntelOf(of, ready, call);
    of.intel = reading;
    try {
      return await reading;
    } catch (error) {
      if (of.intel === reading) delete of.intel; // whoever asks next reads again
      throw error;
    }
  }

  async function readIntelOf({ set, catalogue, fields, intelTexts }: Opened, ready: SqlStore, call: Call): Promise<HeldIntel> {
    const unread = intelTexts.flatMap(({ file, trouble }) => (trouble === undefined ? [] : [`${file}: ${trouble}`]));
    const held = await holdIntel(ready, intelTexts.filter(({ trouble }) => trouble === undefined), fields, { ...call, catalogue, rows: set.observations });
    return { ...held, troubles: [...unread, ...held.troubles] };
  }

  /** Waits for the store with its progress, unless the asker gives up first. */
  async function filled(call: Call): Promise<SqlStore> {
    current();
    if (store) return store;
    if (!filling) throw new Error('This engine was made without a store; it cannot hunt.');
    let isDone = false;
    const done = filling.finally(() => (isDone = true));
    done.catch(() => undefined);
    while (!isDone) {
      call.onProgress(fillProgress);
      await Promise.race([done, new Promise<void>((resolve) => setTimeout(resolve, 100))]);
      call.signal?.throwIfAborted();
    }
    return done;
  }

  async function triagedOf(call: Call): Promise<Triaged> {
    const { triaging } = current();
    if (!triaging) throw new Error('This engine was made without a store; it cannot triage.');
    call.onProgress({ what: 'weighing findings', done: 0, total: 1 });
    const triaged = await triaging;
    call.signal?.throwIfAborted();
    return triaged;
  }

  const handlers: Handlers = {
    open,
    summary: () => summaryOf(counted ?? current(), store !== undefined),
    lineage(ask) {
      const of = current();
      const starts = startsOf(of);
      of.order ??= rowsByStart(starts);
      return [...of.order.subarray(Math.max(0, ask.first), Math.max(0, ask.first + ask.count))].map((row) => lineageRecord(of.set, row, starts[row]!));
    },
    view(ask) {
      const made = createView(current().set, ++lastView, ask);
      views.set(made.id, made);
      return stateOf(made);
    },
    closeView(ask) {
      views.delete(ask.view);
      return null;
    },
    rows: (ask) => rowWindow(current().set, view(ask.view), ask.first, ask.count, judgementsOf(current())),
    toggle(ask) {
      toggleRow(view(ask.view), ask.row, ask.expanded, ask.deep ?? false);
      return stateOf(view(ask.view));
    },
    reveal(ask) {
      const row = revealProcess(view(ask.view), process(ask.process));
      return { state: stateOf(view(ask.view)), row };
    },
    search: (ask) => searchView(current().set, view(ask.view), ask.text, ask.limit),
    nextOrphan(ask) {
      const row = nextOrphanRow(current().set, view(ask.view), ask.row, ask.backward);
      return { state: stateOf(view(ask.view)), row };
    },
    overview: (ask) => overviewOf(current().set, view(ask.view), ask.rowBuckets, ask.timeBuckets),
    details(ask) {
      const details = detailsOf(current().set, process(ask.process));
      const verdict = verdictsOf(current()).byProcess.get(ask.process);
      return verdict === undefined ? details : { ...details, verdict };
    },
    async verdicts(ask) {
      const of = current();
      if (ask.reload) {
        of.verdictTexts = (await ports.caseVerdicts?.(of.paths)) ?? [];
        delete of.verdicts;
      }
      const { states, notes, troubles } = verdictsOf(of);
      return { verdicts: states, notes, troubles };
    },
    raw: (ask, call) => rawOf(current().set, store, process(ask.process), ask.first, ask.count, call.signal),
    rawAt(ask, call) {
      const { set, members } = current();
      return rawAtPlace(members, ask.member, ask.offset, { signal: call.signal, statesAt: (member, offset) => statesAtPlace(set, store, members.findIndex((each) => each.member === member), offset) });
    },
    async hunt(ask, call) {
      const ready = await filled(call);
      const { set, catalogue, fields } = current();
      return huntIn(ready, ask, { ...call, catalogue, evidence: await fields?.prepare([ask], call), rows: set.observations });
    },
    async prepareHunts({ hunts }, call) {
      await filled(call);
      await current().fields?.prepare(hunts, call);
      return {};
    },
    async storeCopy(_ask, call) {
      const ready = await filled(call);
      for (let bytes = ready.copy(); ; bytes = ready.copy()) {
        if (bytes) return { bytes };
        await new Promise<void>((resolve) => setTimeout(resolve, 20)); // values of records are going in, between breaths
        call.signal?.throwIfAborted();
      }
    },
    async findings(ask, call) {
      const triaged = await triagedOf(call);
      const of = current();
      return findingsOf(of.set, triaged, startsOf(of), verdictsOf(of).byProcess, ask);
    },
    async baseline(ask, call) {
      const { learned, proposed, entryOf } = await triagedOf(call);
      const { verdict } = ask;
      if (verdict === undefined) return { ...learned, proposed };
      return { entries: [entryOf(process(verdict.process), verdict)].filter((entry) => entry !== undefined), standOut: 0, scratch: 0, proposed };
    },
    async nextFinding(ask, call) {
      await triagedOf(call);
      return nextUndecided(judgementsOf(current()), ask.after, ask.backward);
    },
    async playbook(ask, call) {
      if (ask.process !== undefined) process(ask.process);
      const ready = await filled(call);
      const triaged = await triagedOf(call);
      const of = current();
      const { set, entries, catalogue, members, caseHosts } = of;
      const hashes = await imageHashesOf(of.fields, ask, call);
      call.onProgress({ what: 'going through the playbook', done: 0, total: 1 });
      return playbookIn({ set, store: ready, entries, triaged, verdicts: verdictsOf(of), intel: await intelOf(of, ready, call), members, hashes, caseHosts, call: { ...call, catalogue, rows: set.observations } }, ask);
    },
    stepNotes: (ask) => stepNotesOf(verdictsOf(current()).notes, ask.process),
    async observations(ask, call) {
      const answers = await handlers.playbook(ask, call);
      const { set, entries, members } = current();
      return observationsIn({ set, store, entries }, members, answers, ask);
    },
    anchor(ask) {
      const { set, entries } = current();
      return anchorIn({ set, store, entries }, process(ask.process));
    },
    async intel(ask, call) {
      const ready = await filled(call);
      const of = current();
      if (ask.reload || ask.add) {
        const added = ask.add ?? [];
        const before = ask.reload ? ((await ports.caseIntel?.(of.paths))?.texts ?? []) : of.intelTexts;
        of.intelTexts = [...before.filter(({ file }) => added.every((each) => each.file !== file)), ...added];
        delete of.intel;
      }
      return intelAnswer(await intelOf(of, ready, call));
    },
    content: (ask, call) => contentOf(findMember(current().members, ask.member).member, call.signal),
    async catalogue(_ask, call) {
      const ready = await filled(call);
      const of = current();
      of.cataloguing ??= catalogueOf(ready, of.loaded!, (string) => of.set.strings.text(string), createBreather());
      return (of.catalogue = { ...(await of.cataloguing), evidence: (await of.fields?.known(call)) ?? [] });
    },
  };

  return {
    async ask(method, ask, options = {}) {
      life.throwIfAborted();
      options.signal?.throwIfAborted();
      if (!Object.hasOwn(handlers, method)) throw new Error(`The engine has no answer to "${String(method)}".`);
      return handlers[method](ask, { signal: options.signal, onProgress: options.onProgress ?? (() => undefined) });
    },
    async storeReady() {
      await filled({ signal: undefined, onProgress: () => undefined });
    },
    async close() {
      isClosed = true;
      if (filling) await filling.catch(() => undefined); // it stops at its next slice
      store?.close();
      store = undefined;
      opened = undefined;
      views.clear();
    },
  };
}

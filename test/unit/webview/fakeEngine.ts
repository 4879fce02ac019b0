import { DEFAULT_TRIAGE } from '../../../src/triage/index.js';
import type { AnswerOf, AskOf, Details, StepNotes, ViewAsk, ViewState } from '../../../src/engine/requests.js';
import { FLAG } from '../../../src/model/index.js';
import type { PageMethod } from '../../../webview/shared/protocol.js';
import type { Host } from '../../../webview/tree/host.js';
import { windowOf, type RowSketch } from './rows.js';

/** A process of the fake set: who made it, and who shows as its parent now. */
interface FakeProcess {
  readonly creator: number;
  readonly parent: number;
  readonly name: string;
}

type Answers = { readonly [M in PageMethod]: (ask: AskOf<M>) => AnswerOf<M> };

/** An engine over a handful of processes, and what it was asked. `hold` keeps answers back until the test lets them go. */
export interface FakeEngine {
  readonly host: Host;
  readonly asked: { readonly method: PageMethod; readonly ask: unknown; readonly signal: AbortSignal | undefined }[];
  readonly told: unknown[];
  /** What the case holds of steps of the playbook; a test adds to it. */
  readonly stepNotes: StepNotes[];
  hold(method: PageMethod): void;
  release(method: PageMethod): void;
  fail(method: PageMethod, message: string): void;
}

/** systemd 1 > sshd 2 > bash 3 > nc 4, which init has now; then `more` plain children of init. */
export function createFakeEngine(more = 0): FakeEngine {
  const processes: FakeProcess[] = [
    { creator: -1, parent: -1, name: 'systemd' },
    { creator: 0, parent: 0, name: 'sshd' },
    { creator: 1, parent: 1, name: 'bash' },
    { creator: 2, parent: 0, name: 'nc' },
    ...Array.from({ length: more }, (_, i) => ({ creator: 0, parent: 0, name: `worker${i}` })),
  ];
  const views = new Map<number, { readonly ask: ViewAsk; readonly order: readonly { process: number; depth: number }[] }>();
  const asked: FakeEngine['asked'] = [];
  const told: unknown[] = [];
  const stepNotes: StepNotes[] = [];
  const held = new Map<PageMethod, (() => void)[]>();
  const failures = new Map<PageMethod, string>();

  const viewOf = (id: number): { readonly ask: ViewAsk; readonly order: readonly { process: number; depth: number }[] } => {
    const view = views.get(id);
    if (!view) throw new Error(`no view ${id}`);
    return view;
  };
  const stateOf = (id: number): ViewState => ({
    view: id,
    rowCount: viewOf(id).order.length,
    from: 1_000_000,
    to: 9_000_000,
    processes: processes.length,
    orphans: 1,
  });
  const rowOf = (id: number, process: number): number => viewOf(id).order.findIndex((row) => row.process === process);

  const answers: Answers = {
    summary: () => {
      throw new Error('not asked by the page');
    },
    view(ask) {
      const order: { process: number; depth: number }[] = [];
      const below = (parent: number, depth: number): void =>
        processes.forEach((process, i) => {
          if ((ask.parents === 'recorded' ? process.parent : process.creator) !== parent) return;
          order.push({ process: i, depth });
          below(i, depth + 1);
        });
      below(-1, 0);
      const id = views.size + 1;
      views.set(id, { ask, order });
      return stateOf(id);
    },
    findings: () => ({ total: 0, alerts: 0, standings: { alert: 0, unexpected: 0, decided: 0, 'not judged': 0, explained: 0 }, rows: [], settings: DEFAULT_TRIAGE, troubles: [] }),
    nextFinding: () => ({ process: 3, undecided: 1, total: 1 }),
    playbook: ({ process = -1 }) => ({ process, from: Number.NaN, until: Number.NaN, steps: [] }),
    stepNotes: ({ process = -1 }) => stepNotes.filter((each) => each.process === process),
    closeView({ view }) {
      views.delete(view);
      return null;
    },
    rows({ view, first, count }) {
      const { order, ask } = viewOf(view);
      const sketches = order.slice(first, first + count).map(({ process, depth }): RowSketch => {
        const { creator, parent, name } = processes[process]!;
        const orphan = creator !== parent;
        const other = ask.parents === 'recorded' ? creator : parent;
        return {
          process,
          depth,
          name,
          pid: process + 1,
          start: 1_000_000 * (process + 1),
          flags: orphan ? FLAG.orphan : 0,
          otherParentRow: orphan ? rowOf(view, other) : -1,
          ...(creator >= 0 ? { creator: [processes[creator]!.name, creator + 1] as const } : {}),
          ...(orphan ? { adopter: [processes[parent]!.name, parent + 1] as const } : {}),
        };
      });
      return windowOf(sketches, first, order.length);
    },
    toggle: ({ view }) => stateOf(view),
    reveal: ({ view, process }) => ({ state: stateOf(view), row: rowOf(view, process) }),
    search({ view, text }) {
      const found = viewOf(view).order.flatMap(({ process }, row) => (processes[process]!.name.includes(text) ? [[process, row] as const] : []));
      return { processes: Int32Array.from(found, ([process]) => process), rows: Int32Array.from(found, ([, row]) => row), total: found.length };
    },
    nextOrphan({ view, row, backward }) {
      const orphan = rowOf(view, 3);
      return { state: stateOf(view), row: backward ? (orphan < row ? orphan : -1) : orphan > row ? orphan : -1 };
    },
    overview: ({ rowBuckets, timeBuckets }) => ({
      rowOrphans: new Uint32Array(rowBuckets),
      timeAlive: new Uint32Array(timeBuckets),
      timeOrphans: new Uint32Array(timeBuckets),
      from: 1_000_000,
      to: 9_000_000,
    }),
    details: ({ process }) => detailsOf(process),
    raw: () => ({ total: 0, records: [] }),
  };

  function detailsOf(process: number): Details {
    const { creator, parent, name } = processes[process]!;
    const ref = (of: number): Details['chain'][number] | null =>
      of < 0 ? null : { process: of, pid: of + 1, start: 1_000_000 * (of + 1), name: processes[of]!.name };
    const claim = (of: number): Details['creator'] => ({ parent: ref(of), basis: 'observed', confidence: 1, reasons: [] });
    return {
      process,
      entityId: `id${process}`,
      host: 'web1',
      boot: 0,
      pid: process + 1,
      start: 1_000_000 * (process + 1),
      startBasis: 'observed',
      end: Number.NaN,
      endBasis: null,
      lastSeen: 9_000_000,
      name,
      executable: `/usr/bin/${name}`,
      args: [name, '-l'],
      cwd: '/',
      user: 'root',
      auid: 'analyst',
      session: '5',
      tty: null,
      unit: null,
      cgroup: null,
      flags: creator === parent ? 0 : FLAG.orphan,
      why: `${name} is here.`,
      creator: claim(creator),
      parents: [],
      adopter: { ...claim(creator === parent ? -1 : parent), kind: creator === parent ? '' : 'init' },
      orphanedAfter: creator === parent ? null : { min: 3000, max: 3000 },
      launcher: claim(creator),
      entry: { ...claim(1), kind: 'login', session: '5', unit: null },
      programs: [],
      children: [],
      chain: [],
    };
  }

  return {
    asked,
    told,
    stepNotes,
    hold: (method) => void held.set(method, []),
    release(method) {
      const waiting = held.get(method) ?? [];
      held.delete(method);
      for (const go of waiting) go();
    },
    fail: (method, message) => void failures.set(method, message),
    host: {
      async ask(method, ask, signal) {
        asked.push({ method, ask, signal });
        const waiting = held.get(method);
        if (waiting) await new Promise<void>((go) => waiting.push(go));
        const failure = failures.get(method);
        if (failure !== undefined) throw new Error(failure);
        if (signal?.aborted) throw new DOMException('no longer wanted', 'AbortError');
        return answers[method](ask);
      },
      tell: (message) => void told.push(message),
    },
  };
}

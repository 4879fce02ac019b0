import { FLAG, type ProcessRow } from '../model/index.js';
import { type BaselineEntry, entryOfVerdict, gatherScene, learnBaseline, type Learned, parseBaseline, parseTriageSettings, type ProcessFindings, proposeFromUnits, triage, type TriageSettings } from '../triage/index.js';
import type { OpenedSet } from './openSet.js';
import { nameOf } from './processFacts.js';
import type { FindingRow, FindingsAnswer, FindingsAsk, Standing } from './requests.js';

/** What a case says about triage: the `triage` object of its manifest as it was read, and the text of its `baseline.json`. */
export interface CaseTriage {
  readonly settings?: unknown;
  readonly baseline?: string | undefined;
  /** What kept the baseline from being read. */
  readonly trouble?: string;
}

/** What triage said of a set, kept as long as the set is open. */
export interface Triaged {
  readonly settings: TriageSettings;
  readonly troubles: readonly string[];
  readonly processes: readonly ProcessFindings[];
  /** Entries that would explain the orphans here, should this host be good; and those that unit files propose. */
  readonly learned: Learned;
  readonly proposed: readonly BaselineEntry[];
  entryOf(row: ProcessRow, verdict: { readonly author: string; readonly note: string }): BaselineEntry | undefined;
}

/** Triages a set while its observations are still at hand. */
export async function triageSet(
  set: OpenedSet,
  of: CaseTriage | undefined,
  members: readonly { readonly evidence: number; readonly path: string }[],
  options: { readonly signal?: AbortSignal | undefined; readonly breathe: () => Promise<void> },
): Promise<Triaged> {
  const { settings, troubles } = parseTriageSettings(of?.settings);
  const own = of?.baseline === undefined ? { entries: [], troubles: [] } : parseBaseline(of.baseline);
  if (!set.kept) throw new Error('The observations of this set are gone; open it anew to triage it.');
  const scene = await gatherScene({ strings: set.strings, lineage: set.lineage, sessions: set.sessions, members, ...set.kept, from: set.from, to: set.to }, options);
  const processes = triage(scene, settings, own.entries);
  return { settings, troubles: [...troubles, ...own.troubles, ...(of?.trouble === undefined ? [] : [of.trouble])], processes, learned: learnBaseline(scene, processes), proposed: proposeFromUnits(scene), entryOf: (row, verdict) => entryOfVerdict(scene, row, verdict) };
}

function standingOf({ state, alert, process }: ProcessFindings, decided: ReadonlyMap<ProcessRow, unknown>): Standing {
  if (decided.has(process)) return 'decided';
  return state === 'unexpected' ? (alert ? 'alert' : 'unexpected') : state;
}

/** A page of the ranked findings. `decided`: the processes that have a verdict. */
export function findingsOf(set: OpenedSet, triaged: Triaged, starts: Float64Array, decided: ReadonlyMap<ProcessRow, unknown>, ask: FindingsAsk): FindingsAnswer {
  const { lineage, strings } = set;
  const all = triaged.processes.filter(({ process }) => (ask.process === undefined || ask.process === process) && (ask.host === undefined || strings.text(lineage.host[process]!) === ask.host));
  const standings: Record<Standing, number> = { alert: 0, unexpected: 0, decided: 0, 'not judged': 0, explained: 0 };
  for (const found of all) standings[standingOf(found, decided)]++;
  const asked = ask.standing === undefined ? all : all.filter((found) => standingOf(found, decided) === ask.standing);
  const from = Math.max(0, ask.first);
  const rows = asked.slice(from, from + Math.max(0, ask.count)).map(
    (found): FindingRow => ({
      ...found,
      host: strings.text(lineage.host[found.process]!) ?? '',
      pid: lineage.pid[found.process]!,
      start: starts[found.process]!,
      name: nameOf(set, found.process),
      executable: strings.text(lineage.exe[found.process]!) ?? null,
      isOrphan: (lineage.flags[found.process]! & FLAG.orphan) !== 0,
    }),
  );
  return { total: asked.length, alerts: asked.filter(({ alert }) => alert).length, standings, rows, settings: triaged.settings, troubles: triaged.troubles };
}

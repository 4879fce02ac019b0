import { BASIS_NONE, type Basis, basisOf, BASES, ID_NOT_STATED, type ObservationKind, type ProcessRow, UNSET_ID } from '../../model/index.js';
import type { TechniqueId } from '../attack.js';
import type { Finding, FindingKind, FindingReason, RecordPlace, TriageSettings } from '../finding.js';
import { placeOf, type Scene } from '../scene.js';

/** One detection: a pure function over the scene, with what people should know of it. To add one: a file here and a line in index.ts. */
export interface Detection {
  readonly kind: FindingKind;
  /** What it finds, one sentence. */
  readonly what: string;
  readonly techniques: readonly TechniqueId[];
  /** The evidence without which it can find nothing. */
  readonly needs: string;
  find(scene: Scene, settings: TriageSettings): readonly Finding[];
}

/** So many records stand behind a reason. */
const RECORDS = 4;

/** A finding from its reasons; undefined where none is left, or where they add up to nothing. */
export function findingOf(kind: FindingKind, process: ProcessRow, techniques: readonly TechniqueId[], reasons: readonly (FindingReason | undefined)[]): Finding | undefined {
  const given = reasons.filter((reason) => reason !== undefined);
  const points = given.reduce((sum, reason) => sum + reason.points, 0);
  return given.length === 0 || points <= 0 ? undefined : { kind, process, points, techniques, reasons: given };
}

export function reasonOf(says: string, points: number, basis: Basis, records: readonly RecordPlace[] = []): FindingReason {
  return { says, points, basis, records };
}

/** The first records of some kinds about some processes. */
export function recordsOf(scene: Scene, rows: readonly ProcessRow[], kinds: readonly ObservationKind[]): RecordPlace[] {
  const places: RecordPlace[] = [], told = new Set<string>();
  for (const row of rows)
    for (const fact of scene.facts.get(row) ?? []) {
      if (places.length >= RECORDS) return places;
      // A fork is a fact of caller and child alike.
      if (kinds.includes(fact.kind) && !told.has(`${fact.member} ${fact.offset}`)) {
        told.add(`${fact.member} ${fact.offset}`);
        places.push(placeOf(scene, fact));
      }
    }
  return places;
}

/** The weakest of some basis codes of the lineage; what is not known counts as inferred. */
export function weakestOf(...codes: readonly (number | undefined)[]): Basis {
  let weakest = 0;
  for (const code of codes) weakest = Math.max(weakest, code === undefined || code === BASIS_NONE ? BASES.length - 1 : code);
  return basisOf(weakest) ?? 'inferred';
}

/** "certd 4711", "process 4711". */
export function called(scene: Scene, row: ProcessRow): string {
  const { lineage, strings } = scene;
  const name = strings.text(lineage.comm[row]!);
  return name === undefined || name === '' ? `process ${lineage.pid[row]!}` : `${name} ${lineage.pid[row]!}`;
}

/** Whether a process belongs to a login's session. */
export function isOfSession(scene: Scene, row: ProcessRow): boolean {
  const ses = scene.lineage.ses[row]!;
  return ses !== UNSET_ID && ses !== ID_NOT_STATED;
}

/** "1.5 s", "40 ms": a span for a sentence. */
export function spanWords(micros: number): string {
  if (micros < 1000) return micros <= 0 ? 'at once' : `${Math.round(micros)} µs`;
  if (micros < 1_000_000) return `${Math.round(micros / 1000)} ms`;
  if (micros < 120_000_000) return `${(micros / 1e6).toFixed(1)} s`;
  return micros < 7_200_000_000 ? `${Math.round(micros / 6e7)} min` : `${Math.round(micros / 3.6e9)} h`;
}

/** "within 40 ms", "at once". */
export function withinWords(micros: number): string {
  return micros <= 0 ? spanWords(micros) : `within ${spanWords(micros)}`;
}

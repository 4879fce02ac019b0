import type { Lineage, ProcessRow, StringTable } from '../model/index.js';

/**
 * What a verdict, bookmark or pin hangs on (DESIGN 6). More evidence may move a start, renumber boots and name a host, so identity is not used:
 * the lifetime that holds the moment is meant.
 */
export interface Anchor {
  readonly host: string;
  readonly boot: number;
  readonly pid: number;
  /** Microseconds at which it was alive; NaN where nothing dated it. */
  readonly moment: number;
  readonly executable: string | null;
  /** SHA-256 of the evidence whose record was looked at, and the record's offset in its member; null where none was known. */
  readonly evidence: string | null;
  readonly offset: number | null;
}

/** A process as it is shown: what an anchor takes of it. */
export type AnchoredProcess = Pick<Anchor, 'host' | 'boot' | 'pid' | 'executable'> & { readonly start: number; readonly end: number };

/** A record that speaks of it: when, and where it lies. */
export interface AnchoringRecord {
  readonly time: number;
  /** The file of the set, as `hashOf` takes it. */
  readonly evidence: string;
  readonly offset: number;
}

/**
 * The anchor of a process as it is shown now. The moment is that of the first record in which it surely lived, rather than its start, which better
 * evidence may move. `hashOf` answers the SHA-256 of a file of the set, where it is known by now.
 */
export function anchorOf(process: AnchoredProcess, records: readonly AnchoringRecord[], hashOf: (file: string) => string | undefined): Anchor {
  const { host, boot, pid, start, end, executable } = process;
  const isInside = ({ time }: AnchoringRecord): boolean => time > start && !(time > end);
  const record = records.find(isInside) ?? records.find(({ time }) => !Number.isNaN(time)) ?? records[0];
  const inside = record !== undefined && isInside(record);
  return { host, boot, pid, moment: inside || Number.isNaN(start) ? (record?.time ?? NaN) : start, executable, evidence: (record && hashOf(record.evidence)) ?? null, offset: record?.offset ?? null };
}

/** How an anchor found its process. */
export const ANCHOR_MATCHES = ['moment', 'near', 'record', 'only', 'unmatched'] as const;
export type AnchorMatch = (typeof ANCHOR_MATCHES)[number];

export interface Matched {
  /** -1 where no lifetime of this evidence is meant. */
  readonly process: ProcessRow;
  readonly by: AnchorMatch;
}

/** A key that is the same for all anchors that mean one process; those that match nothing mean one where they say the same. */
export function meantBy({ host, pid, moment }: Anchor, { process }: Matched): string {
  return process >= 0 ? String(process) : `${host}\0${pid}\0${moment}`;
}

/** What is asked of an evidence set to find anchors in it. */
export interface AnchorSet {
  readonly lineage: Pick<Lineage, 'count' | 'host' | 'boot' | 'pid' | 'start' | 'end' | 'lastSeen' | 'exe'>;
  readonly strings: Pick<StringTable, 'text'>;
  /** The host that evidence of this hash is said to be of now; a host may have got its name since. */
  hostOfEvidence(sha256: string): string | undefined;
  /** The process that the record at this place speaks of, by the store; -1 where none is known. */
  processAt(sha256: string, offset: number, pid: number): ProcessRow;
}

/** So far a start may move when better evidence comes (ps states minutes; clocks of sources differ). Microseconds. */
const NEAR = 61_000_000;

/** Finds anchors in one evidence set. */
export function createAnchorMatcher(set: AnchorSet): (anchor: Anchor) => Matched {
  const { lineage, strings } = set;
  const byPid = new Map<number, ProcessRow[]>();
  for (let row = 0; row < lineage.count; row++) {
    const rows = byPid.get(lineage.pid[row]!);
    if (rows) rows.push(row);
    else byPid.set(lineage.pid[row]!, [row]);
  }
  const hostOf = (row: ProcessRow): string => strings.text(lineage.host[row]!) ?? '';
  const until = (row: ProcessRow): number => (Number.isNaN(lineage.end[row]!) ? Infinity : lineage.end[row]!);
  const executableOf = (row: ProcessRow): string | undefined => strings.text(lineage.exe[row]!);

  function ofHost(anchor: Anchor): readonly ProcessRow[] {
    const rows = byPid.get(anchor.pid) ?? [];
    const same = rows.filter((row) => hostOf(row) === anchor.host);
    if (same.length > 0 || anchor.evidence === null) return same;
    const renamed = set.hostOfEvidence(anchor.evidence);
    return renamed === undefined ? [] : rows.filter((row) => hostOf(row) === renamed);
  }

  return (anchor) => {
    const rows = ofHost(anchor);
    const { moment } = anchor;
    if (Number.isNaN(moment)) {
      if (rows.length === 1) return { process: rows[0]!, by: 'only' };
    } else {
      // Of a pid that was reused without a recorded end, the lifetime that began last before the moment holds it.
      const holding = rows.filter((row) => lineage.start[row]! <= moment && moment <= until(row)).sort((a, b) => lineage.start[b]! - lineage.start[a]!);
      const agreeing = holding.filter((row) => anchor.executable === null || executableOf(row) === undefined || executableOf(row) === anchor.executable);
      const held = agreeing[0] ?? holding[0];
      if (held !== undefined) return { process: held, by: 'moment' };
    }
    if (anchor.evidence !== null && anchor.offset !== null) {
      const process = set.processAt(anchor.evidence, anchor.offset, anchor.pid);
      if (process >= 0) return { process, by: 'record' };
    }
    if (!Number.isNaN(moment)) {
      const distance = (row: ProcessRow): number => Math.max(lineage.start[row]! - moment, moment - until(row));
      const near = rows
        .filter((row) => distance(row) <= NEAR && (anchor.executable === null || executableOf(row) === anchor.executable))
        .sort((a, b) => distance(a) - distance(b));
      if (near[0] !== undefined) return { process: near[0], by: 'near' };
    }
    return { process: -1, by: 'unmatched' };
  };
}

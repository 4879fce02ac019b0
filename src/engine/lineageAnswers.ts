import type { Basis, EntryKind } from '../model/index.js';

/** One line of `foundling lineage --json`; seconds since the epoch with 6 decimals, as numbers. */
export interface LineageRecord {
  readonly entity_id: string;
  readonly host: string;
  readonly boot: number;
  readonly pid: number;
  readonly start: number;
  readonly startBasis: Basis | null;
  readonly end: number | null;
  readonly endBasis: Basis | null;
  readonly unrecorded: boolean;
  readonly name: string | null;
  readonly executable: string | null;
  readonly args: readonly string[];
  readonly user: string | null;
  readonly auid: string | null;
  readonly session: string | null;
  readonly creator: Ref | null;
  readonly basis: Basis | null;
  readonly confidence: number | null;
  readonly parent: Ref | null;
  readonly adopter: { readonly pid: number } | null;
  readonly adopters: readonly { readonly pid: number; readonly start: number | null; readonly from: number | null; readonly to: number | null; readonly basis: Basis | null }[];
  readonly orphan: boolean;
  readonly orphanConfidence: number | null;
  readonly orphanedAfter: { readonly min: number | null; readonly max: number | null } | null;
  readonly launcher: Ref | null;
  readonly launcherConfidence: number | null;
  /** `pid` is null where only the session or unit is known, and the process that stood for the way in is gone. */
  readonly entry: { readonly kind: EntryKind; readonly pid: number | null; readonly start: number | null; readonly session?: string; readonly unit?: string } | null;
  readonly entryConfidence: number | null;
  readonly requester: Ref | null;
  readonly reasons: readonly string[];
}

/** A process named by another's line; `start` is null for one that is unrecorded and undated. */
export interface Ref {
  readonly pid: number;
  readonly start: number | null;
}

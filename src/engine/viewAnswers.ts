import type { ParentView, ProcessRow } from '../model/index.js';

/** What stands at the top of a view: nothing (one tree), or a heading for each login session, unit, container or user. */
export type GroupBy = 'creation' | 'session' | 'unit' | 'container' | 'user';

export interface ViewAsk {
  readonly parents: ParentView;
  readonly group: GroupBy;
  /** Keep only orphans with their ancestors. */
  readonly orphansOnly: boolean;
  readonly kernelThreads: boolean;
  /** Tree as it stood at this time; undefined: all processes of the set. */
  readonly at?: number;
  /** Only processes of this host. */
  readonly host?: string;
  /** Show only these processes with their ancestors (a hunt's tree). */
  readonly only?: readonly ProcessRow[];
}

export interface ViewState {
  readonly view: number;
  readonly rowCount: number;
  readonly from: number;
  readonly to: number;
  readonly processes: number;
  readonly orphans: number;
}

/** A window of rows as columns. `process` is -1 for a group's heading, whose words are in `name`. */
export interface RowWindow {
  readonly first: number;
  readonly count: number;
  readonly rowCount: number;
  readonly process: Int32Array;
  readonly depth: Uint16Array;
  /** 0 leaf, 1 collapsed, 2 expanded. */
  readonly fold: Uint8Array;
  readonly setSize: Uint32Array;
  readonly posInSet: Uint32Array;
  readonly pid: Int32Array;
  readonly flags: Uint32Array; // FLAG
  readonly start: Float64Array;
  /** Basis code of `start`: other than observed, it began then or before (first seen). */
  readonly startBasis?: Uint8Array;
  readonly end: Float64Array; // NaN: alive at the end of the evidence, or not known
  readonly lastSeen: Float64Array;
  /** When it was first adopted, NaN if never: where the lifeline changes. */
  readonly adoptedAt: Float64Array;
  /** Row in this view of the other tree's parent (creator in the recorded view, adopter in the created view); -1 none or hidden. */
  readonly otherParentRow: Int32Array;
  readonly creatorPid: Int32Array;
  readonly adopterPid: Int32Array;
  readonly creatorBasis: Uint8Array;
  readonly hiddenBelow: Uint32Array;
  readonly name: readonly string[];
  readonly args: readonly string[];
  readonly user: readonly string[];
  readonly creatorName: readonly string[];
  readonly adopterName: readonly string[];
  /** How sure the creator is, 0..1. */
  readonly creatorConfidence?: Float32Array;
  /** Basis code and confidence of the adoption; 255 and 0 for who is no orphan. */
  readonly orphanBasis?: Uint8Array;
  readonly orphanConfidence?: Float32Array;
  /** From start to first adoption, microseconds, as bounds; NaN where nothing bounds it. */
  readonly orphanedAfterMin?: Float64Array;
  readonly orphanedAfterMax?: Float64Array;
  /** Who asked a broker to start it (not merely something above it): pid (-1 none known), name, and its row in this view (-1 none or hidden). */
  readonly requesterPid?: Int32Array;
  readonly requesterName?: readonly string[];
  readonly requesterRow?: Int32Array;
  /** Where the creator is not known: the launcher (pid, -1 none known; name; how sure, 0..1) and the way in, in short. */
  readonly launcherPid?: Int32Array;
  readonly launcherName?: readonly string[];
  readonly launcherConfidence?: Float32Array;
  readonly entry?: readonly string[];
  /** What triage gives it, 0 for nothing or not weighed yet; 1 where it is at or above the alert line; and the word of the last verdict, "" for none. */
  readonly score?: Uint16Array;
  readonly alert?: Uint8Array;
  readonly verdict?: readonly string[];
  /** Of a heading: processes of its group that the view keeps, orphans and alerts among them; 0 in other rows. */
  readonly processesIn?: Uint32Array;
  readonly orphansIn?: Uint32Array;
  readonly alertsIn?: Uint32Array;
}

export interface Overview {
  /** Orphans for each bucket of rows, and processes alive / orphans adopted for each bucket of time. */
  readonly rowOrphans: Uint32Array;
  readonly timeAlive: Uint32Array;
  readonly timeOrphans: Uint32Array;
  readonly from: number;
  readonly to: number;
}

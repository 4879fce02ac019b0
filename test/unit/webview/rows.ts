import type { RowWindow } from '../../../src/engine/requests.js';

/** One row in words; what is left out is a plain process that is no orphan. */
export interface RowSketch {
  readonly process?: number;
  readonly name?: string;
  readonly args?: string;
  readonly pid?: number;
  readonly depth?: number;
  readonly flags?: number;
  readonly fold?: number;
  readonly start?: number;
  readonly end?: number;
  readonly lastSeen?: number;
  readonly adoptedAt?: number;
  readonly otherParentRow?: number;
  readonly creator?: readonly [string, number];
  readonly creatorBasis?: number;
  readonly adopter?: readonly [string, number];
  readonly hiddenBelow?: number;
  readonly user?: string;
  readonly startBasis?: number;
  readonly creatorConfidence?: number;
  readonly orphanBasis?: number;
  readonly orphanedAfter?: readonly [number, number];
  readonly requester?: readonly [string, number];
  readonly requesterRow?: number;
  /** Processes, orphans and alerts of a heading's group. */
  readonly counts?: readonly [number, number, number];
}

/** A window of rows from sketches; `first` is the view's row of the first one. */
export function windowOf(rows: readonly RowSketch[], first = 0, rowCount = first + rows.length): RowWindow {
  const number = <T extends { [i: number]: number }>(array: T, of: (row: RowSketch, i: number) => number): T => {
    rows.forEach((row, i) => (array[i] = of(row, i)));
    return array;
  };
  const { length } = rows;
  return {
    first,
    count: length,
    rowCount,
    process: number(new Int32Array(length), (row, i) => row.process ?? first + i),
    depth: number(new Uint16Array(length), (row) => row.depth ?? 0),
    fold: number(new Uint8Array(length), (row) => row.fold ?? 0),
    setSize: number(new Uint32Array(length), () => length),
    posInSet: number(new Uint32Array(length), (_row, i) => i + 1),
    pid: number(new Int32Array(length), (row, i) => row.pid ?? 100 + first + i),
    flags: number(new Uint32Array(length), (row) => row.flags ?? 0),
    start: number(new Float64Array(length), (row) => row.start ?? Number.NaN),
    end: number(new Float64Array(length), (row) => row.end ?? Number.NaN),
    lastSeen: number(new Float64Array(length), (row) => row.lastSeen ?? Number.NaN),
    adoptedAt: number(new Float64Array(length), (row) => row.adoptedAt ?? Number.NaN),
    otherParentRow: number(new Int32Array(length), (row) => row.otherParentRow ?? -1),
    creatorPid: number(new Int32Array(length), (row) => row.creator?.[1] ?? -1),
    adopterPid: number(new Int32Array(length), (row) => row.adopter?.[1] ?? -1),
    creatorBasis: number(new Uint8Array(length), (row) => row.creatorBasis ?? 255),
    hiddenBelow: number(new Uint32Array(length), (row) => row.hiddenBelow ?? 0),
    name: rows.map((row) => row.name ?? 'sh'),
    args: rows.map((row) => row.args ?? ''),
    user: rows.map((row) => row.user ?? 'root'),
    creatorName: rows.map((row) => row.creator?.[0] ?? ''),
    adopterName: rows.map((row) => row.adopter?.[0] ?? ''),
    startBasis: number(new Uint8Array(length), (row) => row.startBasis ?? 0),
    creatorConfidence: number(new Float32Array(length), (row) => row.creatorConfidence ?? 0.99),
    orphanBasis: number(new Uint8Array(length), (row) => row.orphanBasis ?? 255),
    orphanedAfterMin: number(new Float64Array(length), (row) => row.orphanedAfter?.[0] ?? (row.adoptedAt ?? Number.NaN) - (row.start ?? Number.NaN)),
    orphanedAfterMax: number(new Float64Array(length), (row) => row.orphanedAfter?.[1] ?? (row.adoptedAt ?? Number.NaN) - (row.start ?? Number.NaN)),
    requesterPid: number(new Int32Array(length), (row) => row.requester?.[1] ?? -1),
    requesterName: rows.map((row) => row.requester?.[0] ?? ''),
    requesterRow: number(new Int32Array(length), (row) => row.requesterRow ?? -1),
    processesIn: number(new Uint32Array(length), (row) => row.counts?.[0] ?? 0),
    orphansIn: number(new Uint32Array(length), (row) => row.counts?.[1] ?? 0),
    alertsIn: number(new Uint32Array(length), (row) => row.counts?.[2] ?? 0),
  };
}

import type { VerdictState } from '../case/index.js';
import type { Basis, ClaimKind, EntryKind, ProcessRef, ProcessRow, Reason } from '../model/index.js';

/** All that is known of one process; times are microseconds, NaN where not known. */
export interface Details {
  readonly process: ProcessRow;
  readonly entityId: string;
  readonly host: string;
  readonly boot: number;
  readonly pid: number;
  readonly start: number;
  readonly startBasis: Basis | null;
  readonly end: number;
  readonly endBasis: Basis | null;
  readonly lastSeen: number;
  readonly name: string | null;
  readonly executable: string | null;
  readonly args: readonly string[];
  readonly cwd: string | null;
  readonly user: string | null;
  readonly auid: string | null;
  readonly session: string | null;
  readonly tty: string | null;
  readonly unit: string | null;
  readonly cgroup: string | null;
  readonly flags: number;
  /** The one sentence: who it is, who made it, who has it now, and why we say so. */
  readonly why: string;
  readonly creator: ParentClaim;
  /** Why nothing is claimed about the creator, or that the kernel itself made it; null where a process is claimed. */
  readonly noCreator?: { readonly kind: 'unknown' | 'kernel'; readonly says: string } | null;
  /** Between what moments it began. */
  readonly startBounds?: Bounds;
  readonly parents: readonly { readonly parent: ProcessRef | null; readonly from: number; readonly to: number; readonly basis: Basis | null; readonly adopted: boolean }[];
  readonly adopter: ParentClaim & { readonly kind: string };
  readonly orphanedAfter: { readonly min: number; readonly max: number } | null; // microseconds
  /** That it was adopted at all: how that is known, and between what moments it happened; null for who is no orphan. */
  readonly orphan?: { readonly basis: Basis | null; readonly confidence: number; readonly between: Bounds; readonly seenAdopted: boolean } | null;
  readonly launcher: ParentClaim;
  readonly entry: ParentClaim & { readonly kind: EntryKind; readonly session: string | null; readonly unit: string | null };
  /** Who asked a broker (systemd, atd, cron, a container daemon) to start it: no fork joins them. */
  readonly requester?: ParentClaim & { /** What was asked for: this process, or what it descends from. */ readonly started: ProcessRef | null };
  /** What would settle what is inferred or not known: a sentence each. */
  readonly settledBy?: readonly string[];
  readonly programs: readonly { readonly time: number; readonly name: string | null; readonly executable: string | null; readonly args: readonly string[] }[];
  /** Children by creation in order of start, the first 1,000; `childCount` is how many there are. */
  readonly children: readonly ProcessRef[];
  readonly childCount?: number;
  /** Ancestors by creation, nearest first. */
  readonly chain: readonly ProcessRef[];
  /** What analysts decided of it; left out where nobody did. */
  readonly verdict?: VerdictState;
}

/** One parent (creator or recorded) with what it rests on. */
export interface ParentClaim {
  readonly parent: ProcessRef | null;
  readonly basis: Basis | null;
  readonly confidence: number | null;
  readonly reasons: readonly Reason[];
  /** The next best answers, likeliest first. */
  readonly runnersUp?: readonly Alternative[];
}

/** Another answer to an inferred claim; `parent` is null where it is nobody that is known, or (about `orphan`) where it was not adopted. */
export interface Alternative {
  readonly about: ClaimKind;
  readonly parent: ProcessRef | null;
  readonly confidence: number;
  /** Why it could be so, one sentence. */
  readonly says: string;
  /** About as likely as the claim itself, or the best other answer to a claim that is not strong: both explanations are to be shown. */
  readonly near: boolean;
}

/** When something happened: at once where both are equal, NaN where nothing bounds it. */
export interface Bounds {
  readonly from: number;
  readonly until: number;
}

/** One record as it lies in the evidence, and what it says. */
export interface RawRecord {
  readonly evidence: string;
  readonly member: string;
  readonly offset: number;
  readonly byteLength: number;
  readonly time: number;
  /** What the record states, in our words: "exec", "fork of 812". */
  readonly states: string;
  /** The bytes as text, one entry a line; control characters untouched (the shower makes them visible). */
  readonly lines: readonly string[];
  /** Hex values decoded: [field, text]. */
  readonly decoded: readonly (readonly [string, string])[];
  /** A command for a shell on the examiner's machine that shows the same record. */
  readonly command: string;
  readonly hex: string;
}

import type { AdopterKind, EntryKind } from '../../model/index.js';
import type { Chain, Place } from './shape.js';

/**
 * Where an entry comes from, and so what it may do. Measured (M) and read in sources (S), learned from a good host, accepted by an analyst, proposed by a unit
 * file: may explain an orphan. General knowledge (K): may lower a score, never hide a finding (BASELINE.md, "Rules for using it").
 */
export const GRADES = ['M', 'S', 'K', 'learned', 'verdict', 'unit'] as const;
export type Grade = (typeof GRADES)[number];

/**
 * What is legitimate, by shape. Every condition that is stated must fit; a list fits by any of its items. An executable alone never explains: it is what
 * malware copies.
 */
export interface BaselineEntry {
  readonly id: string;
  readonly title: string;
  readonly grade: Grade;
  /** Who says so: a measurement, a source file, a host, a person. */
  readonly source: string;
  /** Wildcards (* and ?) over the executable's path. */
  readonly executables: readonly string[];
  /** A wildcard over the arguments joined by blanks. */
  readonly arguments?: string;
  readonly chains: readonly Chain[];
  /** Wildcards over the launcher's executable. */
  readonly launchers?: readonly string[];
  /** Whether it makes a session of its own. */
  readonly session?: boolean;
  readonly adopters?: readonly AdopterKind[];
  readonly places?: readonly Place[];
  /** Wildcards over the unit of the entry. */
  readonly units?: readonly string[];
  readonly entries?: readonly EntryKind[];
  /** From birth to adoption, at most, microseconds. */
  readonly detachMicros?: number;
  /** How long it lives after its adoption, at most, microseconds: what is left over, not left behind. */
  readonly survivesMicros?: number;
  /** Network traffic is its business: sockets do not count against it. */
  readonly network?: boolean;
  /** Raw and packet sockets are its business: it gets or gives addresses. */
  readonly raw?: boolean;
  /** Its launcher is the first process of its entry: a unit's own start script, not a shell that something below it started. */
  readonly byMain?: boolean;
  /** It must not have been asked for by somebody with a session. */
  readonly unasked?: boolean;
}

/** Whether entries of a grade may explain an orphan, or only lower its score. */
export function mayExplain(grade: Grade): boolean {
  return grade !== 'K';
}

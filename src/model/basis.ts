/** How a fact is known: a record states it, it follows from records, or it is inferred from traces. Strongest first. */
export const BASES = ['observed', 'derived', 'inferred'] as const;
export type Basis = (typeof BASES)[number];

/** Code of "nothing known" in a basis column; the other codes are indices into {@link BASES}. */
export const BASIS_NONE = 255;
export const BASIS_OBSERVED = 0;
export const BASIS_DERIVED = 1;
export const BASIS_INFERRED = 2;

/** The basis behind a column's code, or undefined when nothing is known. */
export function basisOf(code: number): Basis | undefined {
  return BASES[code];
}

/** A confidence (0..1) as the word that is shown; the number belongs beside it or in its tooltip. */
export function confidenceWord(confidence: number): 'strong' | 'likely' | 'weak' {
  return confidence >= 0.9 ? 'strong' : confidence >= 0.6 ? 'likely' : 'weak';
}

/**
 * Which parent a record names (FORMATS: "Which parent is it?").
 * creator: the caller of fork. atEvent: the kernel's real_parent when the record was written. atCapture: the same when a snapshot was read.
 * ptraceView: the tracer, if traced. atExit: real_parent at death. byReader: looked up later by an agent. tracked: an agent's own table.
 */
export const PARENT_KINDS = ['none', 'creator', 'atEvent', 'atCapture', 'ptraceView', 'atExit', 'byReader', 'tracked'] as const;
export type ParentKind = (typeof PARENT_KINDS)[number];

/** Which parent a view or query follows. */
export type ParentView = 'recorded' | 'created';

/** One file of rules. `name` is its path as the person gave it; its ending says what it holds. */
export interface RuleFile {
  readonly name: string;
  readonly text: string;
}

/** What became of a rule that is not, or not exactly, what its author wrote. */
export interface RuleNote {
  readonly file: string;
  /** The rule's title, else its let; empty where the file could not be read. */
  readonly rule: string;
  /** `refused`: there is no let of it. `differs`: the let finds more or less than the rule, and `says` how. */
  readonly kind: 'refused' | 'differs';
  readonly says: string;
}

/** A rule of others as Hunt. */
export interface ImportedRule {
  /** The let: a valid name, unique in its set. */
  readonly name: string;
  readonly title: string;
  /** Its author's id, or empty. */
  readonly id: string;
  readonly level: string;
  /** ATT&CK techniques, like T1036.009. */
  readonly techniques: readonly string[];
  readonly file: string;
  /** A whole query. */
  readonly query: string;
  /** Lets of the same set that the query speaks of, in the order in which they must come. */
  readonly needs: readonly string[];
  /** Only serves a correlation, which speaks for it. */
  readonly isPart: boolean;
}

export interface RuleSet {
  readonly rules: readonly ImportedRule[];
  readonly notes: readonly RuleNote[];
}

/** A file of rules longer than this (UTF-16 code units) is not read: rules come from strangers. */
export const MAX_RULE_TEXT = 1024 * 1024;

/** Why a rule is not translated: a sentence fit to show. */
export class NotTranslated extends Error {}

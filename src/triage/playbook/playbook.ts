import type { Basis, ProcessRow } from '../../model/index.js';
import type { RecordPlace } from '../finding.js';

/** Parts of the playbook, in the order in which an analyst goes through them. */
export const PLAYBOOK_SECTIONS = ['sources', 'indicators', 'questions', 'escalation', 'level 1', 'tier 2', 'containment'] as const;
export type PlaybookSection = (typeof PLAYBOOK_SECTIONS)[number];

/** A hunt that is ready to be run, and opened in a notebook. */
export interface ReadyHunt {
  readonly title: string;
  readonly text: string;
}

/** One thing that the evidence says to a step, with the records that say it: what an analyst pins. */
export interface StepFact {
  /** One sentence; names from the evidence are text, never markup. */
  readonly says: string;
  /** The same to its end, where `says` was cut. */
  readonly whole?: string;
  /** -1: no process's. */
  readonly process: ProcessRow;
  /** How that process stands to the one that is asked about: "of the same entry"; left out where nothing joins them. */
  readonly relation?: string;
  /** Microseconds, NaN where undated. */
  readonly time: number;
  readonly basis: Basis;
  readonly records: readonly RecordPlace[];
  /** The member that holds the file it speaks of, to be opened; left out where the evidence has no content of it. */
  readonly content?: string;
}

/** A fact as a step tells it. */
export interface ToldFact extends StepFact {
  /** Stands for it where it is pinned; the same as long as it says the same of the same moment. */
  readonly id: string;
}

/** `answered`: facts were found. `nothing found`: it was looked for where it would show. `cannot be known`: this evidence could not have shown it. */
export const ANSWER_STATES = ['answered', 'nothing found', 'cannot be known'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

/** A trigger of escalation (DESIGN 9). */
export const TRIGGER_STATES = ['met', 'not met', 'cannot be known'] as const;
export type TriggerState = (typeof TRIGGER_STATES)[number];

/** What a step's look at the evidence gives. */
export interface StepAnswer {
  readonly state: AnswerState;
  readonly trigger?: TriggerState;
  /** The answer in sentences. */
  readonly says: readonly string[];
  /** The first of `total` facts. */
  readonly facts: readonly StepFact[];
  readonly total: number;
  /** What is missing to say more, and how to get it; a sentence each. */
  readonly missing: readonly string[];
}

/** One clause of the playbook as a step, answered for a process or for the case. */
export interface PlaybookStep extends StepAnswer {
  /** "questions.2a": stable, for pins and verdict notes. */
  readonly id: string;
  readonly section: PlaybookSection;
  /** The playbook's own words, in short. */
  readonly clause: string;
  readonly question: string;
  readonly hunts: readonly ReadyHunt[];
  readonly facts: readonly ToldFact[];
}

/** The whole playbook for a process (its row) or for the case (-1). */
export interface PlaybookAnswers {
  readonly process: ProcessRow;
  /** The time frame that was looked at, microseconds; NaN: everything. */
  readonly from: number;
  readonly until: number;
  readonly steps: readonly PlaybookStep[];
}

import type { PlaybookSection, ReadyHunt, StepAnswer } from './playbook.js';
import type { Subject, World } from './world.js';

/** One clause of the playbook: what is asked, the hunts that ask it, and how the evidence answers. */
export interface Step {
  readonly id: string;
  readonly section: PlaybookSection;
  readonly clause: string;
  readonly question: string;
  /** Its facts are a chain: they stay in the order in which they are told. */
  readonly isChain?: true;
  hunts(world: World, subject: Subject): readonly ReadyHunt[];
  answer(world: World, subject: Subject): StepAnswer;
}

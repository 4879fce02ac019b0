import { complete, diagnose, hover, type Completion, type Hover } from '../hunt/index.js';

/** The language as the server asks it: pure questions on a text, whose answers it translates. Tests bring their own. Offsets are UTF-16 code units. */
export interface HuntLanguage {
  readonly complete: typeof complete;
  readonly hover: typeof hover;
  readonly diagnose: typeof diagnose;
}

export const huntLanguage: HuntLanguage = { complete, hover, diagnose };

export type { Completion, Hover };

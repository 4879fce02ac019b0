import { FINDING_KINDS, type FindingKind } from '../../triage/index.js';
import { DETACHING } from './kindsOfDetaching.js';
import { PROGRAMS } from './kindsOfPrograms.js';
import type { Prevention } from './recipe.js';

export { CannotTranslate } from './predicate.js';
export { huntPrevention } from './query.js';
export { PREVENT_LANGUAGES, type Prevention, type PreventLanguage } from './recipe.js';
export { preventionText } from './render.js';

const BY_KIND = new Map([...DETACHING, ...PROGRAMS].map((prevention) => [prevention.kind, prevention]));

/** How a kind of finding is watched for from now on. */
export function preventionOf(kind: FindingKind): Prevention {
  const found = BY_KIND.get(kind);
  if (!found) throw new Error(`No prevention is written for the finding ${kind}.`);
  return found;
}

/** The kind that a word names, or undefined: then it is a hunt. */
export function kindNamed(word: string): FindingKind | undefined {
  return FINDING_KINDS.find((kind) => kind === word);
}

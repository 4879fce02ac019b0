import { sha256 } from '@noble/hashes/sha2.js';
import type { StepFact } from './playbook.js';

/**
 * What stands for a fact of a step wherever it is pinned: sixteen hex digits of what it says and when. Its records are left out, since more evidence
 * brings more records of the same fact.
 */
export function factId({ says, time }: Pick<StepFact, 'says' | 'time'>): string {
  const digest = sha256(new TextEncoder().encode(`${Number.isNaN(time) ? '' : time}\0${says}`));
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

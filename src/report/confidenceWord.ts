/** A confidence (0..1) as a word: strong, likely or weak. */
export function confidenceWord(confidence: number): 'strong' | 'likely' | 'weak' {
  return confidence >= 0.9 ? 'strong' : confidence >= 0.6 ? 'likely' : 'weak';
}

/** What an analyst may decide of a process (DESIGN 1), in the order of the keys 1 to 5. */
export const VERDICTS = ['benign', 'authorised', 'suspicious', 'malicious', 'undetermined'] as const;
export type Verdict = (typeof VERDICTS)[number];

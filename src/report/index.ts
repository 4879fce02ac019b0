export { collectReport, type CollectOptions } from './collect.js';
export { confidenceWord } from './confidenceWord.js';
export { collectSubtree, type Connection, type FileChange, indicatorsOf, indicatorsText, type ReportedIndicator, type ReportedKind, type Subtree } from './indicators.js';
export { argumentsText, csvField, defanged, visible, words } from './text.js';
export { ticketText, type TicketInput, verdictWords } from './ticket.js';
export { durationWords, orphanedAfterWords, utcWords } from './timeWords.js';

export { serve, TRIGGER_CHARACTERS } from './server.js';
export { CATALOGUE_NOTIFICATION, type CatalogueMessage, type CatalogueNotification } from './protocol.js';
export { COMPLETION_KINDS, type Completion, type CompletionKind, type Hover, type HuntLanguage } from './language.js';

export { serve } from './server.js';
export { CATALOGUE_NOTIFICATION, type CatalogueMessage, type CatalogueNotification } from './protocol.js';
export { huntLanguage, type Completion, type Hover, type HuntLanguage } from './language.js';

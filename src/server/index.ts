export { serve } from './server.js';
export {
  ASK_REQUEST,
  CATALOGUE_NOTIFICATION,
  COPY_COMMAND,
  HUNTS_NOTIFICATION,
  type AskAnswer,
  type AskMessage,
  type AskRequest,
  type CatalogueMessage,
  type CatalogueNotification,
  type CopyCommand,
  type HuntsMessage,
  type HuntsNotification,
} from './protocol.js';
export { huntLanguage, type HuntLanguage } from './language.js';

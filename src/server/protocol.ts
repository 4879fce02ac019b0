import type { Catalogue } from '../engine/requests.js';

/** What client and server say to each other beside the Language Server Protocol. */
export const CATALOGUE_NOTIFICATION = 'foundling/catalogue';
/** For the client, which must not load the server to know a name. */
export type CatalogueNotification = typeof CATALOGUE_NOTIFICATION;

/**
 * What completion and hover may know for the documents of one scope. A scope is the path of a URI: of a notebook (its cells have the same path), of a
 * hunt, or of a folder with a `/` at the end, for all below it. null: the scope's evidence was closed.
 */
export interface CatalogueMessage {
  readonly scope: string;
  readonly catalogue: Catalogue | null;
}

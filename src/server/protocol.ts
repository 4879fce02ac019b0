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
  readonly evidence: {
    readonly catalogue: Catalogue;
    /** Tells sets apart: one may speak for several scopes. */
    readonly set: string;
    /** What a person knows the set by. */
    readonly name: string;
    readonly isCase: boolean;
  } | null;
}

export const HUNTS_NOTIFICATION = 'foundling/hunts';
export type HuntsNotification = typeof HUNTS_NOTIFICATION;

/** The case's hunts in the order of their names: their lets are for all documents below the case's folder. null: the case is not open any more. */
export interface HuntsMessage {
  /** The case's folder, as in a CatalogueMessage. */
  readonly scope: string;
  readonly hunts: readonly { readonly uri: string; readonly text: string }[] | null;
}

export const ASK_REQUEST = 'foundling/ask';
export type AskRequest = typeof ASK_REQUEST;

/** A hunt that the server wants run in the evidence of a scope, if the answer comes in time. */
export interface AskMessage {
  /** As in the CatalogueMessage that told of it. */
  readonly scope: string;
  readonly text: string;
  /** Texts whose lets it sees. */
  readonly before: readonly string[];
  /** Rows to send. */
  readonly limit: number;
  /** After so long the answer is not wanted any more. */
  readonly deadlineMs: number;
}

/** The first two columns of the rows, as text and number, and how many rows there are. null: no evidence, a mistake, or too late. */
export type AskAnswer = { readonly rows: readonly (readonly [string, number])[]; readonly total: number } | null;

/** The client's command that puts its argument on the clipboard. */
export const COPY_COMMAND = 'foundling.copyText';
export type CopyCommand = typeof COPY_COMMAND;

import type { Catalogue } from '../engine/requests.js';
import type { CatalogueMessage } from './protocol.js';

/** The catalogues of the open evidence, by scope. */
export class Catalogues {
  private readonly byScope = new Map<string, Catalogue>();

  set({ scope, catalogue }: CatalogueMessage): void {
    if (catalogue) this.byScope.set(scope, catalogue);
    else this.byScope.delete(scope);
  }

  /**
   * The catalogue for a document: its own scope's, else that of the nearest folder above it, else the only one there is. Two cases may be open at once,
   * and the values of one say nothing about a hunt for the other.
   */
  for(path: string): Catalogue | undefined {
    const own = this.byScope.get(path);
    if (own) return own;
    let nearest = '';
    for (const scope of this.byScope.keys()) {
      if (scope.endsWith('/') && path.startsWith(scope) && scope.length > nearest.length) nearest = scope;
    }
    if (nearest) return this.byScope.get(nearest);
    const all = new Set(this.byScope.values());
    return all.size === 1 ? [...all][0] : undefined;
  }
}

/** The path of a document's URI, decoded; for a notebook's cell that of its notebook. */
export function pathOfUri(uri: string): string {
  const path = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?([^?#]*)/i.exec(uri)?.[1] ?? uri;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path; // a lone % in a name that some client did not encode
    throw error;
  }
}

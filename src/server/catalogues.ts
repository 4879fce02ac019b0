import type { Catalogue } from '../engine/requests.js';
import type { HuntTexts } from '../hunt/index.js';
import type { CatalogueMessage } from './protocol.js';

type Told = NonNullable<CatalogueMessage['evidence']>;

/** What is known of the evidence that speaks for a document. */
export interface Speaker {
  readonly scope: string;
  readonly catalogue: Catalogue;
}

/** The catalogues of the open evidence, by scope. */
export class Catalogues {
  private readonly byScope = new Map<string, Told>();

  set({ scope, evidence }: CatalogueMessage): void {
    if (evidence) this.byScope.set(scope, evidence);
    else this.byScope.delete(scope);
  }

  /**
   * The evidence of a document: its own scope's, else that of the nearest folder above it, else the only set that is open, else the only case. Two cases
   * may be open at once, and the values of one say nothing about a hunt for the other.
   */
  for(path: string): Speaker | undefined {
    const nearest = [...this.byScope.keys()].filter((scope) => scope.endsWith('/') && path.startsWith(scope)).sort((a, b) => b.length - a.length)[0];
    return this.speaker(path) ?? this.speaker(nearest) ?? this.onlyOf(() => true) ?? this.onlyOf(({ isCase }) => isCase);
  }

  /** Why no evidence speaks for a document; `caseFolder`: of the case that it lies in. */
  lacksFor(caseFolder: string | undefined): NonNullable<HuntTexts['lacks']> {
    if (caseFolder !== undefined) return { kind: 'case not open', name: caseFolder.split('/').filter((part) => part !== '').at(-1) ?? caseFolder };
    const names = [...new Set([...this.byScope.values()].map(({ name }) => name))];
    return names.length === 0 ? { kind: 'nothing open' } : { kind: 'several open', names };
  }

  private speaker(scope: string | undefined): Speaker | undefined {
    const told = scope === undefined ? undefined : this.byScope.get(scope);
    return scope === undefined || told === undefined ? undefined : { scope, catalogue: told.catalogue };
  }

  /** The one set of those that `counts` takes; a set may speak for several scopes. */
  private onlyOf(counts: (told: Told) => boolean): Speaker | undefined {
    const counting = [...this.byScope].filter(([, told]) => counts(told));
    return new Set(counting.map(([, { set }]) => set)).size === 1 ? this.speaker(counting[0]?.[0]) : undefined;
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

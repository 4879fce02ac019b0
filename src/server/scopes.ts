import { pathOfUri } from './catalogues.js';
import type { HuntsMessage } from './protocol.js';

type Hunts = NonNullable<HuntsMessage['hunts']>;

/** The hunts of the open cases, by their folders. */
export class CaseHunts {
  private readonly byScope = new Map<string, Hunts>();

  set({ scope, hunts }: HuntsMessage): void {
    if (hunts) this.byScope.set(scope, hunts);
    else this.byScope.delete(scope);
  }

  /** The hunts of the case that a document lies in: of the nearest folder above it. */
  for(uri: string): Hunts {
    const path = pathOfUri(uri);
    let nearest = '';
    for (const scope of this.byScope.keys()) if (path.startsWith(scope) && scope.length > nearest.length) nearest = scope;
    return this.byScope.get(nearest) ?? [];
  }
}

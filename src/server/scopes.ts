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

  /** The hunts of the case that a document lies in. */
  for(uri: string): Hunts {
    return this.byScope.get(this.folderOf(uri) ?? '') ?? [];
  }

  /** The folder of the case that a document lies in: the nearest above it; undefined where none is known. */
  folderOf(uri: string): string | undefined {
    const path = pathOfUri(uri);
    return [...this.byScope.keys()].filter((scope) => path.startsWith(scope)).sort((a, b) => b.length - a.length)[0];
  }
}

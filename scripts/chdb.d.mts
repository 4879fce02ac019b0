/** What the tests use of chdb (its own types are in its package). */
export interface ChdbSession {
  query(sql: string, format?: string): string;
  queryBind(sql: string, params: object, format?: string): string;
  cleanup(): void;
}

export function chdbFolder(): string;
export function loadChdb(): { readonly Session: new (path?: string) => ChdbSession } | undefined;
export function ensureChdb(): Promise<void>;

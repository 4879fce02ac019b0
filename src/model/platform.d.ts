/**
 * The globals that Node, browsers and workers share, and that the core may use. The core compiles with `types: []` and `lib: ES2022`;
 * what is not declared here does not exist for it.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}
interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}
declare const performance: { now(): number };
declare function setTimeout(callback: () => void, delayMs?: number): unknown;

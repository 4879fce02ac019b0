/** The package brings no types; a stream of the old kind, which is fed and listened to. */
declare module 'unbzip2-stream' {
  interface Unbzip2 {
    on(event: 'data', listener: (piece: Uint8Array) => void): this;
    on(event: 'error', listener: (cause: unknown) => void): this;
    write(piece: Uint8Array): boolean;
    end(): void;
  }
  export default function unbzip2Stream(): Unbzip2;
}

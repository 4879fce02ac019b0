/** Ends a `switch` over a union: compiles only while every case is handled. */
export function unreachable(value: never): never {
  throw new Error(`not reachable: ${String(value)}`);
}

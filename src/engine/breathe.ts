/** How long one slice of work may keep the thread, so that a window of rows asked for meanwhile is answered within a frame. */
const SLICE_MS = 12;

/** A function that gives the thread back when its slice is used up, and returns at once while it is not. */
export function createBreather(sliceMs: number = SLICE_MS): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMs) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    since = performance.now();
  };
}

/**
 * VS Code carries webview messages as JSON with typed arrays beside it. Measured and read there: NaN and undefined do not survive JSON, a typed array
 * drags its whole underlying buffer along (a 1 kB view on 31 MB ships 31 MB), and a Node Buffer arrives as a plain object of numbers.
 * `pack` before posting and `unpack` after receiving make an answer arrive as it was.
 */

/** Stands for a number that JSON cannot carry. */
interface Unspeakable {
  readonly $number: 'NaN' | '+' | '-';
}

/** The value as VS Code can carry it. Plain data only (objects, arrays, typed arrays, primitives). */
export function pack(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    return { $number: Number.isNaN(value) ? 'NaN' : value > 0 ? '+' : '-' } satisfies Unspeakable;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ownBuffer(value);
  if (Array.isArray(value)) return value.map(pack);
  return mapFields(value, pack);
}

/** The other way of {@link pack}. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(unpack);
  if ('$number' in value) return value.$number === 'NaN' ? Number.NaN : value.$number === '+' ? Infinity : -Infinity;
  return mapFields(value, unpack);
}

function ownBuffer(view: ArrayBufferView): ArrayBufferView {
  switch (view.constructor.name) {
    case 'Int32Array':
      return new Int32Array(view as Int32Array);
    case 'Uint32Array':
      return new Uint32Array(view as Uint32Array);
    case 'Uint16Array':
      return new Uint16Array(view as Uint16Array);
    case 'Float32Array':
      return new Float32Array(view as Float32Array);
    case 'Float64Array':
      return new Float64Array(view as Float64Array);
    default:
      // Uint8Array and what derives from it: Node's Buffer.
      return new Uint8Array(view as Uint8Array);
  }
}

function mapFields(value: object, change: (field: unknown) => unknown): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) if (field !== undefined) changed[name] = change(field);
  return changed;
}

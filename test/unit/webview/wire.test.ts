import { expect, test } from 'vitest';
import { pack, unpack } from '../../../webview/shared/wire.js';

/** What VS Code does with a message: JSON, with typed arrays carried beside it. */
function carried(message: unknown): unknown {
  const arrays: ArrayBufferView[] = [];
  const json = JSON.stringify(message, (_name, field: unknown) => (ArrayBuffer.isView(field) ? { carried: arrays.push(field) - 1 } : field));
  return JSON.parse(json, (_name, field: unknown) =>
    typeof field === 'object' && field !== null && 'carried' in field ? arrays[field.carried as number] : field,
  );
}

test('an answer with unknown times and columns arrives as it was', () => {
  const answer = {
    end: Number.NaN,
    from: -Infinity,
    to: Infinity,
    args: ['a', 'b'],
    parent: null,
    columns: { start: Float64Array.of(1, Number.NaN), pid: Int32Array.of(-1, 5) },
  };
  expect(unpack(carried(pack(answer)))).toEqual(answer);
});

test('without packing, JSON turns an unknown time into null: the trap is real', () => {
  expect(carried({ end: Number.NaN })).toEqual({ end: null });
});

test('a view on a large buffer is cut to its own', () => {
  const large = new Uint8Array(1 << 20);
  const packed = pack({ bytes: large.subarray(10, 20) }) as { bytes: Uint8Array };
  expect(packed.bytes.buffer.byteLength).toBe(10);
});

test('a Node Buffer becomes a plain byte array, since Buffer turns itself into an object of numbers', () => {
  const packed = pack(Buffer.from('abc')) as Uint8Array;
  expect(Object.getPrototypeOf(packed)).toBe(Uint8Array.prototype);
  expect([...packed]).toEqual([97, 98, 99]);
});

test('fields that are undefined are left out, as JSON would', () => {
  expect(pack({ at: undefined, group: 'creation' })).toEqual({ group: 'creation' });
});

import type { Bound } from './bound.js';

/** The numbers that some literals write (`user.id in ("0", "33")`); undefined when one of them is no canonical number. */
export function numbersWritten(items: readonly Bound[]): number[] | undefined {
  const numbers: number[] = [];
  for (const item of items) {
    if (item.kind !== 'value' || typeof item.value !== 'string' || !/^(0|[1-9]\d{0,14})$/.test(item.value)) return undefined;
    numbers.push(Number(item.value));
  }
  return numbers;
}

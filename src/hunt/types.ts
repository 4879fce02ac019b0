/** Types of values (HUNT section 3). `any` is the type of what no evidence has; `null` of the literal. Times and durations are microseconds. */
export const VALUE_TYPES = ['bool', 'int', 'float', 'text', 'path', 'ip', 'time', 'duration', 'any', 'null'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

export type Kin = 'bool' | 'number' | 'text' | 'time' | 'duration' | 'any';

/** Types that compare with one another are of one kin. */
export function kinOf(type: ValueType): Kin {
  switch (type) {
    case 'int':
    case 'float':
      return 'number';
    case 'text':
    case 'path':
    case 'ip':
      return 'text';
    case 'null':
    case 'any':
      return 'any';
    case 'bool':
    case 'time':
    case 'duration':
      return type;
  }
}

export function meet(a: ValueType, b: ValueType): boolean {
  const left = kinOf(a);
  const right = kinOf(b);
  return left === right || left === 'any' || right === 'any';
}

/** A type with its article, for messages. */
export function inWords(type: ValueType): string {
  const kin = kinOf(type);
  return kin === 'number' ? 'a number' : kin === 'bool' ? 'true or false' : kin === 'text' ? 'text' : kin === 'any' ? 'nothing' : `a ${kin}`;
}

/** Microseconds since the epoch of an ISO time or of milliseconds in digits; undefined when it is neither. */
export function parseTime(text: string): number | undefined {
  if (/^\d{1,16}$/.test(text)) return Number(text) * 1000;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return undefined;
  const [, day, clock = '00:00', fraction = '', zone = 'Z'] = match;
  const offset = zone === 'Z' ? zone : zone.replace(/^(...)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

import { type EvidenceField, huntLiteral } from '../../hunt/index.js';

/** Kinds of hash from the one that proves most; where a sensor states several of an image, that is taken. */
const KINDS: readonly (readonly [kind: string, name: RegExp])[] = [
  ['sha256', /(?:^|[._])(?:sha256|exec_hash)$/i],
  ['sha1', /(?:^|[._])sha1$/i],
  ['md5', /(?:^|[._])md5$/i],
];

/** A field of the records in which a sensor states the hash of the program that was run. */
export interface HashField {
  readonly name: string;
  readonly kind: string;
}

/** The fields with hashes among those of the evidence. What is a parent's or a library's tells of another file. */
export function hashFieldsOf(fields: readonly Pick<EvidenceField, 'name'>[]): readonly HashField[] {
  const own = fields.filter(({ name }) => !/parent|ancestor|(?:^|[._])(?:dll|library|target)[._]/i.test(name));
  for (const [kind, pattern] of KINDS) {
    const found = own.filter(({ name }) => pattern.test(name)).map(({ name }) => ({ name, kind }));
    if (found.length > 0) return found;
  }
  return [];
}

/** The hunt for programs that were run with a hash stated. `of`: a condition on the process; `among`: only these hashes. */
export function hashHunt({ name }: HashField, { of, among }: { readonly of?: string; readonly among?: readonly string[] } = {}): string {
  const field = name.split('.').map((part) => (/^[a-z_]\w*$/i.test(part) ? part : `\`${part}\``)).join('.');
  const conditions = [among === undefined ? `${field} != null` : `${field} : (${among.map((hash) => huntLiteral(`*${hash}`)).join(', ')})`, ...(of === undefined ? [] : [of])];
  return `exec where ${conditions.join(' and ')} | fields @timestamp, host.name, process.executable, ${field}`;
}

/** A hash as it is compared: sensors write it in capitals, or with its kind before it. */
export function hashText(stated: string): string {
  return stated.toLowerCase().replace(/^[a-z0-9]+:/, '');
}

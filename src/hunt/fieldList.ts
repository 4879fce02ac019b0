import { LEAVES, LINKS, ROOTS, type Origin } from './fields.js';
import type { ValueType } from './types.js';

/** A field as documentation, completion and hover show it. Links stand for all fields of a process: `process.creator.*`. */
export interface FieldDoc {
  readonly name: string;
  readonly type: ValueType | 'process';
  readonly list: boolean;
  readonly origin: Origin;
  readonly doc: string;
  /** Where it exists. */
  readonly on: readonly ('processes' | 'events')[];
}

export const FIELDS: readonly FieldDoc[] = [
  ...ROOTS.map((root) => ({ name: root.name, type: root.type, list: root.list === true, origin: root.origin, doc: root.doc, on: [...(root.process !== undefined ? (['processes'] as const) : []), ...(root.event !== undefined || root.process !== undefined ? (['events'] as const) : [])] })),
  ...LEAVES.map((leaf) => ({ name: `process.${leaf.name}`, type: leaf.type, list: leaf.name === 'args', origin: leaf.origin, doc: leaf.doc, on: leaf.process === undefined ? (['events'] as const) : (['processes', 'events'] as const) })),
  ...LINKS.map((link) => ({ name: `process.${link.name}.*`, type: 'process' as const, list: false, origin: link.origin, doc: link.doc, on: ['processes', 'events'] as const })),
];

const LINEAGE_LINK = new RegExp(`[.](?:${LINKS.filter((link) => link.origin === 'lineage').map((link) => link.name.replace('.', '[.]')).join('|')})[.]`);

/** Whose a field is. What is asked of a linked process is as much of lineage as the link: `process.creator.name`. */
export function originOf(name: string, own: Origin): Origin {
  return own === 'ecs' && LINEAGE_LINK.test(name) ? 'lineage' : own;
}

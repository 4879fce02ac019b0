import type { Catalogue, Diagnostic } from '../engine/requests.js';
import { bind } from './bind.js';
import { parse } from './parser.js';

/** Every mistake of a hunt's text, in order. With a catalogue also what depends on the open evidence (205, 210, suggestions). */
export function diagnose(text: string, catalogue?: Catalogue): readonly Diagnostic[] {
  const parsed = parse(text);
  const bound = bind(parsed.hunt, { catalogue });
  return [...parsed.diagnostics, ...bound.diagnostics].sort((a, b) => a.from - b.from || a.to - b.to);
}

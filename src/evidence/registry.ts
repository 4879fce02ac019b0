import { auditFormat } from './audit.js';
import { ausearchFormat } from './ausearch.js';
import type { Format } from './format.js';
import { laurelFormat } from './laurel.js';
import { procLinesFormat } from './procLines.js';
import { procTreeFormat } from './procTree.js';
import { psFormat } from './ps.js';

/** Every format that is read. To add one: one file, one line here. */
export const FORMATS: readonly Format[] = [auditFormat, ausearchFormat, laurelFormat, procLinesFormat, procTreeFormat, psFormat];

/** A format needs this much certainty to claim a member; below it the file counts as unknown. */
const FLOOR = 0.3;

/** The format whose content this is, from the head of a file; undefined when nobody recognises it. Content decides, the path only hints. */
export function formatOf(head: Uint8Array, path: string): Format | undefined {
  let best: Format | undefined;
  let certainty = FLOOR;
  for (const format of FORMATS) {
    const claim = format.sniff(head, path);
    if (claim > certainty) {
      best = format;
      certainty = claim;
    }
  }
  return best;
}

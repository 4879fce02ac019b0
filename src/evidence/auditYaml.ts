import type { Member } from '../model/index.js';
import { byteText } from './byteText.js';
import type { Carried, Recognise } from './envelope.js';
import type { Format } from './format.js';
import { linesOf } from './lines.js';
import { wrapperFormat } from './wrapped.js';

const RECORD = /^(?:node=\S+ )?type=[A-Z_0-9]+(?:\[\d+\])? msg=audit\(\d{1,12}\.\d{3}:\d{1,15}\):/;
/** What may begin the line of a record besides indentation: a list's dash, a key, a quote, a block mark. */
const LEAD = /^\s+(?:- )?(?:[\w .-]+: )?["']?(?=(?:node=\S+ )?type=)|^(?:- )["']?(?=(?:node=\S+ )?type=)/;

/**
 * Audit records that someone kept in YAML, as go-libaudit's tests do: indented under a key, each on a line of its own (block scalars, plain or quoted). The
 * lines of YAML itself are not needed. No YAML parser: it would forget in which line a record stands, and one broken line would cost the file.
 */
export function auditYamlFormat(recognise: Recognise): Format {
  return wrapperFormat(
    {
      id: 'audit-yaml',
      title: 'audit records in YAML',
      sniff(head) {
        const lines = byteText(head, 0, head.length).split(/\r?\n/);
        const isYaml = lines.slice(0, 20).some((line) => /^---\s*$|^[\w-]+:\s*$/.test(line.replace(/^\u00ef\u00bb\u00bf/, '')));
        return isYaml && lines.some((line) => LEAD.test(line) && RECORD.test(line.replace(LEAD, ''))) ? 0.9 : 0;
      },
      carried: recordLines,
    },
    recognise,
  );
}

async function* recordLines(member: Member): AsyncGenerator<Carried> {
  for await (const line of linesOf(member)) {
    const whole = byteText(line.bytes, line.from, line.to);
    if (whole.trim() === '') continue; // a blank line is no record
    const quote = /["']$/.exec(LEAD.exec(whole)?.[0] ?? '')?.[0];
    const bare = whole.replace(LEAD, '').trimEnd();
    const text = quote !== undefined && bare.endsWith(quote) ? bare.slice(0, -1) : bare;
    if (RECORD.test(text)) yield { kind: 'envelope', text, offset: line.offset, byteLength: line.byteLength, host: undefined, micros: NaN, path: 'audit.log' };
    else if (/^\s*(?:#|---|\.\.\.|- ?$|%)|:(?: [>|][+-]?\d?)?\s*$|^\s*(?:- )?["']?[^"':]+["']?:(?: .*)?$/.test(whole)) yield { kind: 'notNeeded' };
    else yield { kind: 'broken', what: 'a line that is neither an audit record nor a key of YAML', offset: line.offset };
  }
}

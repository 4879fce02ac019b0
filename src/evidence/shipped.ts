import type { Member } from '../model/index.js';
import { byteText } from './byteText.js';
import type { Carried, Recognise } from './envelope.js';
import type { Format } from './format.js';
import { textAt, timeAt } from './jsonFields.js';
import { type Fields, jsonRecordsOf } from './jsonRecords.js';
import { envelopeOf } from './splunk.js';
import { wrapperFormat } from './wrapped.js';

/** Wazuh joins the audit records of one event to one line. */
const NEXT_RECORD = / (?=(?:node=\S+ )?type=[A-Z_0-9]+(?:\[\d+\])? msg=audit\(\d{1,12}\.\d{3}:\d{1,15}\):)/g;

/** Wazuh's alerts.json and archives.json (FORMATS 7): `full_log` is the line that the agent's host wrote. */
export function wazuhFormat(recognise: Recognise): Format {
  return wrapperFormat(
    {
      id: 'wazuh',
      title: 'Wazuh alerts (JSON)',
      sniff(head) {
        const text = byteText(head, 0, head.length);
        return /^[\u00ef\u00bb\u00bf\s[]*\{/.test(text) && /"full_log"\s*:\s*"/.test(text) && /"(?:agent|manager)"\s*:\s*\{/.test(text) ? 0.99 : 0;
      },
      async *carried(member) {
        for await (const piece of jsonRecordsOf(member)) {
          if (piece.kind === 'broken') yield piece;
          else yield wazuhLine(sourceOf(piece.fields), piece);
        }
      },
    },
    recognise,
  );
}

function wazuhLine(fields: Fields, place: { readonly offset: number; readonly byteLength: number }): Carried {
  const line = fields['full_log'];
  if (typeof line !== 'string') return { kind: 'broken', what: 'an alert without full_log', offset: place.offset };
  return { ...envelopeOf(fields, line.replace(NEXT_RECORD, '\n'), place), host: textAt(fields, 'agent.name', 'predecoder.hostname', 'manager.name'), micros: timeAt(fields, 'timestamp') };
}

/** Where shippers keep the line that they read. */
const TEXTS = ['event.original', 'message', 'log', 'MESSAGE', 'raw', 'line'];

/** Lines of a log in the JSON of Filebeat, Logstash, Fluentd, Vector or Docker, where the line inside is of a known format. */
export function shippedFormat(recognise: Recognise): Format {
  return wrapperFormat(
    {
      id: 'shipped-json',
      title: 'log lines in JSON (Filebeat, Fluentd, Docker)',
      sniff(head, path) {
        const text = byteText(head, 0, head.length);
        if (!/^[\u00ef\u00bb\u00bf\s[]*\{/.test(text) || !/"(?:message|original|log|raw|line)"\s*:\s*"/.test(text)) return 0;
        for (const line of text.split('\n').slice(0, 20)) {
          const inside = lineIn(line.trim().replace(/^\u00ef\u00bb\u00bf/, '').replace(/^\[?\s*|,\s*$|\]\s*$/g, ''));
          if (inside !== undefined && recognise(new TextEncoder().encode(inside), path) !== undefined) return 0.6;
        }
        return 0;
      },
      carried: shippedLines,
    },
    recognise,
  );
}

async function* shippedLines(member: Member): AsyncGenerator<Carried> {
  for await (const piece of jsonRecordsOf(member)) {
    if (piece.kind === 'broken') {
      yield piece;
      continue;
    }
    const fields = sourceOf(piece.fields);
    const text = textAt(fields, ...TEXTS);
    yield text === undefined ? { kind: 'broken', what: 'an object that carries no line of a log', offset: piece.offset } : envelopeOf(fields, text, piece);
  }
}

/** The document inside a search's hit. */
function sourceOf(fields: Fields): Fields {
  const source = fields['_source'];
  return typeof source === 'object' && source !== null && !Array.isArray(source) ? (source as Fields) : fields;
}

function lineIn(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? textAt(sourceOf(value as Fields), ...TEXTS) : undefined;
  } catch {
    return undefined; // a cut or pretty-printed object
  }
}

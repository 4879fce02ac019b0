import type { Member } from '../model/index.js';
import { byteText, utf8OfText } from './byteText.js';
import { csvRecordsOf } from './csvRecords.js';
import type { Carried, Envelope, Recognise } from './envelope.js';
import type { Format } from './format.js';
import { epochMicros, fieldsAt, isoMicros, numberAt, textAt, timeAt } from './jsonFields.js';
import { type Fields, jsonRecordsOf } from './jsonRecords.js';
import { wrapperFormat } from './wrapped.js';

/** A search's results as Splunk exports them (FORMATS 7): `_raw` is what the host's own program wrote. */
export function splunkCsvFormat(recognise: Recognise): Format {
  return wrapperFormat(
    {
      id: 'splunk-csv',
      title: 'Splunk export (CSV)',
      sniff(head) {
        const first = byteText(head, 0, head.length).replace(/^\u00ef\u00bb\u00bf/, '').trimStart().split(/\r?\n/, 1)[0] ?? '';
        return /(?:^|,)"?_raw"?(?:,|$)/.test(first) ? 0.99 : 0;
      },
      carried: csvResults,
    },
    recognise,
  );
}

/** The same as JSON: `{"result":{"_raw":...}}` or `{"preview":false,"result":...}` a line, or the `results` of one search. */
export function splunkJsonFormat(recognise: Recognise): Format {
  return wrapperFormat(
    {
      id: 'splunk-json',
      title: 'Splunk export (JSON)',
      sniff(head) {
        const text = byteText(head, 0, head.length).replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
        if (!/^[{[]/.test(text)) return 0;
        if (/^\{\s*"(?:preview|result)"\s*:/.test(text) && /"result"\s*:\s*\{|"results"\s*:\s*\[/.test(text)) return 0.99;
        return /[{,]\s*"_raw"\s*:\s*"/.test(text) && /[{,]\s*"(?:_time|sourcetype|_indextime|source)"\s*:/.test(text) ? 0.99 : 0;
      },
      carried: jsonResults,
    },
    recognise,
  );
}

async function* csvResults(member: Member): AsyncGenerator<Carried> {
  let columns: ReadonlyMap<string, number> | undefined;
  for await (const piece of csvRecordsOf(member)) {
    if (piece.kind === 'broken') yield piece;
    else if (!columns) {
      columns = new Map(piece.cells.map((name, at) => [name.trim(), at]));
      yield { kind: 'notNeeded' };
    } else {
      const { cells } = piece;
      const cell = (name: string): string => cells[columns?.get(name) ?? -1] ?? '';
      const time = cell('_time').trim();
      yield {
        kind: 'envelope',
        text: cell('_raw'),
        offset: piece.offset,
        byteLength: piece.byteLength,
        host: utf8OfText(cell('host')) || undefined,
        micros: /^\d+(?:\.\d+)?$/.test(time) ? epochMicros(Number(time)) : isoMicros(time),
        path: utf8OfText(cell('source') || cell('sourcetype')),
      };
    }
  }
}

async function* jsonResults(member: Member): AsyncGenerator<Carried> {
  for await (const piece of jsonRecordsOf(member, 'results')) {
    if (piece.kind === 'broken') yield piece;
    else yield* resultsIn(piece.fields, piece);
  }
}

function* resultsIn(fields: Fields, place: { readonly offset: number; readonly byteLength: number }): Generator<Carried> {
  const result = fieldsAt(fields, 'result') ?? fields;
  const raw = result['_raw'];
  if (typeof raw === 'string') yield envelopeOf(result, raw, place);
  // The last line of a search without results, its messages and its highlights.
  else if (Object.keys(result).every((key) => /^(?:preview|lastrow|offset|init_offset|messages|fields|highlighted|result|results|post_process_count)$/.test(key))) yield { kind: 'notNeeded' };
  else yield { kind: 'broken', what: 'a result without _raw: the search kept fields only', offset: place.offset };
}

/** A carried text in a JSON object, with what the object says of it by the names that shippers use. */
export function envelopeOf(fields: Fields, text: string, place: { readonly offset: number; readonly byteLength: number }): Envelope {
  const bytes = new TextEncoder().encode(text);
  return {
    kind: 'envelope',
    text: byteText(bytes, 0, bytes.length),
    offset: place.offset,
    byteLength: place.byteLength,
    host: textAt(fields, 'host.hostname', 'host.name', 'host', 'hostname', 'agent.hostname', 'beat.hostname'),
    micros: timeIn(fields),
    path: textAt(fields, 'log.file.path', 'source', 'location', 'sourcetype', 'path') ?? '',
  };
}

function timeIn(fields: Fields): number {
  for (const name of ['_time', '@timestamp', 'timestamp', 'time']) {
    const micros = timeAt(fields, name);
    if (!Number.isNaN(micros)) return micros;
  }
  return epochMicros(numberAt(fields, '_indextime'));
}


import { type Batch, type Member, NO_STRING, NOT_STATED, type StringId } from '../model/index.js';
import { AuditRecords } from './auditRecords.js';
import { MINUTE, monthNamed } from './clock.js';
import { auditdFact } from './ecsAuditd.js';
import { endpointFacts } from './ecsEndpoint.js';
import { commOf, type Fact, startOf } from './facts.js';
import type { ParseContext } from './format.js';
import { fieldsAt, hostOf, idAt, isoMicros, listAt, numberAt, pidAt, textAt, timeAt } from './jsonFields.js';
import { jsonFormat, type JsonReading, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields, type JsonPiece } from './jsonRecords.js';
import type { Provenance } from './procRows.js';
import { zoneGuessed } from './snapshotCoverage.js';
import { ownEnd } from './sockets.js';
import { columnsOf, jsonOrTableRecordsOf } from './tableRecords.js';

/** Process.start of the system module is boot time and ticks. */
const START_GRAIN = 10_000;
/** A start later than its own record by more than this is no start. */
const CLOCKS_APART = MINUTE;

/** Events in the Elastic Common Schema: Auditbeat's modules, what go-libaudit merges, and Elastic Defend (FORMATS 3.7, 4.5). */
export const ecsFormat = jsonFormat({
  id: 'ecs',
  title: 'Elastic events (Auditbeat, Elastic Defend)',
  sniff(head) {
    const columns = columnsOf(head);
    if (columns.includes('@timestamp') && columns.some((name) => /^(?:process\.pid|event\.module|event\.dataset|agent\.type|auditd\.)/.test(name))) return 0.85;
    if (!/^[\ufeff\s[{]/.test(head) || !/"@timestamp"|"agent"|"event"/.test(head)) return 0;
    if (/"type"\s*:\s*"auditbeat"|"agent\.type"\s*:\s*\[?\s*"(auditbeat|endpoint)"|"type"\s*:\s*"endpoint"/.test(head)) return 0.95;
    if (/"(dataset|event\.dataset)"\s*:\s*\[?\s*"(endpoint\.events\.|process"|auditd\.|system\.process)/.test(head)) return 0.9;
    if (/"(module|event\.module)"\s*:\s*\[?\s*"(auditd|endpoint)"|"auditd\.|"auditd"\s*:\s*\{/.test(head)) return 0.9;
    if (/"@timestamp"/.test(head) && /"(event\.)?module"\s*:\s*"system"/.test(head) && /"(event\.)?action"/.test(head)) return 0.8;
    return /"record_type"\s*:/.test(head) && /"sequence"\s*:/.test(head) && /"summary"\s*:/.test(head) ? 0.8 : 0; // go-libaudit
  },
  reading: (context, member, memberId) => new EcsReading(context, member, memberId),
  records: elasticRecordsOf,
  hostOf: (fields) => hostOf(eventIn(fields)),
  placeOf(fields) {
    const event = eventIn(fields);
    return { time: timeAt(event, '@timestamp'), serial: numberAt(event, 'auditd.sequence', 'event.sequence', 'sequence') };
  },
});

class EcsReading implements JsonReading {
  private original: OriginalRecords | undefined;

  constructor(
    private readonly context: ParseContext,
    private readonly member: Member,
    private readonly memberId: number,
  ) {}

  record(fields: Fields, from: Provenance, add: (fact: Fact) => void): Verdict {
    const event = this.inZone(eventIn(fields));
    const module = textAt(event, 'event.module', 'service.type', 'agent.type') ?? '';
    const lines = listAt(event, 'event.original');
    if (lines?.some((line) => /msg=audit\(/.test(line))) {
      this.original ??= new OriginalRecords(this.context, this.member, this.memberId);
      this.original.add(lines, from, hostOf(event));
      return UNDERSTOOD;
    }
    if (module === 'auditd' || textAt(event, 'auditd.message_type', 'record_type') !== undefined) return keep(auditdFact(event), add);
    if (module === 'endpoint' || textAt(event, 'agent.type') === 'endpoint') {
      const os = textAt(event, 'host.os.type', 'host.os.family', 'host.os.platform');
      if (os === 'windows' || os === 'macos' || os === 'darwin') return { trouble: 'an event of a host that runs no Linux, which is not read' };
      const facts = endpointFacts(event);
      for (const fact of facts) add(fact);
      return facts.length > 0 ? UNDERSTOOD : NOT_NEEDED;
    }
    if (module === 'system') return keep(systemFact(event), add);
    if (Number.isNaN(timeAt(event, '@timestamp'))) return { trouble: 'an object that is no Elastic event: it has no @timestamp' };
    return NOT_NEEDED;
  }

  /** Kibana's CSV has the time of whoever exported it, without a zone. */
  private inZone(event: Fields): Fields {
    const stamp = event['@timestamp'];
    if (typeof stamp !== 'string' || !ZONELESS.test(stamp)) return event;
    const { zoneMinutes, cover } = this.context;
    if (zoneMinutes === undefined) cover?.({ ...zoneGuessed(0, false), says: 'Times of this export name no zone (Kibana writes those of whoever exports); UTC was taken.' });
    return zoneMinutes === undefined ? event : { ...event, '@timestamp': (isoMicros(stamp) - zoneMinutes * MINUTE) / 1e6 };
  }

  take(isEnd: boolean): readonly Batch[] {
    return this.original?.take(isEnd) ?? [];
  }
}

function keep(fact: Fact | undefined, add: (fact: Fact) => void): Verdict {
  if (!fact) return NOT_NEEDED;
  if (Number.isNaN(fact.time)) return { trouble: 'an event without a time' };
  add(fact);
  return UNDERSTOOD;
}

/** Objects, or Kibana's CSV: numbers with separators, times as they are shown, `-` for what is not there, lists joined by commas. */
async function* elasticRecordsOf(member: Member): AsyncGenerator<JsonPiece> {
  for await (const piece of jsonOrTableRecordsOf(member)) {
    if (piece.kind === 'broken' || typeof piece.fields['@timestamp'] !== 'string' || !Object.values(piece.fields).every((cell) => typeof cell === 'string')) yield piece;
    else yield { ...piece, fields: Object.fromEntries(Object.entries(piece.fields).flatMap(([name, cell]) => cellOf(name, cell as string))) }; // checked just above
  }
}

function cellOf(name: string, cell: string): readonly (readonly [string, unknown])[] {
  if (cell === '' || cell === '-' || cell === '(empty)') return [];
  if (name === '@timestamp') {
    const [, month, day, year, time] = KIBANA_STAMP.exec(cell) ?? [];
    return [[name, month === undefined ? cell : `${year}-${String(monthNamed(month)).padStart(2, '0')}-${day?.padStart(2, '0')}T${time}`]];
  }
  if (name === 'process.args') return [[name, cell.replace(/^\[(.*)\]$/, '$1').split(/, ?/)]];
  return [[name, /^\d{1,3}(?:,\d{3})+$/.test(cell) ? cell.replaceAll(',', '') : cell]];
}

const KIBANA_STAMP = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d\d:\d\d:\d\d(?:\.\d{1,9})?)$/;
const ZONELESS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?$/;

/** The event inside what a search or a test suite wraps around it. */
function eventIn(fields: Fields): Fields {
  const shown = fieldsAt(fields, 'fields'); // what Kibana asks for: each a list of values
  const source = fieldsAt(fields, '_source') ?? (shown?.['@timestamp'] === undefined ? undefined : shown) ?? fieldsAt(fields, 'result') ?? fields;
  const inner = source['event'];
  return source['@timestamp'] === undefined && isFields(inner) && inner['@timestamp'] !== undefined ? inner : source;
}

/**
 * An event of Auditbeat's system module: it reads /proc every few seconds, so a process is there since some time before `existing_process` and
 * `process_started`, and gone some time before `process_stopped`. Its parent is who had it when it was read.
 */
function systemFact(event: Fields): Fact | undefined {
  const action = textAt(event, 'event.action') ?? '';
  const time = timeAt(event, '@timestamp');
  const exe = textAt(event, 'process.executable');
  const pid = pidAt(event, 'process.pid');
  const base: Fact = {
    kind: 'sight',
    time,
    host: hostOf(event),
    pid,
    uid: idAt(event, 'user.id'),
    euid: idAt(event, 'user.effective.id', 'user.id'),
    gid: idAt(event, 'user.group.id'),
    user: textAt(event, 'user.name'),
    comm: textAt(event, 'process.name') ?? commOf(exe),
    exe,
    args: listAt(event, 'process.args'),
    cwd: textAt(event, 'process.working_directory'),
    identity: textAt(event, 'process.entity_id'),
    message: textAt(event, 'message'),
  };
  const started = timeAt(event, 'process.start');
  const start = started <= time + CLOCKS_APART ? startOf(started, START_GRAIN) : undefined;
  switch (action) {
    case 'existing_process':
    case 'process_started':
      return { ...base, kind: 'seen', ppid: pidAt(event, 'process.parent.pid', 'process.ppid'), parentKind: 'atCapture', start };
    case 'process_stopped':
      return { ...base, kind: 'exit', start };
    case 'user_login':
    case 'user_logout': {
      const outcome = textAt(event, 'event.outcome');
      return {
        ...base, kind: 'authentication', operation: action === 'user_login' ? 'opened' : 'closed', outcome: outcome === 'success' || outcome === 'failure' ? outcome : 'unknown',
        tty: textAt(event, 'user.terminal'), path: textAt(event, 'source.ip'),
      };
    }
    case 'boot':
    case 'shutdown':
      return { ...base, kind: 'boot', operation: action === 'boot' ? 'up' : 'down', pid: NOT_STATED };
    case 'socket_opened':
    case 'existing_socket':
    case 'network_flow':
      return { ...base, kind: 'socket', operation: 'open-socket', path: textAt(event, 'destination.ip', 'source.ip'), port: pidAt(event, 'destination.port', 'source.port'), message: textAt(event, 'destination.ip') === undefined ? undefined : ownEnd(textAt(event, 'source.ip'), pidAt(event, 'source.port')) };
    default:
      return pid === NOT_STATED ? undefined : { ...base, kind: 'log' };
  }
}

/** The raw audit records that Auditbeat keeps beside the event when it is told to: they say more than what was made of them. */
class OriginalRecords {
  private readonly records: AuditRecords;
  private readonly spans = new Map<number, { readonly byteLength: number; readonly host: StringId }>();
  private readonly encoder = new TextEncoder();

  constructor(
    private readonly context: ParseContext,
    member: Member,
    memberId: number,
  ) {
    this.records = new AuditRecords(memberId, member.path, context);
  }

  add(lines: readonly string[], from: Provenance, host: string | undefined): void {
    const { account, strings } = this.context;
    // The JSON object is the record of this file; what the reader of audit lines counts is inside it.
    const before = { understood: account.understood, notNeeded: account.notNeeded };
    this.spans.set(from.offset, { byteLength: from.byteLength, host: host === undefined ? NO_STRING : strings.internText(host) });
    for (const text of lines.flatMap((line) => line.split('\n'))) {
      if (text.trim() === '') continue;
      const bytes = this.encoder.encode(text);
      this.records.line(bytes, 0, bytes.length, from.offset);
    }
    account.understood = before.understood;
    account.notNeeded = before.notNeeded;
  }

  take(isEnd: boolean): Batch[] {
    const { account } = this.context;
    const lost = account.lostBySource;
    if (isEnd) this.records.finish();
    account.lostBySource = lost; // a shipper leaves out events on purpose: their numbers prove no loss
    const batches = this.records.take();
    for (const batch of batches) {
      for (let at = 0; at < batch.count; at++) {
        const span = this.spans.get(batch.offset[at]!);
        if (!span) continue;
        batch.byteLength[at] = span.byteLength;
        if (batch.host[at] === NO_STRING) batch.host[at] = span.host;
      }
    }
    return batches;
  }
}

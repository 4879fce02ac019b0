import type { Batch, Coverage, CoverageGap, Member } from '../model/index.js';
import { AuditOrder, rankOf } from './auditOrder.js';
import { bytesOfText } from './byteText.js';
import type { Carried, Envelope, Recognise, WrapperOptions } from './envelope.js';
import { type Format, type ParseContext, SNIFF_BYTES } from './format.js';
import { isNameless } from './hosts.js';
import { hashOf } from './lineSort.js';
import { type RecordShape, recordsInOrder } from './recordOrder.js';
import { InnerStream } from './wrappedStream.js';
import { datedLine } from './wrappedTime.js';

/** Bytes of inner text that are handed on at once. */
const STEP = 1 << 16;
/** Sources whose format is remembered. */
const SOURCES_MOST = 4096;
/** After so many texts of one source that nobody recognises, the rest of it is not tried any more. */
const FAILURES_MOST = 1000;
/** An export that carries exports of exports is read so deep. */
const DEPTH_MOST = 3;

/** Formats whose records may take several lines and follow one another; texts of several lines of any other are a file each (a ps output, a table). */
const RECORDS: ReadonlySet<string> = new Set([
  'auditd', 'ausearch-i', 'laurel', 'ecs', 'falco', 'osquery', 'sysmon', 'tetragon', 'tracee', 'syslog', 'journal-json', 'journal-export', 'wazuh', 'splunk-json', 'shipped-json', 'auoms',
]);

/**
 * A format that only carries what others wrote (an export of a SIEM, the lines of a shipper): each text is given to the reader of its own format, so
 * that it means what it means in a file. The records are those inside; host and place are those of the envelope.
 */
export function wrapperFormat(options: WrapperOptions, recognise: Recognise): Format {
  return {
    id: options.id,
    title: options.title,
    numbersEvents: true,
    isInOrder: true,
    sniff: (head, path) => options.sniff(head, path),
    async hostsIn(head) {
      const hosts = new Set<string>();
      for await (const carried of options.carried(headMember(head))) {
        if (carried.kind === 'envelope' && carried.host !== undefined && !isNameless(carried.host)) hosts.add(carried.host);
      }
      return [...hosts];
    },
    async *parse(members, context) {
      for (const [index, member] of members.entries()) yield* new WrappedMember(member, context.firstMember + index, context, options, recognise).read();
    },
  };
}

interface Choice {
  format: Format | undefined;
  failures: number;
}

class WrappedMember {
  private readonly streams = new Map<Format, InnerStream>();
  private readonly choices = new Map<string, Choice>();
  private readonly formats = new Set<Format>();
  private readonly covered = new Map<CoverageGap, { readonly gap: Coverage; readonly by: Set<Format> }>();
  private readonly auditOrder = new AuditOrder<Envelope>();
  private readonly depth: number;
  private readonly shape: RecordShape<Carried>;

  constructor(
    private readonly member: Member,
    private readonly memberId: number,
    private readonly context: ParseContext,
    private readonly options: WrapperOptions,
    private readonly recognise: Recognise,
  ) {
    this.depth = (context.depth ?? 0) + 1;
    this.shape = carriedShape((of) => options.carried(of));
  }

  async *read(): AsyncIterable<Batch> {
    const { account, signal } = this.context;
    try {
      for await (const carried of recordsInOrder(this.member, this.shape, this.context)) {
        signal?.throwIfAborted();
        if (carried.kind === 'broken') account.reject(carried.what, this.member.path, carried.offset);
        else if (carried.kind === 'notNeeded') account.notNeeded++;
        else yield* this.envelope(carried);
      }
      for (const [format, stream] of this.streams) {
        if (format.id === 'auditd') for (const envelope of this.auditOrder.take()) stream.add(envelope, textFor(format, envelope));
        yield* stream.end();
      }
    } finally {
      for (const stream of this.streams.values()) stream.abandon();
    }
    this.cover();
  }

  private async *envelope(envelope: Envelope): AsyncIterable<Batch> {
    const { account } = this.context;
    if (envelope.text.trim() === '') {
      account.notNeeded++;
      return;
    }
    const format = this.formatOf(envelope);
    if (!format) {
      account.reject('a text inside that is of no known format', this.member.path, envelope.offset);
      return;
    }
    this.formats.add(format);
    if (isFile(format, envelope)) {
      const alone = new InnerStream(format, this.member, this.memberId, this.inner(format, envelope.micros));
      alone.add(envelope, envelope.text);
      try {
        yield* alone.end();
      } finally {
        alone.abandon();
      }
      return;
    }
    let stream = this.streams.get(format);
    if (!stream) {
      stream = new InnerStream(format, this.member, this.memberId, this.inner(format, NaN), () => this.again(format));
      this.streams.set(format, stream);
    }
    const ready = format.id === 'auditd' ? this.auditOrder.add(envelope.text, envelope) : [envelope];
    for (const each of ready) stream.add(each, textFor(format, each));
    if (stream.waiting >= STEP) yield* stream.run();
  }

  private inner(format: Format, micros: number): ParseContext {
    const { context, depth } = this;
    return {
      ...context,
      depth,
      cover: (gap) => {
        const known = this.covered.get(gap.gap);
        if (known) known.by.add(format);
        else this.covered.set(gap.gap, { gap, by: new Set([format]) });
      },
      ...(Number.isNaN(micros) ? {} : { takenMicros: micros, takenFrom: 'stated' }),
    };
  }

  private formatOf(envelope: Envelope): Format | undefined {
    if (this.depth > DEPTH_MOST) return undefined;
    const bytes = bytesOfText(envelope.text.slice(0, SNIFF_BYTES));
    let choice = this.choices.get(envelope.path);
    if (choice?.format && isOf(choice.format, bytes, envelope.path)) return choice.format;
    if (!choice) {
      if (this.choices.size >= SOURCES_MOST) this.choices.clear();
      choice = { format: undefined, failures: 0 };
      this.choices.set(envelope.path, choice);
    }
    if (choice.failures >= FAILURES_MOST) return undefined;
    const found = this.recogniseText(bytes, envelope.path);
    if (found) choice.format = found;
    else choice.failures++;
    return found;
  }

  private recogniseText(bytes: Uint8Array, path: string): Format | undefined {
    const found = this.recognise(bytes, path);
    if (found) return found;
    // A message of several lines, of which only the first has a head.
    const end = bytes.indexOf(0x0a);
    return end > 0 ? this.recognise(bytes.subarray(0, end), path) : undefined;
  }

  /** The texts of a format from the beginning, for a reader that looks twice. */
  private async *again(format: Format): AsyncGenerator<string> {
    const fresh = new WrappedMember(this.member, this.memberId, this.context, this.options, this.recognise);
    for await (const carried of recordsInOrder(this.member, this.shape, { ...this.context, cover: () => undefined })) {
      if (carried.kind !== 'envelope' || carried.text.trim() === '' || fresh.formatOf(carried) !== format || isFile(format, carried)) continue;
      yield textFor(format, carried);
    }
  }

  /** What one of several formats lacks another may have shown, so it is said of the whole only where all agree. */
  private cover(): void {
    for (const { gap, by } of this.covered.values()) {
      if (gap.gap === 'records-lost') continue; // an export holds what was searched for: missing numbers prove no loss
      if (!LACKS.has(gap.gap) || by.size === this.formats.size) this.context.cover?.(gap);
    }
  }
}

const LACKS: ReadonlySet<CoverageGap> = new Set(['no-forks', 'no-exits', 'no-exec', 'exec-only', 'no-parents']);

/** Envelopes in the order of what they carry: a search gives the newest first, or any order. Those without a time are handed on when they are met. */
function carriedShape(cut: (member: Member) => AsyncIterable<Carried>): RecordShape<Carried> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    cut,
    keyOf(carried) {
      if (carried.kind !== 'envelope') return undefined;
      const { text, host = '', micros } = carried;
      const [, type = '', seconds, millis, serial] = AUDIT_HEAD.exec(text) ?? [];
      if (seconds !== undefined) return { time: Number(seconds) * 1e6 + Number(millis) * 1e3, serial: Number(serial), node: hashOf(host), rank: rankOf(type, text.slice(0, RANKED_BYTES)) };
      return Number.isNaN(micros) ? undefined : { time: micros, serial: 0, node: 0, rank: 0 };
    },
    store(carried, key, sort) {
      if (carried.kind !== 'envelope') return;
      const { text, host, micros, path, offset, byteLength } = carried;
      const bytes = encoder.encode(JSON.stringify([text, path, Number.isNaN(micros) ? null : micros, host ?? null]));
      sort.add(key, bytes, 0, bytes.length, offset, byteLength);
    },
    restore({ bytes, from, to, offset, span }) {
      const [text, path, micros, host] = JSON.parse(decoder.decode(bytes.subarray(from, to))) as [string, string, number | null, string | null]; // as store() wrote it
      return { kind: 'envelope', text, path, micros: micros ?? NaN, host: host ?? undefined, offset, byteLength: span };
    },
  };
}

const AUDIT_HEAD = /^(?:node=\S+ )?type=([A-Z_0-9]+)(?:\[\d+\])? msg=audit\((\d{1,12})\.(\d{3}):(\d{1,15})\)/;
const RANKED_BYTES = 400;

function isFile(format: Format, envelope: Envelope): boolean {
  return !RECORDS.has(format.id) && envelope.text.trimEnd().includes('\n');
}

function isOf(format: Format, bytes: Uint8Array, path: string): boolean {
  if (format.sniff(bytes, path) > 0) return true;
  const end = bytes.indexOf(0x0a);
  return end > 0 && format.sniff(bytes.subarray(0, end), path) > 0;
}

/** The text as its reader can make most of it: the carrier's host and year stand where the text has none. */
function textFor(format: Format, envelope: Envelope): string {
  const { text, host } = envelope;
  if (format.id === 'auditd' && host !== undefined && /^\S+$/.test(host) && !isNameless(host)) return text.replace(/^type=/gm, `node=${host} type=`);
  if (format.id === 'syslog') return datedLine(text, envelope.micros);
  return text;
}

function headMember(head: Uint8Array): Member {
  return {
    path: 'head',
    size: head.length,
    modifiedMicros: undefined,
    async *open(from) {
      yield await Promise.resolve(head.subarray(from));
    },
  };
}

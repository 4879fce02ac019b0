import { UNSET_ID } from '../model/index.js';
import { unitOfCgroup } from './cgroup.js';
import { auditStamp } from './auditRetold.js';
import { RECORD_TYPES } from './auditNames.js';
import type { Fact } from './facts.js';
import { isNameless } from './hosts.js';
import { auditIn, type LogRows } from './logRows.js';
import { saidIn } from './logText.js';
import type { Provenance } from './procRows.js';
import { bytesOfText } from './byteText.js';

/** One entry of a journal: what it says of a field, the first value where it is repeated; texts are one char a byte. */
export type JournalField = (name: string) => string | undefined;

export type EntryVerdict = 'understood' | 'notNeeded' | 'rejected';

/** Reads one entry: an audit record where it is one, else a log line with what the journal knows of its writer. */
export function readEntry(field: JournalField, from: Provenance, rows: LogRows): EntryVerdict {
  const message = field('MESSAGE');
  const time = entryMicros(field);
  if (message === undefined && Number.isNaN(time)) return 'rejected';
  const boot = bootId(field('_BOOT_ID'));
  if (boot !== undefined) rows.boot(boot, bootMicros(field, time), hostIn(field), from);
  if (field('_TRANSPORT') === 'audit') {
    const record = auditRecord(field, message ?? '', time);
    if (record !== undefined) return rows.audit(record, from);
  }
  const program = field('SYSLOG_IDENTIFIER') ?? field('_COMM') ?? '';
  const inside = message === undefined ? undefined : auditIn(program, message);
  if (inside && 'record' in inside) return rows.audit(inside.record, from);
  rows.add(factOf(field, program, message ?? '', time), from);
  return 'understood';
}

/** The event's own moment where it is stated, else when the journal received it. */
export function entryMicros(field: JournalField): number {
  for (const name of ['_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP']) {
    const text = field(name);
    if (text !== undefined && /^\d{1,16}$/.test(text)) return Number(text);
  }
  return NaN;
}

/** As /proc/sys/kernel/random/boot_id writes it. */
function bootId(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{32}$/.test(text) ? text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : undefined;
}

/** When the entry's boot began, by the two clocks of the moment at which the journal received it; by the entry itself where it has only one. */
function bootMicros(field: JournalField, time: number): number {
  const received = field('__REALTIME_TIMESTAMP') ?? '';
  const sinceBoot = field('__MONOTONIC_TIMESTAMP') ?? '';
  return /^\d{1,16}$/.test(received) && /^\d{1,16}$/.test(sinceBoot) && Number(sinceBoot) < Number(received) ? Number(received) - Number(sinceBoot) : time;
}

/** MESSAGE is the record without its head: "SYSCALL arch=..."; number and type stand in fields of their own. */
function auditRecord(field: JournalField, message: string, time: number): string | undefined {
  const serial = field('_AUDIT_ID');
  if (serial === undefined || !/^\d{1,12}$/.test(serial) || !(time >= 0)) return undefined;
  const type = RECORD_TYPES[field('_AUDIT_TYPE') ?? ''] ?? field('_AUDIT_TYPE_NAME')?.replace(/<(\d+)>/, '[$1]');
  if (type === undefined || !/^[A-Z][A-Z_0-9]*(\[\d+\])?$/.test(type)) return undefined;
  return `type=${type} msg=audit(${auditStamp(Math.floor(time / 1000))}:${serial}): ${message.replace(/^[A-Z][A-Z_0-9]*(<\d+>)? ?/, '')}`;
}

function factOf(field: JournalField, program: string, message: string, time: number): Fact {
  const text = (name: string): string | undefined => utf8(field(name));
  const said = saidIn(program, message);
  const cgroup = text('_SYSTEMD_CGROUP');
  const writer = pidIn(field('_PID')) ?? pidIn(field('SYSLOG_PID'));
  // logind names the process that a session is of.
  const leader = said.kind === 'log' && program === 'systemd-logind' && /^New session /.test(message) ? pidIn(field('LEADER')) : undefined;
  const about = said.pid ?? leader;
  const isWriter = about === undefined || about === writer;
  const session = field('SESSION_ID');
  return {
    ...said,
    user: utf8(said.user),
    path: utf8(said.path),
    cwd: utf8(said.cwd),
    tty: utf8(said.tty),
    time,
    host: hostIn(field),
    pid: about ?? writer,
    message: isWriter ? utf8(message) : `${utf8(program)}: ${utf8(message)}`,
    unit: utf8(said.unit) ?? text('UNIT') ?? text('USER_UNIT') ?? (isWriter ? (text('_SYSTEMD_USER_UNIT') ?? (cgroup === undefined ? undefined : unitOfCgroup(cgroup)) ?? text('_SYSTEMD_UNIT')) : undefined),
    comm: isWriter ? (text('_COMM') ?? utf8(program)) : utf8(said.comm),
    ...(isWriter
      ? { uid: idIn(field('_UID')), gid: idIn(field('_GID')), auid: setIn(field('_AUDIT_LOGINUID')), ses: setIn(field('_AUDIT_SESSION')), exe: text('_EXE'), args: text('_CMDLINE'), cgroup }
      : {}),
    // An audit session's number is the login session's name, where the host audits.
    ...(leader !== undefined && session !== undefined && /^\d{1,9}$/.test(session) ? { kind: 'session', operation: 'opened', ses: Number(session), unit: `session-${session}.scope` } : {}),
  };
}

function hostIn(field: JournalField): string | undefined {
  const host = utf8(field('_HOSTNAME'));
  return host === undefined || isNameless(host) ? undefined : host;
}

function utf8(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x20-\x7e]*$/.test(text)) return text;
  return new TextDecoder().decode(bytesOfText(text));
}

function pidIn(text: string | undefined): number | undefined {
  const pid = Number(text);
  return text !== undefined && /^\d{1,10}$/.test(text) && pid > 0 && pid <= 0x7fffffff ? pid : undefined;
}

/** journald keeps what it read of a process for a while: a session that is unset may have been given since, so only one that is set is told. */
function setIn(text: string | undefined): number | undefined {
  const id = idIn(text);
  return id === UNSET_ID ? undefined : id;
}

function idIn(text: string | undefined): number | undefined {
  const id = Number(text);
  return text !== undefined && /^\d{1,10}$/.test(text) && id <= 0xffffffff ? id : undefined;
}

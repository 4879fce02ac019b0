import type { Batch, Coverage } from '../model/index.js';
import { AuditCoverage } from './auditCoverage.js';
import { AuditLosses } from './auditLosses.js';
import { RECORD_TYPES } from './auditNames.js';
import { RetoldRecords, type Verdict } from './auditRetold.js';
import { auomsRecords } from './auoms.js';
import { type Fact, FactRows } from './facts.js';
import type { ParseContext } from './format.js';
import type { Provenance } from './procRows.js';

/** Above every number that the kernel gives: events of lines that state none are told apart by it, and it is taken off again. */
const NO_SERIAL = 2 ** 45;

/** So many boots of one journal are told apart; a host's journal holds some dozens. */
const BOOTS_MOST = 1024;

/** What no log of programs' messages can show. */
const LOG_GAPS: readonly Coverage[] = [
  { gap: 'no-forks', says: 'A log shows who wrote to it, not who created whom.', remedy: '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork' },
  { gap: 'no-exits', says: 'A log shows who wrote to it; when a process ended is not in it.', remedy: '-a always,exit -F arch=b64 -S exit,exit_group -k exit' },
  { gap: 'no-exec', says: 'A log shows who wrote to it; which programs were run is not in it, but for commands of sudo and cron.', remedy: '-a always,exit -F arch=b64 -S execve,execveat -k exec' },
];

/** The rows of one log: its lines as facts, and the audit records that stand among them, read by the one reader of those. */
export class LogRows {
  private readonly facts: FactRows;
  private readonly records: RetoldRecords;
  private readonly coverage = new AuditCoverage();
  private readonly losses = new AuditLosses();
  private hasAudit = false;
  private made = 0;
  private lastStamp = '';
  private readonly boots = new Set<string>();

  constructor(
    member: number,
    path: string,
    private readonly context: ParseContext,
  ) {
    this.facts = new FactRows(context.strings, context.keepsMessages === false ? isRead : undefined);
    this.records = new RetoldRecords(member, path, context, false);
  }

  add(fact: Fact, from: Provenance): void {
    if (fact.comm === 'kernel' && fact.message?.includes('audit') === true) this.losses.see(fact.message);
    this.facts.add(fact, from);
  }

  /** The line is of the boot with this id, which began at `time`, the host's: said once. */
  boot(id: string, time: number, host: string | undefined, from: Provenance): void {
    const key = `${id} ${host ?? ''}`;
    if (this.boots.has(key) || this.boots.size >= BOOTS_MOST) return;
    this.boots.add(key);
    this.facts.add({ kind: 'boot', operation: 'up', time, host, message: id }, from);
  }

  /** Reads an audit record that stands in a line as a whole (`type=... msg=audit(...): ...`), or the records of one event, a line each. All texts are one byte a char. */
  audit(record: string, from: Provenance): Verdict {
    this.hasAudit = true;
    const lines = record.includes('\n') ? record.split('\n') : [record];
    const verdicts = lines.map((line) => this.records.tell(line, from.offset, from.byteLength));
    return verdicts.includes('understood') ? 'understood' : (verdicts.find((verdict) => verdict === 'rejected') ?? 'notNeeded');
  }

  /** Reads one whose line states no number: the records of one moment and process in a row are one event, and a SYSCALL record begins another. */
  auditWithoutNumber(type: string, stamp: string, writer: string, body: string, from: Provenance): Verdict {
    if (`${stamp} ${writer}` !== this.lastStamp || type === 'SYSCALL') this.made++;
    this.lastStamp = `${stamp} ${writer}`;
    return this.audit(`type=${type} msg=audit(${stamp}:${NO_SERIAL + this.made}): ${body}`, from);
  }

  *take(): Iterable<Batch> {
    yield* this.facts.take();
    yield* this.told();
  }

  *finish(): Iterable<Batch> {
    yield* this.facts.rest();
    this.records.finish();
    yield* this.told();
    const lost = this.losses.gap();
    if (lost) this.context.cover?.(lost);
    for (const gap of this.hasAudit ? this.coverage.gaps(this.context.account) : LOG_GAPS) this.context.cover?.(gap);
    this.context.account.lostBySource += this.losses.count; // after the gaps: those are about numbers that are missing
  }

  private *told(): Iterable<Batch> {
    for (const batch of this.records.take()) {
      for (let row = 0; row < batch.count; row++) if (batch.serial[row]! >= NO_SERIAL) batch.serial[row] = 0;
      this.coverage.see(batch);
      yield batch;
    }
  }
}

/** Whether lineage reads a message: of sessions, services and boots, and what systemd, atd, logind and D-Bus daemons say of what they start. */
function isRead({ kind, operation, ses, message = '' }: Fact): boolean {
  if (kind === 'session' && operation === 'command') return ses !== undefined || message.startsWith('('); // cron's, not sudo's
  return kind !== 'authentication' && kind !== 'iam' && (kind !== 'log' || /^(?:Starting |New session )|Unit process \d|left-over process \d|service name='/.test(message));
}

/** The audit record in a message of syslog or journal, in auditd's words; undefined when there is none. The number of its event may be missing. */
export function auditIn(program: string, message: string): { readonly record: string } | { readonly type: string; readonly body: string } | undefined {
  // The plugin of auditd writes whole lines.
  const whole = /^\s*((?:node=\S+ )?type=[A-Z_0-9]+(?:\[\d+\])? msg=audit\(\d+\.\d{3}:\d+\): ?.*)$/s.exec(message);
  // rsyslog writes the 0x1D before the enriched names as #035.
  if (whole) return { record: (whole[1] ?? '').replace(/#035(?=[A-Z]+=)/, '\u001d') };
  // The kernel, while no auditd listens: [   12.345678] audit: type=1300 audit(1700000000.123:4711): arch=...
  const kernels = /^\s*(?:\[ *\d+\.\d+\] )?(?:audit: )?type=(\d{4})(?: msg=|\s)audit\((\d+\.\d{3}:\d+)\): ?(.*)$/s.exec(message);
  if (kernels) return { record: `type=${RECORD_TYPES[kernels[1] ?? ''] ?? `UNKNOWN[${kernels[1]}]`} msg=audit(${kernels[2]}): ${kernels[3]}` };
  const merged = auomsRecords(message);
  if (merged) return { record: merged.join('\n') };
  if (program !== 'audit') return undefined;
  // The journal: audit[811]: SYSCALL arch=...
  const named = /^([A-Z][A-Z_0-9]*)(?:<\d+>)? (.*)$/s.exec(message);
  return named && KNOWN_TYPES.has(named[1] ?? '') ? { type: named[1] ?? '', body: named[2] ?? '' } : undefined;
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(Object.values(RECORD_TYPES));

/** Says that stamps have no year, and where it was taken from. */
export function yearGuessed(year: number, from: ParseContext['takenFrom'] & string): Coverage {
  const source = { stated: 'the capture time that was stated', name: "the stamp in the file's name", collection: 'what its collection says of its time', modified: 'when the file was last written' }[from];
  return { gap: 'taken-guessed', says: `Its stamps have no year; ${year} was taken for the last line, from ${source}.`, remedy: '--taken TIME' };
}

export const YEAR_UNKNOWN: Coverage = { gap: 'taken-guessed', says: 'Its stamps have no year, and nothing says when it was taken; its lines have no time.', remedy: '--taken TIME' };

export const BOOT_UNKNOWN: Coverage = {
  gap: 'taken-guessed',
  says: 'Its stamps count from the boot of the host, and no line of it says when a boot began; lines of that boot have no time, but for audit records, which bear their own.',
  remedy: 'journalctl -o short-iso-precise, or dmesg --time-format iso',
};

export function zoneUnstated(zone: string): Coverage {
  return { gap: 'zone-guessed', says: `Its stamps are local time and name no zone; ${zone} was taken.`, remedy: '--zone +HH:MM' };
}


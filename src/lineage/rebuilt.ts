import type { BrokerRecords } from './brokerRecords.js';
import type { Counts } from './counts.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import type { LoginRecord } from './sessions.js';
import type { TerminalLoss } from './terminals.js';

/** What one pass over all observations gives: processes in the order they came up, with everything linked. */
export interface Rebuilt {
  readonly processes: Processes;
  readonly intervals: Links;
  readonly programs: Links;
  readonly logins: readonly LoginRecord[];
  /** For each batch and row the process it is about, and the process of its `other`; -1 none. */
  readonly assignments: readonly Int32Array[];
  readonly others: readonly Int32Array[];
  /** End of the evidence for each host (StringId): the last dated observation. */
  readonly lastMoment: ReadonlyMap<number, number>;
  /** When the first fork was recorded on each host: before it their absence proves nothing. */
  readonly forksSince: ReadonlyMap<number, number>;
  /** Hosts whose evidence holds recorded exits. */
  readonly exitsSeen: ReadonlySet<number>;
  /** What brokers (systemd, cron, atd, D-Bus) said, and the files by which they are told. */
  readonly brokers: BrokerRecords;
  /** Who lost its terminal, on hosts whose births are not on record. */
  readonly terminals: readonly TerminalLoss[];
  /** Processes that were let go; undefined where all are kept. */
  readonly forgotten: Forgotten | undefined;
  /** Is a boot the last of its host? */
  isLastBoot(this: void, host: number, boot: number): boolean;
}

/** What is left of processes that were let go. */
export interface Forgotten {
  /** All of them; `isLast` tells the boots whose last word was spoken at the end of the evidence. */
  counts(isLast: (host: number, boot: number) => boolean): Counts;
  /** Rows still kept, threads as it seemed, that one of them names as its creator or parent. */
  readonly named: ReadonlySet<number>;
  /** When the first of them started on each host. */
  readonly firstStarts: ReadonlyMap<number, number>;
}

import type { Coverage } from '../model/index.js';

/** What the kernel writes into its log when audit records were lost: linux/kernel/audit.c, audit_log_lost and the printk rate limit. */
const LOST = /^(?:\[ *\d+\.\d+\] )?audit: audit_lost=(\d{1,10}) /;
const SUPPRESSED = /^(?:\[ *\d+\.\d+\] )?(?:audit_printk_skb|kauditd_printk_skb): (\d{1,10}) callbacks suppressed/;

/** Counts the audit records that the kernel says, in its own log, it has lost. */
export class AuditLosses {
  count = 0;
  private last = 0;

  /** Takes a message of the kernel. audit_lost= counts since the host came up, so that a smaller number is another boot. */
  see(message: string): void {
    const lost = LOST.exec(message);
    if (lost) {
      const total = Number(lost[1]);
      this.count += total >= this.last ? total - this.last : total;
      this.last = total;
    }
    const suppressed = SUPPRESSED.exec(message);
    if (suppressed) this.count += Number(suppressed[1]);
  }

  gap(): Coverage | undefined {
    if (this.count === 0) return undefined;
    return { gap: 'records-lost', says: `The kernel writes here that ${this.count} audit records were lost: its queue was full, or it might not write so many.`, remedy: '-b 65536\n--backlog_wait_time 60000' };
  }
}

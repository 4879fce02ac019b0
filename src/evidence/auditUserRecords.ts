import { KIND, OPERATION } from './batch.js';

/**
 * Records that user space writes (PAM, sudo, systemd, auditd itself): pid and ids, and the rest inside msg='...'. Each with what it states.
 * Types: linux/audit.h and libaudit's audit-records.h.
 */
export const USER_RECORDS: ReadonlyMap<string, { readonly kind: number; readonly operation: number }> = new Map(
  (
    [
      ['USER_START', KIND.session, OPERATION.opened], ['USER_END', KIND.session, OPERATION.closed], ['USER_LOGIN', KIND.authentication, OPERATION.opened],
      ['USER_LOGOUT', KIND.authentication, OPERATION.closed], ['USER_AUTH', KIND.authentication, OPERATION.credentials], ['USER_ACCT', KIND.authentication, OPERATION.credentials],
      ['USER_ERR', KIND.authentication, OPERATION.credentials], ['CRED_ACQ', KIND.authentication, OPERATION.credentials], ['CRED_DISP', KIND.authentication, OPERATION.credentials],
      ['CRED_REFR', KIND.authentication, OPERATION.credentials], ['USER_CMD', KIND.session, OPERATION.command], ['USER_ROLE_CHANGE', KIND.session, OPERATION.opened],
      ['ADD_USER', KIND.iam, OPERATION['account-added']], ['ADD_GROUP', KIND.iam, OPERATION['account-added']], ['DEL_USER', KIND.iam, OPERATION['account-removed']],
      ['DEL_GROUP', KIND.iam, OPERATION['account-removed']], ['USER_CHAUTHTOK', KIND.iam, OPERATION['account-changed']], ['USER_MGMT', KIND.iam, OPERATION['account-changed']],
      ['GRP_MGMT', KIND.iam, OPERATION['account-changed']], ['USER_TTY', KIND.session, OPERATION.command], ['TTY', KIND.session, OPERATION.command],
      ['SERVICE_START', KIND.service, OPERATION.started], ['SERVICE_STOP', KIND.service, OPERATION.stopped], ['SYSTEM_BOOT', KIND.boot, OPERATION.up],
      ['SYSTEM_SHUTDOWN', KIND.boot, OPERATION.down], ['DAEMON_START', KIND.configuration, OPERATION['daemon-started']], ['DAEMON_END', KIND.configuration, OPERATION['daemon-stopped']],
      ['DAEMON_ABORT', KIND.configuration, OPERATION['daemon-stopped']], ['DAEMON_CONFIG', KIND.configuration, OPERATION['rules-changed']],
    ] as const
  ).map(([type, kind, operation]) => [type, { kind, operation }]),
);

/** What was typed or run, in a text of such a record: values of data= and cmd= that are in hex (any with a blank or a control character is) read and quoted. */
export function withTypedText(text: string): string {
  return text.replace(/(^|[ '])(data|cmd)=((?:[0-9A-F]{2})+)(?=$|[ '])/g, (_whole, before: string, key: string, hex: string) => `${before}${key}="${textOfHex(hex)}"`);
}

/** The terminal of a TTY record, which names it by its device numbers; undefined for others. */
export function terminalOf(text: string): string | undefined {
  const [, major, minor] = /(?:^| )major=(\d+) minor=(\d+)(?: |$)/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const unit = Number(minor);
  // linux/Documentation/admin-guide/devices.txt: 136..143 are the Unix98 ptys, 256 each; 4 holds the consoles, then the serial lines from 64 on.
  if (Number(major) >= 136 && Number(major) <= 143) return `pts/${(Number(major) - 136) * 256 + unit}`;
  return major === '4' ? (unit < 64 ? `tty${unit}` : `ttyS${unit - 64}`) : undefined;
}

/** A value that may be in hex, as text. */
export function plainValue(value: string | undefined): string | undefined {
  return value !== undefined && /^(?:[0-9A-F]{2})+$/.test(value) ? textOfHex(value) : value;
}

function textOfHex(hex: string): string {
  return new TextDecoder().decode(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
}

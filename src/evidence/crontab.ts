import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';
import { pathOnHost } from './pathOnHost.js';

const LONGEST = 1 << 16;
const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const DAYS = 'sun|mon|tue|wed|thu|fri|sat';
/** One field of a schedule: a star, numbers and ranges in a list, each with a step. */
const field = (value: string): string => `(?:(?:\\*|~|(?:${value})(?:[-~](?:${value}))?)(?:/\\d{1,2})?(?:,(?=\\S)|(?=\\s)))+`;
const SCHEDULE = `(@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly|every_minute|every_second)|-?${field('[0-5]?\\d')}\\s+${field('[01]?\\d|2[0-4]')}\\s+${field(
  '0?[1-9]|[12]\\d|3[01]',
)}\\s+${field(`0?[1-9]|1[0-2]|${MONTHS}`)}\\s+${field(`[0-7]|${DAYS}`)})`;
const ENTRY = new RegExp(`^\\s*${SCHEDULE}\\s+(\\S.*)$`, 'is');
/** anacrontab: period in days, delay in minutes, name of the job. */
const ANACRON = /^\s*(@(?:monthly|weekly|daily|yearly)|\d{1,5})\s+(\d{1,5})\s+([A-Za-z][\w.-]{0,63})\s+(\S.*)$/s;
const SETTING = /^\s*(?:"[^"]*"|'[^']*'|[A-Za-z_][A-Za-z0-9_]*)\s*=/;
const NO_ENTRY = /^\s*(?:#|$)/;
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,30}\$?$/;
/** Accounts that hosts come with: where one of these stands, the field is the user's, not a command. */
const USUAL_ACCOUNTS: ReadonlySet<string> = new Set(['root', 'daemon', 'bin', 'nobody', 'www-data', 'apache', 'nginx', 'mail', 'news', 'man', 'list', 'backup', 'smmsp', 'munin', 'postgres', 'mysql', 'pcp', 'logcheck', 'amavis', 'mailman', 'git', 'jenkins']);

/**
 * Crontabs (FORMATS 7): the system's and those of cron.d name a user in each entry, those of the spool are their user's. Each entry is one row of
 * configuration: schedule as `key`, command as `args`, file and line as `message`.
 */
export const crontabFormat = lineFormat({
  id: 'crontab',
  title: 'crontab',
  sniff(head, path) {
    if (head.includes('\0')) return 0;
    const lines = head.split('\n');
    if (lines.length > 1) lines.pop(); // it may be cut
    const written = lines.filter((line) => !NO_ENTRY.test(line) && line.length <= LONGEST);
    const isAnacron = /anacrontab$/.test(path);
    const entries = written.filter((line) => (isAnacron ? ANACRON : ENTRY).test(line)).length;
    const known = entries + written.filter((line) => SETTING.test(line)).length;
    const isNamed = /(?:^|[\/_-])(?:crontab|anacrontab|crontabs\/[^/]+|cron\.d\/[^/]+)(?:[.-][^/]*)?$/.test(path);
    if (entries === 0) return isNamed && known === written.length && lines.length > 0 && written.length > 0 ? 0.4 : 0;
    if (known * 4 < written.length * 3) return 0;
    return isNamed ? 0.85 : 0.6;
  },
  reading(context, member) {
    const time = context.takenMicros ?? NaN;
    const path = pathOnHost(member.path);
    const isAnacron = /anacrontab$/.test(path);
    const owner = /(?:spool\/cron(?:\/crontabs|\/tabs)?|crontabs)\/([^/]+)$/.exec(path)?.[1];
    let hasUsers: boolean | undefined = owner !== undefined ? false : /(?:^|\/)(?:etc\/crontab|cron\.d\/[^/]+)$/.test(path) ? true : undefined;
    return {
      line(text, _from, add) {
        // The head of the system's crontab names its fields.
        if (/^#.*\bdow\b.*\buser(-name)?\b/.test(text) || /^#.*\* +user-name\b/.test(text)) hasUsers ??= true;
        if (NO_ENTRY.test(text) || SETTING.test(text)) return NOT_NEEDED;
        if (/^no crontab for \S+\s*$/.test(text)) return NOT_NEEDED;
        const entry = text.length > LONGEST ? null : (isAnacron ? ANACRON : ENTRY).exec(text);
        if (!entry) return { trouble: 'a line that is no entry of a crontab' };
        const rest = (isAnacron ? entry[4] : entry[2]) ?? '';
        const schedule = isAnacron ? `every ${entry[1]} days after ${entry[2]} minutes, ${entry[3]}` : (entry[1] ?? '').replace(/\s+/g, ' ').trim();
        const named = /^(\S+)\s+(\S.*)$/s.exec(rest);
        const isUser = !isAnacron && named !== null && (hasUsers ?? (USUAL_ACCOUNTS.has(named[1] ?? '') && ACCOUNT.test(named[1] ?? '')));
        const command = isUser ? (named[2] ?? '') : rest;
        add({ kind: 'configuration', time, user: isUser ? named[1] : isAnacron ? 'root' : owner, path, key: schedule, args: command.trim(), message: `${path}: ${text.trim()}` });
        return UNDERSTOOD;
      },
    };
  },
});

import { auditLines, type AuditEvent, DOUBLE_FORK } from '../engine/smallHost.js';

/** Every breaker that we know of, as one process's arguments. */
export const HOSTILE_ARGS: readonly string[] = [
  '</script><script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg/onload=alert(1)>', "' onmouseover='alert(1)", ']]>', '<!--', '&lt;b&gt;', 'javascript:alert(1)', '[x](javascript:alert(1))', '![x](http://evil.example/p.png)',
  '`id`', '``` \n# heading', 'a|b|c', '| --- |', '*bold* _it_ ~~no~~', 'line\nbreak', 'cr\rback', '\x1b[31mred\x1b]0;title\x07', '\u202egnp.exe', '=cmd|\'/c calc\'!A1', '+1+1', '@SUM(A1)', '- item', '1. item', '> quote', '\n---\nkey: value', '{{ 7*7 }}', '%PATH% $HOME $(id)', 'www.evil.example', '@everyone', '#1', 'http://evil.example/a b', '\0nul', 'x'.repeat(3000), '\ud800', "'; DROP TABLE process; --", '"""', '\\', '/*', '*/', '--', 'a: b # c', '!!python/object', '&anchor *alias', '$$', '%{x}', 'or 1=1', '" or "" == "',
];

const argv = (args: readonly string[]): string => `type=EXECVE msg=STAMP: argc=${args.length} ${args.map((arg, at) => `a${at}=${Buffer.from(arg).toString('hex').toUpperCase()}`).join(' ')}`;

const hexOf = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

/** An audit log of the double fork whose orphan carries the breakers in argv, comm, executable and host. */
export function hostileLog(): string {
  const events: readonly AuditEvent[] = DOUBLE_FORK.map((event) => (event.pid === 822 && event.syscall === 59 ? { ...event, more: [argv(['nc', ...HOSTILE_ARGS])] } : event));
  return auditLines(events)
    .replaceAll('comm="nc"', `comm=${hexOf('<b>|`x\x1b\n=')}`)
    .replaceAll('exe="/tmp/.x/nc"', `exe=${hexOf('/tmp/.x/"><script>alert(1)</script>`|\n\u202e')}`)
    .replace(/^/gm, 'node=h"><img/src=x|`0 ')
    .replace(/node=\S+ $/, '');
}

import { type Run } from './argv.js';
import { baseName } from './programNames.js';

/** How a program that detaches does it. */
export interface Detacher {
  /** Forks between the program that was run and what stays: with two, the one that stays was made by a middle that is gone. */
  readonly forks: 1 | 2;
  /** What stays runs a program of its own (setsid CMD) or is a copy of the detacher (tmux, ssh-agent). */
  readonly stays: 'command' | 'copy';
  readonly says: string;
}

const has = (run: Run, pattern: RegExp): boolean => run.args.some((arg) => pattern.test(arg));

/** Programs that detach by design, by name: how their own sources do it (util-linux setsid.c, dpkg start-stop-daemon.c, tmux proc.c and client.c, screen.c, OpenSSH ssh-agent.c, GnuPG agent). */
const DETACHERS: ReadonlyMap<string, (run: Run) => Detacher | undefined> = new Map<string, (run: Run) => Detacher | undefined>([
  ['setsid', (run) => (has(run, /^(-w|--wait)$/) ? undefined : { forks: 1, stays: 'command', says: 'setsid forks when it must, and leaves at once' })],
  ['start-stop-daemon', (run) => (has(run, /^(-\w*b\w*|--background)$/) ? { forks: 2, stays: 'command', says: 'start-stop-daemon --background forks twice' } : undefined)],
  ['daemonize', () => ({ forks: 1, stays: 'command', says: 'daemonize forks and leaves' })],
  ['daemon', () => ({ forks: 2, stays: 'command', says: 'daemon forks twice' })],
  ['tmux', () => ({ forks: 2, stays: 'copy', says: 'the tmux server is made by a copy of the first client, which leaves' })],
  ['screen', (run) => (has(run, /^-\w*d\w*m|^-\w*m\w*d|^-S$|^-d$/) ? { forks: 1, stays: 'copy', says: 'screen -d -m leaves its session manager behind' } : undefined)],
  ['ssh-agent', (run) => (has(run, /^-[dD]$/) || run.args.length > 1 + run.args.filter((arg) => arg.startsWith('-')).length ? undefined : { forks: 1, stays: 'copy', says: 'ssh-agent forks, prints its number and leaves' })],
  ['gpg-agent', (run) => (has(run, /^--daemon$/) ? { forks: 1, stays: 'copy', says: 'gpg-agent --daemon forks and leaves' } : undefined)],
]);

/** How what was run detaches, undefined if it does not. */
export function detacherOf(run: Run): Detacher | undefined {
  return DETACHERS.get(baseName(run.exe))?.(run);
}

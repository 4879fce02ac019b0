import type { Details, RawRecord } from '../engine/requests.js';
import { hashesIn } from './indicators.js';
import type { ProgramStep } from './model.js';

const INTERPRETER = /^(?:sh|bash|dash|ash|zsh|ksh\d*|mksh|fish|busybox|python[\d.]*|pypy[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|php[\d.]*|lua[\d.]*|awk|gawk|mawk|tclsh[\d.]*|expect|Rscript)$/;
/** Options that take the next argument, by interpreter family; others stand alone. */
const TAKES_VALUE = /^(?:-[oO]|--rcfile|--init-file|-W|-X|-I|--require)$/;
/** The option that code stands behind: -c of shells and Python, -e of Perl, Ruby, Node and Lua, -r of PHP. Of a shell, -e ends it at errors. */
const inlineOf = (base: string): RegExp => (/^(?:perl|ruby|node|lua|Rscript)/.test(base) ? /^-[a-zA-Z]*[eE]$/ : base.startsWith('php') ? /^-r$/ : /^-[a-zA-Z]*c$/);

/** What a process ran, in order, with the image hash where a sensor stated one. */
export function programsOf(details: Details, records: readonly RawRecord[]): readonly ProgramStep[] {
  const hashes = new Map(hashesIn(records).map(({ executable, sha256 }) => [executable, sha256]));
  const step = (time: number, name: string | null, executable: string | null, args: readonly string[]): ProgramStep => ({ time, says: programWords(executable ?? name, args), args, sha256: executable === null ? undefined : hashes.get(executable) });
  if (details.programs.length > 0) return details.programs.map(({ time, name, executable, args }) => step(time, name, executable, args));
  return details.executable === null && details.args.length === 0 ? [] : [step(NaN, details.name, details.executable, details.args)];
}

/** A program in words; where an interpreter runs a script, the script is the program: "/etc/cron.daily/x (a script, run by bash)". */
export function programWords(executable: string | null, args: readonly string[]): string {
  const program = executable ?? args[0] ?? 'a program that no record names';
  const base = program.slice(program.lastIndexOf('/') + 1);
  if (!INTERPRETER.test(base)) return program;
  const inline = inlineOf(base);
  for (let at = 1; at < args.length; at++) {
    const arg = args[at]!;
    if (inline.test(arg) && args[at + 1] !== undefined) return `inline code (run by ${base})`;
    if (arg === '-m' && /^python|^pypy/.test(base) && args[at + 1] !== undefined) return `module ${args[at + 1]!} (run by ${base})`;
    if (arg === '--' && args[at + 1] !== undefined) return `${args[at + 1]!} (a script, run by ${base})`;
    if (TAKES_VALUE.test(arg)) at++;
    else if (arg === '-') return `code from its standard input (run by ${base})`;
    else if (!arg.startsWith('-')) return base === 'busybox' || /awk$/.test(base) ? `${arg} (run by ${base})` : `${arg} (a script, run by ${base})`;
  }
  return `${program}${args.length <= 1 ? ' (an interpreter without a script: a shell at work, or code from its standard input)' : ''}`;
}

const CLOCKS: readonly (readonly [RegExp, string])[] = [
  [/^(?:audit|ausearch|laurel)/, 'audit records: the kernel’s coarse clock at the entry of the call, steps of some milliseconds'],
  [/^proc/, '/proc: start ticks after boot with the boot time, about 10 ms apart'],
  [/^ps/, 'ps: whole seconds, minutes or days, as its listing prints them'],
  [/journal|syslog/, 'log lines: when the line was written'],
];

/** Which clock a process's start was taken from, by the record that states it. */
export function clockOf(details: Details, records: readonly RawRecord[], formatOf: (file: string) => string | undefined): string {
  const born = records.find(({ states }) => states.includes('created')) ?? records[0];
  if (born === undefined) return 'no record of it: from what points to it';
  const format = formatOf(born.evidence) ?? 'unknown';
  const clock = CLOCKS.find(([pattern]) => pattern.test(format))?.[1] ?? `the source's own clock (${format})`;
  return details.startBasis === 'observed' ? clock : `${clock}; its birth is not on record, it began then or before`;
}

import { baseName } from './programNames.js';

/** How closely one command line names another program: not at all, by its bare name, by its path, or word for word. */
export const NAMED = { not: 0, byName: 1, byPath: 2, wordForWord: 3 } as const;
export type Named = (typeof NAMED)[keyof typeof NAMED];

/** Shorter names occur in arguments by chance. */
const NAME_LENGTH = 3;
/** Fewer words are no command line that two would share only by descent. */
const LINE_LENGTH = 6;
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ksh93', 'mksh', 'ash', 'busybox', 'fish', 'csh', 'tcsh', 'rbash']);

const INTERPRETERS = /^(python|perl|ruby|node|php|lua|tclsh)[\d.]*$/;

/** A program as it was run: its file and its arguments, joined by blanks; `plain` is that line without quotes. */
export interface Run {
  readonly exe: string;
  readonly args: readonly string[];
  readonly line: string;
  readonly plain: string;
}

export function runOf(exe: string, args: readonly string[]): Run {
  const line = args.join(' ');
  return { exe, args, line, plain: line.replace(/['"]/g, '') };
}

export function isShell(exe: string): boolean {
  return SHELLS.has(baseName(exe));
}

/** The script that an interpreter was given by its path, '' if none. */
export function scriptOf(run: Run): string {
  return isInterpreter(run.exe) && run.args[1]?.startsWith('/') ? run.args[1] : '';
}

export function isInterpreter(exe: string): boolean {
  return isShell(exe) || INTERPRETERS.test(baseName(exe));
}

/** How the command line `by` names what `run` runs, and where in it (-1: nowhere). A command that is the very same names nothing. */
export function namedIn(by: Run, run: Run): { named: Named; at: number } {
  if (by.line === run.line) return { named: NAMED.not, at: -1 };
  if (run.args.length > 1 && run.line.length >= LINE_LENGTH) {
    const at = wordIn(by.line, run.line, 1); // at 0 it is the same program with more arguments
    if (at > 0) return { named: NAMED.wordForWord, at };
    // A shell takes the quotes off what it runs (sh(1), Quoting).
    const unquoted = isShell(by.exe) && by.plain !== by.line ? wordIn(by.plain, run.plain, 1) : -1;
    if (unquoted > 0) return { named: NAMED.wordForWord, at: withQuotes(by.line, unquoted) };
  }
  for (const path of [run.exe, run.args[0] ?? '', scriptOf(run)]) {
    if (!path.startsWith('/') || path.length < LINE_LENGTH) continue;
    const at = wordIn(by.line, path);
    if (at >= 0 && !(at === 0 && isOwnProgram(by, path))) return { named: NAMED.byPath, at };
  }
  for (const name of [baseName(run.exe), baseName(run.args[0])]) {
    if (name.length < NAME_LENGTH) continue;
    const at = wordIn(by.line, name, baseName(by.exe) === name ? 1 : 0);
    if (at >= 0) return { named: NAMED.byName, at };
  }
  return { named: NAMED.not, at: -1 };
}

/** Where the character stands in a line that is at `plain` when its quotes are taken off. */
function withQuotes(line: string, plain: number): number {
  let at = 0;
  for (let left = plain; left > 0 || isQuote(line[at] ?? ''); at++) if (!isQuote(line[at]!)) left--;
  return at;
}

function isOwnProgram(by: Run, path: string): boolean {
  return by.exe === path || by.args[0] === path;
}

/** Where `word` stands in `line` as words of their own, from `from` on. */
function wordIn(line: string, word: string, from = 0): number {
  for (let at = line.indexOf(word, from); at >= 0; at = line.indexOf(word, at + 1)) {
    if (isBreak(line[at - 1]) && isBreak(line[at + word.length])) return at;
  }
  return -1;
}

function isBreak(char: string | undefined): boolean {
  return char === undefined || /[\s"'`;&|<>(){}=/,[\]]/.test(char);
}

/**
 * What a shell's command line does after it started the command at `at` (sh(1), Lists); what stands in quotes there are words of a command:
 *   waits       runs it in the foreground, or waits for it later
 *   leaves      puts it in the background as the last thing it does
 *   goesOn      puts it in the background and runs more
 */
export function afterStart(line: string, at: number): 'waits' | 'leaves' | 'goesOn' {
  let around = quoteAround(line, at);
  for (let i = at; i < line.length; i++) {
    const char = line[i]!;
    if (char === '\\' && around !== "'") i++;
    else if (char === around) around = '';
    else if (isQuote(char)) i = Math.max(i, line.indexOf(char, i + 1));
    if (char === ';' || char === '\n' || char === '|') return 'waits';
    if (char !== '&') continue;
    if (line[i + 1] === '&') return 'waits';
    if (line[i + 1] === '>' || line[i - 1] === '>' || line[i - 1] === '<') continue; // a redirection
    const rest = line.slice(i + 1);
    if (/(^|[\s;&])wait([\s;&]|$)/.test(rest)) return 'waits';
    return /^[\s;)"']*((disown|exit|true|:)(\s+\S+)?[\s;)"']*)*(>\s*\S+|\d?>&\d|\d?>\s*\S+|<\s*\S+|\s)*$/.test(rest) ? 'leaves' : 'goesOn';
  }
  return 'waits';
}

/** The quote that is open at a place of a shell's command line, '' if none: a script may hold the script of another. */
function quoteAround(line: string, at: number): string {
  let open = '';
  for (let i = Math.max(0, line.indexOf(' -c ')); i < at; i++) {
    const char = line[i]!;
    if (char === '\\' && open !== "'") i++;
    else if (char === open) open = '';
    else if (open === '' && isQuote(char)) open = char;
  }
  return open;
}

function isQuote(char: string): boolean {
  return char === "'" || char === '"';
}

import { jsonText, visible } from '../report/index.js';

export { jsonText, visible };

/** What a command writes to: the process's own streams, or a test's. */
export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error & { code?: string }) => void): unknown;
}

export interface Io {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where sql-wasm.wasm lies. */
  readonly wasmPath: string;
}

/** The reader of our output went away (`| head`): nothing is left to do, and nothing is wrong. */
export class ReaderGone extends Error {}

/** Ordered writing with back pressure, so that a million lines do not pile up in memory; and progress on a terminal. */
export interface Output {
  /** One or more whole lines to stdout. Throws {@link ReaderGone}. */
  print(text: string): Promise<void>;
  /** Throws what {@link print} throws, where what was printed last did not arrive. */
  check(): void;
  /** A line to stderr; any progress is wiped first. */
  warn(text: string): void;
  progress(what: string, done: number, total: number): void;
  /** Wipes the progress line. */
  settle(): void;
  /** Emphasis where a terminal shows it; the text itself always says what it means. */
  readonly mark: (text: string) => string;
  readonly dim: (text: string) => string;
}

export function createOutput(io: Io): Output {
  const { stdout, stderr } = io;
  let gone = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let shown = '';
  stdout.on('error', (error) => {
    if (error.code === 'EPIPE') gone = true;
    else failure = new Error(`The output could not be written: ${error.message}`, { cause: error });
    wake?.();
  });
  // Nobody is left to be told (`2>&1 | head`, a full disk); the results still go out, and the exit code says the rest.
  stderr.on('error', () => undefined);
  const check = (): void => {
    if (gone) throw new ReaderGone();
    if (failure) throw failure;
  };
  const isColoured = stdout.isTTY === true && (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb';
  const settle = (): void => {
    if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`);
    shown = '';
  };
  return {
    async print(text) {
      check();
      settle();
      if (stdout.write(text.endsWith('\n') ? text : `${text}\n`)) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        stdout.once('drain', resolve);
      });
      check();
    },
    check,
    warn(text) {
      settle();
      stderr.write(`${text}\n`);
    },
    progress(what, done, total) {
      if (stderr.isTTY !== true) return;
      const share = total > 0 ? ` ${Math.min(100, Math.floor((done / total) * 100))} %` : '';
      const text = `${visible(what)}${share}`.slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(`\r${text.padEnd(shown.length)}`);
      shown = text;
    },
    settle,
    mark: isColoured ? (text) => `\x1b[1;33m${text}\x1b[0m` : (text) => text,
    dim: isColoured ? (text) => `\x1b[2m${text}\x1b[0m` : (text) => text,
  };
}

/** 12,345: figures that a person reads. */
export function figures(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Behind a count of rows: how many could not be decided, for want of what. Fields that no evidence has are not among them: a diagnostic tells of those. */
export function undecidedWords({ count, fields }: { readonly count: number; readonly fields: readonly string[] }): string {
  if (count === 0) return '';
  return `; ${figures(count)} undecided${fields.length > 0 ? `: ${fields.map(visible).join(', ')} unknown` : ''}`;
}

/** "1 record", "2,000 records". */
export function counted(number: number, one: string, many: string = `${one}s`): string {
  return `${figures(number)} ${number === 1 ? one : many}`;
}

/** "15.2 MB": sizes in steps of 1000, as ls -h and df say it beside exact figures in JSON. */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes, unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? counted(bytes, 'byte') : `${value.toFixed(1)} ${units[unit]}`;
}

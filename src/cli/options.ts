import { parseArgs, type ParseArgsConfig } from 'node:util';
import { parseZone } from '../evidence/index.js';
import type { OpenAsk } from '../engine/index.js';
import { parseStoreUrl } from '../node/index.js';
import { parseTime, type TimeStyle } from './times.js';

/** The command line was wrong: the message, then how it is used. Exit 2. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly usage: string,
  ) {
    super(message);
  }
}

type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** Options that every command takes. */
const COMMON = {
  zone: { type: 'string' },
  taken: { type: 'string' },
  'host-of': { type: 'string', multiple: true },
  utc: { type: 'boolean' },
  local: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable;

export interface Parsed {
  readonly positionals: readonly string[];
  /** A command's own options, as text or true. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly times: TimeStyle;
  /** What --zone, --taken and --host-of state. */
  readonly stated: Omit<OpenAsk, 'sources'>;
}

/** Reads a command's arguments; anything unknown is a {@link UsageError}. */
export function parseOptions(args: readonly string[], own: Readonly<Record<string, 'string' | 'boolean'>>, usage: string): Parsed {
  const options: OptionTable = { ...COMMON };
  for (const [name, type] of Object.entries(own)) options[name] = name === 'output' ? { type, short: 'o' } : { type };
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), usage);
  }
  const { values } = parsed;
  if (values['utc'] === true && values['local'] === true) throw new UsageError('--utc and --local exclude each other.', usage);
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  const zone = text('zone'), taken = text('taken');
  if (zone !== undefined) checkZone(zone, usage);
  const takenMicros = taken === undefined ? undefined : parseTime(taken);
  if (taken !== undefined && takenMicros === undefined) throw new UsageError(`--taken ${taken}: a time is needed, such as 2026-11-24T14:55:26Z.`, usage);
  const hostOf = hostsOf(Array.isArray(values['host-of']) ? values['host-of'].map(String) : [], usage);
  return {
    positionals: parsed.positionals,
    values: Object.fromEntries(Object.keys(own).map((name) => [name, typeof values[name] === 'boolean' ? values[name] : text(name)])),
    times: values['local'] === true ? 'local' : 'utc',
    stated: {
      ...(zone === undefined ? {} : { zone }),
      ...(takenMicros === undefined ? {} : { takenMicros }),
      ...(hostOf === undefined ? {} : { hostOf }),
    },
  };
}

function checkZone(zone: string, usage: string): void {
  try {
    parseZone(zone);
  } catch (error) {
    throw new UsageError(`--zone ${zone}: ${error instanceof Error ? error.message : String(error)}`, usage);
  }
}

/** Where a ClickHouse store is; what is wrong with the address is a {@link UsageError}. */
export function storeAddress(url: string, usage: string): ReturnType<typeof parseStoreUrl> {
  try {
    return parseStoreUrl(url);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), usage);
  }
}

function hostsOf(pairs: readonly string[], usage: string): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined;
  const hosts: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=');
    if (at <= 0 || at === pair.length - 1) throw new UsageError(`--host-of ${pair}: it is written FILE=HOST.`, usage);
    hosts[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return hosts;
}

/** One of a few words, else a usage error that names them. */
export function oneOf<T extends string>(name: string, value: string | boolean | undefined, words: readonly T[], usage: string): T | undefined {
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found === undefined) throw new UsageError(`--${name} ${String(value)}: it is one of ${words.join(', ')}.`, usage);
  return found;
}

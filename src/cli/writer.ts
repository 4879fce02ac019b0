import { hostname, userInfo } from 'node:os';
import { clock, type Writer } from '../node/index.js';
import { UsageError } from './options.js';
import type { Session } from './session.js';

/** Who writes: `--author`, else FOUNDLING_AUTHOR, else the login name on this machine. Git's settings are not read. */
export function writerOf(session: Session, author: string | boolean | undefined, usage: string): Writer {
  const { env } = session.io;
  const name = [author, env['FOUNDLING_AUTHOR'], env['USER'], env['LOGNAME'], loginName()].find((each): each is string => typeof each === 'string' && each.trim() !== '');
  if (name === undefined) throw new UsageError('Nobody is named as author: say --author NAME, or set FOUNDLING_AUTHOR.', usage);
  return { author: name.trim(), machine: hostname(), now: clock };
}

function loginName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a uid without a passwd entry has no name
  }
}

import type { Coverage } from '../model/index.js';
import { zoneText } from './clock.js';
import type { ParseContext } from './format.js';

/** What no snapshot can show, whatever tool took it. */
export const SNAPSHOT_GAPS: readonly Coverage[] = [
  {
    gap: 'no-forks',
    says: 'A snapshot shows who has a process now, not who made it: after an adoption the creator is not in it.',
    remedy: '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork',
  },
  {
    gap: 'no-exits',
    says: 'A snapshot shows who is alive; who ended before it, and when, is not in it.',
    remedy: '-a always,exit -F arch=b64 -S exit,exit_group -k exit',
  },
];

export const NO_PARENTS: Coverage = {
  gap: 'no-parents',
  says: 'The output has no PPID column: processes are seen, their parents are not.',
  remedy: 'ps axwwo pid,ppid,pgid,sid,tty,stat,lstart,user,comm,args',
};

export function truncated(what: string): Coverage {
  return { gap: 'truncated', says: `${what}; who is missing from it may have been alive.` };
}

/** Whole-day gap: what is not a whole snapshot proves nothing by silence. */
export function partOnly(why: string): Coverage {
  return { gap: 'no-snapshot', says: `This is a part of a snapshot (${why}): that a process is not in it says nothing.`, remedy: 'ps axww -o ...' };
}

/** Says which zone local stamps were read in, when nobody stated it. */
export function zoneGuessed(minutes: number, agrees: boolean): Coverage {
  return {
    gap: 'zone-guessed',
    says: agrees
      ? `Start times name no zone; ${zoneText(minutes)} was taken, because the newest process then began just before the snapshot was taken.`
      : `Start times name no zone; ${zoneText(minutes)} was taken.`,
    remedy: '--zone +HH:MM',
  };
}

/** Says that the capture time is weak or unknown. */
export function takenGuessed(context: ParseContext): Coverage | undefined {
  if (context.takenMicros === undefined)
    return { gap: 'taken-guessed', says: 'Nothing says when the snapshot was taken; its rows have no time.', remedy: '--taken TIME' };
  if (context.takenFrom !== 'modified') return undefined;
  return { gap: 'taken-guessed', says: 'The capture time is the time the file was last written, which a copy may have changed.', remedy: '--taken TIME' };
}

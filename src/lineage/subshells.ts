import { BASIS_INFERRED, NO_PROCESS, type StringTable } from '../model/index.js';
import { isShell } from './argv.js';
import type { Claims } from './claims.js';
import type { Processes } from './processes.js';
import { SURE } from './sure.js';
import { CREATOR_WHY } from './why.js';

/** A neighbour by birth says something of a process only if both were seen within this time. */
const NEIGHBOUR_MICROS = 120_000_000;
/** So many births between two neighbours, and more than one reading fits. */
const CLOSE_BIRTHS = 2;
/** A copy of a shell that has not run its program yet may stand this many births before its children. */
const COPY_BIRTHS = 80;
/** It ran its program this much later than its child was seen: no race of two neighbours in a pipeline. */
const LATER_MICROS = 30_000;
/** Neighbours looked at, links of a chain followed, and rounds made: each claim may open the next. */
const LOOKED_AT = 64;
const CHAIN = 12;
const ROUNDS = 4;
/** systemd runs generators below a copy of itself, (sd-executor) (systemd src/shared/exec-util.c, do_execute). */
const GENERATOR = /\/systemd\/(system-generators|user-generators|system-environment-generators|user-environment-generators)\//;

/**
 * Creators of processes that ran no program and show only as the parent of others: subshells, command substitutions, (sd-executor). A shell makes its
 * children one after the other, and waits: so a copy that was born between two children of one shell is its child too; and what is born after a copy
 * that has not run its program yet was made by that copy.
 */
export function inferSubshells(p: Processes, rows: readonly number[], strings: StringTable, claims: Claims): void {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    if (p.pid[row]! <= 2) continue;
    const key = `${p.host[row]} ${p.boot[row]} ${p.ses[row]}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const isCopy = (row: number): boolean => p.spoke[row] === 0;
  // By creator: a process that ended has been taken from its parent's children.
  const childrenOf = new Map<number, number[]>();
  for (const row of rows) {
    const creator = p.creator[row]!;
    if (creator === NO_PROCESS || !isCopy(creator)) continue;
    const children = childrenOf.get(creator);
    if (children) children.push(row);
    else childrenOf.set(creator, [row]);
  }
  const shell = (row: number): boolean => isShell(strings.text(p.exe[row]!) ?? '');
  const name = (row: number): string => `${strings.text(p.comm[row]!) ?? 'pid'} ${p.pid[row]}`;
  const chainOf = (row: number): number[] => {
    const chain: number[] = [];
    for (let at = row; at !== NO_PROCESS && p.pid[at]! > 2 && chain.length < CHAIN; at = p.creator[at]!) chain.push(at);
    return chain;
  };

  for (const group of groups.values()) {
    group.sort((a, b) => p.bornAt[a]! - p.bornAt[b]! || p.start[a]! - p.start[b]! || a - b);
    const open = group.flatMap((row, at) => (p.creator[row] === NO_PROCESS && childrenOf.has(row) ? [at] : []));
    const manager = group.find((row) => p.subreaper[row] === 1 && (strings.text(p.exe[row]!) ?? '').endsWith('/systemd'));
    for (let round = 0; round < ROUNDS; round++) {
      let claimed = 0;
      for (const at of open) if (p.creator[group[at]!] === NO_PROCESS && explain(group, at, manager)) claimed++;
      if (claimed === 0) break;
    }
  }

  function explain(group: readonly number[], at: number, manager: number | undefined): boolean {
    const row = group[at]!;
    if (manager !== undefined && manager !== row && p.start[manager]! <= p.start[row]! && runsGenerators(row)) {
      return claim(row, manager, SURE.executor, 'time', `${name(manager)} runs its generators below a copy of itself`);
    }
    const before = neighbourBefore(group, at);
    const after = neighbourAfter(group, at);
    if (before !== NO_PROCESS && after !== NO_PROCESS) {
      const chain = chainOf(before);
      const above = new Set(chainOf(p.creator[after]!));
      const common = chain.find((other) => above.has(other));
      const nearest = chain.find((other) => isCopy(other) || shell(other));
      if (common !== undefined && common === nearest) {
        const close = p.bornAt[row]! - p.bornAt[before]! <= CLOSE_BIRTHS;
        return claim(row, common, close ? SURE.betweenSiblings : SURE.betweenSiblingsApart, 'pid-order', `its number was given between ${name(before)} and ${name(after)}, and ${name(common)} is the nearest shell above both`);
      }
    }
    const copy = copyBefore(group, at);
    return copy !== NO_PROCESS && claim(row, copy, SURE.copyBefore, 'time', `${name(copy)} was born just before it and ran its program only later: until then it was a copy of its shell, which made this one`);
  }

  function claim(row: number, creator: number, sure: number, trace: 'time' | 'pid-order', says: string): boolean {
    if (chainOf(creator).includes(row)) return false;
    p.creator[row] = creator;
    p.creatorBasis[row] = BASIS_INFERRED;
    p.creatorWhy[row] = CREATOR_WHY.traces;
    p.creatorSure[row] = sure;
    p.launcherHint[row] = chainOf(creator).find((above) => !isCopy(above)) ?? NO_PROCESS;
    p.launcherSure[row] = Math.max(sure, SURE.aboveSiblings);
    claims.reason(row, { about: 'creator', for: true, says, trace });
    claims.reason(row, { about: 'creator', for: false, says: 'it left no record of its own: only others name it' });
    claims.settledBy(row, 'audit rules for fork, vfork, clone and clone3 record who makes whom');
    return true;
  }

  function runsGenerators(row: number): boolean {
    return childrenOf.get(row)?.some((child) => GENERATOR.test(strings.text(p.exe[child]!) ?? '')) ?? false;
  }

  function near(row: number, other: number): boolean {
    return Math.abs(p.start[other]! - p.start[row]!) < NEIGHBOUR_MICROS;
  }

  /** The last process of the session born before it. */
  function neighbourBefore(group: readonly number[], at: number): number {
    const other = group[at - 1];
    return other !== undefined && near(group[at]!, other) ? other : NO_PROCESS;
  }

  /** The first process of the session born after it that is none of its own and whose creator is known. */
  function neighbourAfter(group: readonly number[], at: number): number {
    const row = group[at]!;
    for (let i = at + 1; i < group.length && i < at + LOOKED_AT; i++) {
      const other = group[i]!;
      if (!near(row, other) || p.creator[other] === NO_PROCESS || chainOf(other).includes(row)) continue;
      return other;
    }
    return NO_PROCESS;
  }

  function copyBefore(group: readonly number[], at: number): number {
    const row = group[at]!;
    for (let i = at - 1; i >= 0 && i > at - LOOKED_AT; i--) {
      const other = group[i]!;
      if (p.bornAt[row]! - p.bornAt[other]! > COPY_BIRTHS) break;
      const above = p.creator[other]!;
      if (!isCopy(other) && above !== NO_PROCESS && shell(above) && p.start[other]! > p.start[row]! + LATER_MICROS) return other;
    }
    return NO_PROCESS;
  }
}

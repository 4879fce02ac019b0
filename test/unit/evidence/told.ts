import { openSet } from '../../../src/engine/openSet.js';
import { readSet } from '../../../src/evidence/index.js';
import { Spill } from '../../../src/node/spill.js';
import { memorySource } from './memory.js';

/** A list in an order that a seed decides. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const list = [...items];
  let state = seed >>> 0;
  for (let i = list.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = (state >>> 8) % (i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

/** Two halves of a list, woven into each other at random, each in its own order. */
export function interleaved<T>(items: readonly T[], seed: number): T[] {
  const left = items.slice(0, items.length >> 1), right = items.slice(items.length >> 1);
  return shuffled([...left.map(() => true), ...right.map(() => false)], seed).map((isLeft) => (isLeft ? left : right).shift()!);
}

export interface Told {
  readonly format: string | undefined;
  readonly lineage: string;
  readonly count: number;
  readonly accounting: unknown;
  readonly gaps: readonly string[];
}

/** Every column of the lineage, with texts instead of their ids, and the accounting. */
export async function told(lines: readonly string[], keep: boolean, end = '\n', name = 'audit.log'): Promise<Told> {
  return toldOf([[name, lines]], keep, end);
}

/** The same of several files; format, accounting and gaps are those of the first. */
export async function toldOf(files: readonly (readonly [name: string, lines: readonly string[]])[], keep: boolean, end = '\n'): Promise<Told> {
  const set = await openSet(files.map(([name, lines]) => memorySource(name, Buffer.from(lines.join('\n') + end, 'latin1'), { chunk: 1 << 16, modifiedMicros: 1.7075e15 })), {
    keep,
    read: (sources, options) => readSet(sources, { ...options, openTemporary: () => new Spill() }),
  });
  const { lineage, strings } = set;
  const texts = new Set(['host', 'tty', 'comm', 'exe', 'args', 'cwd', 'cgroup', 'unit', 'container', 'programComm', 'programExe', 'programArgs']);
  const words = Object.entries(lineage).map(([name, column]: [string, unknown]) => {
    if (!ArrayBuffer.isView(column) || column instanceof DataView) return '';
    const cells = [...(column as Int32Array)]; // every column of a lineage is an array of numbers
    return `${name} ${texts.has(name) ? cells.map((id) => strings.text(id) ?? '').join('|') : cells.join(' ')}`;
  });
  const [entry] = set.entries;
  return { format: entry?.format, lineage: words.join('\n'), count: lineage.count, accounting: entry?.accounting, gaps: entry?.coverage.map(({ gap }) => gap) ?? [] };
}

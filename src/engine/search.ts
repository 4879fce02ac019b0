import type { StringId, StringTable } from '../model/index.js';
import { idText, userOf } from './processFacts.js';
import type { OpenedSet } from './openSet.js';
import type { View } from './views.js';

/**
 * Processes that hold a text in name, pid, user, executable, working directory, unit, container or any arguments they ever ran with (decoded), in view order.
 * Each distinct string is looked at once, as bytes; ASCII case is ignored, a blank matches the NUL between two arguments. Of a number, the processes with that
 * very pid come first: who types 567 does not mean 4567.
 */
export function searchView(set: OpenedSet, view: View, text: string, limit: number): { processes: Int32Array; rows: Int32Array; total: number } {
  const { lineage } = set;
  const exact: number[] = [], others: number[] = [];
  let total = 0;
  if (text === '') return { processes: new Int32Array(0), rows: new Int32Array(0), total };
  const number = /^\d+$/.test(text) ? Number(text) : -1;
  const holds = createStringTest(set.strings, text);
  const userHolds = createUserTest(set, text.toLowerCase());
  for (let node = 0; node < view.layout.count; node++) {
    const process = view.layout.process[node]!;
    if (process < 0) continue;
    const found =
      holds(lineage.comm[process]!) || holds(lineage.exe[process]!) || holds(lineage.args[process]!) || holds(lineage.cwd[process]!) || holds(lineage.unit[process]!) || holds(lineage.container[process]!) ||
      (number >= 0 && String(lineage.pid[process]!).includes(text)) ||
      userHolds(process) ||
      ranProgram(set, process, holds);
    if (!found) continue;
    total++;
    const isExact = number >= 0 && lineage.pid[process] === number;
    if (isExact || others.length < limit) (isExact ? exact : others).push(node);
  }
  const nodes = [...exact, ...others].slice(0, limit);
  return { processes: Int32Array.from(nodes, (node) => view.layout.process[node]!), rows: Int32Array.from(nodes, (node) => view.rowOf[node]!), total };
}

function ranProgram(set: OpenedSet, process: number, holds: (string: StringId) => boolean): boolean {
  const { lineage } = set;
  for (let at = lineage.programFirst[process]!; at < lineage.programFirst[process + 1]!; at++) {
    if (holds(lineage.programComm[at]!) || holds(lineage.programExe[at]!) || holds(lineage.programArgs[at]!)) return true;
  }
  return false;
}

function createStringTest(strings: StringTable, text: string): (string: StringId) => boolean {
  const needle = new TextEncoder().encode(text).map(fold);
  const answers = new Uint8Array(strings.count); // 0 not looked at, 1 no, 2 yes
  return (string) => {
    if (string === 0) return false;
    let answer = answers[string]!;
    if (answer === 0) answers[string] = answer = holdsBytes(strings.bytes(string), needle) ? 2 : 1;
    return answer === 2;
  };
}

function holdsBytes(bytes: Uint8Array, needle: Uint8Array): boolean {
  const first = needle[0]!, last = bytes.length - needle.length;
  for (let at = 0; at <= last; at++) {
    if (fold(bytes[at]!) !== first) continue;
    let same = 1;
    while (same < needle.length && fold(bytes[at + same]!) === needle[same]) same++;
    if (same === needle.length) return true;
  }
  return false;
}

/** ASCII lower case; NUL (between arguments) is a blank. */
function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte === 0 ? 0x20 : byte;
}

function createUserTest(set: OpenedSet, text: string): (process: number) => boolean {
  const { lineage } = set;
  const answers = new Map<string, boolean>();
  return (process) => {
    const key = `${lineage.host[process]!}/${lineage.uid[process]!}/${lineage.user[process]!}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      const name = userOf(set, process);
      answers.set(key, (answer = (name !== null && name.toLowerCase().includes(text)) || idText(lineage.uid[process]!) === text));
    }
    return answer;
  };
}

import type { ParentView } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { isOrphan, lastParent, nameOf, refOf } from './processWords.js';
import type { TreeLine } from './requests.js';
import { layOut } from './viewLayout.js';
import { parentsIn } from './views.js';

const LABEL_AT_MOST = 300;

/** The processes of a hunt's rows in their tree, with ancestors (`up` at most, else all) and, if asked, descendants (`down` at most). */
export function huntTree(set: OpenedSet, processes: Int32Array, ask: { readonly tree: ParentView; readonly up: number | undefined; readonly down: number | undefined }): TreeLine[] {
  const { lineage } = set;
  const parents = parentsIn(set, ask.tree);
  const matched = new Uint8Array(lineage.count);
  for (const process of processes) if (process >= 0) matched[process] = 1;
  const keep = matched.slice();
  for (let row = 0; row < matched.length; row++) {
    if (!matched[row]) continue;
    for (let up = parents[row]!, step = 0; up >= 0 && step < (ask.up ?? Infinity); up = parents[up]!, step++) {
      if (ask.up === undefined && keep[up]) break; // its own ancestors are marked, or will be; this also ends cycles
      keep[up] = 1;
    }
  }
  if (ask.down !== undefined && ask.down > 0) {
    for (let row = 0; row < matched.length; row++) {
      for (let up = parents[row]!, step = 1; up >= 0 && step <= ask.down && !keep[row]; up = parents[up]!, step++) if (matched[up]) keep[row] = 1;
    }
  }
  // Above what `up` allows nothing is shown, so the tree is cut there.
  const cut = parents.map((parent) => (parent >= 0 && keep[parent] ? parent : -1));
  const layout = layOut({ parents: cut, keep });
  return Array.from(layout.process, (process, node): TreeLine => {
    const other = ask.tree === 'created' ? lastParent(set, process) : lineage.creator[process]!;
    return { process, depth: layout.depth[node]!, matched: matched[process] === 1, label: labelOf(set, process), orphan: isOrphan(set, process), other: other >= 0 && other !== parents[process]! ? refOf(set, other) : null };
  });
}

function labelOf(set: OpenedSet, process: number): string {
  const args = set.strings.list(set.lineage.args[process]!).join(' ');
  const text = `${nameOf(set, process) ?? 'process'} ${set.lineage.pid[process]!}${args === '' ? '' : `  ${args}`}`;
  return text.length > LABEL_AT_MOST ? `${text.slice(0, LABEL_AT_MOST)}…` : text;
}

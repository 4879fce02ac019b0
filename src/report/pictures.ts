import type { Details, ProcessRef } from '../engine/requests.js';
import { FLAG, type ProcessRow } from '../model/index.js';
import type { PathStep, Picture } from './model.js';
import { called } from './processWords.js';
import { orphanedAfterWords, utcWords } from './timeWords.js';

const CHILDREN_DRAWN = 12;

type Node = Picture['nodes'][number];
type Edge = Picture['edges'][number];

/** The lineage of one process as a picture: the way down by creation, what lies below it, and beside it who adopted and who asked. */
export function pictureOf(path: readonly PathStep[], below: readonly Details[]): Picture {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  const at = new Map<ProcessRow, number>();
  const add = (node: Node): number => {
    const known = at.get(node.process);
    if (known !== undefined) return known;
    at.set(node.process, nodes.length);
    return nodes.push(node) - 1;
  };
  const subject = path[path.length - 1]?.details;
  const drawn = [...path.map(({ details }) => details), ...below.slice(0, CHILDREN_DRAWN)];
  const inside = new Set(drawn.map(({ process }) => process));
  // Whoever has an orphan, or asked for a process, and is no ancestor stands above, apart.
  const outside: readonly ProcessRef[] = drawn.flatMap((details) => [details.adopter.parent, details.requester?.parent ?? null]).filter((ref) => ref !== null && !inside.has(ref.process)) as readonly ProcessRef[];
  for (const ref of outside) add({ process: ref.process, label: called(ref), detail: Number.isNaN(ref.start) ? '' : `since ${utcWords(ref.start)}`, depth: 0, kind: 'outside', isSubject: false });
  // What it forked outlived it: one whose child ended before it let go of nothing.
  const letGo = new Set(drawn.filter(({ orphan }) => orphan).map(({ creator }) => creator.parent?.process));
  const depths = new Map<ProcessRow, number>();
  drawn.forEach((details) => {
    const parent = details.creator.parent;
    const depth = parent === null ? 0 : (depths.get(parent.process) ?? -1) + 1;
    depths.set(details.process, depth);
    const to = add({ process: details.process, label: called(details), detail: detailOf(details, letGo.has(details.process)), depth, kind: kindOf(details, letGo.has(details.process)), isSubject: details.process === subject?.process });
    if (parent !== null && at.has(parent.process)) edges.push({ from: at.get(parent.process)!, to, kind: 'created' });
  });
  for (const details of drawn) {
    const to = at.get(details.process)!;
    if (details.orphan && details.adopter.parent) edges.push({ from: at.get(details.adopter.parent.process)!, to, kind: 'adopted' });
    const { requester } = details;
    if (requester?.parent && requester.started?.process === details.process) edges.push({ from: at.get(requester.parent.process)!, to, kind: 'requested' });
  }
  return { nodes, edges };
}

function kindOf({ flags, orphan }: Details, hasLetGo: boolean): Node['kind'] {
  if (orphan) return 'orphan';
  if ((flags & FLAG.unrecorded) !== 0) return 'unrecorded';
  return hasLetGo && (flags & FLAG.intermediate) !== 0 ? 'intermediate' : 'plain';
}

function detailOf(details: Details, hasLetGo: boolean): string {
  const parts = [Number.isNaN(details.start) ? 'time unknown' : utcWords(details.start)];
  if (details.orphan) {
    const after = details.orphanedAfter ? orphanedAfterWords(details.orphanedAfter.min, details.orphanedAfter.max, details.orphan.seenAdopted) : '';
    parts.push(`ORPHAN${after === '' ? '' : ` ${after}`}`);
  }
  if (hasLetGo && (details.flags & FLAG.intermediate) !== 0) parts.push('only served to detach');
  if ((details.flags & FLAG.unrecorded) !== 0) parts.push('unrecorded');
  if (details.creator.basis === 'inferred') parts.push('creator inferred');
  return parts.join(', ');
}

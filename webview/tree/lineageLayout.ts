import { hierarchy, tree } from 'd3';
import type { Details, ProcessRef } from '../../src/engine/requests.js';
import { FLAG } from '../../src/model/index.js';

/** How two processes are joined: by fork, by adoption, or by a request to a broker that no fork shows. */
export type LinkKind = 'created' | 'adopted' | 'requested';

export interface LineageNode {
  readonly ref: ProcessRef;
  readonly x: number;
  readonly y: number;
  readonly isChosen: boolean;
  readonly isOrphan: boolean;
}

export interface LineageLink {
  readonly kind: LinkKind;
  readonly from: LineageNode;
  readonly to: LineageNode;
}

export interface LineageLayout {
  readonly nodes: readonly LineageNode[];
  readonly links: readonly LineageLink[];
  readonly width: number;
  readonly height: number;
  /** Children that are not drawn. */
  readonly left: number;
}

interface Branch {
  readonly ref: ProcessRef;
  readonly below: readonly Branch[];
}

/** Pixels from one generation to the next, and from one line to the next. */
const STEP = 158;
const LINE = 34;
const MARGIN = 12;
/** More than this is a wall; the tree itself has the others. */
export const CHILDREN_DRAWN = 200;

/** The chosen process between its ancestors by creation, left, and what it created, right; its adopter and its requester are joined to it where they stand. */
export function lineageLayout(details: Details): LineageLayout {
  const self: ProcessRef = { process: details.process, pid: details.pid, start: details.start, name: details.name };
  const drawn = details.children.slice(0, CHILDREN_DRAWN);
  const below: Branch = { ref: self, below: drawn.map((ref) => ({ ref, below: [] })) };
  const root = details.chain.reduce<Branch>((branch, ref) => ({ ref, below: [branch] }), below);
  const placed = tree<Branch>().nodeSize([LINE, STEP])(hierarchy(root, (branch) => branch.below));
  const nodes = new Map<number, LineageNode>();
  const top = Math.min(...placed.descendants().map(({ x }) => x));
  for (const { data, x, y } of placed.descendants())
    nodes.set(data.ref.process, { ref: data.ref, x: y + MARGIN, y: x - top + MARGIN + LINE / 2, isChosen: data.ref.process === details.process, isOrphan: data.ref.process === details.process && (details.flags & FLAG.orphan) !== 0 });
  const links: LineageLink[] = placed.links().map(({ source, target }) => ({ kind: 'created', from: nodes.get(source.data.ref.process)!, to: nodes.get(target.data.ref.process)! }));
  const chosen = nodes.get(details.process)!;
  let lowest = Math.max(...[...nodes.values()].map(({ y }) => y));
  const join = (kind: LinkKind, ref: ProcessRef | null | undefined): void => {
    if (!ref || ref.process === details.process) return;
    if (!nodes.has(ref.process)) {
      lowest += LINE * 2; // below the arc of an adoption
      nodes.set(ref.process, { ref, x: Math.max(MARGIN, chosen.x - STEP), y: lowest, isChosen: false, isOrphan: false });
    }
    links.push({ kind, from: nodes.get(ref.process)!, to: chosen });
  };
  join('adopted', details.adopter.parent);
  join('requested', details.requester?.parent);
  const all = [...nodes.values()];
  return {
    nodes: all,
    links,
    width: Math.max(...all.map(({ x }) => x)) + STEP,
    height: Math.max(...all.map(({ y }) => y)) + LINE * 2, // room for the arc of an adoption
    left: Math.max(0, (details.childCount ?? details.children.length) - drawn.length),
  };
}

import { BASES, type Basis, basisOf, type ParentView, type ProcessRef, type ProcessRow } from '../model/index.js';
import type { HuntResult, TreeLine } from './answers.js';
import { allOf, type SqlPort } from './port.js';
import { textOf } from './run.js';
import { SQLITE } from './sqlite.js';

export interface TreeOptions {
  readonly parents: ParentView;
  /** How many links above (all) and below (none) the rows' processes are drawn. */
  readonly up?: number | undefined;
  readonly down?: number | undefined;
}

interface Node {
  readonly process: ProcessRow;
  /** By the tree that is drawn, and by the other; -1 none. */
  readonly parent: ProcessRow;
  readonly other: ProcessRow;
  readonly ref: ProcessRef;
  readonly commandLine: string | null;
  readonly orphan: boolean;
  /** No record names it: it is known by what points to it. */
  readonly unrecorded: boolean;
  readonly creatorBasis: Basis | null;
}

const ASK_AT_ONCE = 500;
/** Deeper than any real tree: a guard against parents in a circle, which bad evidence may state. */
const MAX_LINKS = 4096;

/** The processes of a hunt's rows with what lies above (and below) them, in preorder, siblings by start. */
export function treeOf(port: SqlPort, { processes, bases }: Pick<HuntResult, 'processes' | 'bases'>, options: TreeOptions): TreeLine[] {
  const matched = weakestByProcess(processes, bases);
  const wanted = new Set(matched.keys());
  const nodes = new Map<ProcessRow, Node>();
  load(port, 'p.id', wanted, options.parents, nodes);
  let edge = [...nodes.values()];
  for (let link = 0; link < Math.min(options.up ?? MAX_LINKS, MAX_LINKS) && edge.length > 0; link++) {
    const above = new Set(edge.map((node) => node.parent).filter((parent) => parent >= 0 && !nodes.has(parent)));
    edge = load(port, 'p.id', above, options.parents, nodes);
  }
  edge = [...wanted].flatMap((process) => nodes.get(process) ?? []);
  for (let link = 0; link < Math.min(options.down ?? 0, MAX_LINKS) && edge.length > 0; link++) {
    edge = load(port, options.parents === 'created' ? 'p.creator' : 'p.parent', new Set(edge.map((node) => node.process)), options.parents, nodes);
  }
  const others = new Map<ProcessRow, Node>(nodes);
  load(port, 'p.id', new Set([...nodes.values()].map((node) => node.other).filter((other) => other >= 0 && !others.has(other))), options.parents, others);
  const linkOf = options.parents === 'created' ? (node: Node) => node.creatorBasis : recordedLinks(port, nodes);
  return lines(nodes, others, matched, linkOf);
}

/** On what the rows of each process rest, the weakest of them. */
function weakestByProcess(processes: Iterable<ProcessRow>, bases: readonly Basis[]): Map<ProcessRow, Basis> {
  const found = new Map<ProcessRow, Basis>();
  let at = 0;
  for (const process of processes) {
    const basis = bases[at++] ?? 'observed';
    const known = found.get(process);
    if (process >= 0 && (known === undefined || BASES.indexOf(basis) > BASES.indexOf(known))) found.set(process, basis);
  }
  return found;
}

/** How the last recorded parent of each process is known. */
function recordedLinks(port: SqlPort, nodes: ReadonlyMap<ProcessRow, Node>): (node: Node) => Basis | null {
  const found = new Map<ProcessRow, Basis | null>();
  const dialect = port.dialect ?? SQLITE;
  const all = [...nodes.keys()];
  for (let at = 0; at < all.length; at += ASK_AT_ONCE) {
    const params = dialect.parameters();
    const some = all.slice(at, at + ASK_AT_ONCE).map((process) => params.add(process)).join(', ');
    const statement = params.statement(`SELECT g.process, g.parent, g.basis FROM parentage g WHERE g.process IN (${some}) ORDER BY g.process, ${dialect.ordered('g.from_time', false)}`);
    for (const [process, parent, basis] of allOf(port, statement)) {
      if (parent !== null && nodes.get(Number(process))?.parent === Number(parent)) found.set(Number(process), basis === null ? null : (basisOf(Number(basis)) ?? null));
    }
  }
  return (node) => found.get(node.process) ?? null;
}

function load(port: SqlPort, column: string, values: ReadonlySet<ProcessRow>, parents: ParentView, into: Map<ProcessRow, Node>): Node[] {
  const all = [...values];
  const dialect = port.dialect ?? SQLITE;
  const found: Node[] = [];
  for (let at = 0; at < all.length; at += ASK_AT_ONCE) {
    const params = dialect.parameters();
    const some = all.slice(at, at + ASK_AT_ONCE).map((value) => params.add(value)).join(', ');
    const statement = params.statement(`SELECT p.id, p.creator, p.parent, p.pid, p.start, ${dialect.textOf('p.name_s')}, ${dialect.textOf('p.command_line_s')}, p.orphan, p.unrecorded, p.creator_basis
       FROM process p WHERE ${dialect.alive('p')} AND ${column} IN (${some})`);
    for (const [id, creator, parent, pid, start, name, commandLine, orphan, unrecorded, creatorBasis] of allOf(port, statement)) {
      const process = Number(id);
      if (into.has(process)) continue;
      const created = creator === null ? -1 : Number(creator);
      const recorded = parent === null ? -1 : Number(parent);
      const node: Node = {
        process,
        parent: parents === 'created' ? created : recorded,
        other: created === recorded ? -1 : parents === 'created' ? recorded : created,
        ref: { process, pid: Number(pid), start: start === null ? NaN : Number(start), name: textOf(name) ?? (unrecorded === 1 ? NAMELESS : null) },
        commandLine: textOf(commandLine),
        orphan: orphan === 1,
        unrecorded: unrecorded === 1,
        creatorBasis: creatorBasis === null ? null : (basisOf(Number(creatorBasis)) ?? null),
      };
      into.set(process, node);
      found.push(node);
    }
  }
  return found;
}

function lines(nodes: ReadonlyMap<ProcessRow, Node>, others: ReadonlyMap<ProcessRow, Node>, matched: ReadonlyMap<ProcessRow, Basis>, linkOf: (node: Node) => Basis | null): TreeLine[] {
  const below = new Map<ProcessRow, Node[]>();
  for (const node of [...nodes.values()].sort((a, b) => (a.ref.start || 0) - (b.ref.start || 0) || a.process - b.process)) {
    const parent = nodes.has(node.parent) && node.parent !== node.process ? node.parent : -1;
    const siblings = below.get(parent);
    if (siblings === undefined) below.set(parent, [node]);
    else siblings.push(node);
  }
  const found: TreeLine[] = [];
  const drawn = new Set<ProcessRow>();
  const draw = (from: readonly Node[], depthOfFirst: number): void => {
    const stack = [...from].reverse().map((node) => ({ node, depth: depthOfFirst }));
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      const { node, depth } = item;
      if (drawn.has(node.process)) continue;
      drawn.add(node.process);
      found.push({ process: node.process, depth, matched: matched.has(node.process), label: labelOf(node), orphan: node.orphan, basis: matched.get(node.process) ?? null, link: depth > depthOfFirst ? linkOf(node) : null, other: others.get(node.other)?.ref ?? null });
      for (const child of [...(below.get(node.process) ?? [])].reverse()) stack.push({ node: child, depth: depth + 1 });
    }
  };
  draw(below.get(-1) ?? [], 0);
  // Whoever is left stands in a circle of parents: drawn as a root rather than dropped.
  for (const node of nodes.values()) if (!drawn.has(node.process)) draw([node], 0);
  return found;
}

/** What stands for the name of a process that no record names: the tree editor's word. */
const NAMELESS = 'unrecorded';

function labelOf({ ref, unrecorded, commandLine }: Node): string {
  const name = `${ref.name ?? '?'} ${ref.pid}${unrecorded && ref.name !== NAMELESS ? ', unrecorded' : ''}`;
  return commandLine === null || commandLine === '' ? name : `${name}  ${commandLine}`;
}

import { NO_LINE_END, type Anchor, type Branches, type Consuming, type RegexNode } from './regexNode.js';
import { byKind, kindOf, type LetterKind } from './regexSets.js';
import { NotTranslated } from './ruleSet.js';

const REST: Consuming = { kind: 'repeat', of: { kind: 'set', text: '.' }, count: '*' };
const SIZE_AT_MOST = 20_000;

type Sequence = readonly RegexNode[];
/** What stands beside a place in the text: a letter of some kind, or nothing. */
type Beside = LetterKind | 'nothing';

/**
 * An expression that is found anywhere in a text, as one without anchors that matches the whole text: where an anchor stands, only those ways stay whose
 * letters beside it are as it wants them. Throws {@link NotTranslated} where that would be too long, or an anchor is repeated.
 */
export function withoutAnchors(tree: Branches, isMultiline: boolean): Branches {
  const size = new Size();
  const ways = tree.of.flatMap((branch) => spelledOut(branch, size)).flatMap((sequence) => new Writer(sequence, isMultiline, size).ways());
  if (ways.length === 0) throw new NotTranslated('a regular expression has an anchor (^, $, \\b) where no text can meet it');
  return { kind: 'branches', of: ways };
}

/** What is written grows with each way to stand beside an anchor: a bound for all of it. */
class Size {
  private left = SIZE_AT_MOST;

  spend(nodes: number): void {
    this.left -= nodes;
    if (this.left < 0) throw new NotTranslated('a regular expression has anchors (^, $, \\b) that can be written out only at more length than is sensible');
  }
}

/** A branch as sequences whose anchors stand in no group. */
function spelledOut(branch: Sequence, size: Size): readonly Sequence[] {
  let ways: readonly Sequence[] = [[]];
  for (const node of branch) {
    const own = hasAnchor(node) && !isAnchor(node) ? groupSpelledOut(node, size) : [[node]];
    ways = ways.flatMap((way) => own.map((one) => [...way, ...one]));
    size.spend(ways.length);
  }
  return ways;
}

function groupSpelledOut(node: RegexNode, size: Size): readonly Sequence[] {
  if (node.kind === 'branches') return node.of.flatMap((branch) => spelledOut(branch, size));
  if (node.kind !== 'repeat' || (node.count !== '?' && node.count !== '{1}')) throw new NotTranslated('a regular expression repeats an anchor');
  return [...spelledOut([node.of], size), ...(node.count === '?' ? [[]] : [])];
}

function isAnchor(node: RegexNode): node is { readonly kind: Anchor } {
  return node.kind === 'start' || node.kind === 'end' || node.kind === 'wordEdge' || node.kind === 'noWordEdge';
}

function hasAnchor(node: RegexNode): boolean {
  if (node.kind === 'repeat') return hasAnchor(node.of);
  return node.kind === 'branches' ? node.of.some((branch) => branch.some(hasAnchor)) : isAnchor(node);
}

/** A part of a chunk's texts: those that begin, or end, with a letter of this kind; none where nobody asks. */
interface Piece {
  readonly first: Beside | undefined;
  readonly last: Beside | undefined;
  readonly nodes: Sequence;
}

/** One sequence: chunks, and the anchors between them. */
class Writer {
  private readonly chunks: RegexNode[][] = [[REST]];
  /** Behind the chunk of the same place. */
  private readonly anchors: Anchor[][] = [];

  constructor(
    sequence: Sequence,
    private readonly isMultiline: boolean,
    private readonly size: Size,
  ) {
    for (const node of sequence) {
      const chunk = this.chunks.at(-1)!;
      if (!isAnchor(node)) {
        // `.*` beside what may be anything says nothing.
        if (chunk.length !== 1 || chunk[0] !== REST || !isAnything(node)) chunk.push(node);
      } else if (chunk.length === 0) this.anchors.at(-1)!.push(node.kind);
      else {
        this.anchors.push([node.kind]);
        this.chunks.push([]);
      }
    }
    const last = this.chunks.at(-1)!;
    while (last.length > 0 && isAnything(last.at(-1)!)) last.pop();
    last.push(REST);
  }

  ways(): readonly Sequence[] {
    return this.from(0, 'nothing', []);
  }

  /** The ways to go on at a chunk, where `before` stands behind it and `wanted` are the anchors in front of it. */
  private from(at: number, before: Beside, wanted: readonly Anchor[]): readonly Sequence[] {
    const chunk = this.chunks[at]!, isLast = at === this.chunks.length - 1;
    const groups = new Map<string, { pieces: Sequence[]; canBeEmpty: boolean; rest: readonly Sequence[] }>();
    const add = (nodes: Sequence | undefined, rest: readonly Sequence[]): void => {
      if (rest.length === 0) return;
      const key = JSON.stringify(rest);
      const group = groups.get(key) ?? { pieces: [], canBeEmpty: false, rest };
      if (nodes === undefined) group.canBeEmpty = true;
      else group.pieces.push(nodes);
      groups.set(key, group);
      this.size.spend(1 + rest.length);
    };
    const pieces = this.pieces(at);
    let isWhole = true;
    for (const piece of pieces.some) {
      const goes = wanted.every((anchor) => this.holds(anchor, before, piece.first));
      if (goes) add(piece.nodes, isLast ? [[]] : this.from(at + 1, piece.last ?? 'nothing', this.anchors[at]!));
      isWhole &&= goes;
    }
    if (pieces.canBeEmpty) {
      const rest = !isLast ? this.from(at + 1, before, [...wanted, ...this.anchors[at]!]) : wanted.every((anchor) => this.holds(anchor, before, 'nothing')) ? [[]] : [];
      add(undefined, rest);
      isWhole &&= rest.length > 0;
    }
    const found = [...groups.values()];
    const total = found.reduce((sum, group) => sum + group.pieces.length + Number(group.canBeEmpty), 0);
    if (isWhole && found.length === 1 && total === pieces.some.length + Number(pieces.canBeEmpty)) return [[...chunk, ...grouped(found[0]!.rest)]];
    return found.map((group) => [...(group.pieces.length === 0 ? [] : group.canBeEmpty ? [optional(group.pieces)] : grouped(group.pieces)), ...grouped(group.rest)]);
  }

  private holds(anchor: Anchor, before: Beside, after: Beside | undefined): boolean {
    switch (anchor) {
      case 'wordEdge':
        return (before === 'word') !== (after === 'word');
      case 'noWordEdge':
        return (before === 'word') === (after === 'word');
      case 'start':
        return before === 'nothing' || (this.isMultiline && before === 'line');
      case 'end':
        return after === 'nothing' || (this.isMultiline && after === 'line');
    }
  }

  /** The texts of a chunk by the letters that stand beside its anchors. */
  private pieces(at: number): { readonly some: readonly Piece[]; readonly canBeEmpty: boolean } {
    const chunk = this.chunks[at]!;
    const firsts = at === 0 ? undefined : this.split(chunk, 'first');
    const some: Piece[] = [];
    const addLast = (first: Beside | undefined, nodes: Sequence): boolean => {
      if (at === this.chunks.length - 1) {
        some.push({ first, last: undefined, nodes });
        return false;
      }
      const { by, canBeEmpty } = this.split(nodes, 'last');
      for (const [last, ways] of by) for (const way of ways) some.push({ first, last, nodes: way });
      return canBeEmpty;
    };
    if (firsts === undefined) return { canBeEmpty: addLast(undefined, chunk), some };
    for (const [first, ways] of firsts.by) for (const way of ways) addLast(first, way);
    return { some, canBeEmpty: firsts.canBeEmpty };
  }

  /** The texts of a sequence that are not empty, by the kind of their first or last letter. */
  private split(sequence: Sequence, side: 'first' | 'last'): { readonly by: ReadonlyMap<LetterKind, readonly Sequence[]>; readonly canBeEmpty: boolean } {
    const by = new Map<LetterKind, Sequence[]>();
    const add = (kind: LetterKind, own: Sequence, rest: Sequence): void => {
      by.set(kind, [...(by.get(kind) ?? []), side === 'first' ? [...own, ...rest] : [...rest, ...own]]);
      this.size.spend(own.length + rest.length);
    };
    let rest = sequence;
    for (let canBeEmpty = true; canBeEmpty; ) {
      const node = side === 'first' ? rest[0] : rest.at(-1);
      if (node === undefined) return { by, canBeEmpty };
      rest = side === 'first' ? rest.slice(1) : rest.slice(0, -1);
      canBeEmpty = this.splitNode(node, side, (kind, own) => add(kind, own, rest));
    }
    return { by, canBeEmpty: false };
  }

  /** Gives each way of a node to `add`; answers whether it may be empty. */
  private splitNode(node: RegexNode, side: 'first' | 'last', add: (kind: LetterKind, own: Sequence) => void): boolean {
    switch (node.kind) {
      case 'text':
        add(kindOf(node.text, this.isMultiline), [node]);
        return false;
      case 'set':
        for (const [kind, text] of byKind(node.text, this.isMultiline)) add(kind, [{ kind: 'set', text }]);
        return false;
      case 'branches':
        return node.of.map((branch) => {
          const { by, canBeEmpty } = this.split(branch, side);
          for (const [kind, ways] of by) for (const way of ways) add(kind, way);
          return canBeEmpty;
        }).includes(true);
      case 'repeat': {
        const [least, most] = timesOf(node.count);
        if (most === 0) return true;
        const { by, canBeEmpty } = this.split([node.of], side);
        const others = repeated(node.of, canBeEmpty ? 0 : Math.max(least - 1, 0), most - 1);
        for (const [kind, ways] of by) for (const way of ways) add(kind, side === 'first' ? [...way, ...others] : [...others, ...way]);
        return least === 0 || canBeEmpty;
      }
      default:
        throw new NotTranslated('a regular expression repeats an anchor'); // all others stand between chunks
    }
  }
}

/** `.*`, with line ends or without. */
function isAnything(node: RegexNode): boolean {
  return node.kind === 'repeat' && node.count === '*' && node.of.kind === 'set' && (node.of.text === '.' || node.of.text === NO_LINE_END);
}

function grouped(ways: readonly Sequence[]): Sequence {
  return ways.length === 1 ? ways[0]! : [{ kind: 'branches', of: ways }];
}

function optional(of: readonly Sequence[]): RegexNode {
  return { kind: 'repeat', of: { kind: 'branches', of }, count: '?' };
}

function timesOf(count: string): readonly [least: number, most: number] {
  if (count === '*') return [0, Infinity];
  if (count === '+') return [1, Infinity];
  if (count === '?') return [0, 1];
  const [, least = '0', comma, most = ''] = /^\{(\d+)(,?)(\d*)\}$/.exec(count) ?? [];
  return [Number(least), comma === '' ? Number(least) : most === '' ? Infinity : Number(most)];
}

function repeated(of: RegexNode, least: number, most: number): Sequence {
  if (most === 0) return [];
  const count = most === Infinity ? (least === 0 ? '*' : least === 1 ? '+' : `{${least},}`) : least === 0 && most === 1 ? '?' : least === most ? `{${least}}` : `{${least},${most}}`;
  return count === '{1}' ? [of] : [{ kind: 'repeat', of, count }];
}

import type { Range } from './diagnostics.js';
import type { HuntTexts } from './huntTexts.js';
import type { Parsed } from './parser.js';
import type { Place } from './symbols.js';
import type { Query } from './tree.js';
import type { TreeNode } from './treeNodes.js';

/** Something that an editor offers to do with the text at a place. */
export interface CodeAction {
  readonly title: string;
  readonly kind: 'extract' | 'inline' | 'rewrite';
  readonly edits: readonly (Place & { readonly text: string })[];
  /** Text to put on the clipboard. */
  readonly copies?: string;
  /** Why it cannot be done here; it is shown and does nothing. */
  readonly refused?: string;
}

/** What an action looks at. */
export interface ActionPlace {
  readonly asked: HuntTexts;
  readonly uri: string;
  readonly text: string;
  readonly parsed: Parsed;
  /** What is selected, without blanks around it; empty: the cursor. */
  readonly range: Range;
  /** The nodes that hold it, outermost first. */
  readonly path: readonly TreeNode[];
}

/** An edit of the text that the action looks at. */
export function edit(place: ActionPlace, range: Range, text: string): CodeAction['edits'][number] {
  return { uri: place.uri, from: range.from, to: range.to, text };
}

export function written({ text }: ActionPlace, { from, to }: Range): string {
  return text.slice(from, to);
}

/** The query that the place lies in: the hunt's, or that of a let. */
export function queryAt({ path }: ActionPlace): Query | undefined {
  for (const one of path) if (one.is === 'query') return one.node;
  return undefined;
}

/** Whether a comment lies in a range: rewriting that would lose it. */
export function holdsComment({ parsed }: ActionPlace, { from, to }: Range): boolean {
  return parsed.comments.some((comment) => comment.from >= from && comment.to <= to);
}

import type { Range } from './diagnostics.js';
import type { Definition, Expr, Hunt, Inner, Pipe, PipeArg, Query, Source, Term } from './tree.js';

/** Any node of a tree, so that one walk reads them all. */
export type TreeNode =
  | { readonly is: 'hunt'; readonly node: Hunt }
  | { readonly is: 'definition'; readonly node: Definition }
  | { readonly is: 'query'; readonly node: Query }
  | { readonly is: 'source'; readonly node: Source }
  | { readonly is: 'term'; readonly node: Term }
  | { readonly is: 'pipe'; readonly node: Pipe }
  | { readonly is: 'argument'; readonly node: PipeArg }
  | { readonly is: 'expr'; readonly node: Expr };

const expr = (node: Expr): TreeNode => ({ is: 'expr', node });
const inner = (node: Inner): TreeNode => ({ is: 'source', node });

/** The nodes right below, in the order they are written. */
export function childrenOf(of: TreeNode): readonly TreeNode[] {
  const children = childrenAnyhow(of);
  return children.length > 1 ? children.sort((a, b) => a.node.from - b.node.from) : children;
}

function childrenAnyhow(of: TreeNode): TreeNode[] {
  switch (of.is) {
    case 'hunt':
      return [...of.node.definitions.map((node): TreeNode => ({ is: 'definition', node })), ...(of.node.query === undefined ? [] : [{ is: 'query', node: of.node.query } as const])];
    case 'definition':
      return [of.node.body.kind === 'query' ? { is: 'query', node: of.node.body.query } : expr(of.node.body.expr)];
    case 'query':
      return [{ is: 'source', node: of.node.source }, ...of.node.pipes.map((node): TreeNode => ({ is: 'pipe', node }))];
    case 'source': {
      const { node } = of;
      if (node.kind === 'use') return [];
      if (node.kind === 'event') return [expr(node.where)];
      return [...node.keys.map(expr), ...[...node.terms, ...(node.until === undefined ? [] : [node.until])].map((term): TreeNode => ({ is: 'term', node: term }))];
    }
    case 'term':
      return [inner(of.node.inner), ...of.node.keys.map(expr)];
    case 'pipe':
      return [...of.node.args, ...of.node.keys].map((node): TreeNode => ({ is: 'argument', node }));
    case 'argument':
      return [expr(of.node.expr)];
    case 'expr':
      return childrenOfExpr(of.node);
  }
}

function childrenOfExpr(of: Expr): TreeNode[] {
  switch (of.kind) {
    case 'call':
      return of.args.map(expr);
    case 'arithmetic':
    case 'compare':
      return [expr(of.left), expr(of.right)];
    case 'sign':
    case 'not':
      return [expr(of.operand)];
    case 'match':
      return [of.subject, ...of.items].map(expr);
    case 'and':
    case 'or':
      return of.operands.map(expr);
    case 'relation':
      return [inner(of.inner)];
    case 'literal':
    case 'field':
    case 'missing':
      return [];
  }
}

/** Calls `visit` for a node and all below it. */
export function walkTree(of: TreeNode, visit: (node: TreeNode) => void): void {
  visit(of);
  for (const child of childrenOf(of)) walkTree(child, visit);
}

/** The nodes that hold a range, outermost first. */
export function pathTo(hunt: Hunt, { from, to }: Range): readonly TreeNode[] {
  const path: TreeNode[] = [];
  let here: TreeNode | undefined = { is: 'hunt', node: hunt };
  while (here !== undefined) {
    path.push(here);
    here = childrenOf(here).find(({ node }) => node.from <= from && to <= node.to);
  }
  return path;
}

import { edit, holdsComment, queryAt, written, type ActionPlace, type CodeAction } from './codeAction.js';
import type { Range } from './diagnostics.js';
import { PIPE_SYNTAX } from './pipes.js';
import { SOURCE_NAMES } from './sources.js';
import { tokenFrom } from './tokenPlace.js';
import type { Expr, Junction } from './tree.js';
import { walkTree, type TreeNode } from './treeNodes.js';

/** `x == "a" or x == "b"` as `x in ("a", "b")`; likewise of patterns. */
export function orToList(place: ActionPlace): CodeAction[] {
  for (const one of [...place.path].reverse()) {
    if (one.is !== 'expr' || one.node.kind !== 'or' || holdsComment(place, one.node)) continue;
    const joined = joinTests(place, one.node);
    if (joined !== undefined) return [{ title: `Join into one list (${joined.field} ${joined.op} (...))`, kind: 'rewrite', edits: [edit(place, one.node, joined.text)] }];
  }
  return [];
}

interface Test {
  readonly field: string;
  readonly op: string;
  readonly items: readonly string[];
}

function joinTests(place: ActionPlace, or: Junction): { readonly field: string; readonly op: string; readonly text: string } | undefined {
  const tests = or.operands.map((operand) => testOf(place, operand));
  const lists = new Map<string, Test[]>();
  for (const test of tests) if (test !== undefined) lists.set(`${test.field} ${test.op}`, [...(lists.get(`${test.field} ${test.op}`) ?? []), test]);
  const joined = [...lists.values()].find((list) => list.length > 1);
  const [first] = joined ?? [];
  if (joined === undefined || first === undefined) return undefined;
  const list = `${first.field} ${first.op} (${joined.flatMap((test) => test.items).join(', ')})`;
  const parts = or.operands.flatMap((operand, at) => {
    const test = tests[at];
    if (test === undefined || !joined.includes(test)) return [written(place, operand)];
    return test === first ? [list] : [];
  });
  const wasBracketed = place.text[or.from] === '(' && or.operands[0]!.from > or.from;
  const text = parts.join(' or ');
  return { field: first.field, op: first.op, text: wasBracketed && parts.length > 1 ? `(${text})` : text };
}

/** A test of a field against literals, if it can stand in a list. */
function testOf(place: ActionPlace, expr: Expr): Test | undefined {
  if (expr.kind === 'compare' && expr.op === '==' && expr.left.kind === 'field' && expr.right.kind === 'literal' && expr.right.type !== 'null') return { field: written(place, expr.left), op: 'in', items: [written(place, expr.right)] };
  if (expr.kind !== 'match' || expr.negated || expr.subject.kind !== 'field' || expr.items.some((item) => item.kind !== 'literal' || item.type === 'null')) return undefined;
  return { field: written(place, expr.subject), op: expr.op, items: expr.items.map((item) => written(place, item)) };
}

/** The recorded parents of this query as the created ones, and back: `process.parent` and `process.creator`, `in recorded` and `in created`. */
export function switchParents(place: ActionPlace): CodeAction[] {
  const statement = place.path[1]; // a let, or the query
  if (statement === undefined) return [];
  return [switched(place, statement, 'parent', 'creator', 'created'), switched(place, statement, 'creator', 'parent', 'recorded')].filter((action) => action !== undefined);
}

function switched(place: ActionPlace, within: TreeNode, from: string, to: string, tree: 'created' | 'recorded'): CodeAction | undefined {
  const { tokens } = place.parsed;
  const edits: CodeAction['edits'][number][] = [];
  walkTree(within, (one) => {
    if (one.is !== 'expr') return;
    const { node } = one;
    if (node.kind === 'relation' && node.tree !== undefined && node.tree !== tree) {
      // The word after the last `in` of the relation.
      let at = tokenFrom(tokens, node.to) - 1;
      while (tokens[at]!.value !== node.tree) at--;
      edits.push(edit(place, tokens[at]!, tree));
    }
    if (node.kind === 'relation' && node.tree === undefined && tree === 'recorded' && node.relation !== 'event') {
      const end = node.inner.kind === 'use' ? node.inner.to : tokens[tokenFrom(tokens, node.inner.to)]!.to; // its ]
      edits.push(edit(place, { from: end, to: end }, ' in recorded'));
    }
    if (node.kind !== 'field' || !node.name.startsWith('process.') || !node.name.split('.').slice(1, -1).includes(from)) return;
    for (let at = tokenFrom(tokens, node.from); tokens[at]!.from < node.to; at++) {
      if (tokens[at]!.kind === 'name' && tokens[at]!.value === from && tokens[at + 1]?.value === '.') edits.push(edit(place, tokens[at]!, to));
    }
  });
  const title = tree === 'created' ? 'Ask who created it (process.creator, in created)' : 'Ask the recorded parent (process.parent, in recorded)';
  return edits.length === 0 ? undefined : { title, kind: 'rewrite', edits };
}

/** A query of events as the first step of a sequence; a step as a query of its own. */
export function eventAndStep(place: ActionPlace): CodeAction[] {
  const query = queryAt(place);
  if (query === undefined) return [];
  const { source } = query;
  if (source.kind === 'event' && SOURCE_NAMES.get(source.source)?.table === 'event') {
    const text = `sequence by host.id, process.entity_id with maxspan=5m\n  [${written(place, source)}]\n  [any where true]`;
    return [{ title: 'Make it the first step of a sequence', kind: 'rewrite', edits: [edit(place, source, text)] }];
  }
  const term = place.path.find((one) => one.is === 'term');
  if (source.kind === 'event' || source.kind === 'use' || term?.is !== 'term') return [];
  const { inner } = term.node;
  return [{ title: 'Make this step the query', kind: 'rewrite', edits: [edit(place, source, written(place, inner))] }];
}

/** `| tree` behind a query of rows that are events or lifetimes. */
export function addTree(place: ActionPlace): CodeAction[] {
  const query = place.path.find((one) => one.is === 'query');
  if (query?.is !== 'query' || query.node.to <= query.node.from) return [];
  const { pipes } = query.node;
  if (pipes.some((pipe) => PIPE_SYNTAX.get(pipe.name)?.view === true || PIPE_SYNTAX.get(pipe.name)?.makesTable === true)) return [];
  const end: Range = { from: query.node.to, to: query.node.to };
  const onOwnLine = pipes.length > 0 && place.text.slice(query.node.from, query.node.to).includes('\n');
  return [{ title: 'Show it as a tree', kind: 'rewrite', edits: [edit(place, end, `${onOwnLine ? '\n' : ' '}| tree`)] }];
}

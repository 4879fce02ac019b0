import { keyword, type Item } from './completionItem.js';
import type { RELATIONS } from './tree.js';
import { kinOf, type ValueType } from './types.js';

export const RELATION_WORDS: Readonly<Record<(typeof RELATIONS)[number], string>> = {
  child: 'its parent', parent: 'one of its children', descendant: 'any process above it', ancestor: 'any process below it', sibling: 'another child of its parent', event: 'an earlier event of the process itself',
};

/** An operator as completion and hover show it. */
interface OperatorDoc {
  readonly doc: string;
  /** What it does where an operand is absent. */
  readonly absence: string;
  readonly example: string;
}

const ABSENT = 'Absent where an operand is; a condition counts that as false.';
const operator = (doc: string, example: string, absence = ABSENT): OperatorDoc => ({ doc, absence, example });

export const OPERATOR_DOCS: Readonly<Record<string, OperatorDoc>> = {
  '==': operator('Equal, exactly.', 'process.name == "sh"'),
  '!=': operator('Not equal.', 'user.id != "0"'),
  '<': operator('Less.', 'process.orphaned_after < 1s'),
  '<=': operator('Less or equal.', 'process.pid <= 1000'),
  '>': operator('Greater.', 'process.args_count > 3'),
  '>=': operator('Greater or equal.', '@timestamp >= "2026-11-24T10:00:00Z"'),
  ':': operator('Equal, ignoring case, with wildcards * and ?.', 'process.command_line : ("*flask*", "*gunicorn*")'),
  in: operator('Equal to one of a list, exactly.', 'process.name in ("sh", "bash")'),
  'not in': operator('Equal to none of a list.', 'process.name not in ("sh", "bash")', 'True where the field is absent: it is none of them.'),
  'in~': operator('Equal to one of a list, ignoring case.', 'process.name in~ ("sh", "bash")'),
  like: operator('With wildcards * and ?, exactly.', 'file.path like "/etc/cron*"'),
  'like~': operator('With wildcards * and ?, ignoring case.', 'file.path like~ "/etc/cron*"'),
  regex: operator('The regular expression matches the whole text.', 'process.name regex "k[a-z]+d"'),
  'regex~': operator('The regular expression matches the whole text, ignoring case.', 'process.name regex~ "k[a-z]+d"'),
  '== null': operator('Is absent.', 'process.end == null', 'Never absent itself.'),
  '!= null': operator('Is not absent.', 'process.end != null', 'Never absent itself.'),
  and: operator('Both hold.', 'process.orphan and user.id != "0"', 'Absent counts as false.'),
  or: operator('One of them holds.', 'process.exe.deleted or process.exe.memfd', 'Absent counts as false.'),
  not: operator('Does not hold.', 'not process.parent.name == "init"', 'Absent counts as false, so `not` of it holds: a process without a known parent is kept.'),
  '+': operator('The sum; a time and a duration are a time.', 'session.end + 10m', 'Absent where an operand is.'),
  '-': operator('The difference; of two times a duration.', 'process.end - process.start > 1h', 'Absent where an operand is.'),
  '*': operator('The product.', 'process.args_count * 2', 'Absent where an operand is.'),
  '/': operator('The quotient; of two whole numbers cut to a whole one.', 'process.pid / 2', 'Absent where an operand is, and where the divisor is 0.'),
  '%': operator('The remainder, with the sign of the dividend.', 'process.pid % 2', 'Absent where an operand is, and where the divisor is 0.'),
};

/** The operators of a type, the most used first. */
export function operators({ type, list }: { type: ValueType; list: boolean }): Item[] {
  const kin = kinOf(type);
  const byKin = {
    text: ['==', '!=', ':', 'in', 'not in', 'like', 'in~', 'like~', 'regex', 'regex~', '== null', '!= null'],
    number: ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', '== null', '!= null'],
    time: ['<', '<=', '>', '>=', '==', '== null', '!= null'],
    duration: ['<', '<=', '>', '>=', '==', '== null', '!= null'],
    bool: ['and', 'or', '==', '!=', '== null', '!= null'],
    any: ['==', '!=', ':', '<', '<=', '>', '>=', 'in', 'like', 'regex', '== null', '!= null'],
  } as const;
  return byKin[kin].map((op) => {
    if (op === 'and' || op === 'or') return keyword(op, '', `${op} `);
    const takesList = op === 'in' || op === 'not in' || op === 'in~';
    const doc = list ? `${OPERATOR_DOCS[op]?.doc ?? ''} Of a list: any of its items.` : (OPERATOR_DOCS[op]?.doc ?? '');
    return { label: op, kind: 'operator', detail: '', documentation: doc, insertText: takesList ? `${op} ($1)$0` : `${op} `, isSnippet: takesList };
  });
}

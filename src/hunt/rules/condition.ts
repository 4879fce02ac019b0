/**
 * A condition on its way to Hunt. `exec`: `needs` holds for events of a program being run only (an argument of an EXECVE record); `never` cannot hold for
 * one, `always` holds for each. The text `true` is a test that is nothing but its need.
 */
export type Condition =
  | { readonly kind: 'test'; readonly text: string; readonly exec?: 'needs' | 'never' | 'always' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition };

export const ALWAYS: Condition = { kind: 'test', text: 'true' };
export const IS_EXEC = 'event.action == "exec"';

export function test(text: string, exec?: 'needs' | 'never' | 'always'): Condition {
  return { kind: 'test', text, ...(exec !== undefined && { exec }) };
}

/** One condition of several; of one, itself. */
export function joined(kind: 'and' | 'or', of: readonly Condition[]): Condition {
  return of.length === 1 ? of[0]! : { kind, of };
}

/** Whether it can hold for events of a program being run only: then the source is `exec`. */
export function asksExec(condition: Condition): boolean {
  switch (condition.kind) {
    case 'test':
      return condition.exec === 'needs';
    case 'and':
      return condition.of.some(asksExec);
    case 'or':
      return condition.of.length > 0 && condition.of.every(asksExec);
    case 'not':
      return false;
  }
}

/** Text with what binds weakest in it. */
interface Printed {
  readonly text: string;
  readonly kind: 'or' | 'and' | 'not' | 'test';
}

const LINE_AT_MOST = 100;

/** The condition as Hunt's text; `isExec`: it is asked of events of `exec` only. Over a hundred columns its parts come on lines of their own. */
export function printCondition(condition: Condition, isExec: boolean): string {
  const { text, kind } = print(condition, isExec);
  if (text.length <= LINE_AT_MOST || (kind !== 'and' && kind !== 'or')) return text;
  return partsOf(condition, isExec).map(({ text: part, kind: of }, at) => (at === 0 ? '' : `\n    ${kind} `) + inside(part, of, kind)).join('');
}

function print(condition: Condition, isExec: boolean): Printed {
  switch (condition.kind) {
    case 'test':
      if (isExec && (condition.exec === 'never' || condition.exec === 'always')) return { text: String(condition.exec === 'always'), kind: 'test' };
      if (condition.exec !== 'needs' || isExec) return { text: condition.text, kind: 'test' };
      return condition.text === 'true' ? { text: IS_EXEC, kind: 'test' } : { text: `${IS_EXEC} and ${condition.text}`, kind: 'and' };
    case 'not': {
      const { text, kind } = print(condition.of, isExec);
      if (text === 'true' || text === 'false') return { text: text === 'true' ? 'false' : 'true', kind: 'test' };
      return { text: kind === 'test' ? `not ${text}` : `not (${text})`, kind: 'not' };
    }
    case 'and':
    case 'or': {
      const parts = partsOf(condition, isExec);
      const [first] = parts;
      if (parts.length === 1) return first!;
      return { text: parts.map(({ text, kind }) => inside(text, kind, condition.kind)).join(` ${condition.kind} `), kind: condition.kind };
    }
  }
}

/** The printed operands of a junction; one of them where it is decided by a `true` or `false`. */
function partsOf(condition: Condition, isExec: boolean): readonly Printed[] {
  if (condition.kind !== 'and' && condition.kind !== 'or') return [print(condition, isExec)];
  const { kind } = condition;
  const needs = kind === 'and' && !isExec && asksExec(condition);
  const parts: Printed[] = needs ? [{ text: IS_EXEC, kind: 'test' }] : [];
  for (const operand of condition.of) {
    for (const part of operand.kind === kind ? partsOf(operand, isExec || needs) : [print(operand, isExec || needs)]) {
      if (part.text === (kind === 'and' ? 'false' : 'true')) return [part];
      if (part.text !== (kind === 'and' ? 'true' : 'false')) parts.push(part);
    }
  }
  return parts.length > 0 ? parts : [{ text: kind === 'and' ? 'true' : 'false', kind: 'test' }];
}

function inside(text: string, kind: Printed['kind'], around: 'and' | 'or'): string {
  return around === 'and' && kind === 'or' ? `(${text})` : text;
}

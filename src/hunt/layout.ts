/**
 * A text that is yet to be laid out. A `group` stays on one line if it fits, else each `line` of its own becomes a line break; a `hardline` always is one
 * (`blank`: with an empty line before). `nest` indents the lines inside; `align` indents them to where it begins.
 */
export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: 'line' }
  | { readonly kind: 'hardline'; readonly blank: boolean }
  | { readonly kind: 'group'; readonly doc: Doc }
  | { readonly kind: 'nest' | 'align'; readonly doc: Doc }
  /** A comment behind what stands before it. It takes no part in the width; `ends`: nothing may follow on its line. */
  | { readonly kind: 'comment'; readonly text: string; readonly ends: boolean };

export const LINE: Doc = { kind: 'line' };
export const HARDLINE: Doc = { kind: 'hardline', blank: false };
export const BLANK_LINE: Doc = { kind: 'hardline', blank: true };
export const group = (doc: Doc): Doc => ({ kind: 'group', doc });
export const nest = (doc: Doc): Doc => ({ kind: 'nest', doc });
export const align = (doc: Doc): Doc => ({ kind: 'align', doc });

const INDENT = 2;

interface Command {
  readonly indent: number;
  readonly flat: boolean;
  readonly doc: Doc;
}

/** Lays out a document in lines of at most `width` columns where that can be. No line ends in blanks. */
export function layOut(doc: Doc, width: number): string {
  let out = '';
  /** Of the line being written; -1: nothing is on it yet. */
  let column = -1;
  let indent = 0;
  let mustBreak = false;
  const stack: Command[] = [{ indent: 0, flat: false, doc }];

  const newline = (to: number, blank: boolean): void => {
    if (out !== '' && column >= 0) out = `${out.trimEnd()}\n`;
    if (blank && out !== '' && !out.endsWith('\n\n')) out += '\n';
    column = -1;
    indent = to;
    mustBreak = false;
  };
  const write = (text: string): void => {
    if (column < 0) {
      out += ' '.repeat(indent);
      column = indent;
    }
    out += text;
    const last = text.lastIndexOf('\n'); // a raw text or a comment of several lines
    column = last < 0 ? column + text.length : text.length - last - 1;
  };

  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { doc: one, flat } = command;
    if (typeof one === 'string') {
      if (one === '') continue;
      if (mustBreak) newline(command.indent, false);
      if (one !== ' ' || column >= 0) write(one);
    } else if (isList(one)) {
      for (let at = one.length - 1; at >= 0; at--) stack.push({ ...command, doc: one[at]! });
    } else {
      switch (one.kind) {
        case 'line':
          if (!flat || mustBreak) newline(command.indent, false);
          else if (column >= 0) write(' ');
          break;
        case 'hardline':
          newline(command.indent, one.blank);
          break;
        case 'group':
          stack.push({ ...command, flat: flat || fits(one.doc, stack, width - Math.max(column, indent)), doc: one.doc });
          break;
        case 'nest':
          stack.push({ ...command, indent: command.indent + INDENT, doc: one.doc });
          break;
        case 'align':
          stack.push({ ...command, indent: column < 0 ? command.indent : column, doc: one.doc });
          break;
        case 'comment':
          if (mustBreak) newline(command.indent, false);
          write(column < 0 || out.endsWith(' ') ? one.text : ` ${one.text}`);
          mustBreak = one.ends;
      }
    }
  }
  return out.trimEnd();
}

/** Whether a document fits on the line, with what follows it up to where a line may break. */
function fits(doc: Doc, after: readonly Command[], room: number): boolean {
  const stack: { doc: Doc; own: boolean }[] = [{ doc, own: true }];
  let rest = after.length;
  let ended = false;
  for (;;) {
    let next = stack.pop();
    if (next === undefined) {
      if (rest === 0) return true;
      const command = after[--rest]!;
      if (command.flat) next = { doc: command.doc, own: true };
      else next = { doc: command.doc, own: false };
    }
    const { doc: one, own } = next;
    if (typeof one === 'string') {
      if (ended && one.trim() !== '') return !own;
      const end = one.indexOf('\n');
      room -= end < 0 ? one.length : end;
      if (room < 0) return false;
      if (end >= 0) return true;
    } else if (isList(one)) {
      for (let at = one.length - 1; at >= 0; at--) stack.push({ doc: one[at]!, own });
    } else if (one.kind === 'line') {
      if (!own) return true;
      room--;
    } else if (one.kind === 'hardline') return !own;
    else if (one.kind === 'comment') {
      if (one.ends) ended = true;
      else room -= one.text.length + 1;
    } else stack.push({ doc: one.doc, own });
  }
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

import { visiblePieces } from '../shared/text.js';
import { grouped, processLabel } from '../shared/words.js';
import { csvOf, jsonOf } from './copies.js';
import { MOST_ROWS, type FromRenderer, type ResultOutput } from '../shared/result.js';
import { caveats, cellText, countText, isNumeric } from '../shared/resultText.js';
import { nextSorting, sortedRows, type Sorting } from './sorting.js';

/** The extension, as a drawn result sees it. */
export interface Extension {
  tell(message: FromRenderer): void;
  /** Asks for more rows. Rejects with an Error whose message is fit to show. */
  more(output: ResultOutput): Promise<ResultOutput>;
}
/** undefined where nobody listens (an exported notebook). */
type Tell = Extension['tell'] | undefined;

/** Draws a result into an element: text only, whatever the evidence says. Plain elements, since a notebook's page is shared with other renderers' kits. */
export function drawResult(into: HTMLElement, output: ResultOutput, extension: Extension | undefined): void {
  const tell = extension?.tell.bind(extension);
  const root = element('section', 'foundling-result');
  root.setAttribute('aria-label', `Hunt result: ${countText(output)}`);
  const body = element('div', 'foundling-body');
  const announced = element('span', 'foundling-announced');
  announced.setAttribute('aria-live', 'polite');
  root.append(body, foot(into, output, announced, extension), ...limits(output));
  if (output.view === 'tree') drawTree(body, output, tell);
  else if (output.rows.length > 0) drawTable(body, output, tell, announced);
  else body.hidden = true;
  into.replaceChildren(root);
}

function foot(into: HTMLElement, output: ResultOutput, announced: HTMLElement, extension: Extension | undefined): HTMLElement {
  const line = element('div', 'foundling-foot');
  const count = element('strong');
  count.textContent = countText(output);
  line.append(count);
  for (const sentence of caveats(output)) {
    const span = element('span', sentence.includes('undecided') ? 'foundling-undecided' : '');
    span.textContent = sentence;
    line.append(span);
  }
  const evidence = element('span');
  appendVisible(evidence, output.evidence);
  line.append(evidence);
  if (extension && output.rows.length > 0) {
    const copy = (what: string, make: (output: ResultOutput) => string): HTMLElement => {
      const button = element('button');
      button.textContent = `Copy as ${what}`;
      button.title = output.truncated || output.rows.length < output.total ? `Copies the ${output.rows.length} rows shown` : 'Copies all rows';
      button.addEventListener('click', () => {
        extension.tell({ kind: 'copy', text: make(output) });
        announced.textContent = `${output.rows.length} rows copied as ${what}`;
      });
      return button;
    };
    const buttons = element('span', 'foundling-buttons');
    if (output.rows.length < Math.min(output.total, MOST_ROWS)) buttons.append(moreButton(into, output, announced, extension));
    buttons.append(copy('CSV', csvOf), copy('JSON', jsonOf), announced);
    line.append(buttons);
  }
  return line;
}

function moreButton(into: HTMLElement, output: ResultOutput, announced: HTMLElement, extension: Extension): HTMLElement {
  const button = element('button');
  button.textContent = output.total <= MOST_ROWS ? `Show all ${grouped(output.total)}` : `Show ${grouped(MOST_ROWS)}`;
  button.addEventListener('click', () => {
    button.disabled = true;
    announced.textContent = 'asking the evidence again';
    extension.more(output).then(
      (more) => drawResult(into, more, extension),
      (error: unknown) => {
        button.disabled = false;
        announced.textContent = error instanceof Error ? error.message : String(error);
      },
    );
  });
  return button;
}

/** What the result cannot say: evidence that was not read stands open, what it could not have shown is one click away. */
function limits(output: ResultOutput): HTMLElement[] {
  const parts: HTMLElement[] = output.unreadable.map((each) => {
    const line = element('div', 'foundling-unreadable');
    appendVisible(line, `not read: ${each}`);
    return line;
  });
  if (output.gaps.length > 0) {
    const gaps = element('details', 'foundling-gaps');
    const summary = element('summary');
    summary.textContent = `What this evidence could not have shown (${output.gaps.length})`;
    const list = element('ul');
    for (const gap of output.gaps) appendVisible(list.appendChild(element('li')), gap);
    gaps.append(summary, list);
    parts.push(gaps);
  }
  return parts;
}

function drawTable(body: HTMLElement, output: ResultOutput, tell: Tell, announced: HTMLElement): void {
  let sorting: Sorting | undefined;
  const table = element('table');
  const head = table.createTHead().insertRow();
  const headings = output.columns.map((column, at) => {
    const heading = document.createElement('th');
    heading.scope = 'col';
    const button = element('button');
    appendVisible(button, column.name);
    button.title = `Sort the rows shown by ${column.name}`;
    button.addEventListener('click', () => {
      sorting = nextSorting(sorting, at);
      fill();
      announced.textContent = sorting ? `sorted by ${column.name}, ${sorting.descending ? 'descending' : 'ascending'}` : 'in the order of the result';
    });
    heading.append(button);
    if (isNumeric(column.type)) heading.className = 'foundling-number';
    head.append(heading);
    return heading;
  });
  const rows = table.createTBody();
  let drawn: HTMLElement[] = [];
  const fill = (): void => {
    headings.forEach((heading, at) => heading.setAttribute('aria-sort', sorting?.column !== at ? 'none' : sorting.descending ? 'descending' : 'ascending'));
    drawn = sortedRows(output.rows, sorting).map((at) => tableRow(output, at, tell));
    rows.replaceChildren(...drawn);
    oneTabStop(drawn);
  };
  fill();
  moveByKeys(rows, () => drawn);
  body.append(table);
}

function tableRow(output: ResultOutput, at: number, tell: Tell): HTMLTableRowElement {
  const row = document.createElement('tr');
  output.columns.forEach((column, index) => {
    const cell = row.insertCell();
    const value = output.rows[at]?.[index] ?? null;
    if (isNumeric(column.type)) cell.className = 'foundling-number';
    if (value === null) {
      cell.className = 'foundling-absent';
      cell.textContent = '–';
      cell.setAttribute('aria-label', 'absent');
    } else if (typeof value === 'string') appendVisible(cell, value);
    else cell.textContent = cellText(value, column.type);
  });
  opensProcess(row, output, output.processes[at] ?? -1, tell);
  return row;
}

function drawTree(body: HTMLElement, output: ResultOutput, tell: Tell): void {
  const tree = element('div', 'foundling-tree');
  tree.setAttribute('role', 'tree');
  tree.setAttribute('aria-label', 'Processes of the result');
  const lines = output.tree.map((line) => {
    const item = element('div', line.matched ? 'foundling-line foundling-matched' : 'foundling-line');
    item.setAttribute('role', 'treeitem');
    item.setAttribute('aria-level', String(line.depth + 1));
    for (let level = 0; level < line.depth; level++) item.append(element('span', 'foundling-guide'));
    const label = element('span', 'foundling-label');
    appendVisible(label, line.label);
    item.append(label);
    if (line.orphan) {
      const badge = element('span', 'foundling-orphan');
      badge.textContent = '◇ orphan';
      item.append(badge);
    }
    if (line.other) {
      const other = element('span', 'foundling-other');
      appendVisible(other, `other parent ${processLabel(line.other.name, line.other.pid)}`);
      item.append(other);
    }
    if (line.matched) {
      const matched = element('span', 'foundling-hit');
      matched.textContent = 'match';
      item.append(matched);
    }
    opensProcess(item, output, line.process, tell);
    return item;
  });
  oneTabStop(lines);
  moveByKeys(tree, () => lines);
  tree.append(...lines);
  body.append(tree);
}

/** Enter or a double click shows the row's process in the tree editor. */
function opensProcess(row: HTMLElement, output: ResultOutput, process: number, tell: Tell): void {
  if (!tell || process < 0) return;
  const open = (): void => tell({ kind: 'openProcess', set: output.set, process });
  row.title = 'Double click or Enter: show this process in the tree';
  row.classList.add('foundling-opens');
  row.addEventListener('dblclick', open);
  row.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    open();
  });
}

/** Among rows only one is in the tab order, so that a table of 200 rows is one stop. */
function oneTabStop(rows: readonly HTMLElement[]): void {
  rows.forEach((row, at) => (row.tabIndex = at === 0 ? 0 : -1));
}

function moveByKeys(container: HTMLElement, rows: () => readonly HTMLElement[]): void {
  container.addEventListener('keydown', (event) => {
    const all = rows();
    const at = all.findIndex((row) => row === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (at < 0 || to === undefined) return;
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    if (!next) return;
    event.preventDefault();
    // The notebook would move its own focus to the next cell.
    event.stopPropagation();
    for (const row of all) row.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

function appendVisible(into: HTMLElement, text: string): void {
  for (const piece of visiblePieces(text)) {
    if (!piece.hidden) into.append(piece.text);
    else {
      const mark = element('span', 'foundling-hidden');
      mark.textContent = piece.text;
      mark.title = 'a character that cannot be seen';
      into.append(mark);
    }
  }
}

function element<T extends keyof HTMLElementTagNameMap>(tag: T, className = ''): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}

import type { Cell } from '../../src/engine/requests.js';
import { BASES, BASIS_TYPE, basisFirst, type PlainRows } from '../../src/model/index.js';
import { cellText, isNumeric } from '../shared/cells.js';
import type { ResultOutput } from '../shared/result.js';
import { rowRestsOn } from '../shared/words.js';
import { appendVisible, basisMark, element, moveByKeys, oneTabStop, opensProcess, type Tell } from './rows.js';
import { nextSorting, sortedRows, type Sorting } from './sorting.js';

/** Draws rows as a table whose headings sort. */
export function drawTable(body: HTMLElement, output: ResultOutput, tell: Tell, announced: HTMLElement): void {
  let sorting: Sorting | undefined;
  const based = basisFirst(output);
  const sortable = based.columns[0]?.type === BASIS_TYPE ? based.rows.map((row, at) => [BASES.indexOf(output.bases[at] ?? 'observed'), ...row.slice(1)]) : based.rows;
  const table = element('table');
  const head = table.createTHead().insertRow();
  const headings = based.columns.map((column, at) => {
    const heading = document.createElement('th');
    heading.scope = 'col';
    const button = element('button');
    appendVisible(button, column.name);
    button.title = column.type === BASIS_TYPE ? 'On what each row rests: the weakest of what the hunt used of it. Sort the rows shown by it' : `Sort the rows shown by ${column.name}`;
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
    drawn = sortedRows(sortable, sorting).map((at) => tableRow(output, based, at, tell));
    rows.replaceChildren(...drawn);
    oneTabStop(drawn);
  };
  fill();
  moveByKeys(rows, () => drawn);
  body.append(table);
}

function tableRow(output: ResultOutput, { columns, rows }: PlainRows<Cell>, at: number, tell: Tell): HTMLTableRowElement {
  const row = document.createElement('tr');
  columns.forEach((column, index) => {
    const cell = row.insertCell();
    const value = rows[at]?.[index] ?? null;
    if (isNumeric(column.type)) cell.className = 'foundling-number';
    if (value === null) {
      cell.className = 'foundling-absent';
      cell.textContent = '–';
      cell.setAttribute('aria-label', 'absent');
    } else if (column.type === BASIS_TYPE) {
      const basis = output.bases[at] ?? 'observed';
      cell.append(basisMark(basis, basis, rowRestsOn(basis)));
    } else if (typeof value === 'string') appendVisible(cell, value);
    else cell.textContent = cellText(value, column.type);
  });
  opensProcess(row, output, output.processes[at] ?? -1, tell);
  return row;
}

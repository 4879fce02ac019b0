import { cellText, isNumeric } from '../shared/cells.js';
import type { ResultOutput } from '../shared/result.js';
import { appendVisible, element, moveByKeys, oneTabStop, opensProcess, type Tell } from './rows.js';
import { nextSorting, sortedRows, type Sorting } from './sorting.js';

/** Draws rows as a table whose headings sort. */
export function drawTable(body: HTMLElement, output: ResultOutput, tell: Tell, announced: HTMLElement): void {
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

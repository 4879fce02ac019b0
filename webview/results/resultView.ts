import { isWeak } from '../../src/model/index.js';
import { keepingFocus } from '../shared/dom.js';
import { grouped, linkIs, processLabel, rowRestsOn } from '../shared/words.js';
import { csvOf, jsonOf } from './copies.js';
import { MOST_ROWS, type FromRenderer, type ResultOutput } from '../shared/result.js';
import { caveats, countText } from '../shared/resultText.js';
import { drawPlot } from './plotView.js';
import { appendVisible, basisMark, element, moveByKeys, oneTabStop, opensProcess, type Tell } from './rows.js';
import { drawTable } from './tableView.js';

/** The extension, as a drawn result sees it. */
export interface Extension {
  tell(message: FromRenderer): void;
  /** Asks for more rows. Rejects with an Error whose message is fit to show. */
  more(output: ResultOutput): Promise<ResultOutput>;
  /** Asks for the rows that the hunt could not decide. Rejects as `more` does. */
  undecided(output: ResultOutput): Promise<ResultOutput>;
}

/** Draws a result into an element: text only, whatever the evidence says. Plain elements, since a notebook's page is shared with other renderers' kits. */
export function drawResult(into: HTMLElement, output: ResultOutput, extension: Extension | undefined): void {
  const tell = extension?.tell.bind(extension);
  const root = element('section', 'foundling-result');
  root.setAttribute('aria-label', `Hunt result: ${countText(output)}`);
  const body = element('div', 'foundling-body');
  const announced = element('span', 'foundling-announced');
  announced.setAttribute('aria-live', 'polite');
  root.append(body, foot(into, output, announced, extension), ...limits(output));
  into.replaceChildren(root); // first: a picture is as wide as its place
  if (output.view === 'tree' && output.tree.length > 0) drawTree(body, output, tell);
  else if (output.plot !== undefined) drawPlot(body, output, output.plot, tell, announced);
  else if (output.rows.length > 0) drawTable(body, output, tell, announced);
  else body.hidden = true;
}

function foot(into: HTMLElement, output: ResultOutput, announced: HTMLElement, extension: Extension | undefined): HTMLElement {
  const line = element('div', 'foundling-foot');
  const count = element('strong');
  count.textContent = countText(output);
  line.append(count);
  for (const { says, about } of caveats(output)) {
    const span = element('span', about === undefined ? '' : 'foundling-caveat');
    span.textContent = says;
    line.append(span);
    if (extension && about === 'undecided') line.append(undecidedButton(into, output, announced, extension));
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
    buttons.append(copy('CSV', csvOf), copy('JSON', jsonOf));
    if (output.cell !== undefined) buttons.append(pinButton(output.cell, output.rows.length, extension));
    line.append(buttons);
  }
  line.append(announced);
  return line;
}

function moreButton(into: HTMLElement, output: ResultOutput, announced: HTMLElement, extension: Extension): HTMLElement {
  const button = element('button');
  button.textContent = output.total <= MOST_ROWS ? `Show all ${grouped(output.total)}` : `Show ${grouped(MOST_ROWS)}`;
  asksOnce(button, announced, () => extension.more(output), (more) => {
    into.tabIndex = -1; // the button is gone then: its result takes the focus
    keepingFocus(into, false, () => drawResult(into, output.cell === undefined ? more : { ...more, cell: output.cell }, extension)); // what is asked again knows no cell
  });
  return button;
}

/** Lists, below the result, what it could not decide. */
function undecidedButton(into: HTMLElement, output: ResultOutput, announced: HTMLElement, extension: Extension): HTMLElement {
  const button = element('button', 'foundling-link');
  button.textContent = 'list them';
  button.title = 'Lists the rows that could not be decided, and for want of what (| undecided)';
  asksOnce(button, announced, () => extension.undecided(output), (undecided) => {
    announced.textContent = `${countText(undecided)} undecided, listed below`;
    const listed = element('div', 'foundling-listed');
    const list = element('div');
    listed.append(Object.assign(element('div', 'foundling-heading'), { textContent: 'Could not be decided' }), list);
    into.append(listed);
    drawResult(list, undecided, extension);
  });
  return button;
}

/** A press asks the evidence, and again only if that failed. The button is not `disabled` meanwhile: that takes the focus from who pressed it. */
function asksOnce(button: HTMLElement, announced: HTMLElement, ask: () => Promise<ResultOutput>, show: (answer: ResultOutput) => void): void {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    announced.textContent = 'asking the evidence again';
    ask().then(show, (error: unknown) => {
      button.removeAttribute('aria-disabled');
      announced.textContent = error instanceof Error ? error.message : String(error);
    });
  });
}

function pinButton(cell: string, rows: number, extension: Extension): HTMLElement {
  const button = element('button');
  button.textContent = 'Pin result';
  button.title = 'Writes this result below the cell as text, with the hashes of the evidence';
  button.addEventListener('click', () => extension.tell({ kind: 'pin', cell, rows }));
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
    if (isWeak(line.basis)) item.append(basisMark(line.basis, line.basis, rowRestsOn(line.basis)));
    if (isWeak(line.link)) item.append(basisMark(line.link, `link ${line.link}`, linkIs(line.link)));
    opensProcess(item, output, line.process, tell);
    return item;
  });
  oneTabStop(lines);
  moveByKeys(tree, () => lines);
  tree.append(...lines);
  body.append(tree);
}

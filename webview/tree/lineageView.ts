import type { Details } from '../../src/engine/requests.js';
import type { ProcessRow } from '../../src/model/index.js';
import { el, svg } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { processLabel } from '../shared/words.js';
import { type LineageLink, lineageLayout, type LineageNode, type LinkKind } from './lineageLayout.js';

const KINDS: readonly (readonly [LinkKind, string])[] = [['created', 'created'], ['adopted', 'adopted'], ['requested', 'requested: no fork joins them']];
/** Of a name, so many characters are drawn; the title has it whole. */
const NAME_DRAWN = 14;
const BOX_WIDTH = 140;
const BOX_HEIGHT = 24;

/** Who created whom around a process: created solid, adopted dashed, requested dotted; each box is a button that goes there. */
export function lineageElement(details: Details, goTo: (process: ProcessRow) => void): HTMLElement {
  const { nodes, links, width, height, left } = lineageLayout(details);
  const picture = svg('svg', { class: 'lineage-picture', width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Lineage' });
  for (const link of links) picture.append(svg('path', { class: `lineage-link ${link.kind}`, d: pathOf(link) }));
  for (const node of nodes) picture.append(nodeElement(node, goTo));
  const legend = el('div', { class: 'lineage-legend' });
  for (const [kind, words] of KINDS) {
    const line = svg('svg', { width: '34', height: '10', 'aria-hidden': 'true' }, svg('path', { class: `lineage-link ${kind}`, d: 'M1 5H33' }));
    if (links.some((link) => link.kind === kind)) legend.append(el('span', {}, line, words));
  }
  if (left > 0) legend.append(el('span', { class: 'absent' }, `${left} more children are in the tree`));
  return el('div', { class: 'lineage' }, legend, el('div', { class: 'lineage-scroll' }, picture));
}

function nodeElement({ ref, x, y, isChosen, isOrphan }: LineageNode, goTo: (process: ProcessRow) => void): SVGElement {
  const name = visibleText(ref.name ?? 'process');
  const label = `${processLabel(name, ref.pid)}${isOrphan ? ', orphan' : ''}`;
  const cut = name.length > NAME_DRAWN ? `${name.slice(0, NAME_DRAWN - 1)}…` : name;
  const words = svg('text', { x: '8', y: '16' });
  words.textContent = `${cut} ${ref.pid >= 0 ? ref.pid : ''}`;
  const title = svg('title');
  title.textContent = label;
  const group = svg('g', { class: `lineage-node${isChosen ? ' chosen' : ''}${isOrphan ? ' orphan' : ''}`, transform: `translate(${x} ${y - BOX_HEIGHT / 2})`, role: 'button', tabindex: '0', 'aria-label': label }, title, svg('rect', { width: String(BOX_WIDTH), height: String(BOX_HEIGHT), rx: isOrphan ? '12' : '3' }), words);
  if (isOrphan) {
    // Above: its adoption arrives from below.
    const word = svg('text', { class: 'lineage-word', x: '8', y: '-4' });
    word.textContent = 'orphan';
    group.append(word);
  }
  group.addEventListener('click', () => goTo(ref.process));
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    goTo(ref.process);
  });
  return group;
}

/** From the right edge of one box to the left edge of the other; adoption goes over the top, so that it never lies on a creation. */
function pathOf({ kind, from, to }: LineageLink): string {
  const start = from.x + BOX_WIDTH;
  if (kind === 'created') return `M${start} ${from.y}C${start + 14} ${from.y} ${to.x - 14} ${to.y} ${to.x} ${to.y}`;
  const rise = from.y > to.y ? 0 : BOX_HEIGHT;
  const [x1, y1] = [from.x + BOX_WIDTH / 2, from.y + (rise > 0 ? BOX_HEIGHT / 2 : -BOX_HEIGHT / 2)];
  const [x2, y2] = [to.x + BOX_WIDTH / 2, to.y + BOX_HEIGHT / 2];
  return `M${x1} ${y1}C${x1} ${y1 + rise * 1.4} ${x2} ${y2 + BOX_HEIGHT * 1.4} ${x2} ${y2}`;
}

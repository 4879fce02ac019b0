import type { Picture } from './model.js';
import { html, type Html, raw } from './html.js';
import { words } from './text.js';

const ROW = 44;
const BOX = 32;
const INDENT = 26;
const LEFT = 16;
const LABEL_AT_MOST = 46;

/** Styles of a picture that stands alone; inside a report its own sheet says the same with the page's colours. */
export const PICTURE_STYLE = `
.lp-text{font:600 13px system-ui,sans-serif;fill:var(--ink,#1b2733)}.lp-small{font:11px system-ui,sans-serif;fill:var(--soft,#5a6875)}
.lp-box{fill:var(--card,#fff);stroke:var(--line,#8a97a3);stroke-width:1.2}.lp-orphan{fill:var(--orphan-bg,#fff3e4);stroke:var(--orphan,#b35900);stroke-width:2}
.lp-intermediate{stroke-dasharray:2 3}.lp-unrecorded{stroke-dasharray:6 4;fill:none}.lp-subject{stroke-width:3}
.lp-created{fill:none;stroke:var(--ink,#1b2733);stroke-width:1.6}.lp-adopted{fill:none;stroke:var(--orphan,#b35900);stroke-width:1.6;stroke-dasharray:7 5}
.lp-requested{fill:none;stroke:var(--asked,#5b3fb0);stroke-width:1.8;stroke-dasharray:1 5;stroke-linecap:round}`;

/**
 * A lineage as SVG: created solid, adopted dashed, requested dotted; orphans are hexagons with the word. `isAlone`: with its own styles, for a file. Texts
 * from evidence are text nodes with hidden characters shown and addresses defanged.
 */
export function lineageSvg({ nodes, edges }: Picture, isAlone = false): Html {
  const shown = nodes.map(({ label, detail }) => ({ label: cut(words(label)), detail: words(detail) }));
  const widths = shown.map(({ label, detail }) => Math.max(120, label.length * 8.4 + 26, detail.length * 6.5 + 26));
  const x = (at: number): number => LEFT + nodes[at]!.depth * INDENT;
  const y = (at: number): number => 10 + at * ROW;
  const right = nodes.reduce((most, _node, at) => Math.max(most, x(at) + widths[at]!), 200);
  const aside = edges.filter(({ kind }) => kind !== 'created').length;
  const width = Math.ceil(right + 30 + aside * 12), height = nodes.length * ROW + 46;
  const lines = edges.map(({ from, to, kind }) => {
    if (kind === 'created') return html`<path class="lp-created" d="M${x(from) + 12} ${y(from) + BOX}V${y(to) + BOX / 2}H${x(to)}"/>`;
    const lane = right + 12 + edges.slice(0, edges.findIndex((edge) => edge.from === from && edge.to === to && edge.kind === kind)).filter((edge) => edge.kind !== 'created').length * 12;
    return html`<path class="lp-${kind}" d="M${x(from) + widths[from]!} ${y(from) + BOX / 2}H${lane}V${y(to) + BOX / 2}H${x(to) + widths[to]!}"/>`;
  });
  const boxes = nodes.map(({ kind, isSubject }, at) => {
    const left = x(at), top = y(at), wide = widths[at]!;
    const marks = `lp-box lp-${kind}${isSubject ? ' lp-subject' : ''}`;
    const shape =
      kind === 'orphan'
        ? html`<polygon class="${marks}" points="${left + 9},${top} ${left + wide - 9},${top} ${left + wide},${top + BOX / 2} ${left + wide - 9},${top + BOX} ${left + 9},${top + BOX} ${left},${top + BOX / 2}"/>`
        : html`<rect class="${marks}" x="${left}" y="${top}" width="${wide}" height="${BOX}" rx="4"/>`;
    return html`<g>${shape}<text class="lp-text" x="${left + 12}" y="${top + 14}">${shown[at]!.label}</text><text class="lp-small" x="${left + 12}" y="${top + 27}">${shown[at]!.detail}</text></g>`;
  });
  const key = nodes.length * ROW + 30;
  const legend = html`<g><path class="lp-created" d="M${LEFT} ${key}h34"/><text class="lp-small" x="${LEFT + 40}" y="${key + 4}">created</text><path class="lp-adopted" d="M${LEFT + 100} ${key}h34"/><text class="lp-small" x="${LEFT + 140}" y="${key + 4}">adopted</text><path class="lp-requested" d="M${LEFT + 204} ${key}h34"/><text class="lp-small" x="${LEFT + 244}" y="${key + 4}">requested</text><polygon class="lp-box lp-orphan" points="${LEFT + 322},${key - 7} ${LEFT + 338},${key - 7} ${LEFT + 344},${key} ${LEFT + 338},${key + 7} ${LEFT + 322},${key + 7} ${LEFT + 316},${key}"/><text class="lp-small" x="${LEFT + 350}" y="${key + 4}">orphan</text></g>`;
  const title = `Lineage: ${nodes.map((_node, at) => `${shown[at]!.label} (${shown[at]!.detail})`).join('; ')}`;
  return html`<svg${raw(isAlone ? ' xmlns="http://www.w3.org/2000/svg"' : '')} class="lineage-picture" role="img" viewBox="0 0 ${Math.max(width, 460)} ${height}" width="${Math.max(width, 460)}" height="${height}"><title>${title}</title>${isAlone ? html`<style>${raw(PICTURE_STYLE)}</style>` : ''}${lines}${boxes}${legend}</svg>`;
}

function cut(text: string): string {
  return text.length > LABEL_AT_MOST ? `${text.slice(0, LABEL_AT_MOST - 1)}…` : text;
}

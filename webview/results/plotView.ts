import { axisBottom, scaleBand, scaleLinear, scaleSqrt, scaleUtc, select, utcFormat, type ScaleTime } from 'd3';
import { cellText } from '../shared/cells.js';
import { svg, unbrokenDates } from '../shared/dom.js';
import { joinedPoints, type Chart, type JoinedPoints, type Measure, type Timeline, type TimelineMark } from '../shared/plot.js';
import type { Plot, ResultOutput } from '../shared/result.js';
import { duration, fullTime } from '../shared/time.js';
import { counted, grouped } from '../shared/words.js';
import { element, moveByKeys, oneTabStop, opensProcess, type Tell } from './rows.js';
import { drawTable } from './tableView.js';

const LANE_HEIGHT = 26;
const BAR_HEIGHT = 24;
const PANEL_HEIGHT = 90;
const NAMES_WIDTH = 190;
const AXIS_HEIGHT = 24;
/** A picture that is higher than this does not fit a screen with its cell: its axis stands above it as well. */
const IN_SIGHT = 500;
/** Bars of time nearer than this are one: they would cover each other, and a hundred thousand elements make the page slow. */
const JOINED_PIXELS = 2;

/** Draws a timeline or a chart: marks that the keyboard reaches, a line that says what the one in focus is, and the rows as a table. */
export function drawPlot(body: HTMLElement, output: ResultOutput, plot: Plot, tell: Tell, announced: HTMLElement): void {
  const width = Math.max(520, (body.clientWidth || body.parentElement?.clientWidth || document.body.clientWidth || 920) - 24);
  const says = element('div', 'foundling-says');
  says.textContent = 'Point at a mark, or move with the arrow keys, to read it.';
  const marks: SVGElement[] = [];
  const mark = (shape: SVGElement, words: string): SVGElement => {
    const title = svg('title');
    title.textContent = words;
    shape.prepend(title);
    shape.setAttribute('role', 'img');
    shape.setAttribute('aria-label', words);
    shape.classList.add('foundling-mark');
    for (const event of ['focus', 'pointerenter'] as const) shape.addEventListener(event, () => says.replaceChildren(...unbrokenDates(words)));
    marks.push(shape);
    return shape;
  };
  const picture = plot.view === 'timeline' ? timelinePicture(plot, width, mark, output, tell) : chartPicture(plot, width, mark);
  picture.classList.add('foundling-plot');
  picture.setAttribute('role', 'group');
  picture.setAttribute('aria-label', `${plot.view === 'timeline' ? 'Timeline' : 'Chart'} of ${counted(output.total, 'row')}. The same rows follow as a table.`);
  oneTabStop(marks);
  moveByKeys(picture, () => marks);
  const table = element('details', 'foundling-rows');
  table.append(Object.assign(element('summary'), { textContent: `The rows as a table (${grouped(output.rows.length)})` }));
  table.addEventListener('toggle', () => {
    if (table.open && table.childElementCount === 1) drawTable(table, output, tell, announced);
  });
  body.classList.add('foundling-drawn');
  body.append(picture, says);
  const spans = plot.view === 'chart' && plot.kind === 'time' ? plot.series.flatMap(({ points }) => points.flatMap(({ values }) => values.filter((value) => value !== null))).length : 0;
  if (spans > marks.length) says.append(` ${grouped(spans)} spans are drawn as ${grouped(marks.length)} bars: near ones as one, as high as the highest.`);
  const left = leftOut(plot, output);
  if (left.length > 0) body.append(Object.assign(element('div', 'foundling-left-out'), { textContent: left.join(' ') }));
  body.append(table);
}

type Mark = (shape: SVGElement, words: string) => SVGElement;

function timelinePicture(plot: Timeline, width: number, mark: Mark, output: ResultOutput, tell: Tell): SVGSVGElement {
  const height = plot.lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  const picture = svg('svg', { width: String(width), height: String(height) });
  const x = timeScale(plot.from, plot.to, width);
  const most = Math.max(1, ...plot.lanes.flatMap(({ marks }) => marks.map(({ count }) => count)));
  const radius = scaleSqrt([1, Math.max(2, most)], [4, 10]);
  plot.lanes.forEach((lane, at) => {
    const y = at * LANE_HEIGHT + LANE_HEIGHT / 2;
    picture.append(name(lane.name, y), svg('line', { class: 'foundling-lane', x1: String(NAMES_WIDTH), x2: String(width), y1: String(y), y2: String(y) }));
    for (const one of lane.marks) {
      const shape = svg('g', { transform: `translate(${x(one.from / 1000)},${y})` }, svg('circle', { r: String(radius(one.count)) }));
      mark(shape, markWords(one, lane.name));
      opensProcess(shape, output, one.process, tell, 'click');
      picture.append(shape);
    }
  });
  drawTimeAxis(picture, x, height - AXIS_HEIGHT);
  return picture;
}

function markWords({ from, to, count, says, process }: TimelineMark, lane: string): string {
  const when = count === 1 ? fullTime(from) : `${counted(count, 'row')} from ${fullTime(from)} on, within ${duration(to - from)}, the first:`;
  return `${lane}: ${when} ${says}${process >= 0 ? ' (Enter or a click shows the process)' : ''}`;
}

function chartPicture(plot: Chart, width: number, mark: Mark): SVGSVGElement {
  return plot.kind === 'keys' ? barsPicture(plot, width, mark) : panelsPicture(plot, width, mark);
}

function barsPicture(plot: Extract<Chart, { kind: 'keys' }>, width: number, mark: Mark): SVGSVGElement {
  const top = 22;
  const height = top + plot.bars.length * BAR_HEIGHT + AXIS_HEIGHT;
  const picture = svg('svg', { width: String(width), height: String(height) });
  const columns = scaleBand(plot.measures.map((_, at) => at), [NAMES_WIDTH, width]).paddingInner(0.08);
  plot.bars.forEach(({ label }, row) => picture.append(name(label, top + row * BAR_HEIGHT + BAR_HEIGHT / 2)));
  plot.measures.forEach((measure, at) => {
    const left = columns(at) ?? NAMES_WIDTH;
    const numbers = plot.bars.map(({ values }) => values[at] ?? 0);
    // Room at the right for the number behind the longest bar.
    const x = scaleLinear([Math.min(0, ...numbers), Math.max(0, ...numbers) || 1], [left, left + columns.bandwidth() - 84]);
    picture.append(text(measure.name, left, 14, 'foundling-measure'));
    plot.bars.forEach(({ label, values }, row) => {
      const value = values[at] ?? null;
      const y = top + row * BAR_HEIGHT;
      const written = value === null ? 'absent' : valueText(value, measure);
      const from = x(Math.min(0, value ?? 0));
      const to = x(Math.max(0, value ?? 0));
      const shape = svg('g', {}, svg('rect', { x: String(from), y: String(y + 4), width: String(Math.max(1, to - from)), height: String(BAR_HEIGHT - 8) }), text(written, to + 6, y + BAR_HEIGHT / 2 + 4));
      picture.append(mark(shape, `${label}: ${measure.name} ${written}`));
    });
  });
  return picture;
}

function panelsPicture(plot: Extract<Chart, { kind: 'time' }>, width: number, mark: Mark): SVGSVGElement {
  const panels = plot.series.flatMap((series) => plot.measures.map((measure, at) => ({ series, measure, at })));
  const height = panels.length * PANEL_HEIGHT + AXIS_HEIGHT;
  const picture = svg('svg', { width: String(width), height: String(height) });
  const x = timeScale(plot.from, plot.to + plot.span, width);
  const barWidth = Math.max(1, x((plot.from + plot.span) / 1000) - x(plot.from / 1000) - 1);
  panels.forEach(({ series, measure, at }, panel) => {
    const top = panel * PANEL_HEIGHT + 8;
    const bottom = (panel + 1) * PANEL_HEIGHT;
    const bars = joinedPoints(series.points, at, (time) => Math.floor(x(time / 1000) / JOINED_PIXELS));
    const numbers = bars.flatMap(({ low, high }) => [low, high]);
    const y = scaleLinear([Math.min(0, ...numbers), Math.max(0, ...numbers) || 1], [bottom, top]);
    const label = [series.label, measure.name].filter((part) => part !== '').join(': ');
    picture.append(
      name(label, bottom - PANEL_HEIGHT / 2),
      name(numbers.length === 0 ? 'absent' : `up to ${valueText(Math.max(...numbers), measure)}`, bottom - PANEL_HEIGHT / 2 + 16),
      svg('line', { class: 'foundling-lane', x1: String(NAMES_WIDTH), x2: String(width), y1: String(y(0)), y2: String(y(0)) }),
    );
    for (const bar of bars) {
      const [left, upper] = [x(bar.from / 1000), y(Math.max(0, bar.high))];
      const rectangle = { x: String(left), y: String(upper), width: String(x(bar.to / 1000) - left + barWidth), height: String(Math.max(1, y(Math.min(0, bar.low)) - upper)) };
      picture.append(mark(svg('g', {}, svg('rect', rectangle)), `${label}, ${barWords(bar, measure)}`));
    }
  });
  drawTimeAxis(picture, x, height - AXIS_HEIGHT);
  return picture;
}

function barWords({ from, to, count, low, high }: JoinedPoints, measure: Measure): string {
  if (count === 1) return `${fullTime(from)}: ${valueText(high, measure)}`;
  const values = low === high ? valueText(high, measure) : `${valueText(low, measure)} to ${valueText(high, measure)}`;
  return `${grouped(count)} spans that begin between ${fullTime(from)} and ${fullTime(to)}: ${values}`;
}

function leftOut(plot: Plot, output: ResultOutput): string[] {
  const said: string[] = [];
  if (plot.view === 'timeline') {
    if (plot.hiddenLanes > 0) said.push(`Drawn are the ${grouped(plot.lanes.length)} fullest lanes; ${counted(plot.hiddenLanes, 'lane')} with ${counted(plot.hiddenRows, 'row')} are not.`);
    const drawn = plot.lanes.reduce((sum, { count }) => sum + count, 0);
    const read = drawn + plot.hiddenRows + plot.undated;
    if (read < output.total) said.push(`Drawn are the first ${grouped(read)} of ${counted(output.total, 'row')}.`);
  } else if (plot.hidden > 0) said.push(`Drawn are the largest ${grouped(plot.kind === 'keys' ? plot.bars.length : plot.series.length)}; ${grouped(plot.hidden)} more are not.`);
  const undated = 'undated' in plot ? plot.undated : 0;
  if (undated > 0) said.push(`${counted(undated, 'row')} without a time.`);
  return said;
}

function timeScale(from: number, to: number, width: number): ScaleTime<number, number> {
  const room = Math.max(1000, (to - from) * 0.02) / 1000; // one moment alone still needs an axis
  return scaleUtc([from / 1000 - room, to / 1000 + room], [NAMES_WIDTH, width - 14]);
}

/** The axis below what a picture of the height `top` and of one axis holds, and above it where it is high. */
function drawTimeAxis(picture: SVGSVGElement, x: ScaleTime<number, number>, top: number): void {
  const above = top > IN_SIGHT ? AXIS_HEIGHT : 0;
  const height = above + top + AXIS_HEIGHT;
  picture.setAttribute('height', String(height));
  picture.setAttribute('viewBox', `0 ${-above} ${picture.getAttribute('width') ?? ''} ${height}`);
  for (const at of above > 0 ? [-above, top] : [top]) {
    const axis = svg('g', { 'aria-hidden': 'true' });
    picture.append(axis);
    select<SVGGElement, unknown>(axis).attr('transform', `translate(0,${at})`).call(axisBottom<Date>(x).ticks(Math.max(3, (x.range()[1] ?? 600) / 120)).tickFormat(tickText));
    picture.append(text('UTC', 4, at + 16, 'foundling-measure'));
  }
}

const FRACTION = utcFormat('%H:%M:%S.%L');
const SECOND = utcFormat('%H:%M:%S');
const MINUTE = utcFormat('%H:%M');
const DAY = utcFormat('%Y-%m-%d');

/** A moment of the axis as the rest of the page writes times: 24 hours, the day where one begins. */
function tickText(moment: Date): string {
  if (moment.getUTCMilliseconds() !== 0) return FRACTION(moment);
  if (moment.getUTCSeconds() !== 0) return SECOND(moment);
  return moment.getUTCHours() !== 0 || moment.getUTCMinutes() !== 0 ? MINUTE(moment) : DAY(moment);
}

/** A lane's name, cut where it would run into the marks; the whole stands in its title. */
function name(words: string, y: number): SVGTextElement {
  const label = text(words.length > 28 ? `${words.slice(0, 27)}…` : words, 4, y + 4);
  const title = svg('title');
  title.textContent = words;
  label.append(title);
  return label;
}

function text(words: string, x: number, y: number, className = ''): SVGTextElement {
  const label = svg('text', { x: String(x), y: String(y), ...(className ? { class: className } : {}) });
  label.textContent = words;
  return label;
}

function valueText(value: number, measure: Measure): string {
  return measure.type === 'int' ? grouped(value) : cellText(measure.type === 'float' ? Number(value.toPrecision(6)) : value, measure.type);
}

// What the tree editor costs in a real workbench: time to the first tree, frames while scrolling and zooming, opening and closing, the other parent view, memory.
//   node test/bench/editor.mjs LOG... [--pictures FOLDER]
// The extension is what dist/ holds (npm run build first). A frame is timed from the beginning of its animation callback until the page has drawn it; on a machine
// that does other work, the page's own thread time, the idle frame and the command line's `open` of the same log, printed beside, say what share is ours.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onStop, root } from '../../scripts/command.mjs';
import { THEMES, startWorkbench } from '../e2e/workbench.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { pictures: { type: 'string' } } });
if (positionals.length === 0) {
  console.error('node test/bench/editor.mjs LOG... [--pictures FOLDER]');
  process.exit(2);
}
const LONGEST_MS = 300_000;
const FRAMES = 240;
const SMALL = 'small.log';

for (const log of positionals) await measure(path.resolve(log));
process.exit(0);

async function measure(log) {
  const name = path.basename(log);
  // A folder of its own: what lies beside evidence is looked at too.
  const folder = mkdtempSync(path.join(tmpdir(), 'foundling-bench-'));
  onStop(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(log, path.join(folder, name));
  copyFileSync(path.join(root, 'test/fixtures/audit/exec-only.log'), path.join(folder, SMALL));
  const workbench = await startWorkbench({
    development: root,
    folder,
    settings: { 'workbench.editorAssociations': { [name]: 'foundling.tree', [SMALL]: 'foundling.tree' } },
    ...(values.pictures === undefined ? {} : { output: path.resolve(values.pictures) }),
  });
  try {
    await workbench.ready();
    // The first webview and the extension's first engine cost seconds that have nothing to do with the evidence.
    await timeToTree(workbench, SMALL);
    await closeAll(workbench);
    await workbench.page.waitForTimeout(3_000); // what start-up left to do must not be measured
    const figures = { "the command line's `open`": openedByCommandLine(log), 'first tree': await timeToTree(workbench, name) };
    const { processes, rows } = await sizeOf(workbench);
    await closeAll(workbench);
    figures['open again'] = await timeToTree(workbench, name);
    Object.assign(figures, await pageFigures(workbench));
    const memory = memoryOf(workbench.server.pid);
    console.log(
      `\n${name}: ${(statSync(log).size / 1e6).toFixed(0)} MB, ${processes} processes, ${rows} rows; load of this machine ${loadavg()[0].toFixed(1)}`,
    );
    for (const [what, figure] of Object.entries(figures)) console.log(`  ${what.padEnd(40)} ${inWords(figure)}`);
    console.log(`  ${'extension host with the engine'.padEnd(40)} ${memory.now.toFixed(0)} MB, at most ${memory.peak.toFixed(0)} MB`);
    if (values.pictures !== undefined) await pictures(workbench, name.replace(/\W+/g, '-'));
  } finally {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function inWords(figure) {
  if (typeof figure === 'number') return `${figure.toFixed(0)} ms`;
  const cpu = `${figure.cpu.toFixed(1)} ms of the page's thread`;
  return 'ms' in figure
    ? `${figure.ms.toFixed(0)} ms; ${cpu}`
    : `${figure.median.toFixed(1)} ms a frame (median), ${figure.p95.toFixed(1)} (95th percentile); ${cpu}`;
}

async function closeAll({ command, page }) {
  await command('View: Close All Editors');
  await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
}

/** From the key that opens the file to its first rows, ms. */
async function timeToTree(workbench, name) {
  const { page } = workbench;
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget:visible');
  await input.locator('input[type=text]').fill(name);
  await input.locator('.monaco-list-row', { hasText: name }).first().waitFor();
  const begin = performance.now();
  await page.keyboard.press('Enter');
  await workbench.webview().locator('.row:not(.loading) .label').filter({ hasText: /./ }).first().waitFor({ timeout: LONGEST_MS });
  return performance.now() - begin;
}

function openedByCommandLine(log) {
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'open', log], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`foundling open ${log} ended with ${status}`);
  return performance.now() - begin;
}

async function sizeOf(workbench) {
  const caption = await workbench.webview().locator('.caption').first().textContent();
  return {
    processes: /of ([\d,]+) process/.exec(caption ?? '')?.[1] ?? '?',
    rows: await workbench.webview().locator('[role=treegrid]').getAttribute('aria-rowcount'),
  };
}

/** What happens in the page, measured there. */
async function pageFigures(workbench) {
  const tree = workbench.webview().locator('[role=treegrid]');
  await tree.focus();
  const session = await workbench.context.newCDPSession(workbench.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const run = async (what) => {
    const before = await spent();
    const figure = await tree.evaluate(inPage, { what, frames: FRAMES });
    return typeof figure === 'number' ? { ms: figure, cpu: (await spent()) - before } : { ...figure, cpu: ((await spent()) - before) / FRAMES };
  };
  return {
    'an idle frame': await run('idle'),
    'scrolling by the wheel': await run('scroll'),
    'jumping to any place': await run('jump'),
    'zooming the time': await run('zoom'),
    'closing the first row': await run('close'),
    'opening the first row': await run('open'),
    'the other parent view': await run('parents'),
    'and back': await run('parents'),
    'orphans only': await run('orphans'),
    'all again': await run('orphans'),
  };
}

/** Runs in the webview: it may use nothing from outside. */
function inPage(tree, { what, frames }) {
  const view = tree.closest('.view');
  const canvas = view.querySelector('canvas.lifelines');
  const key = (name) => tree.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
  /** From a frame's animation callbacks until it is drawn: a message that is sent in the callback comes after the drawing. */
  const frame = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const begin = performance.now();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - begin);
        port2.postMessage(undefined);
      });
    });
  const each = async (act) => {
    const times = [];
    for (let i = 0; i < frames; i++) {
      // The page's own callback must come after ours, so that its work lies in what is timed.
      const timed = frame();
      act(i);
      times.push(await timed);
    }
    times.sort((a, b) => a - b);
    return { median: times[Math.floor(times.length / 2)], p95: times[Math.floor(times.length * 0.95)] };
  };
  const scroll = (pixels) => view.dispatchEvent(new WheelEvent('wheel', { deltaY: pixels, bubbles: true, cancelable: true }));
  const rows = () => tree.getAttribute('aria-rowcount');
  /** From a key until the page shows what it led to, ms. */
  const until = async (name, isThere) => {
    const begin = performance.now();
    key(name);
    for (;;) {
      await frame();
      if (isThere() && !tree.querySelector('.row.loading:not([hidden])')) return performance.now() - begin;
      if (performance.now() - begin > 60_000) throw new Error(`nothing came of ${name}`);
    }
  };
  const rowCount = rows();
  switch (what) {
    case 'idle':
      return each(() => undefined);
    case 'scroll':
      return each(() => scroll(120));
    case 'jump':
      return each((i) => scroll((i % 2 === 0 ? 1 : -1) * 22 * (1000 + ((i * 7919) % 100_000))));
    case 'zoom': {
      const box = canvas.getBoundingClientRect();
      const wheel = (i) => ({
        deltaY: Math.floor(i / 12) % 2 === 0 ? -40 : 40,
        ctrlKey: true,
        clientX: box.left + box.width / 3,
        clientY: box.top + 50,
        bubbles: true,
        cancelable: true,
      });
      return each((i) => canvas.dispatchEvent(new WheelEvent('wheel', wheel(i))));
    }
    case 'close':
      return until('Home', () => tree.querySelector('[aria-rowindex="2"]:not([hidden]):not(.loading)') !== null).then(() =>
        until('ArrowLeft', () => rows() !== rowCount),
      );
    case 'open':
      return until('ArrowRight', () => rows() !== rowCount);
    case 'parents':
    case 'orphans': {
      const said = document.querySelector('.said');
      said.textContent = '';
      return until(what === 'parents' ? 'p' : 'o', () => said.textContent !== '');
    }
  }
}

/** Resident memory of the extension host below a server, MB. The engine is a thread of it. */
function memoryOf(server) {
  const host = processesBelow(server).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('type=extensionHost'));
  if (host === undefined) return { now: NaN, peak: NaN };
  const status = readFileSync(`/proc/${host}/status`, 'latin1');
  const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}

function processesBelow(top) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      parents.set(
        Number(pid),
        Number(
          readFileSync(`/proc/${pid}/stat`, 'latin1')
            .replace(/^.*\) /s, '')
            .split(' ')[1],
        ),
      );
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error; // it ended meanwhile
    }
  }
  const below = (pid) => [...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)]);
  return below(top);
}

async function pictures(workbench, name) {
  for (const theme of Object.keys(THEMES).slice(0, 3)) {
    await workbench.theme(theme);
    console.log(`  ${await workbench.shot(`${name}-${theme}`)}`);
  }
}

import type { HuntAsk, HuntResult } from '../../src/engine/index.js';
import { alone, complete, valuesAsked } from '../../src/hunt/index.js';
import { startEngine } from '../../src/node/index.js';

/**
 * One log in an engine behind its worker, as the editor has it: how long it takes to be there, hunts, completion (also while a hunt runs), cancelling.
 * Prints one JSON line. Run by hunt.mjs: huntBench LOG WORKER WASM ROUNDS
 */
const [log = '', workerPath = '', wasmPath = '', rounds = '5'] = process.argv.slice(2);

/** The work that has budgets (DESIGN section 13), and beside it what hunters ask most. */
const HUNTS: Readonly<Record<string, string>> = {
  filter: 'exec where process.name == "openssl" and process.args : "-connect"',
  'sequence of three with until': 'sequence by host.id, process.entity_id with maxspan=5m [fork where true] [exec where process.executable like "/usr/*"] [network where event.type == "start"] until [exit where true]',
  'descendant of': 'exec where user.id == "0" and descendant of [exec where process.name == "sshd"]',
  'every orphan': 'processes where process.orphan',
  'text in command lines': 'process where process.command_line : "*/dev/tcp/*"',
  'count by name': 'exec where true | count process.name | tail 10',
};

const seconds = (since: number): number => (performance.now() - since) / 1000;
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const median = (numbers: readonly number[]): number => sorted(numbers)[numbers.length >> 1]!;
const at95 = (numbers: readonly number[]): number => sorted(numbers)[Math.floor(numbers.length * 0.95)]!;

const engine = startEngine({ workerPath, wasmPath });
let began = performance.now();
const summary = await engine.ask('open', { sources: [log] });
const open = seconds(began);
began = performance.now();
await engine.storeReady();
const store = seconds(began);
began = performance.now();
const catalogue = await engine.ask('catalogue', {});
const cataloguing = seconds(began);
const residentMegabytes = process.memoryUsage().rss / 1e6;

const ask = (text: string, options: { signal?: AbortSignal } = {}): Promise<HuntResult> => engine.ask('hunt', { text, limit: 200 } satisfies HuntAsk, options);
const hunts: Record<string, { median: number; worst: number; cpu: number; rows: number; undecided: number }> = {};
for (const [name, text] of Object.entries(HUNTS)) {
  const times: number[] = [], cpus: number[] = [];
  let result: HuntResult | undefined;
  for (let round = 0; round < Number(rounds); round++) {
    const from = performance.now(), cpu = process.cpuUsage();
    result = await ask(text);
    times.push(seconds(from));
    const used = process.cpuUsage(cpu);
    cpus.push((used.user + used.system) / 1e6);
    const wrong = result.diagnostics.find((one) => one.severity === 'error');
    if (wrong !== undefined) throw new Error(`${name}: ${wrong.code} ${wrong.message}`);
  }
  hunts[name] = { median: median(times), worst: Math.max(...times), cpu: median(cpus), rows: result!.total, undecided: result!.undecided.count };
}

/** Places where an analyst stops to be helped, cursor at |. */
const CURSORS = ['|', 'exec where |', 'exec where process.na|', 'exec where process.name == "|', 'exec where process.name in ("ba|', 'processes where process.orphan and |', 'exec where process.args : "|', 'network where destination.ip == "|', 'sequence by |', 'exec where true | |', 'processes where process.creator.name == "|'];
function completionTimes(count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const marked = CURSORS[at % CURSORS.length]!;
    const offset = marked.lastIndexOf('|');
    const from = performance.now();
    const found = complete(alone(marked.slice(0, offset) + marked.slice(offset + 1), catalogue), offset);
    if (found.length === 0) throw new Error(`nothing is offered in ${marked}`);
    return performance.now() - from;
  });
}
completionTimes(CURSORS.length);
const idle = at95(completionTimes(220));
const running = ask(HUNTS['sequence of three with until']!);
let isOver = false;
void running.then(() => (isOver = true));
const whileHunting: number[] = [];
while (!isOver) {
  whileHunting.push(...completionTimes(CURSORS.length));
  await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Values under the conditions already written are counted by the engine; the editor waits for them no longer than it may. */
const conditional: number[] = [];
for (const text of ['exec where user.id == "0" and process.name == "', 'process where process.name == "bash" and process.args : "', 'network where process.orphan and destination.ip == "']) {
  const values = valuesAsked(alone(text, catalogue), text.length);
  if (values === undefined) throw new Error(`no values are asked for in ${text}`);
  const from = performance.now();
  await engine.ask('hunt', { ...values, limit: 100 });
  conditional.push(performance.now() - from);
}

/** From the cancel to the moment that the engine answers something else. */
async function cancelTime(text: string, afterMs: number): Promise<number> {
  const controller = new AbortController();
  const hunt = ask(text, { signal: controller.signal }).then(() => true, () => false);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const from = performance.now();
  controller.abort();
  await engine.ask('summary', {});
  await hunt;
  return seconds(from);
}
const HEAVY = [...Object.values(HUNTS), 'any where true | sort -process.command_line', 'any where concat(process.name, process.command_line, user.id) regex ".*(a+)+b.*"', 'process where descendant of [process where true] in recorded', 'sample by host.id [exec where true] [network where true]', 'any where true | stats count() as n, values(process.name) as names by process.entity_id, process.parent.entity_id | sort -n', 'exec where true | tree', 'processes where true | tree', 'any where true | evidence', 'any where true | unique process.command_line'];
const cancels: { text: string; seconds: number }[] = [];
for (const text of HEAVY) for (const after of [20, 120, 400]) cancels.push({ text, seconds: await cancelTime(text, after) });
const slowest = cancels.reduce((a, b) => (b.seconds > a.seconds ? b : a));
await engine.close();
console.log(JSON.stringify({
  megabytes: summary.evidence.reduce((sum, one) => sum + one.accounting.bytes, 0) / 1e6,
  observations: summary.observations, processes: summary.processes, open, store, cataloguing, residentMegabytes, hunts,
  completionMs: { idle, whileHunting: at95(whileHunting), conditional: Math.max(...conditional) }, cancel: slowest, cancels: process.env.BENCH_VERBOSE === undefined ? undefined : cancels,
}));

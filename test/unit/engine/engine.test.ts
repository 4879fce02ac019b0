import { describe, expect, test } from 'vitest';
import { createEngine, type Engine, type RowWindow, type ViewAsk } from '../../../src/engine/index.js';
import type { Source } from '../../../src/evidence/index.js';
import { EvidenceUnreadable } from '../../../src/model/index.js';
import { auditLines, BASE, DOUBLE_FORK, portsOver, sourceOf } from './smallHost.js';

const ALL: ViewAsk = { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false };

async function opened(store: boolean = true): Promise<Engine> {
  const engine = createEngine(portsOver([sourceOf(auditLines(DOUBLE_FORK))], store));
  await engine.ask('open', { sources: ['audit.log'] });
  return engine;
}

async function rowsOf(engine: Engine, ask: ViewAsk): Promise<RowWindow> {
  const { view, rowCount } = await engine.ask('view', ask);
  return engine.ask('rows', { view, first: 0, count: rowCount });
}

/** `depth:name pid` of each row. */
const shape = (window: RowWindow): string[] => window.name.map((name, at) => `${window.depth[at]}:${name} ${window.pid[at]}`);

async function processOf(engine: Engine, pid: number): Promise<number> {
  const window = await rowsOf(engine, ALL);
  return window.process[window.pid.indexOf(pid)]!;
}

describe('opening', () => {
  test('the summary counts processes, orphans and the time that was seen', async () => {
    const engine = await opened();
    const summary = await engine.ask('summary', {});
    expect(summary.orphans).toBe(1);
    expect(summary.from).toBe(BASE * 1e6);
    expect(summary.to).toBe((BASE + 5.1) * 1e6);
    const { accounting } = summary.evidence[0]!;
    expect(accounting.understood + accounting.notNeeded + accounting.notUnderstood).toBe(accounting.records);
    await engine.close();
  });

  test('a second open of the same engine is refused with what to do instead', async () => {
    const engine = await opened();
    await expect(engine.ask('open', { sources: ['other'] })).rejects.toThrow(/open another engine/);
    await engine.close();
  });

  test('a source that could not be read is an entry with its error, and the rest is open', async () => {
    const broken = { name: '/case/gone.log', members: [], error: '/case/gone.log: there is no such file' };
    const engine = createEngine(portsOver([broken, sourceOf(auditLines(DOUBLE_FORK))]));
    const summary = await engine.ask('open', { sources: ['x'] });
    expect(summary.evidence.map(({ error }) => error)).toEqual(['/case/gone.log: there is no such file', undefined]);
    expect(summary.orphans).toBe(1);
    await engine.close();
  });

  test('an aborted open rejects and the engine may try again', async () => {
    const engine = createEngine(portsOver([sourceOf(auditLines(DOUBLE_FORK))]));
    const abort = new AbortController();
    abort.abort();
    await expect(engine.ask('open', { sources: ['x'] }, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect((await engine.ask('open', { sources: ['x'] })).orphans).toBe(1);
    await engine.close();
  });

  test('an open that is given up while it hashes leaves nothing open, and no file is blamed for it', async () => {
    const abort = new AbortController();
    let isFirst = true;
    const source: Source = {
      ...sourceOf(auditLines(DOUBLE_FORK)),
      sha256(signal) {
        if (isFirst) abort.abort();
        isFirst = false;
        signal?.throwIfAborted();
        return Promise.resolve('ab'.repeat(32));
      },
    };
    const engine = createEngine(portsOver([source], false));
    await expect(engine.ask('open', { sources: ['x'], hash: true }, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine.ask('summary', {})).rejects.toThrow('No evidence is open.');
    expect((await engine.ask('open', { sources: ['x'], hash: true })).evidence).toMatchObject([{ sha256: 'ab'.repeat(32) }]);
    await engine.close();
  });

  test('hashing ends when the evidence is closed', async () => {
    let begun = false, told = '';
    const source: Source = {
      ...sourceOf(auditLines(DOUBLE_FORK)),
      async sha256(signal) {
        begun = true;
        try {
          for (;;) {
            signal?.throwIfAborted();
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        } catch (error) {
          told = String(error);
          throw error;
        }
      },
    };
    const engine = createEngine(portsOver([source]));
    await engine.ask('open', { sources: ['x'] });
    await expect.poll(() => begun).toBe(true);
    await engine.close();
    await expect.poll(() => told).toContain('The evidence was closed.');
  });

  test('evidence is hashed also where the store cannot be filled', async () => {
    const source = { ...sourceOf(auditLines(DOUBLE_FORK)), sha256: () => Promise.resolve('ab'.repeat(32)) };
    const engine = createEngine({ ...portsOver([source]), loadSql: () => Promise.reject(new Error('no memory for a store')) });
    await engine.ask('open', { sources: ['audit.log'] });
    await expect(engine.ask('hunt', { text: 'process where true', limit: 1 })).rejects.toThrow('no memory for a store');
    await expect.poll(async () => (await engine.ask('summary', {})).hashed).toBe(true);
    expect((await engine.ask('summary', {})).evidence.map(({ sha256 }) => sha256)).toEqual(['ab'.repeat(32)]);
    await engine.close();
  });

  test('a file that could not be read whole and is not what the case says is told to be both, and no other is told to be changed', async () => {
    const cut = (name: string, stated: string): Source => ({ ...sourceOf(auditLines(DOUBLE_FORK)), name, error: `${name}: its end is missing`, sha256: () => Promise.resolve('ab'.repeat(32)), stated: { sha256: stated } });
    const engine = createEngine(portsOver([cut('changed.gz', 'cd'.repeat(32)), cut('cut.gz', 'AB'.repeat(32))]));
    const { evidence } = await engine.ask('open', { sources: ['x'], hash: true });
    expect(evidence.map(({ error, isChanged }) => ({ error, isChanged }))).toEqual([
      { error: `changed.gz: its SHA-256 is ${'ab'.repeat(32)}, the case says ${'cd'.repeat(32)}; the file is not the one that was added; changed.gz: its end is missing`, isChanged: true },
      { error: 'cut.gz: its end is missing', isChanged: undefined },
    ]);
    await engine.close();
  });

  test('after close every question rejects', async () => {
    const engine = await opened();
    await engine.close();
    await expect(engine.ask('summary', {})).rejects.toThrow('The evidence was closed.');
  });
});

describe('views', () => {
  test('the created tree keeps the orphan under its creator, the recorded tree under its adopter', async () => {
    const engine = await opened(false);
    const created = shape(await rowsOf(engine, ALL));
    const at = created.findIndex((row) => row.endsWith('nc 822'));
    expect(created.slice(at - 2, at + 1).map((row) => row.replace(/^\d+:/, ''))).toEqual(['dropper 820', 'dropper 821', 'nc 822']);
    const recorded = await rowsOf(engine, { ...ALL, parents: 'recorded' });
    const orphan = recorded.pid.indexOf(822);
    expect(recorded.depth[orphan]).toBe(1);
    expect(recorded.creatorPid[orphan]).toBe(821);
    expect(recorded.pid[recorded.otherParentRow[orphan]!]).toBe(821);
    await engine.close();
  });

  test('orphans only keeps their ancestors and nothing else', async () => {
    const engine = await opened(false);
    const window = await rowsOf(engine, { ...ALL, orphansOnly: true });
    expect(shape(window).map((row) => row.slice(2))).toEqual(expect.arrayContaining(['sshd 700', 'bash 810', 'nc 822']));
    expect([...window.pid]).not.toContain(300);
    await engine.close();
  });

  test('grouped by session a heading stands above the session, and services stand last', async () => {
    const engine = await opened(false);
    const window = await rowsOf(engine, { ...ALL, group: 'session' });
    const headings = window.name.filter((_, at) => window.process[at] === -1);
    expect(headings[0]).toMatch(/^Session 3/);
    expect(headings.at(-1)).toBe('No login session');
    await engine.close();
  });

  test('a tree at a time leaves out who was not yet born', async () => {
    const engine = await opened(false);
    const window = await rowsOf(engine, { ...ALL, at: (BASE + 2.5) * 1e6 });
    expect([...window.pid]).toContain(810);
    expect([...window.pid]).not.toContain(820);
    await engine.close();
  });

  test('collapse hides the subtree, reveal opens what hides a process', async () => {
    const engine = await opened(false);
    const { view, rowCount } = await engine.ask('view', ALL);
    const before = await engine.ask('rows', { view, first: 0, count: rowCount });
    const row = before.pid.indexOf(700);
    const closed = await engine.ask('toggle', { view, row, expanded: false });
    const window = await engine.ask('rows', { view, first: 0, count: rowCount });
    expect(window.fold[row]).toBe(1);
    expect(closed.rowCount).toBe(rowCount - window.hiddenBelow[row]!);
    const orphan = before.process[before.pid.indexOf(822)]!;
    const found = await engine.ask('search', { view, text: '/TMP/.X', limit: 10 });
    expect([...found.processes]).toEqual([orphan]);
    expect([...found.rows]).toEqual([-1]);
    const revealed = await engine.ask('reveal', { view, process: orphan });
    expect((await engine.ask('rows', { view, first: revealed.row, count: 1 })).pid[0]).toBe(822);
    await engine.close();
  });

  test('the next orphan is found inside a closed row, which opens', async () => {
    const engine = await opened(false);
    const { view } = await engine.ask('view', ALL);
    await engine.ask('toggle', { view, row: 0, expanded: false, deep: true });
    const next = await engine.ask('nextOrphan', { view, row: 0, backward: false });
    expect((await engine.ask('rows', { view, first: next.row, count: 1 })).pid[0]).toBe(822);
    await engine.close();
  });

  test('search finds arguments that the log holds as hex', async () => {
    const engine = await opened(false);
    const { view } = await engine.ask('view', ALL);
    const found = await engine.ask('search', { view, text: 'HELLO there', limit: 10 });
    const window = await engine.ask('rows', { view, first: found.rows[0]!, count: 1 });
    expect(window.name[0]).toBe('dropper');
    await engine.close();
  });

  test('the overview counts each orphan once by rows and once by time', async () => {
    const engine = await opened(false);
    const { view } = await engine.ask('view', ALL);
    const overview = await engine.ask('overview', { view, rowBuckets: 4, timeBuckets: 5 });
    expect(overview.rowOrphans.reduce((sum, count) => sum + count)).toBe(1);
    expect(overview.timeOrphans.reduce((sum, count) => sum + count)).toBe(1);
    await engine.close();
  });

  test('a window of rows has buffers of its own, so that posting one does not ship another', async () => {
    const engine = await opened(false);
    const { view } = await engine.ask('view', ALL);
    const window = await engine.ask('rows', { view, first: 1, count: 2 });
    for (const column of Object.values(window)) if (ArrayBuffer.isView(column)) expect(column.byteLength).toBe(column.buffer.byteLength);
    await engine.close();
  });

  test('a view that was closed is named in the error', async () => {
    const engine = await opened(false);
    const { view } = await engine.ask('view', ALL);
    await engine.ask('closeView', { view });
    await expect(engine.ask('rows', { view, first: 0, count: 1 })).rejects.toThrow(`There is no view ${view}`);
    await engine.close();
  });
});

describe('details and raw records', () => {
  test('the one sentence names creator, adopter, the time between and the way in', async () => {
    const engine = await opened(false);
    const details = await engine.ask('details', { process: await processOf(engine, 822) });
    expect(details.why).toMatch(/^nc 822 is an orphan: dropper 821 created it \(a record states it\) and ended 100 ms later, and .* 1 has it since 2023-11-14T22:13:23\.500Z\./);
    expect(details.chain.map(({ pid }) => pid).slice(0, 4)).toEqual([821, 820, 810, 800]);
    expect(details.launcher.parent?.pid).toBe(820);
    expect(details.parents.map(({ parent, adopted }) => [parent?.pid, adopted])).toEqual([[821, false], [1, true]]);
    await engine.close();
  });

  test('an intermediate says that it served to detach', async () => {
    const engine = await opened(false);
    const details = await engine.ask('details', { process: await processOf(engine, 821) });
    expect(details.why).toContain('it served to detach what it made');
    await engine.close();
  });

  test('raw records are the same while the store fills and after, with the fork that made it first', async () => {
    const engine = await opened();
    const process = await processOf(engine, 822);
    const during = await engine.ask('raw', { process, first: 0, count: 50 });
    await engine.storeReady();
    const after = await engine.ask('raw', { process, first: 0, count: 50 });
    expect(after).toEqual(during);
    expect(after.records.map(({ states }) => states)).toEqual(['created by dropper 821', 'exec', 'connect']);
    await engine.close();
  });

  test('a raw record shows its own lines, decoded values and a command that shows the same', async () => {
    const engine = await opened();
    const { records } = await engine.ask('raw', { process: await processOf(engine, 822), first: 0, count: 50 });
    const connect = records.at(-1)!;
    expect(connect.lines).toHaveLength(2);
    expect(connect.decoded).toEqual([['SOCKADDR saddr', '10.0.0.5 port 4444']]);
    expect(connect.command).toBe('ausearch -a 14 -if /case/audit.log --raw');
    const made = await engine.ask('rawAt', { member: 'audit.log', offset: connect.offset });
    expect(made.lines).toEqual(connect.lines);
    await engine.close();
  });

  test('lines of another event inside the span are left out', async () => {
    const [first, second] = auditLines(DOUBLE_FORK.slice(0, 2)).split('\n').filter((line) => line !== '');
    const lines = auditLines(DOUBLE_FORK.slice(0, 2)).trimEnd().split('\n');
    const mixed = [lines[0]!, lines[2]!, lines[1]!, ''].join('\n'); // the EXECVE of event 1 stands behind event 2
    const engine = createEngine(portsOver([sourceOf(mixed)], false));
    await engine.ask('open', { sources: ['x'] });
    const record = await engine.ask('rawAt', { member: 'audit.log', offset: 0 });
    expect(record.lines).toEqual([first, second]);
    await engine.close();
  });

  test('a place inside a record shows the record from its beginning', async () => {
    const engine = await opened(false);
    const text = auditLines(DOUBLE_FORK);
    const at = text.indexOf('syscall=42');
    const record = await engine.ask('rawAt', { member: 'audit.log', offset: at });
    expect(record.lines[0]).toContain('syscall=42');
    expect(text.slice(record.offset, record.offset + 5)).toBe('type=');
    await engine.close();
  });

  test('a file that went away after it was opened says so in place of its lines, and what it stated is kept', async () => {
    const source = sourceOf(auditLines(DOUBLE_FORK));
    const [member] = source.members;
    let isGone = false;
    const vanishing = {
      ...member!,
      open(from: number) {
        if (isGone) throw new EvidenceUnreadable('audit.log', 'there is no such file (any more)');
        return member!.open(from);
      },
    };
    const engine = createEngine(portsOver([{ ...source, members: [vanishing] }]));
    await engine.ask('open', { sources: ['x'] });
    isGone = true;
    const { records } = await engine.ask('raw', { process: await processOf(engine, 822), first: 0, count: 1 });
    expect(records[0]).toMatchObject({ states: 'created by dropper 821', lines: ['audit.log: there is no such file (any more)'] });
    await engine.close();
  });

  test('a line of many megabytes is cut, and says so', async () => {
    const engine = createEngine(portsOver([sourceOf(`type=EXECVE msg=audit(1.000:5): a0="${'A'.repeat(3e6)}"\n${auditLines(DOUBLE_FORK)}`)], false));
    await engine.ask('open', { sources: ['x'] });
    const record = await engine.ask('rawAt', { member: 'audit.log', offset: 1e6 });
    expect(record.lines.at(-1)).toMatch(/^\(cut: the line is longer than the \d+ bytes that are shown\)$/);
    expect(record.lines.join('').length).toBeLessThan(2 ** 20 + 100);
    await engine.close();
  });

  test('a second page of raw records goes on where the first ended', async () => {
    const engine = await opened();
    await engine.storeReady();
    const process = await processOf(engine, 820);
    const all = await engine.ask('raw', { process, first: 0, count: 50 });
    const pages = [await engine.ask('raw', { process, first: 0, count: 2 }), await engine.ask('raw', { process, first: 2, count: 50 })];
    expect(pages.flatMap(({ records }) => records)).toEqual(all.records);
    expect(pages[0]!.total).toBe(all.records.length);
    await engine.close();
  });

  test('an offset behind the end is an error that says so', async () => {
    const engine = await opened(false);
    await expect(engine.ask('rawAt', { member: 'audit.log', offset: 1e9 })).rejects.toThrow(/there is nothing at/);
    await engine.close();
  });
});

describe('hunts', () => {
  test('an orphan is found with the parents of both trees', async () => {
    const engine = await opened();
    const result = await engine.ask('hunt', { text: 'processes where process.orphan | fields process.pid, process.parent.pid, process.creator.pid', limit: 10 });
    expect(result.rows).toEqual([[822, 1, 821]]);
    await engine.close();
  });

  test('a fork is the child\'s event, a reparent is derived, and an address is the destination', async () => {
    const engine = await opened();
    const rows = async (text: string): Promise<unknown> => (await engine.ask('hunt', { text, limit: 10 })).rows;
    expect(await rows('fork where process.pid == 822 | fields process.pid, process.parent.pid')).toEqual([[822, 821]]);
    expect(await rows('reparent where true | fields process.pid, process.parent.pid')).toEqual([[822, 1]]);
    expect(await rows('network where process.orphan | fields destination.ip, destination.port')).toEqual([['10.0.0.5', 4444]]);
    await engine.close();
  });

  test('a process that was never seen to begin has one row that says already running', async () => {
    const engine = await opened();
    const { rows } = await engine.ask('hunt', { text: 'process where event.action == "already_running" | fields process.pid, event.basis', limit: 10 });
    expect(rows.map(([pid]) => pid)).not.toContain(822);
    await engine.close();
  });

  test('arguments are found by item', async () => {
    const engine = await opened();
    const { rows } = await engine.ask('hunt', { text: 'exec where process.args == "4444" | fields process.name', limit: 10 });
    expect(rows).toEqual([['nc']]);
    await engine.close();
  });

  test('a hunt whose signal is aborted while it runs rejects with AbortError', async () => {
    const engine = await opened();
    await engine.storeReady();
    const abort = new AbortController();
    const hunt = engine.ask('hunt', { text: 'any where true | count event.action', limit: 10 }, { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(hunt).rejects.toMatchObject({ name: 'AbortError' });
    await engine.close();
  });

  test('who gives up reading lists and rules does not end it for others who wait for the same reading', async () => {
    const engine = createEngine({ ...portsOver([sourceOf(auditLines(DOUBLE_FORK))]), caseIntel: () => Promise.resolve({ hosts: [], texts: [{ file: 'rules/any.eql', text: 'process where true' }, { file: 'intel/x', text: '', trouble: 'it is a link' }] }) });
    await engine.ask('open', { sources: ['x'] });
    await engine.storeReady();
    const abort = new AbortController();
    const givenUp = engine.ask('intel', {}, { signal: abort.signal, onProgress: ({ what }) => { if (what === 'hunting') abort.abort(); } });
    const waiting = engine.ask('intel', {});
    await expect(givenUp).rejects.toMatchObject({ name: 'AbortError' });
    expect(await waiting).toMatchObject({ rules: 1, troubles: ['intel/x: it is a link'] });
    await engine.close();
  });

  test('an engine without a store says that it cannot hunt', async () => {
    const engine = await opened(false);
    await expect(engine.ask('hunt', { text: 'any where true', limit: 1 })).rejects.toThrow(/without a store/);
    await engine.close();
  });
});

describe('the catalogue', () => {
  test('counts sources, the share of each field that is filled, and values most frequent first', async () => {
    const engine = await opened();
    const catalogue = await engine.ask('catalogue', {});
    expect(catalogue.sources.find(({ name }) => name === 'exec')?.rows).toBeGreaterThanOrEqual(6);
    const field = (name: string): (typeof catalogue.fields)[number] => catalogue.fields.find((each) => each.name === name)!;
    expect(field('process.orphan').values).toContainEqual(['true', 1]);
    expect(field('destination.ip').values).toEqual([['10.0.0.5', 1]]);
    expect(field('process.args').values).toContainEqual(['4444', expect.any(Number)]);
    expect(field('process.creator.name').values[0]![1]).toBeGreaterThanOrEqual(2);
    expect(field('container.id').filled).toBe(0);
    expect(new Set(catalogue.fields.map(({ name }) => name)).size).toBe(catalogue.fields.length);
    await engine.close();
  });

  test.each([
    ['process', 'process.name'],
    ['any', 'user.id'],
    ['any', 'destination.port'],
    ['processes', 'process.entry.kind'],
    ['processes', 'process.creator.name'],
  ])('over %s, %s has the counts that a hunt gives', async (source, name) => {
    const engine = await opened();
    const { rows } = await engine.ask('hunt', { text: `${source} where true | count ${name}`, limit: 1000 });
    const counted = rows.filter(([value]) => value !== null).map(([value, count]) => [String(value), count]);
    const { values } = (await engine.ask('catalogue', {})).fields.find((field) => field.name === name)!;
    expect(counted.length).toBeGreaterThan(0);
    expect(new Map(values)).toEqual(new Map(counted as [string, number][]));
    await engine.close();
  });
});

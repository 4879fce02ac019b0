import { describe, expect, test } from 'vitest';
import { createEngine, type Engine, type HuntAsk, type HuntResult } from '../../../src/engine/index.js';
import type { Source } from '../../../src/evidence/index.js';
import { auditLines, DOUBLE_FORK, portsOver, sourceOf } from './smallHost.js';

const alert = (at: number, fields: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ hostname: 'web', output: 'x', priority: 'Warning', rule: 'Shell in container', time: `2024-05-07T18:54:${String(at).padStart(2, '0')}.000000000Z`, output_fields: { 'evt.type': 'execve', 'proc.name': 'bash', ...fields }, ...more });

const FALCO = [
  alert(10, { 'proc.pid': 10, 'proc.aname[2]': 'runc', 'proc.tty': 34816 }, { tags: ['container', 'shell'], trusted: true }),
  alert(11, { 'proc.pid': 11, 'proc.aname[2]': 'sshd', 'proc.tty': 0 }, { tags: ['shell'], trusted: false }),
].join('\n');

async function opened(...sources: readonly Source[]): Promise<Engine> {
  const engine = createEngine(portsOver(sources));
  await engine.ask('open', { sources: ['x'] });
  await engine.storeReady();
  return engine;
}

const hunted = (engine: Engine, text: string, more: Partial<HuntAsk> = {}): Promise<HuntResult> => engine.ask('hunt', { text, limit: 100, ...more });

/** Rows of a hunt without mistakes. */
async function rowsOf(engine: Engine, text: string, more: Partial<HuntAsk> = {}): Promise<HuntResult['rows']> {
  const { rows, diagnostics } = await hunted(engine, text, more);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return rows;
}

describe('keys of audit records', () => {
  test.each<[string, number]>([
    ['any where auditd.data.exit == 821', 2], // a clone and a setsid
    ['any where auditd.data.exit == "821"', 2],
    ['any where auditd.data.exit > 800 and auditd.data.success == "yes"', 5],
    ['any where auditd.data.exit in (820, 822)', 2],
    ['exec where auditd.data.a0 : "*" and auditd.data.success == "yes"', 6],
    ['any where auditd.data.a0 like "12*11"', 6],
    ['any where auditd.data.exit % 2 == 1', 3],
    ['any where startsWith(auditd.data.a0, "12")', 6],
    ['any where auditd.message_type == "sockaddr"', 1],
    ['any where event of [exec where auditd.data.syscall == 59 and auditd.data.pid == 822] and event.action == "connection_attempted"', 1],
  ])('%s', async (text, count) => {
    const engine = await opened(sourceOf(auditLines(DOUBLE_FORK)));
    expect(await rowsOf(engine, text)).toHaveLength(count);
    await engine.close();
  });

  test('numbers sort as numbers, and what is asked about is shown', async () => {
    const engine = await opened(sourceOf(auditLines(DOUBLE_FORK)));
    const { columns, rows } = await hunted(engine, 'fork where auditd.data.exit != null | sort -auditd.data.exit | fields auditd.data.exit');
    expect(columns).toEqual([{ name: 'auditd.data.exit', type: 'int' }]);
    expect(rows.flat()).toEqual([822, 821, 820, 810, 800, 301]);
    expect((await hunted(engine, 'fork where auditd.data.exit > 0 | head 1')).columns.map(({ name }) => name)).toContain('auditd.data.exit');
    await engine.close();
  });

  test('they join sequences, count in stats, and are read of a lifetime’s last event that has them', async () => {
    const engine = await opened(sourceOf(auditLines(DOUBLE_FORK)));
    expect(await rowsOf(engine, 'sequence by auditd.data.pid [exec where process.name == "nc"] [network where auditd.data.syscall == "42"]')).toHaveLength(1);
    expect(await rowsOf(engine, 'sequence [fork where auditd.data.exit == 822] as f [exec where auditd.data.pid == f.auditd.data.exit]')).toHaveLength(1);
    expect(await rowsOf(engine, 'exit where true | stats count() as n by auditd.data.syscall')).toEqual([[231, 3]]);
    expect(await rowsOf(engine, 'processes where auditd.data.syscall == 59 | fields process.pid')).toEqual([[700], [800], [810], [822], [300]]); // dropper's last is its exit
    await engine.close();
  });

  test('hex is decoded, as elsewhere, and what the log does not know is absent', async () => {
    const lines = auditLines(DOUBLE_FORK).replaceAll('comm="nc"', `comm=${Buffer.from('n c').toString('hex').toUpperCase()}`);
    const engine = await opened(sourceOf(lines));
    expect(await rowsOf(engine, 'exec where auditd.data.comm == "n c"')).toHaveLength(1);
    expect(await rowsOf(engine, 'exec where auditd.data.tty != null')).toHaveLength(0);
    await engine.close();
  });

  test('rows whose record lacks the field are undecided, and say for want of what', async () => {
    const engine = await opened(sourceOf(auditLines(DOUBLE_FORK)));
    const { total, undecided } = await hunted(engine, 'exit where auditd.data.exit == 0');
    expect([total, undecided]).toEqual([0, { count: 3, fields: ['auditd.data.exit'] }]);
    expect((await hunted(engine, 'exit where auditd.data.exit == 0 | undecided')).total).toBe(3);
    await engine.close();
  });

  test('interpreted logs have the same keys, and no word is taken for hex', async () => {
    const line = 'type=SYSCALL msg=audit(11/14/2023 22:13:20.000:7) : arch=x86_64 syscall=execve success=yes exit=0 a0=0x5 ppid=1 pid=50 auid=alice uid=root comm=cafe exe=/bin/cafe key=t';
    const engine = await opened(sourceOf(`----\n${line}\n`, 'ausearch.txt'));
    expect(await rowsOf(engine, 'any where auditd.data.syscall == "execve" and auditd.data.comm == "cafe"')).toHaveLength(1);
    await engine.close();
  });
});

describe('values of JSON records by their path', () => {
  test.each<[string, number]>([
    ['exec where output_fields.proc.aname[2] == "runc"', 1],
    ['exec where output_fields.proc.tty > 0', 1],
    ['exec where tags == "container"', 1],
    ['exec where not tags == "container"', 1],
    ['exec where arrayCount(tags, tag, tag == "shell") == 1', 2],
    ['exec where length(tags) == 2', 1],
    ['exec where tags[1] == "shell"', 1],
    ['exec where tags[0] : "S*" or tags[9] != null', 1],
    ['exec where trusted', 1],
    ['exec where trusted == false', 1],
    ['exec where ?trusted == true or ?no.such.thing == 1', 1],
    ['exec where output_fields.proc.tty in ("0", "34816")', 2],
  ])('%s', async (text, count) => {
    const engine = await opened(sourceOf(FALCO, 'falco.json'));
    expect(await rowsOf(engine, text)).toHaveLength(count);
    await engine.close();
  });

  test('a number of 64 bits keeps its digits, and is found as text by no other', async () => {
    const ids = ['9007199254740993', '9007199254740992', '-9007199254740993'];
    const records = ids.map((id, at) => alert(20 + at, { 'proc.pid': 20 + at }).replace('"proc.pid"', `"vendor.id":${id},"vendor.says":"{\\"id\\": ${id}}","vendor.share":0.12345678901234567,"proc.pid"`));
    const engine = await opened(sourceOf(records.join('\n'), 'falco.json'));
    const found = (where: string) => rowsOf(engine, `exec where ${where} | fields output_fields.vendor.id`);
    expect(await found('output_fields.vendor.id == "9007199254740993"')).toEqual([['9007199254740993']]);
    expect(await found('output_fields.vendor.id in ("9007199254740992", "-9007199254740993")')).toEqual([['9007199254740992'], ['-9007199254740993']]);
    expect(await found('output_fields.vendor.id > 0')).toHaveLength(2);
    expect(await rowsOf(engine, 'exec where output_fields.vendor.share < 0.2 and output_fields.vendor.says == "{\\"id\\": 9007199254740993}"')).toHaveLength(1);
    const { diagnostics } = await hunted(engine, 'exec where output_fields.vendor.id == 9007199254740993');
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['HUNT203', 'warning']]);
    await engine.close();
  });

  test('a column of an export does not take the name of a let', async () => {
    const engine = await opened(sourceOf(FALCO, 'falco.json'));
    expect(await rowsOf(engine, 'let priority = process.pid == 11\nexec where priority | fields process.pid')).toEqual([[11]]);
    await engine.close();
  });

  test('what a record says of the recorded parent is not said of the creator', async () => {
    const record = { '@timestamp': '2024-05-07T18:54:10.000Z', agent: { type: 'endpoint' }, host: { os: { type: 'linux' }, name: 'web' }, event: { module: 'endpoint', category: ['process'], type: ['start'], action: 'exec' }, process: { pid: 5, entity_id: 'a', name: 'x', executable: '/x', args: ['x'], parent: { pid: 1, entity_id: 'b', hash: { md5: 'abc' } } } };
    const engine = await opened(sourceOf(JSON.stringify(record), 'endpoint.json'));
    const text = 'process where process.parent.hash.md5 == "abc"';
    expect((await hunted(engine, text)).total).toBe(1);
    expect((await hunted(engine, text, { parents: 'created' })).total).toBe(0);
    await engine.close();
  });

  test('a row of a CSV export has its columns, and what it carries has its keys', async () => {
    const raw = auditLines(DOUBLE_FORK).split('\n').find((line) => line.includes('pid=822') && line.includes('syscall=42'))!;
    const csv = ['_time,host,sourcetype,my column,_raw', `1700000003.8,web,auditd,"a ""b""","${raw.replaceAll('"', '""')}"`].join('\n');
    const engine = await opened(sourceOf(csv, 'export.csv'));
    expect(await rowsOf(engine, 'any where `my column` == "a \\"b\\"" and auditd.data.syscall == 42 and sourcetype : "AUDIT*"')).toHaveLength(1);
    await engine.close();
  });
});

describe('names', () => {
  test('one that no record has is unknown, with the nearest; one that Hunt knows is absent', async () => {
    const engine = await opened(sourceOf(FALCO, 'falco.json'));
    const [unknown] = (await hunted(engine, 'exec where output_fields.proc.nmae == "x"')).diagnostics;
    expect([unknown?.code, unknown?.fixes[0]?.text]).toEqual(['HUNT201', 'output_fields.proc.name']);
    const [absent] = (await hunted(engine, 'exec where process.hash.md5 == "x"')).diagnostics;
    expect([absent?.code, absent?.severity]).toEqual(['HUNT205', 'information']);
    await engine.close();
  });

  test('the catalogue says which fields the records have, how they are typed and how often', async () => {
    const engine = await opened(sourceOf(FALCO, 'falco.json'), sourceOf(auditLines(DOUBLE_FORK)));
    const { evidence = [] } = await engine.ask('catalogue', {});
    const told = (name: string): unknown => evidence.filter((field) => field.name === name).map(({ type, list, formats, filled, values }) => [type, list, formats, Math.round(filled * 100), values[0]])[0];
    expect(told('tags')).toEqual(['text', true, ['Falco alerts'], 100, ['shell', 2]]);
    expect(told('trusted')).toEqual(['bool', false, ['Falco alerts'], 100, ['false', 1]]);
    expect(told('auditd.data.exit')).toEqual(['int', false, ['auditd log'], 82, ['0', 7]]);
    expect(told('output_fields.proc.nmae')).toBeUndefined();
    await engine.close();
  });
});

describe('reading', () => {
  /** A source whose openings are counted. */
  function counted(text: string): { source: Source; opens: () => number } {
    const source = sourceOf(text);
    let opens = 0;
    const members = source.members.map((member) => ({ ...member, open: (from: number) => (opens++, member.open(from)) }));
    return { source: { ...source, members }, opens: () => opens };
  }

  test('hunts that name no such field read nothing, and a field is read once', async () => {
    const { source, opens } = counted(auditLines(DOUBLE_FORK));
    const engine = await opened(source);
    const before = opens();
    await hunted(engine, 'exec where process.name == "nc" | sort process.pid');
    expect(opens()).toBe(before);
    await hunted(engine, 'process where auditd.data.exit == 0');
    const after = opens();
    expect(after).toBeGreaterThan(before);
    await hunted(engine, 'exec where auditd.data.exit == 822 or auditd.data.exit == 0 | stats max(auditd.data.exit)');
    expect(opens()).toBe(after);
    await hunted(engine, 'network where auditd.data.exit == 0'); // other records
    expect(opens()).toBeGreaterThan(after);
    await engine.close();
  });

  test('it can be cancelled, and then another hunt reads', async () => {
    const abort = new AbortController();
    const { source } = counted(auditLines(DOUBLE_FORK));
    const member = source.members[0]!;
    let isCancelling = false;
    const engine = await opened({
      ...source,
      members: [{
        ...member,
        async *open(from) {
          for await (const chunk of member.open(from)) {
            if (isCancelling) abort.abort();
            yield chunk;
          }
        },
      }],
    });
    isCancelling = true;
    const ask: HuntAsk = { text: 'exec where auditd.data.exit == 0', limit: 10 };
    await expect(engine.ask('hunt', ask, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    isCancelling = false;
    expect((await engine.ask('hunt', ask)).total).toBe(6);
    await engine.close();
  });

  test('records that overlap, lie far apart or end early are read as they lie', async () => {
    const lines = auditLines(DOUBLE_FORK).split('\n');
    const far = [...lines.slice(0, 20), ...Array.from({ length: 30_000 }, (_, at) => `type=USER_AVC msg=audit(1700000009.000:${100 + at}): pid=1 uid=0 msg='avc: nothing of note here, only something that takes room'`), ...lines.slice(20)].join('\n');
    const engine = await opened(sourceOf(far));
    const whole = await opened(sourceOf(lines.join('\n')));
    const text = 'any where auditd.data.exit != null | fields event.action, auditd.data.exit, auditd.data.pid';
    expect(await rowsOf(engine, text)).toEqual(await rowsOf(whole, text));
    await engine.close();
    await whole.close();
  });
});

describe('rules that ask records', () => {
  const rule = (name: string, condition: string): { file: string; text: string } => ({ file: `rules/${name}.eql`, text: `any where ${condition}` });

  test('fire as alerts of the case as they do in a cell', async () => {
    const engine = await opened(sourceOf(auditLines(DOUBLE_FORK)));
    const { alerts, troubles } = await engine.ask('intel', { add: [rule('by-pid', 'auditd.data.pid == 822 and auditd.data.syscall == "59"'), rule('none', 'auditd.data.pid == 999999')] });
    expect(troubles).toEqual([]);
    expect(new Set(alerts.map(({ file }) => file))).toEqual(new Set(['rules/by-pid.eql']));
    expect((await hunted(engine, 'any where auditd.data.pid == 822 and auditd.data.syscall == "59"')).processes).toContain(alerts[0]?.process);
    await engine.close();
  });

  test('have their records read in one walk when they are announced together', async () => {
    const source = sourceOf(auditLines(DOUBLE_FORK));
    let opens = 0;
    const counted: Source = { ...source, members: source.members.map((member) => ({ ...member, open: (from: number, reusesChunks?: boolean) => { opens++; return member.open(from, reusesChunks); } })) };
    const engine = await opened(counted);
    const texts = ['any where auditd.data.exit == 821', 'any where auditd.data.success == "yes"', 'any where auditd.data.a0 : "12*"'];
    await engine.ask('prepareHunts', { hunts: texts.map((text) => ({ text })) });
    const before = opens;
    for (const text of texts) expect((await hunted(engine, text)).total).toBeGreaterThan(0);
    expect(opens).toBe(before);
    await hunted(engine, 'any where auditd.data.a1 : "*"'); // one that was not announced
    expect(opens).toBeGreaterThan(before);
    await engine.close();
  });
});

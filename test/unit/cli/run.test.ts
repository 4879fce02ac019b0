import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { visible } from '../../../src/cli/output.js';
import { run } from '../../../src/cli/run.js';
import { parseTime, timeText } from '../../../src/cli/times.js';
import { auditLines, BASE, DOUBLE_FORK } from '../engine/smallHost.js';

let folder = '';
let log = '';
const HOSTILE = '\x1b]0;owned\x07\u202e=cmd';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-cli-'));
  log = join(folder, 'audit.log');
  writeFileSync(log, auditLines(DOUBLE_FORK));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran { readonly code: number; readonly out: string; readonly err: string }

/** Runs a command line; `tty` is what stdout and stderr say of themselves. */
async function foundling(args: readonly string[], options: { readonly tty?: boolean; readonly env?: Record<string, string>; readonly failAfter?: number; readonly failure?: string; readonly errGone?: boolean } = {}): Promise<Ran> {
  const texts = { out: '', err: '' };
  let writes = 0;
  const stream = (name: 'out' | 'err') => {
    let fail: ((error: Error & { code?: string }) => void) | undefined;
    // As an EventEmitter does it: an error that nobody listens to is thrown.
    const raise = (error: Error & { code: string }): void => {
      if (!fail) throw error;
      fail(error);
    };
    return {
      isTTY: options.tty ?? false,
      write(text: string) {
        const { failure = 'EPIPE' } = options;
        texts[name] += text;
        if (name === 'out' ? ++writes === options.failAfter : options.errGone === true) raise(Object.assign(new Error(`write ${failure}`), { code: failure }));
        return true;
      },
      once: () => undefined,
      on: (_event: 'error', listener: (error: Error & { code?: string }) => void) => void (fail = listener),
    };
  };
  const code = await run(args, { stdout: stream('out'), stderr: stream('err'), env: options.env ?? {}, wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });
  return { code, ...texts };
}

describe('usage', () => {
  test.each([
    [[], /foundling open EVIDENCE/],
    [['opne'], /There is no command opne/],
    [['open'], /No evidence was named/],
    [['open', 'x', '--nonsense'], /--nonsense/],
    [['open', 'x', '--zone', 'Mars'], /--zone Mars/],
    [['open', 'x', '--taken', 'yesterday'], /--taken yesterday/],
    [['open', 'x', '--host-of', 'x'], /FILE=HOST/],
    [['open', 'x', '--utc', '--local'], /exclude each other/],
    [['lineage', 'x'], /say --json/],
    [['tree', 'x', '--parents', 'real'], /one of created, recorded/],
    [['tree', 'x', '--at', 'noon'], /--at noon/],
    [['raw', 'x'], /MEMBER:OFFSET/],
    [['hunt', 'any where true'], /No evidence was named/],
    [['hunt', 'q', 'x', '--format', 'xml'], /one of table, json, csv/],
    [['hunt', ' ', 'x'], /No query was given/],
    [['hunt', 'q', '--store', 'ftp://u:secret@h/d'], /ftp:\/\/u:\*\*\*@h\/d: only http/],
    [['load', 'x', '--store', 'nowhere'], /--store nowhere: it is written http/],
    [['case', 'init', 'x', 'y.log'], /foundling case add x y\.log/],
    [['case', 'verify', 'x', 'y.log'], /takes one folder/],
  ])('%j is wrong usage: exit 2, said on stderr, nothing on stdout', async (args, message) => {
    const { code, out, err } = await foundling(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
  });

  test('--help goes to stdout and is no mistake', async () => {
    const { code, out, err } = await foundling(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('foundling tree EVIDENCE');
    expect((await foundling(['tree', '--help'])).out).toContain('--host-of');
  });
});

describe('open', () => {
  test('--json has the shape that scripts rely on, and the accounting adds up', async () => {
    const { code, out, err } = await foundling(['open', log, '--json']);
    expect([code, err]).toEqual([0, '']);
    const { evidence, hosts, processes, orphans } = JSON.parse(out) as { evidence: Record<string, unknown>[]; hosts: string[]; processes: number; orphans: number };
    expect(evidence[0]).toMatchObject({ file: log, members: ['audit.log'] });
    expect(evidence[0]!['sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(evidence[0]!['coverage']).toBeInstanceOf(Array);
    const accounting = evidence[0]!['accounting'] as Record<string, number>;
    expect(Object.keys(accounting)).toEqual(['bytes', 'records', 'understood', 'notNeeded', 'notUnderstood', 'lostBySource', 'duplicates']);
    expect(accounting['understood']! + accounting['notNeeded']! + accounting['notUnderstood']!).toBe(accounting['records']);
    expect([hosts.length, orphans]).toEqual([1, 1]);
    expect(processes).toBeGreaterThan(7);
  });

  test('text names format, host, records and orphans', async () => {
    const { out } = await foundling(['open', log, '--host-of', `${log}=web1`]);
    expect(out).toMatch(/audit\.log\n {2}auditd log, host web1, /);
    expect(out).toMatch(/Time {7}2023-11-14 22:13:20\.000Z to 2023-11-14 22:13:25\.100Z/);
    expect(out).toMatch(/Orphans {4}1$/m);
  });

  test.each([
    ['a file that is not there', 'gone.log', undefined, /gone\.log.*no such file/],
    ['a JPEG', 'photo.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1]), /photo\.jpg: no known evidence format/],
    ['an empty file', 'empty.log', Buffer.alloc(0), /empty\.log: the file is empty/],
  ])('%s is said on stderr with exit 1, and the rest is still done', async (_what, name, bytes, message) => {
    const file = join(folder, name);
    if (bytes) writeFileSync(file, bytes);
    const { code, out, err } = await foundling(['open', file, log]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(out).toMatch(/Orphans {4}1$/m);
  });

  test('of evidence that nobody could read no numbers are given, with exit 1', async () => {
    const unread = join(folder, 'unread.gz');
    writeFileSync(unread, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]));
    const { code, out, err } = await foundling(['open', unread]);
    expect(code).toBe(1);
    expect(out).toContain('Nothing could be read');
    expect(out).not.toMatch(/^(Processes|Orphans)/m);
    expect(err).toContain('nothing could be read, so that no answer says anything');
    expect((await foundling(['lineage', unread, '--json'])).err).toContain('nothing could be read');
  });

  test('a folder without files is said, with exit 1', async () => {
    const empty = join(folder, 'nothing');
    mkdirSync(empty);
    const { code, err } = await foundling(['open', empty]);
    expect(code).toBe(1);
    expect(err).toMatch(/no files were found in .*nothing/);
  });

  test('progress is written only to a terminal, and wiped', async () => {
    expect((await foundling(['open', log])).err).toBe('');
    const { err } = await foundling(['open', log], { tty: true });
    expect(err).toMatch(/\rlisting files/);
    expect(err.endsWith('\r')).toBe(true);
  });

  test('colour only on a terminal without NO_COLOR', async () => {
    expect((await foundling(['open', log])).out).not.toContain('\x1b');
    expect((await foundling(['open', log], { tty: true })).out).toContain('\x1b[');
    expect((await foundling(['open', log], { tty: true, env: { NO_COLOR: '1' } })).out).not.toContain('\x1b');
  });
});

describe('times', () => {
  test.each([
    ['2023-11-14T22:13:20.5Z', 1_700_000_000_500_000],
    ['2023-11-14 22:13:20', 1_700_000_000_000_000],
    ['2023-11-14T23:13:20+01:00', 1_700_000_000_000_000],
    ['2023-11-14T17:43:20-0430', 1_700_000_000_000_000],
    ['2023-11-14', 1_699_920_000_000_000],
    ['1700000000.000001', 1_700_000_000_000_001],
    ['2023-11-14T25:00', undefined],
    ['14.11.2023', undefined],
    ['2023-02-30', undefined],
    ['2024-02-29', 1_709_164_800_000_000],
    ['', undefined],
  ])('%s', (text, micros) => {
    expect(parseTime(text)).toBe(micros);
  });

  test('a local time names its offset', () => {
    const text = timeText(1_700_000_000_123_456, 'local');
    expect(text).toMatch(/^2023-11-1[45] \d\d:\d\d:20\.123[+-]\d\d:\d\d$/);
    expect(parseTime(text)).toBe(1_700_000_000_123_000);
    expect(timeText(NaN, 'utc')).toBe('time unknown');
  });
});

describe('what a terminal gets', () => {
  test('no text leaves a control, direction or lone surrogate character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- that there is none is the point
        expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
        expect(visible(text)).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  test('ordinary text, also of other scripts, stays as it is', () => {
    expect(visible('naïve — 日本語 😀 عربى C:\\x')).toBe('naïve — 日本語 😀 عربى C:\\x');
  });
});

describe('lineage', () => {
  test('one JSON line a process in order of start, start never null, both parents of the orphan', async () => {
    const { code, out } = await foundling(['lineage', log, '--json']);
    expect(code).toBe(0);
    const rows = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    const starts = rows.map((row) => row['start'] as number);
    expect(starts.every(Number.isFinite)).toBe(true);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(Object.keys(rows[0]!)).toEqual([
      'entity_id', 'host', 'boot', 'pid', 'start', 'startBasis', 'end', 'endBasis', 'unrecorded', 'name', 'executable', 'args', 'user', 'auid', 'session',
      'creator', 'basis', 'confidence', 'parent', 'adopter', 'adopters', 'orphan', 'orphanConfidence', 'orphanedAfter', 'launcher', 'launcherConfidence',
      'entry', 'entryConfidence', 'requester', 'reasons',
    ]);
    expect(rows.find((row) => row['pid'] === 822)).toMatchObject({
      name: 'nc', args: ['nc', '10.0.0.5', '4444'], orphan: true, basis: 'observed', session: '3', auid: '1000',
      creator: { pid: 821, start: BASE + 3.2 }, adopter: { pid: 1 }, parent: { pid: 1 }, orphanedAfter: { min: 0.1, max: 0.1 }, launcher: { pid: 820 },
    });
  });

  test('the same evidence gives the same identities again, and no two processes share one', async () => {
    const ids = async (): Promise<string[]> => (await foundling(['lineage', log, '--json'])).out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { entity_id: string }).entity_id);
    const first = await ids();
    expect(await ids()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
    expect(first[0]).toMatch(/^[a-z2-7]{26}$/);
  });

  test('a reader that goes away ends it in silence', async () => {
    const { code, err } = await foundling(['lineage', log, '--json'], { failAfter: 1 });
    expect([code, err]).toEqual([0, '']);
  });
});

test('who reads stderr may go away: the results still go out', async () => {
  const missing = join(folder, 'missing.log');
  const { code, out } = await foundling(['open', log, missing], { errGone: true });
  expect(code).toBe(1);
  expect(out).toContain('Orphans    1');
});

test('output that cannot be written is said with what went wrong, exit 1', async () => {
  const { code, err } = await foundling(['lineage', log, '--json'], { failAfter: 1, failure: 'ENOSPC' });
  expect([code, err]).toEqual([1, 'foundling: The output could not be written: write ENOSPC\n']);
});

describe('tree', () => {
  test('created: the orphan stands below its creator and names its adopter', async () => {
    const { out } = await foundling(['tree', log, '--orphans']);
    expect(out).toMatch(/└─nc 822 {2}ORPHAN, adopted by process 1 after 100 ms/);
  });

  test('recorded: the orphan stands below its adopter and names its creator', async () => {
    const { out } = await foundling(['tree', log, '--parents', 'recorded', '--orphans']);
    expect(out).toMatch(/ORPHAN, created by dropper 821/);
    expect(out).not.toContain('bash');
  });

  test('where no birth and no end is on record, what is inferred and what is not known says so, and nothing happened "after 0 µs"', async () => {
    const file = join(folder, 'execs.log');
    writeFileSync(file, auditLines(DOUBLE_FORK.filter(({ syscall }) => syscall !== 56 && syscall !== 231)));
    const { out } = await foundling(['tree', file]);
    expect(out).toMatch(/nc 822 {2}ORPHAN \(inferred, (strong|likely|weak)\), adopted by process 1 before it was first seen {2}creator (not known|inferred, (strong|likely|weak))/);
    expect(out).not.toContain('0 µs');
  });

  test('of an orphan in a lone snapshot it says who launched it and the way in, though its creator is gone', async () => {
    const { out } = await foundling(['tree', 'test/fixtures/snapshots/proc_20261124T150427.189Z.jsonl', '--orphans']);
    expect(out).toMatch(/tmux: server 2463359 {2}ORPHAN \(inferred, strong\), adopted by systemd 1 within .*creator not known; launched by sshd 387, strong; came in by login, session 25 {2}/);
  });

  test('a host that is not there is said, with those that are', async () => {
    const { code, err } = await foundling(['tree', log, '--host', 'db9', '--host-of', 'audit.log=web1']);
    expect(code).toBe(1);
    expect(err).toMatch(/no host db9 in this evidence; it has web1/);
  });

  test('escapes and direction marks of evidence are shown, not sent to the terminal', async () => {
    const file = join(folder, 'hostile.log');
    const hex = Buffer.from(HOSTILE).toString('hex').toUpperCase();
    writeFileSync(file, auditLines(DOUBLE_FORK.slice(0, 3).map((event) => ({ ...event, comm: 'x' }))).replaceAll('comm="x"', `comm=${hex}`));
    const { out } = await foundling(['tree', file]);
    expect(out).toContain('\\x1b]0;owned\\x07\\u{202e}=cmd');
    // eslint-disable-next-line no-control-regex -- that there is none is the point
    expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });
});

describe('hunt', () => {
  const QUERY = 'processes where process.orphan | fields process.pid, process.name, process.creator.pid';

  test('a table with its count and basis', async () => {
    const { code, out } = await foundling(['hunt', QUERY, log]);
    expect(code).toBe(0);
    expect(out).toMatch(/process\.pid {2}process\.name {2}process\.creator\.pid\n-+ {2}-+ {2}-+\n +822 {2}nc +821\n\n1 row/);
  });

  test('undecided rows are counted without a blank name where the field is in no evidence', async () => {
    const { out } = await foundling(['hunt', 'exec where process.hash.md5 == "x"', log]);
    expect(out).toMatch(/^0 rows; \d+ undecided\n?$/);
  });

  test('JSON has rows as objects', async () => {
    const { out } = await foundling(['hunt', QUERY, log, '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({ rows: [{ 'process.pid': 822, 'process.name': 'nc', 'process.creator.pid': 821 }], total: 1, truncated: false });
  });

  test('a row on inferred lineage says so in every format, at the front of a table', async () => {
    const file = 'test/fixtures/snapshots/proc_20261124T150427.189Z.jsonl';
    const query = 'processes where process.orphan.basis == "inferred" | fields process.name, process.pid';
    const table = (await foundling(['hunt', query, file])).out;
    expect(table).toMatch(/^basis {5}process\.name/);
    expect(table).toMatch(/^inferred {2}\w/m);
    const json = JSON.parse((await foundling(['hunt', query, file, '--format', 'json'])).out) as { rows: unknown[]; bases: string[]; basis: { inferred: number } };
    expect(json.bases).toEqual(json.rows.map(() => 'inferred'));
    expect(json.basis.inferred).toBe(json.rows.length);
    expect((await foundling(['hunt', query, file, '--format', 'csv'])).out.split('\n').slice(1, -1).every((line) => line.endsWith(',inferred'))).toBe(true);
    expect((await foundling(['hunt', 'processes where process.orphan.basis == "inferred" | tree', file])).out).toMatch(/^ *\* tmux: server .*\[match inferred\]/m);
  });

  test('CSV guards what a spreadsheet would run', async () => {
    const file = join(folder, 'formula.log');
    writeFileSync(file, auditLines(DOUBLE_FORK).replaceAll('comm="nc"', `comm=${Buffer.from('=HYPERLINK("x")').toString('hex').toUpperCase()}`));
    const { out } = await foundling(['hunt', 'processes where process.orphan | fields process.name, process.pid', file, '--format', 'csv']);
    expect(out).toBe('process.name,process.pid,basis\n"\'=HYPERLINK(""x"")",822,observed\n');
  });

  test('a mistake in the query is shown with its place, and is exit 1', async () => {
    const { code, out, err } = await foundling(['hunt', 'exec where process.nam == "nc"', log]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^query:1:12: error HUNT201: .*process\.name/);
    expect(err).toMatch(/\n {13}\^{11}/);
  });

  test('a query comes from a file', async () => {
    const file = join(folder, 'orphans.hunt');
    writeFileSync(file, `// every orphan\n${QUERY}\n`);
    expect((await foundling(['hunt', file, log])).out).toContain('822');
    expect((await foundling(['hunt', join(folder, 'no.hunt'), log])).code).toBe(1);
  });

  test('lets alone ask nothing, which is not the same as finding nothing', async () => {
    const { code, out, err } = await foundling(['hunt', 'let shells = processes where process.name == "sh"', log]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('the query asks nothing');
  });
});

describe('raw', () => {
  test('the record at a place, decoded, as bytes, and how to see it by hand', async () => {
    const offset = auditLines(DOUBLE_FORK).indexOf('type=SYSCALL msg=audit(1700000003.800:14)');
    const { code, out } = await foundling(['raw', log, '--at', `audit.log:${offset}`]);
    expect(code).toBe(0);
    expect(out).toContain('SOCKADDR saddr: 10.0.0.5 port 4444');
    expect(out).toMatch(/^[0-9a-f]{8}: 7479 7065/m);
    expect(out).toContain('ausearch -a 14 -if');
  });

  test('a compressed log in a folder, by the name of its file', async () => {
    mkdirSync(join(folder, 'set'));
    writeFileSync(join(folder, 'set', 'audit.log.gz'), gzipSync(auditLines(DOUBLE_FORK)));
    const { code, out } = await foundling(['raw', join(folder, 'set'), '--at', 'audit.log.gz:0']);
    expect(code).toBe(0);
    expect(out).toContain('zcat');
  });

  test('a member that is not there is said with those that are', async () => {
    const { code, err } = await foundling(['raw', log, '--at', 'other:0']);
    expect(code).toBe(1);
    expect(err).toMatch(/There is no member other; members are: .*audit\.log/);
  });
});

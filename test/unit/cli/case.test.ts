import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkCustody, parseVerdicts } from '../../../src/case/index.js';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';
import { foundling } from './runner.js';

const EXAMPLE = join(import.meta.dirname, '../../../examples/case/evidence');
const PS = join(EXAMPLE, 'ps-ef_20261124T150139.842Z.txt');

let folder = '';
let dir = '';
let log = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-case-'));
  dir = join(folder, 'case');
  log = join(folder, 'audit.log');
  writeFileSync(log, auditLines(DOUBLE_FORK));
});
afterEach(() => rmSync(folder, { recursive: true }));

const manifest = (): { evidence: { path?: string; reference?: string; sha256?: string; host?: string }[]; [key: string]: unknown } => JSON.parse(readFileSync(join(dir, 'case.foundling.json'), 'utf8')) as never;
const custody = (): string => readFileSync(join(dir, 'custody', readdirSync(join(dir, 'custody'))[0]!), 'utf8');

describe('case init and add', () => {
  test('a case has its manifest, its git attributes, its folders, and the first act of custody', async () => {
    expect(await foundling(['case', 'init', dir, '--title', 'web01'])).toMatchObject({ code: 0, err: '' });
    expect(manifest()).toMatchObject({ version: 1, title: 'web01', evidence: [], triage: { alertLine: 50 } });
    expect(readFileSync(join(dir, '.gitattributes'), 'utf8')).toBe('evidence/** -text -diff\nverdicts/*.jsonl merge=union\nplaybook/*.jsonl merge=union\n');
    expect(checkCustody(custody()).entries).toMatchObject([{ act: 'init', author: 'alice' }]);
    const again = await foundling(['case', 'init', dir]);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('this folder is a case')]);
  });

  test('evidence is copied byte for byte, read-only, with hash, size, host and custody; keys that are not ours stay', async () => {
    await foundling(['case', 'init', dir]);
    writeFileSync(join(dir, 'case.foundling.json'), JSON.stringify({ ...manifest(), ours: { not: 1 } }));
    expect(await foundling(['case', 'add', dir, log, '--host', 'web1', '--zone', '+02:00', '--taken', '2026-11-24T15:00:00Z', '--collector', 'me'])).toMatchObject({ code: 0, err: '' });
    const [added] = manifest().evidence;
    expect(added).toMatchObject({ id: 'audit.log', path: 'evidence/audit.log', bytes: readFileSync(log).length, host: 'web1', zone: '+02:00', taken: '2026-11-24T15:00:00.000000Z', collector: 'me' });
    expect(readFileSync(join(dir, added!.path!))).toEqual(readFileSync(log));
    expect(manifest()).toMatchObject({ ours: { not: 1 }, hosts: ['web1'] });
    expect(checkCustody(custody()).entries.at(-1)).toMatchObject({ act: 'add', subject: 'evidence/audit.log', sha256: added!.sha256 });
    expect((await foundling(['hunt', 'processes where process.pid == 822 | fields host.name', dir])).out).toContain('web1');
  });

  test('bytes that the case has already are named, and nothing is written', async () => {
    await foundling(['case', 'init', dir]);
    await foundling(['case', 'add', dir, log]);
    const before = [manifest(), custody()];
    const copy = join(folder, 'copy.log');
    writeFileSync(copy, readFileSync(log));
    expect(await foundling(['case', 'add', dir, log, copy])).toEqual({ code: 0, err: '', out: [log, copy].map((file) => `${file}: in the case already, as audit.log (evidence/audit.log); nothing was added\n`).join('') });
    expect((await foundling(['case', 'add', dir, '--reference', copy])).out).toContain('in the case already');
    expect([manifest(), custody()]).toEqual(before);
    expect(readdirSync(join(dir, 'evidence'))).toEqual(['audit.log']);
    expect((await foundling(['case', 'add', dir, '--reference', folder])).code).toBe(0);
    expect((await foundling(['case', 'add', dir, '--reference', folder])).out).toContain(`in the case already, as`);
    expect(manifest().evidence).toHaveLength(2);
  });

  test('two files of one name both stay; a hostile name becomes a plain one', async () => {
    await foundling(['case', 'init', dir]);
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'b', 'audit.log'), 'other\n');
    const hostile = join(folder, '-rf $(id)\u202e.log');
    writeFileSync(hostile, 'x\n');
    await foundling(['case', 'add', dir, log, join(folder, 'b', 'audit.log'), hostile]);
    const names = readdirSync(join(dir, 'evidence'));
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    expect(new Set(manifest().evidence.map((each) => each.path)).size).toBe(3);
  });

  test('by reference nothing is copied and the hash still holds it', async () => {
    await foundling(['case', 'init', dir]);
    await foundling(['case', 'add', dir, log, '--reference']);
    expect(manifest().evidence[0]).toMatchObject({ reference: log, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(readdirSync(join(dir, 'evidence'))).toEqual([]);
    expect((await foundling(['case', 'verify', dir])).code).toBe(0);
  });

  test('what cannot be added is said, exit 1, and the rest is added', async () => {
    await foundling(['case', 'init', dir]);
    const { code, err } = await foundling(['case', 'add', dir, join(folder, 'gone'), folder, log]);
    expect(code).toBe(1);
    expect(err).toMatch(/gone: there is no such file/);
    expect(err).toMatch(/is a folder: pack it/);
    expect(manifest().evidence).toHaveLength(1);
    expect((await foundling(['case', 'add', folder, log])).err).toMatch(/is no case; make one with/);
  });

  test('without a name given, the login name of the machine stands for the author', async () => {
    await foundling(['case', 'init', dir], {});
    expect(checkCustody(custody()).entries[0]!.author).toBe(userInfo().username);
  });
});

describe('case verify', () => {
  beforeEach(async () => {
    await foundling(['case', 'init', dir]);
    await foundling(['case', 'add', dir, log]);
  });

  test('changed evidence is exit 1, named with both hashes, and written into custody', async () => {
    expect((await foundling(['case', 'verify', dir])).code).toBe(0);
    chmodSync(join(dir, 'evidence/audit.log'), 0o644);
    appendFileSync(join(dir, 'evidence/audit.log'), 'x');
    const { code, out } = await foundling(['case', 'verify', dir]);
    expect(code).toBe(1);
    expect(out).toMatch(/CHANGED +evidence\/audit\.log: its SHA-256 is [0-9a-f]{64}, the case says [0-9a-f]{64} \(\d+ bytes where/);
    expect(checkCustody(custody()).entries.map(({ act }) => act)).toEqual(['init', 'add', 'verify', 'changed', 'verify']);
    expect((await foundling(['open', dir, '--json'])).code).toBe(1);
  });

  test('evidence that is gone is exit 1', async () => {
    rmSync(join(dir, 'evidence/audit.log'));
    const { code, out } = await foundling(['case', 'verify', dir]);
    expect([code, out]).toEqual([1, expect.stringContaining('there is no such file')]);
  });

  test('a custody line that was edited is exit 1 with its line', async () => {
    const file = join(dir, 'custody', readdirSync(join(dir, 'custody'))[0]!);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"act":"add"', '"act":"init"'));
    const { code, out } = await foundling(['case', 'verify', dir]);
    expect([code, out]).toEqual([1, expect.stringMatching(/CHAIN BROKEN +custody\/.*: line 2: its hash/)]);
  });

  test('two writers have a chain each', async () => {
    await foundling(['case', 'verify', dir], { FOUNDLING_AUTHOR: 'bob' });
    expect(readdirSync(join(dir, 'custody'))).toHaveLength(2);
    expect((await foundling(['case', 'verify', dir])).code).toBe(0);
  });
});

describe('verdict', () => {
  const verdictsIn = (): ReturnType<typeof parseVerdicts>['records'] => parseVerdicts(readFileSync(join(dir, 'verdicts/alice.jsonl'), 'utf8'), '').records;
  beforeEach(async () => {
    await foundling(['case', 'init', dir]);
    await foundling(['case', 'add', dir, log, '--host', 'web1']);
  });

  test('it is a line of its author, anchored to record and moment, and a field in hunts; the last word counts', async () => {
    const written = await foundling(['verdict', dir, '822@2023-11-14T22:13:23.400Z', 'suspicious', '--note', 'nc to 10.0.0.5', '--escalate', 'T2', '--why', 'network']);
    expect(written).toMatchObject({ code: 0, err: '' });
    expect(verdictsIn()).toMatchObject([{ verdict: 'suspicious', author: 'alice', note: 'nc to 10.0.0.5', escalation: { to: 'T2', why: 'network' }, anchor: { host: 'web1', pid: 822, executable: '/tmp/.x/nc', evidence: manifest().evidence[0]!.sha256 } }]);
    await foundling(['verdict', dir, '822', 'malicious', '--note', 'sure now', '--author', 'bob']);
    const { out } = await foundling(['hunt', 'processes where verdict == "malicious" | fields process.pid', dir]);
    expect(out).toMatch(/^ +822$/m);
    expect(readdirSync(join(dir, 'verdicts'))).toEqual(['alice.jsonl', 'bob.jsonl']);
  });

  test('an entity id names a process too', async () => {
    const lineage = (await foundling(['lineage', dir, '--json'])).out.split('\n').map((line) => JSON.parse(line || '{}') as { pid?: number; entity_id?: string });
    const id = lineage.find(({ pid }) => pid === 820)!.entity_id!;
    expect((await foundling(['verdict', dir, id, 'undetermined', '--note', 'n'])).out).toMatch(/dropper 820 on web1: undetermined/);
  });

  test.each([
    [['822', 'bad', '--note', 'n'], 2, /is no verdict: it is one of benign, authorised/],
    [['822', 'benign'], 2, /--note TEXT is needed/],
    [['822', 'benign', '--note', 'n', '--escalate', 'T2'], 2, /needs --why/],
    [['nc', 'benign', '--note', 'n'], 2, /names no process/],
    [['9999', 'benign', '--note', 'n'], 1, /No such process in this (?:case|evidence)/],
    [['822@2023-11-14T22:40:00Z', 'benign', '--note', 'n'], 1, /there is 822@2023-11-14T22:13:23\.400Z/],
  ])('%j is refused with what to do', async (args, code, message) => {
    const ran = await foundling(['verdict', dir, ...args]);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(message);
    expect(existsSync(join(dir, 'verdicts/alice.jsonl'))).toBe(false);
  });

  test.each(['verdicts', 'custody'])('a %s folder that is a link out of the case is not written to', async (name) => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    rmSync(join(dir, name), { recursive: true });
    symlinkSync(outside, join(dir, name));
    const { code, err } = await foundling(name === 'verdicts' ? ['verdict', dir, '822', 'benign', '--note', 'n'] : ['case', 'verify', dir]);
    expect([code, err]).toEqual([1, expect.stringMatching(/link/)]);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a verdict file that is a link is not written to', async () => {
    const target = join(folder, 'bashrc');
    writeFileSync(target, '');
    symlinkSync(target, join(dir, 'verdicts/alice.jsonl'));
    expect((await foundling(['verdict', dir, '822', 'benign', '--note', 'n'])).code).toBe(1);
    expect(readFileSync(target, 'utf8')).toBe('');
  });
});

test('evidence is added, starts move from a minute to a moment, a boot before appears, and the verdict stays', async () => {
  await foundling(['case', 'init', dir]);
  await foundling(['case', 'add', dir, PS, '--host', 'web01', '--zone', 'UTC', '--taken', '2026-11-24T15:01:39.842Z']);
  await foundling(['verdict', dir, '2464246', 'malicious', '--note', 'from ps alone']);
  const startOf = async (): Promise<number | undefined> =>
    (await foundling(['lineage', dir, '--json'])).out.split('\n').map((line) => JSON.parse(line || '{}') as { pid?: number; start?: number }).find(({ pid }) => pid === 2464246)?.start;
  const before = await startOf();
  await foundling(['case', 'add', dir, join(EXAMPLE, 'audit.log'), '--host', 'web01']);
  const earlier = join(folder, 'earlier.log');
  writeFileSync(earlier, auditLines(DOUBLE_FORK));
  await foundling(['case', 'add', dir, earlier, '--host', 'web01']);
  expect(await startOf()).not.toBe(before);
  const { out } = await foundling(['hunt', 'processes where verdict == "malicious" | fields process.pid, process.executable', dir]);
  expect(out).toMatch(/2464246 +\/tmp\/\.metricsd/);
});

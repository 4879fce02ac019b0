import { appendFileSync, chmodSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkCustody } from '../../../src/case/index.js';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';
import { hostileLog } from '../report/hostileHost.js';
import { foundling } from './runner.js';

let folder = '';
let dir = '';
let log = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-report-'));
  dir = join(folder, 'case');
  log = join(folder, 'audit.log');
  writeFileSync(log, auditLines(DOUBLE_FORK));
  await foundling(['case', 'init', dir, '--title', 'web1']);
  await foundling(['case', 'add', dir, log, '--host', 'web1']);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('report', () => {
  test('of a case, HTML with its hashes; custody has the export with the hash of what was written', async () => {
    await foundling(['verdict', dir, '822', 'malicious', '--note', 'nc']);
    const out = join(dir, 'report', 'r.html');
    expect(await foundling(['report', dir, '-o', out])).toMatchObject({ code: 0, err: '' });
    const text = readFileSync(out, 'utf8');
    expect(text).toContain((JSON.parse(readFileSync(join(dir, 'case.foundling.json'), 'utf8')) as { evidence: { sha256: string }[] }).evidence[0]!.sha256);
    const { entries, broken } = checkCustody(readFileSync(join(dir, 'custody', readdirSync(join(dir, 'custody'))[0]!), 'utf8'));
    expect(broken).toBeUndefined();
    expect(entries.at(-1)).toMatchObject({ act: 'export', subject: 'report/r.html', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  test('a folder that is not there is not made, and nothing is read for it', async () => {
    for (const args of [['report', log, '-o', join(folder, 'outt', 'r.md')], ['baseline', 'learn', log, '-o', join(folder, 'outt', 'b.json')]])
      expect(await foundling(args)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`there is no folder ${join(folder, 'outt')}. Make it first`) as string });
    expect(await foundling(['report', log, '-o', `${dir}.md/r.html`])).toMatchObject({ code: 1 });
    mkdirSync(join(folder, 'r.html'));
    expect((await foundling(['report', log, '-o', join(folder, 'r.html')])).err).toContain('it is a folder. Name a file in it');
    expect(readdirSync(folder).sort()).toEqual(['audit.log', 'case', 'r.html']);
  });

  test('of bare evidence, Markdown with its pictures beside it; nothing is written elsewhere', async () => {
    mkdirSync(join(folder, 'out'));
    const out = join(folder, 'out', 'r.md');
    expect((await foundling(['report', log, '-o', out])).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toMatch(/^# audit\\\.log|^# audit\.log/);
    expect(readdirSync(folder).sort()).toEqual(['audit.log', 'case', 'out']);
  });

  test('the containment list as CSV and as STIX, for tools', async () => {
    await foundling(['verdict', dir, '822', 'malicious', '--note', 'nc']);
    await foundling(['report', dir, '-o', join(folder, 'i.csv')]);
    await foundling(['report', dir, '-o', join(folder, 'i.json')]);
    expect(readFileSync(join(folder, 'i.csv'), 'utf8')).toMatch(/^kind,value,host,seen\n[^]*^address,10\.0\.0\.5,web1,/m);
    expect((JSON.parse(readFileSync(join(folder, 'i.json'), 'utf8')) as { objects: { pattern: string }[] }).objects.map(({ pattern }) => pattern)).toContain("[ipv4-addr:value = '10.0.0.5']");
  });

  test('changed evidence is exit 1, and the report says so before anything else', async () => {
    chmodSync(join(dir, 'evidence/audit.log'), 0o644);
    appendFileSync(join(dir, 'evidence/audit.log'), '\n');
    const out = join(folder, 'r.md');
    expect((await foundling(['report', dir, '-o', out])).code).toBe(1);
    expect(readFileSync(out, 'utf8')).toMatch(/## Read this first\n\n- \*\*.*its SHA.*the case says/);
    const custody = readFileSync(join(dir, 'custody', readdirSync(join(dir, 'custody'))[0]!), 'utf8');
    expect(checkCustody(custody).entries.map(({ act, subject }) => `${act} ${subject}`).slice(-2)).toEqual(['changed evidence/audit.log', expect.stringMatching(/^export /)]);
  });

  test.each([['report', [], 'r.md'], ['baseline', ['learn'], 'b.json']] as const)('%s never writes over evidence, by its own name or by a link', async (command, what, name) => {
    const target = join(folder, name);
    for (const link of [undefined, symlinkSync, linkSync]) {
      const file = link === undefined ? target : log;
      if (link === undefined) writeFileSync(file, auditLines(DOUBLE_FORK));
      else link(log, target);
      const { code, out, err } = await foundling([command, ...what, file, '-o', target]);
      expect([code, out, err]).toEqual([1, '', `foundling: ${target} is evidence, and nothing is ever written to it. Name another file\n`]);
      expect(readFileSync(file, 'utf8')).toBe(auditLines(DOUBLE_FORK));
      rmSync(target);
    }
  });

  test('a /proc copy is evidence with all that lies below it', async () => {
    const proc = join(folder, 'copy', 'proc', '1');
    mkdirSync(proc, { recursive: true });
    writeFileSync(join(proc, 'stat'), '1 (systemd) S 0 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 1 1 1 1');
    writeFileSync(join(proc, 'notes.md'), 'seen');
    expect(await foundling(['report', join(folder, 'copy'), '-o', join(proc, 'notes.md')])).toMatchObject({ code: 1, err: expect.stringContaining('is evidence, and nothing is ever written to it') as string });
    expect(readFileSync(join(proc, 'notes.md'), 'utf8')).toBe('seen');
  });

  test('the manifest of a case is never written over', async () => {
    const file = join(dir, 'case.foundling.json'), before = readFileSync(file, 'utf8');
    symlinkSync(file, join(folder, 'indicators.json'));
    for (const target of [file, join(folder, 'indicators.json')]) expect(await foundling(['report', dir, '-o', target])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('it says what is in the case. Name another file') as string });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('a report of hostile evidence goes where it was sent, under that name alone', async () => {
    const hostile = join(folder, 'hostile.log');
    writeFileSync(hostile, hostileLog());
    mkdirSync(join(folder, 'out'));
    await foundling(['report', hostile, '-o', join(folder, 'out', 'r.md')]);
    await foundling(['report', hostile, '-o', join(folder, 'out', 'r.html')]);
    for (const name of readdirSync(join(folder, 'out'))) expect(name).toMatch(/^r(?:\.md|\.html|-pictures)$/);
    expect(readdirSync(folder).sort()).toEqual(['audit.log', 'case', 'hostile.log', 'out']);
  });

  test.each([
    [['report', 'x'], /-o FILE is needed/],
    [['report', 'x', '-o', 'r.pdf'], /ends in \.html or \.md/],
    [['report', '-o', 'r.md'], /No case or evidence was named/],
    [['prevent', 'adopted'], /--as is needed/],
    [['prevent', 'adopted', '--as', 'yara'], /one of audit, sigma, eql, spl, falco/],
    [['prevent', 'adoptd', '--as', 'eql'], /is no kind of finding/],
    [['run', 'x'], /-o FILE is needed/],
    [['run', 'x', '-o', 'x'], /the notebook itself/],
  ])('%j is wrong usage', async (args, message) => {
    const ran = await foundling(args);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
  });
});

test('prevent prints a rule, and says why a hunt cannot be one, with exit 1', async () => {
  expect((await foundling(['prevent', 'adopted', '--as', 'audit'])).out).toMatch(/^-a always,exit -F arch=b64 -S execve,execveat/m);
  const { code, out, err } = await foundling(['prevent', 'processes where process.orphan', '--as', 'falco']);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/cannot be said in falco: .*--as audit/);
});

describe('run', () => {
  const NOTEBOOK = ['# Title', '', '```hunt', 'let odd = processes where process.orphan', '```', '', 'Words *stay*.', '', '```hunt parents=created', 'odd | fields process.pid, process.creator.pid', '```', ''].join('\n');

  test('cells run from top to bottom with the lets above them; results stand behind their cell', async () => {
    const file = join(dir, 'n.hunt.md'), out = join(folder, 'n.md');
    writeFileSync(file, NOTEBOOK);
    const ran = await foundling(['run', file, '-o', out]);
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('Words *stay*.');
    expect(text).toMatch(/\| `process\.pid` \| `process\.creator\.pid` \|\n\| --- \| --- \|\n\| 822 \| 821 \|/);
    expect(text).toContain('*Lets only: nothing to run.*');
    expect(text).toMatch(/sha256 [0-9a-f]{64}/);
    expect(ran.out).toMatch(/2 hunts run/);
    expect(text).toMatch(/^> `n\.hunt\.md` run by Foundling \d+\.\d+\.\d+ at 20/);
    expect(text).toContain('parents created');
    expect(readFileSync(file, 'utf8')).toBe(NOTEBOOK);
  });

  test('a link to the notebook is the notebook itself', async () => {
    const file = join(folder, 'link.hunt.md'), link = join(folder, 'result.md');
    writeFileSync(file, '```hunt\nprocesses where true\n```\n');
    symlinkSync(file, link);
    expect(await foundling(['run', file, '--case', dir, '-o', link])).toMatchObject({ code: 2, err: expect.stringContaining('the notebook itself') as string });
    expect(readFileSync(file, 'utf8')).toBe('```hunt\nprocesses where true\n```\n');
  });

  test('a hunt with a mistake is told in its place, the others run, exit 1', async () => {
    const file = join(folder, 'bad.hunt.md'), out = join(folder, 'bad.md');
    writeFileSync(file, '```hunt\nexec where process.nam == 1\n```\n\n```hunt\nprocesses where process.pid == 822 | fields process.pid\n```\n');
    expect((await foundling(['run', file, '--case', dir, '-o', out])).code).toBe(1);
    expect(readFileSync(out, 'utf8')).toMatch(/\*\*HUNT201\*\*[^]*\| 822 \|/);
  });

  test('without evidence named it is the nearest case, else it is said', async () => {
    const file = join(folder, 'alone.hunt.md');
    writeFileSync(file, '```hunt\nprocesses where true\n```\n');
    const { code, err } = await foundling(['run', file, '-o', join(folder, 'o.md')]);
    expect([code, err]).toEqual([1, expect.stringMatching(/names no evidence, and there is no case\.foundling\.json above it; say --case/)]);
  });

  test('rows of hostile evidence stay in their cells', async () => {
    const hostile = join(folder, 'hostile.log'), file = join(folder, 'h.hunt.md'), out = join(folder, 'h.md');
    writeFileSync(hostile, hostileLog());
    writeFileSync(file, '---\nfoundling:\n  evidence: hostile.log\n---\n\n```hunt\nprocesses where process.pid == 822 | fields process.command_line, process.executable, host.name\n```\n');
    expect((await foundling(['run', file, '-o', out])).code).toBe(0);
    const rows = readFileSync(out, 'utf8').split('\n').filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(3);
    expect(rows[2]!.match(/(?<!\\)\|/g)).toHaveLength(4);
    // eslint-disable-next-line no-control-regex -- that there is none is the point
    expect(rows[2]).not.toMatch(/[\u0000-\u001f\u202e]|https?:\/\//);
  });
});

test.each([
  ['a hunt', (file: string) => ['hunt', `${file}.hunt`, log], '.hunt'],
  ['a notebook', (file: string) => ['run', file, '-o', join(folder, 'x.md')], ''],
  ['a list of indicators', (file: string) => ['playbook', log, '--intel', file], ''],
] as const)('%s that is not there is named, with what is wrong, and is exit 1', async (_what, args, ending) => {
  const file = join(folder, 'absent');
  expect(await foundling(args(file))).toEqual({ code: 1, out: '', err: `foundling: ${file}${ending}: there is no such file (any more)\n` });
});

test.each(['json', 'csv'])('hunts over hostile evidence as %s reach a terminal without a control or direction character', async (format) => {
  const hostile = join(folder, 'hostile.log');
  writeFileSync(hostile, hostileLog());
  const { code, out } = await foundling(['hunt', 'exec where true', hostile, '--format', format]);
  expect([code, out]).toEqual([0, expect.stringContaining('gnp.exe')]);
  expect(out.replaceAll(/\r?\n|\t/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

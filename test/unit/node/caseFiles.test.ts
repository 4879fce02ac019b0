import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkCustody, parseVerdicts, type VerdictRecord, verdictLine } from '../../../src/case/index.js';
import { createNodePorts } from '../../../src/node/enginePorts.js';
import { addEvidence, initCase, openSources, readCase, readCaseTexts, verifyCase, type Writer, writeCustody, writeVerdict } from '../../../src/node/index.js';

const WRITER: Writer = { author: 'alice', machine: 'laptop', now: () => 1_795_532_400_000_000 };
const COPIED = { reference: false, facts: {} };

let folder = '';
let dir = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-casefiles-'));
  dir = join(folder, 'case');
  await initCase(dir, 'one', {}, WRITER);
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const evidenceOf = async (): Promise<readonly (string | undefined)[]> => (await readCase(dir))!.manifest.evidence.map(({ path }) => path);

describe('several who write at once', () => {
  test('no evidence is lost from the manifest, and the chain of custody holds', async () => {
    const files = Array.from({ length: 8 }, (_, at) => put(`log${at}`, `text ${at}`));
    await Promise.all(files.map((file) => addEvidence(dir, file, COPIED, WRITER)));
    expect([...(await evidenceOf())].sort()).toEqual(files.map((_, at) => `evidence/log${at}`));
    const { entries, broken } = checkCustody(readFileSync(join(dir, 'custody/alice-laptop.jsonl'), 'utf8'));
    expect(broken).toBeUndefined();
    expect(entries.map(({ act }) => act)).toEqual(['init', ...files.map(() => 'add')]);
    expect(readdirSync(dir).filter((name) => /lock|new/.test(name))).toEqual([]);
  });

  test('the same bytes are added once, and one copy stays', async () => {
    const files = ['a', 'b', 'c'].map((name) => put(name, 'the same'));
    const added = await Promise.all(files.map((file) => addEvidence(dir, file, COPIED, WRITER)));
    expect(added.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(readdirSync(join(dir, 'evidence'))).toEqual([(await evidenceOf())[0]!.slice('evidence/'.length)]);
  });

  test('a lock that was left behind long ago is passed over', async () => {
    const lock = join(dir, 'custody/.alice-laptop.jsonl.lock');
    writeFileSync(lock, '');
    utimesSync(lock, 1, 1);
    await writeCustody(dir, WRITER, { act: 'verify', subject: 'x' });
    expect(readdirSync(join(dir, 'custody'))).toEqual(['alice-laptop.jsonl']);
  });
});

describe('evidence is added whole or not at all', () => {
  test('where custody cannot be written', async () => {
    rmSync(join(dir, 'custody'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(dir, 'custody'));
    await expect(addEvidence(dir, put('a.log', 'x'), COPIED, WRITER)).rejects.toThrow('leads out of the case; nothing was written');
    expect([await evidenceOf(), readdirSync(join(dir, 'evidence')), readdirSync(join(folder, 'elsewhere'))]).toEqual([[], [], []]);
    expect(readdirSync(dir)).not.toContainEqual(expect.stringMatching(/lock|new/));
  });

  test('where the file is another one while it is copied', async () => {
    // The size of /proc/version is 0 when it is listed, and its bytes are there when it is read.
    await expect(addEvidence(dir, '/proc/version', COPIED, WRITER)).rejects.toThrow('/proc/version changed while it was copied, so it was not added');
    expect([await evidenceOf(), readdirSync(join(dir, 'evidence'))]).toEqual([[], []]);
  });
});

describe('what people wrote', () => {
  const verdict: VerdictRecord = { verdict: 'benign', author: 'alice', at: 1_795_532_400_000_000, note: 'n', anchor: { host: 'h', boot: 0, pid: 1, moment: NaN, executable: null, evidence: null, offset: null } };

  test('a file whose last line lost its end is added to, not changed', async () => {
    const file = join(dir, 'verdicts/alice.jsonl'), cut = verdictLine({ ...verdict, verdict: 'malicious' }).trimEnd();
    writeFileSync(file, cut);
    await writeVerdict(dir, verdict);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith(`${cut}\n`)).toBe(true);
    expect(parseVerdicts(text, 'v').records.map((record) => record.verdict)).toEqual(['malicious', 'benign']);
  });

  test('what is not read says why, and the rest is read', async () => {
    writeFileSync(join(dir, 'verdicts/alice.jsonl'), 'a');
    writeFileSync(join(dir, 'verdicts/large.jsonl'), '');
    truncateSync(join(dir, 'verdicts/large.jsonl'), 65 << 20);
    symlinkSync('/etc/passwd', join(dir, 'verdicts/link.jsonl'));
    const texts = await readCaseTexts(dir, 'verdicts', '.jsonl');
    expect(texts).toMatchObject([{ file: 'verdicts/alice.jsonl', text: 'a' }, { file: 'verdicts/large.jsonl', text: '', trouble: expect.stringContaining('what people write is smaller') as string }, { file: 'verdicts/link.jsonl', text: '', trouble: expect.stringContaining('is a link') as string }]);
    expect(await createNodePorts({ wasmPath: undefined }).caseVerdicts?.([dir])).toEqual(texts);
  });

  test('of more files than are read the rest is told', async () => {
    mkdirSync(join(dir, 'rules'));
    for (let at = 0; at < 1002; at++) writeFileSync(join(dir, 'rules', `${at}.yml`), '');
    const texts = await readCaseTexts(dir, 'rules', '');
    expect(texts).toHaveLength(1001);
    expect(texts.at(-1)).toMatchObject({ file: 'rules', trouble: expect.stringContaining('it holds 1002 files') as string });
  });

  test('a chain of custody that is a link is not as it was written', async () => {
    symlinkSync('/etc/passwd', join(dir, 'custody/bob-desk.jsonl'));
    expect((await verifyCase(dir, WRITER)).custody).toMatchObject([{ file: 'custody/alice-laptop.jsonl', head: expect.any(String) as string }, { file: 'custody/bob-desk.jsonl', says: expect.stringContaining('is a link') as string }]);
  });
});

describe('a case from a stranger', () => {
  test('its baseline is no link', async () => {
    symlinkSync('/etc/passwd', join(dir, 'baseline.json'));
    expect(await createNodePorts({ wasmPath: undefined }).caseTriage?.([dir])).toMatchObject({ trouble: expect.stringMatching(/baseline\.json could not be read \(.*is a link/) as string });
  });

  test('a manifest that is a device is not read for ever', async () => {
    const strange = join(folder, 'strange');
    mkdirSync(strange);
    symlinkSync('/dev/zero', join(strange, 'case.foundling.json'));
    expect(await openSources([strange])).toMatchObject([{ members: [], error: expect.stringContaining('no regular file, so the folder is not opened as a case') as string }]);
  });
});

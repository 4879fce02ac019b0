import { describe, expect, test } from 'vitest';
import { anchorOf, type VerdictRecord, verdictLine } from '../../../src/case/index.js';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { auditLines, BASE, DOUBLE_FORK, portsOver, sourceOf } from './smallHost.js';

const SHA = 'ab'.repeat(32);
const record = (more: Partial<VerdictRecord['anchor']>, verdict: VerdictRecord['verdict'] = 'malicious', at = 1): VerdictRecord => ({
  verdict, author: 'alice', at, note: 'n', anchor: { host: 'web1', boot: 0, pid: 822, moment: (BASE + 3.7) * 1e6, executable: '/tmp/.x/nc', evidence: SHA, offset: null, ...more },
});

async function withVerdicts(read: () => string, log = auditLines(DOUBLE_FORK)): Promise<Engine> {
  const engine = createEngine({ ...portsOver([{ ...sourceOf(log), stated: { host: 'web1', sha256: SHA } }]), caseVerdicts: () => Promise.resolve([{ file: 'verdicts/a.jsonl', text: read() }]) });
  await engine.ask('open', { sources: ['x'] });
  return engine;
}
const rowOf = async (engine: Engine, pid: number): Promise<number> => (await engine.ask('hunt', { text: `processes where process.pid == ${pid}`, limit: 1 })).processes[0]!;

describe('the verdicts of a case', () => {
  test('details carry them, hunts ask for them, on processes and on their events', async () => {
    const engine = await withVerdicts(() => verdictLine(record({})));
    const process = await rowOf(engine, 822);
    expect((await engine.ask('details', { process })).verdict?.current.verdict).toBe('malicious');
    expect((await engine.ask('details', { process: await rowOf(engine, 820) })).verdict).toBeUndefined();
    expect((await engine.ask('hunt', { text: 'processes where verdict == "malicious"', limit: 9 })).processes).toEqual(Int32Array.of(process));
    expect((await engine.ask('hunt', { text: 'network where verdict != null', limit: 9 })).total).toBe(1);
    await engine.close();
  });

  test('a file that was not read is told, and the others count', async () => {
    const engine = createEngine({ ...portsOver([{ ...sourceOf(auditLines(DOUBLE_FORK)), stated: { host: 'web1' } }]), caseVerdicts: () => Promise.resolve([{ file: 'verdicts/a.jsonl', text: verdictLine(record({})) }, { file: 'verdicts/b.jsonl', text: '', trouble: 'it is a link' }]) });
    await engine.ask('open', { sources: ['x'] });
    const { verdicts, troubles } = await engine.ask('verdicts', {});
    expect(verdicts).toHaveLength(1);
    expect(troubles).toEqual(['verdicts/b.jsonl:1: it is a link']);
    await engine.close();
  });

  test('what was written since is there after a reload, and only then', async () => {
    let text = '';
    const engine = await withVerdicts(() => text);
    text = verdictLine(record({}, 'suspicious'));
    expect((await engine.ask('verdicts', {})).verdicts).toEqual([]);
    expect((await engine.ask('verdicts', { reload: true })).verdicts).toMatchObject([{ matched: 'moment', current: { verdict: 'suspicious' } }]);
    expect((await engine.ask('hunt', { text: 'processes where verdict == "suspicious"', limit: 9 })).total).toBe(1);
    await engine.close();
  });

  test('an anchor that is made from details finds its process again, and when all times moved, by its record', async () => {
    const engine = await withVerdicts(() => '');
    const process = await rowOf(engine, 822);
    const details = await engine.ask('details', { process });
    const { records } = await engine.ask('raw', { process, first: 0, count: 50 });
    const anchor = anchorOf(details, records, () => SHA);
    expect(anchor).toMatchObject({ host: 'web1', pid: 822, executable: '/tmp/.x/nc', evidence: SHA });
    expect(anchor.moment).toBeGreaterThan(details.start);
    await engine.close();
    const moved = await withVerdicts(() => verdictLine({ ...record({}), anchor: { ...anchor, moment: anchor.moment - 7200e6 } }));
    await moved.storeReady();
    expect((await moved.ask('verdicts', {})).verdicts).toMatchObject([{ process: await rowOf(moved, 822), matched: 'record' }]);
    await moved.close();
  });

  test('what matches nothing is answered last, and a line that is no verdict is told', async () => {
    const engine = await withVerdicts(() => `${verdictLine(record({ pid: 4, evidence: null }))}${verdictLine(record({}))}{}\n`);
    const { verdicts, troubles } = await engine.ask('verdicts', {});
    expect(verdicts.map(({ process }) => process >= 0)).toEqual([true, false]);
    expect(troubles).toEqual([expect.stringMatching(/^verdicts\/a\.jsonl:3: /)]);
    await engine.close();
  });
});

import { expect, test } from 'vitest';
import { type VerdictRecord, verdictLine } from '../../../src/case/index.js';
import { createEngine, type FindingRow } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from './story.js';

const STANDINGS = ['alert', 'unexpected', 'decided', 'not judged', 'explained'] as const;

test('every process that triage speaks of stands on exactly one list, in order of rank, and a verdict moves it to the decided', async () => {
  const story = new Story();
  const shell = story.login();
  for (let at = 0; at < 7; at++) drop(story, shell, '/tmp/.x/let-go', `/tmp/.x/agent${at}`);
  const decided: VerdictRecord = { verdict: 'benign', author: 'alice', at: 1, note: '', anchor: { host: 'web1', boot: 0, pid: 0, moment: 0, executable: null, evidence: null, offset: null } };
  const open = async (verdicts: readonly VerdictRecord[]) => {
    const engine = createEngine({ ...portsOver([{ ...sourceOf(story.text(), 'audit.log'), stated: { host: 'web1' } }]), caseVerdicts: () => Promise.resolve([{ file: 'verdicts/alice.jsonl', text: verdicts.map(verdictLine).join('') }]) });
    await engine.ask('open', { sources: ['x'] });
    return engine;
  };
  const listed = async (engine: Awaited<ReturnType<typeof open>>) => {
    const all = await engine.ask('findings', { first: 0, count: 1000 });
    const lists = new Map<string, FindingRow[]>();
    for (const standing of STANDINGS) {
      const rows: FindingRow[] = [];
      for (let first = 0; first < all.standings[standing]; first += 2) {
        const page = await engine.ask('findings', { first, count: 2, standing });
        expect(page.total).toBe(all.standings[standing]);
        expect(page.standings).toEqual(all.standings);
        rows.push(...page.rows);
      }
      lists.set(standing, rows);
    }
    expect([...lists.values()].flat().map(({ process }) => process).sort((a, b) => a - b)).toEqual(all.rows.map(({ process }) => process).sort((a, b) => a - b));
    for (const rows of lists.values()) expect(rows.map(({ process }) => process)).toEqual(all.rows.filter(({ process }) => rows.some((row) => row.process === process)).map(({ process }) => process));
    return lists;
  };
  const before = await open([]);
  const first = await listed(before);
  await before.close();
  expect(first.get('alert')).toHaveLength(7);
  expect(first.get('decided')).toEqual([]);
  const [worst] = first.get('alert')!;
  const after = await open([{ ...decided, anchor: { ...decided.anchor, pid: worst!.pid, moment: worst!.start, executable: worst!.executable } }]);
  const then = await listed(after);
  await after.close();
  expect(then.get('alert')).toHaveLength(6);
  expect(then.get('decided')!.map(({ pid }) => pid)).toEqual([worst!.pid]);
});

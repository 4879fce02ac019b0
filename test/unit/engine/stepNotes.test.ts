import { describe, expect, test } from 'vitest';
import { parseStepNotes, type StepNote, stepNoteLine } from '../../../src/case/index.js';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { auditLines, DOUBLE_FORK, portsOver, sourceOf } from './smallHost.js';

const SHA = 'ab'.repeat(32);
const NETWORK = 'escalation.2';

/** An engine over the double fork and what analysts wrote. `before`: evidence that comes before it in the set. */
async function opened(read: () => string, options: { readonly before?: readonly string[]; readonly shiftSeconds?: number } = {}): Promise<Engine> {
  const log = DOUBLE_FORK.map((event) => ({ ...event, at: event.at + (options.shiftSeconds ?? 0) }));
  const sources = [...(options.before ?? []).map((text, at) => ({ ...sourceOf(text, `other${at}.log`), stated: { host: 'db9' } })), { ...sourceOf(auditLines(log)), stated: { host: 'web1' }, sha256: () => Promise.resolve(SHA) }];
  const engine = createEngine({ ...portsOver(sources), caseVerdicts: () => Promise.resolve([{ file: 'playbook/alice.jsonl', text: read() }]) });
  await engine.ask('open', { sources: ['x'], hash: true });
  return engine;
}
const rowOf = async (engine: Engine, pid: number): Promise<number> => (await engine.ask('hunt', { text: `processes where process.pid == ${pid} and host.name == "web1"`, limit: 1 })).processes[0]!;

/** The connection of nc 822 as an analyst pins it, with a word. */
async function pinned(engine: Engine): Promise<string> {
  const process = await rowOf(engine, 822);
  const { anchor, observations } = await engine.ask('observations', { process, steps: [NETWORK] });
  const at = 1_795_532_400_000_000, about = { step: NETWORK, author: 'alice', at, anchor };
  const notes: StepNote[] = [...observations.map(({ pin, observation }): StepNote => ({ ...about, kind: 'pin', pin, observation })), { ...about, kind: 'word', word: 'no service of ours' }];
  return notes.map(stepNoteLine).join('');
}

describe('an observation', () => {
  test('names its record with the hash of its evidence, and the process that it is about', async () => {
    const engine = await opened(() => '');
    const process = await rowOf(engine, 822);
    const { anchor, observations } = await engine.ask('observations', { process, steps: [NETWORK] });
    const [step] = (await engine.ask('playbook', { process, steps: [NETWORK] })).steps;
    expect(anchor).toEqual(await engine.ask('anchor', { process }));
    expect(observations).toMatchObject([{ step: NETWORK, pin: step!.facts[0]!.id, observation: { says: 'nc 822: connection_attempted to 10.0.0.5 port 4444', basis: 'observed', records: [{ evidence: SHA, member: 'audit.log' }], about: anchor } }]);
    const [{ observation: { records: [record] } }] = observations as readonly [(typeof observations)[number]];
    expect((await engine.ask('rawAt', { member: record!.member, offset: record!.offset })).lines.join('\n')).toContain('SOCKADDR');
    await engine.close();
  });

  test('is not made of a fact that the evidence does not tell', async () => {
    const engine = await opened(() => '');
    const process = await rowOf(engine, 822);
    await expect(engine.ask('observations', { process, steps: [NETWORK], facts: ['f'.repeat(16)] })).rejects.toThrow(/is not among the facts .*Go through the playbook again/);
    await engine.close();
  });

  test('of two files that are called alike names the one of its process\'s host; where none tells them apart, no hash is claimed', async () => {
    const alike = (host: string, sha256: string, pid: number) => ({ ...sourceOf(auditLines(DOUBLE_FORK.map((event) => ({ ...event, ...(event.pid === 822 ? { pid } : {}) })))), name: `/${host}/${sha256}/audit.log`, stated: { host }, sha256: () => Promise.resolve(sha256) });
    const hashOf = async (...sources: readonly ReturnType<typeof alike>[]): Promise<unknown> => {
      const engine = createEngine(portsOver(sources));
      await engine.ask('open', { sources: ['x'], hash: true });
      const { observations } = await engine.ask('observations', { process: await rowOf(engine, 822), steps: [NETWORK] });
      await engine.close();
      return observations[0]!.observation.records[0]!.evidence;
    };
    expect(await hashOf(alike('db9', 'cd'.repeat(32), 823), alike('web1', SHA, 822))).toBe(SHA);
    expect(await hashOf(alike('web1', 'cd'.repeat(32), 823), alike('web1', SHA, 822))).toBeNull();
  });
});

describe('what is pinned and said', () => {
  test('is there after a reload, for its process and for nobody else', async () => {
    let text = '';
    const engine = await opened(() => text);
    text = await pinned(engine);
    const process = await rowOf(engine, 822);
    expect(await engine.ask('stepNotes', { process })).toEqual([]);
    expect((await engine.ask('verdicts', { reload: true })).notes).toHaveLength(1);
    expect(await engine.ask('stepNotes', { process })).toMatchObject([{ step: NETWORK, process, word: { text: 'no service of ours' }, pins: [{ process, author: 'alice' }] }]);
    expect(await engine.ask('stepNotes', { process: await rowOf(engine, 820) })).toEqual([]);
    expect(await engine.ask('stepNotes', {})).toEqual([]);
    await engine.close();
  });

  test('stays when evidence is added that renumbers every process, and its fact still counts as pinned', async () => {
    const before = await opened(() => '');
    const text = await pinned(before);
    const was = await rowOf(before, 822);
    await before.close();
    const after = await opened(() => text, { before: [auditLines(DOUBLE_FORK.slice(0, 6))] });
    await after.storeReady();
    const process = await rowOf(after, 822);
    expect(process).not.toBe(was);
    const [notes] = await after.ask('stepNotes', { process });
    const [step] = (await after.ask('playbook', { process, steps: [NETWORK] })).steps;
    expect(notes).toMatchObject({ matched: 'moment', pins: [{ process, pin: step!.facts[0]!.id }], word: { text: 'no service of ours' } });
    await after.close();
  });

  test('stays when a zone was guessed and every time moved: its record finds the process', async () => {
    const before = await opened(() => '');
    const text = await pinned(before);
    await before.close();
    const after = await opened(() => text, { shiftSeconds: 7200 });
    await after.storeReady();
    const process = await rowOf(after, 822);
    expect(await after.ask('stepNotes', { process })).toMatchObject([{ matched: 'record', pins: [{ process }] }]);
    await after.close();
  });

  test('of a process that is not in this evidence is kept, and lines that are none are told beside those of verdicts', async () => {
    const elsewhere = await opened(() => '');
    const text = (await pinned(elsewhere)).replaceAll('"pid":822', '"pid":99').replaceAll(SHA, 'cd'.repeat(32));
    await elsewhere.close();
    expect(parseStepNotes(text, '').troubles).toEqual([]);
    const engine = await opened(() => `${text}{"word":"x"}\n`);
    const { notes, troubles } = await engine.ask('verdicts', {});
    expect(notes).toMatchObject([{ process: -1, matched: 'unmatched', pins: [{ process: -1 }] }]);
    expect(troubles).toEqual([expect.stringMatching(/^playbook\/alice\.jsonl:3: it names no step/)]);
    await engine.close();
  });
});

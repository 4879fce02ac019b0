import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { anchorOf, verdictLine } from '../../../src/case/index.js';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from './story.js';

interface File {
  readonly name: string;
  readonly text: string;
  /** As the case's manifest states it; left out where nobody does. */
  readonly host?: string;
}
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

async function opened(files: readonly File[], verdicts = ''): Promise<Engine> {
  const sources = files.map(({ name, text, host }) => ({ ...sourceOf(text, name), stated: { sha256: hashOf(text), ...(host === undefined ? {} : { host }) } }));
  const engine = createEngine({ ...portsOver(sources), caseVerdicts: () => Promise.resolve([{ file: 'verdicts/a.jsonl', text: verdicts }]) });
  await engine.ask('open', { sources: [] });
  await engine.storeReady();
  return engine;
}

/** A day on a host; the payload's pid. */
function day(): { readonly text: string; readonly payload: number } {
  const story = new Story();
  const payload = drop(story, story.login(), '/opt/x/launch', '/opt/x/work');
  story.wait(60).cronJob('/usr/local/bin/tick');
  return { text: story.text(), payload };
}

/** The same records at another time, under other serials. */
const shifted = (text: string, seconds: number): string => text.replace(/audit\((\d+\.\d+):(\d+)\)/g, (_, time: string, serial: string) => `audit(${(Number(time) + seconds).toFixed(3)}:${Number(serial) + 10_000})`);

/** A verdict on the payload as it was seen in these files alone. */
async function judged(files: readonly File[], pid: number): Promise<{ readonly line: string; readonly start: number }> {
  const engine = await opened(files);
  const { processes } = await engine.ask('hunt', { text: `processes where process.pid == ${pid} and process.executable == "/opt/x/work"`, limit: 2 });
  expect(processes).toHaveLength(1);
  const process = processes[0]!;
  const { records } = await engine.ask('raw', { process, first: 0, count: 50 });
  const details = await engine.ask('details', { process });
  const anchor = anchorOf(details, records, (file) => files.filter(({ name }) => file.endsWith(`/${name}`)).map((found) => hashOf(found.text))[0]);
  await engine.close();
  return { line: verdictLine({ verdict: 'malicious', author: 'alice', at: 1, note: 'n', anchor }), start: details.start };
}

describe('verdicts stay on their process when evidence is added or called otherwise', () => {
  const { text, payload } = day();
  const log: File = { name: 'audit.log', text, host: 'web1' };
  test.each<readonly [string, readonly File[], readonly File[]]>([
    ['the file has another name', [log], [{ ...log, name: 'web1-2023.log' }]],
    ['the file has another name, and nobody says whose it is', [{ name: 'audit.log', text }], [{ name: 'moved.log', text }]],
    ['a day before is added: the same pids, earlier', [log], [{ name: 'audit.log.1', text: shifted(text, -86_400), host: 'web1' }, log]],
    ['a day after is added: the same pids, later', [log], [{ name: 'audit.log.0', text: shifted(text, 86_400), host: 'web1' }, log]],
    ['another host is added: the same pids at the same time', [log], [{ name: 'other.log', text: shifted(text, 0.004), host: 'db1' }, log]],
  ])('%s', async (_, before, after) => {
    const { line, start } = await judged(before, payload);
    const engine = await opened(after, line);
    const { verdicts } = await engine.ask('verdicts', {});
    expect(verdicts).toMatchObject([{ current: { verdict: 'malicious' } }]);
    const { process } = verdicts[0]!;
    expect(process).toBeGreaterThanOrEqual(0);
    const details = await engine.ask('details', { process });
    expect({ pid: details.pid, start: details.start, host: details.host }).toEqual({ pid: payload, start, host: after.at(-1)!.host ?? `file:${after.at(-1)!.name}` });
    expect((await engine.ask('hunt', { text: 'processes where verdict == "malicious"', limit: 9 })).total).toBe(1);
    await engine.close();
  });
});

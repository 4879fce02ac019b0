import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { daemonise, drop, Story } from './story.js';

let engine: Engine;
let payload = 0, server = 0;

beforeAll(async () => {
  const story = new Story();
  const shell = story.login();
  payload = drop(story, shell, '/opt/x/launch', '/opt/x/work');
  server = daemonise(story, shell, '/usr/bin/tmux', ['tmux', 'new', '-d']);
  engine = createEngine(portsOver([sourceOf(story.text())]));
  await engine.ask('open', { sources: [] });
});
afterAll(() => engine.close());

const pids = async (text: string): Promise<unknown[]> => {
  const { rows, undecided, diagnostics } = await engine.ask('hunt', { text: `${text} | fields process.pid`, limit: 100 });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(undecided.count).toBe(0); // triage has looked at every process: nothing about it is unknown
  return rows.map(([pid]) => pid);
};

test('finding.kind holds if any of the kinds does', async () => {
  expect(await pids('processes where finding.kind == "double-fork"')).toEqual([payload]);
  expect(await pids('processes where finding.kind : "adop*"')).toEqual(expect.arrayContaining([payload, server]));
  expect(await pids('processes where finding.kind == "kernel-name"')).toEqual([]);
});

test('finding.score is the score after the baseline, 0 where triage says nothing', async () => {
  expect(await pids('processes where finding.score >= 50')).toEqual([payload]);
  expect(await pids(`processes where finding.score > 0 and process.pid == ${server}`)).toEqual([server]);
  expect(await pids('processes where finding.score == 0 and process.pid == 300')).toEqual([300]);
});

test('events carry the findings of their process', async () => {
  expect(await pids('process where event.action == "exec" and finding.score >= 50')).toEqual([payload]);
});

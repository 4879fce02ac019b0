import { expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { preventionOf } from '../../../src/report/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from '../triage/story.js';

/** Pids of the middles that the exported EQL finds. */
async function middles(story: Story): Promise<unknown[]> {
  const engine = createEngine(portsOver([sourceOf(story.text())]));
  await engine.ask('open', { sources: ['x'] });
  const { columns, rows } = await engine.ask('hunt', { text: preventionOf('double-fork').eql.text, limit: 100 });
  await engine.close();
  const at = columns.findIndex(({ name }) => name === 'events[0].process.pid');
  return rows.map((row) => row[at]);
}

test('the exported EQL finds the middle of a double fork by the child that outlives it', async () => {
  const story = new Story();
  const left = drop(story, story.login(), '/tmp/.x/dropper', '/tmp/.x/agent');
  expect(await middles(story)).toEqual([left - 1]);
});

test('a subshell that waits for what it started is none', async () => {
  const story = new Story();
  const subshell = story.fork(story.login());
  story.exit(story.exec(story.fork(subshell), '/usr/bin/ls', ['ls']));
  story.exit(subshell);
  expect(await middles(story)).toEqual([]);
});

import { expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { cutAtWord, inShort } from '../../../src/triage/playbook/cut.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from './story.js';

test('a long text ends at a word with an ellipsis, in the middle only of a word that never ends, and never within a character', () => {
  expect(cutAtWord('sudo systemctl restart nginx', 100)).toBe('sudo systemctl restart nginx');
  expect(cutAtWord('sudo systemctl restart nginx', 20)).toBe('sudo systemctl …');
  expect(cutAtWord('a'.repeat(50), 20)).toBe(`${'a'.repeat(20)} …`);
  expect(cutAtWord(`${'a'.repeat(19)}😀`, 20)).toBe(`${'a'.repeat(19)} …`);
});

test('what is cut has its whole beside it, what is not has none', () => {
  const long = `sudo tee ${'/etc/cron.d/backup '.repeat(40)}`;
  expect(inShort(long)).toEqual({ says: cutAtWord(long, 300), whole: long });
  expect(inShort('sudo id')).toEqual({ says: 'sudo id' });
});

test('a process under both launcher and entry is told once, with both reasons', async () => {
  const story = new Story();
  const shell = story.login();
  const launcher = story.exec(story.fork(shell), '/tmp/.x/launcher', ['/tmp/.x/launcher']);
  const sibling = story.exec(story.fork(launcher), '/tmp/.x/sibling', ['/tmp/.x/sibling', '--long', ...Array.from({ length: 80 }, (_, at) => `word${at}`)]);
  const left = story.fork(launcher);
  story.exec(left, '/tmp/.x/agent', ['/tmp/.x/agent']);
  story.exit(launcher);
  drop(story, shell, '/tmp/.x/other', '/tmp/.x/else');
  const engine = createEngine(portsOver([sourceOf(story.text(), 'audit.log')]));
  await engine.ask('open', { sources: ['x'] });
  const { view, rowCount } = await engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
  const rows = await engine.ask('rows', { view, first: 0, count: rowCount });
  const rowOf = (pid: number): number => rows.process[rows.pid.indexOf(pid)]!;
  const { steps } = await engine.ask('playbook', { process: rowOf(left), steps: ['tier 2.2'] });
  const [{ facts, total }] = steps as [(typeof steps)[number]];
  expect(new Set(facts.map(({ process }) => process)).size).toBe(facts.length);
  expect(total).toBe(facts.length);
  const told = facts.find(({ process }) => process === rowOf(sibling))!;
  expect(told.says).toMatch(/^sibling \d+ of its launcher launcher \d+ and its entry sshd \d+: \/tmp\/\.x\/sibling --long word0/);
  expect(told.says).toMatch(/word\d+ …$/);
  expect(told.whole).toContain('word79');
  await engine.close();
});

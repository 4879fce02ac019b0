import { describe, expect, test } from 'vitest';
import { createEngine, type EngineRequests } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, leaveJob, Story } from './story.js';

type Step = ReturnType<EngineRequests['playbook']>['steps'][number];
const CHANGES = { file: 'changes.csv', text: 'number,start,end\nCHG7,2023-11-14T00:00Z,2023-11-15T23:00Z\n' };

/** The playbook's steps for a process of a story (undefined: for the case), within announced work. */
async function asked(story: Story, pid: number | undefined): Promise<{ readonly steps: readonly Step[]; step(id: string): Step }> {
  const engine = createEngine(portsOver([sourceOf(story.text(), 'audit.log')]));
  await engine.ask('open', { sources: [] });
  await engine.ask('intel', { add: [CHANGES] });
  const { processes: [process] } = pid === undefined ? { processes: [] } : await engine.ask('hunt', { text: `processes where process.pid == ${pid}`, limit: 1 });
  const { steps } = await engine.ask('playbook', process === undefined ? {} : { process });
  await engine.close();
  return { steps, step: (id) => steps.find((each) => each.id === id)! };
}

describe('"attributed" never rests on a login uid alone after a root shell', () => {
  test('announced work by a person\'s own shell is attributed', async () => {
    const story = new Story();
    const left = leaveJob(story, story.exec(story.fork(story.login()), '/usr/bin/bash', ['bash', 'deploy.sh']), '/opt/app/work');
    const { step } = await asked(story, left);
    expect(step('escalation.1')).toMatchObject({ trigger: 'not met' });
  });

  test('one command by sudo is attributed: sudo names it', async () => {
    const story = new Story();
    const make = story.sudo(story.login(), '/usr/bin/make', ['make', 'install']);
    const { step } = await asked(story, leaveJob(story, make, '/opt/app/work'));
    expect(step('escalation.1')).toMatchObject({ trigger: 'not met' });
    expect(step('escalation.1').says.join(' ')).toContain('make install');
  });

  test.each([
    ['a shell', '/usr/bin/bash', ['bash']],
    ['a shell under a link\'s name', '/usr/bin/busybox', ['helper']],
    ['an interpreter', '/usr/bin/python3.11', ['python3', '/opt/app/run.py']],
    ['a program where everybody may write', '/tmp/x/helper', ['helper']],
  ] as const)('%s of root between makes it a part only, though the same login uid and the same work stand there', async (_, exe, args) => {
    const story = new Story();
    const root = story.sudo(story.login(), exe, args);
    const { step } = await asked(story, drop(story, root, '/opt/x/launch', '/opt/x/work'));
    expect(step('escalation.1')).toMatchObject({ trigger: 'cannot be known' });
    expect(step('escalation.1').says.join(' ')).toMatch(/A root shell, or what is as good as one .* the login uid tells the door, not the person/);
  });
});

describe('after a sensor was tampered with', () => {
  const story = (isTampered: boolean): Story => {
    const told = new Story();
    const shell = told.login(0);
    told.exec(told.fork(shell), '/usr/bin/ls');
    const tool = told.exec(told.fork(shell), '/usr/sbin/auditctl', ['auditctl', isTampered ? '-D' : '-l']);
    if (isTampered) told.removeRules(tool);
    told.wait(60).login();
    return told;
  };

  test('no step says that nothing was found, and no trigger that it is not met', async () => {
    const { steps } = await asked(story(true), undefined);
    expect(steps.filter(({ state }) => state === 'nothing found').map(({ id }) => id)).toEqual([]);
    expect(steps.filter(({ trigger }) => trigger === 'not met').map(({ id }) => id)).toEqual([]);
    expect(steps.filter(({ missing }) => missing.some((says) => says.startsWith('Sensors were switched off'))).length).toBeGreaterThan(5);
  });

  test('without it the same steps say so: the test can fail', async () => {
    const { steps } = await asked(story(false), undefined);
    expect(steps.filter(({ state }) => state === 'nothing found').length).toBeGreaterThan(5);
  });
});

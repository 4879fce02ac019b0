import { expect, test } from 'vitest';
import { createEngine, type Engine, type EngineRequests } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { doubleForked, Story } from './story.js';

type Step = ReturnType<EngineRequests['playbook']>['steps'][number];

/** Opens a story of web1 with collected files, and answers what steps of the playbook say of the process with a pid. */
async function stepsOf(story: Story, pid: number, files: Readonly<Record<string, string>>, steps: readonly string[], hostOf: Readonly<Record<string, string>> = {}): Promise<{ engine: Engine; steps: readonly Step[] }> {
  const engine = createEngine(portsOver([sourceOf(story.text(), 'audit.log'), ...Object.entries(files).map(([path, text]) => sourceOf(text, path))]));
  await engine.ask('open', { sources: ['x'], hostOf: { 'audit.log': 'web1', ...hostOf } });
  const { view, rowCount } = await engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
  const rows = await engine.ask('rows', { view, first: 0, count: rowCount });
  const process = rows.process[rows.pid.indexOf(pid)]!;
  return { engine, steps: (await engine.ask('playbook', { process, steps })).steps };
}

/** A cron job runs a script, which leaves a program behind. */
function cronStory(command = '/usr/local/bin/sync.sh --all'): { readonly story: Story; readonly left: number } {
  const story = new Story();
  const script = story.exec(story.fork(story.cronJob(command)), '/usr/bin/bash', ['/bin/bash', '/usr/local/bin/sync.sh', '--all']);
  return { story, left: doubleForked(story, script, '/opt/agent/agentx') };
}

const CRONTAB = '# m h dom mon dow user command\n17 * * * * root /usr/bin/true\n*/5 * * * * root /usr/local/bin/sync.sh --all\n';

test('the script and the crontab that a chain was started by are told with the entry, and their content can be opened', async () => {
  const { story, left } = cronStory();
  const { engine, steps } = await stepsOf(story, left, { '[root]/etc/cron.d/sync': CRONTAB, '[root]/usr/local/bin/sync.sh': '#!/bin/bash\n/opt/agent/agentx\n' }, ['containment.2b']);
  const [script, crontab] = steps[0]!.facts;
  expect(script).toMatchObject({ says: expect.stringContaining('/usr/local/bin/sync.sh is in the chain') as string, content: '[root]/usr/local/bin/sync.sh' });
  expect(crontab).toMatchObject({ says: expect.stringContaining('*/5 * * * * root /usr/local/bin/sync.sh --all') as string, content: '[root]/etc/cron.d/sync', records: [{ member: '[root]/etc/cron.d/sync', offset: CRONTAB.indexOf('*/5') }] });
  expect(await engine.ask('content', { member: crontab!.content! })).toEqual({ text: CRONTAB, isCut: false });
  await engine.close();
});

test('an entry whose command cron cuts at a percent sign is found by what the shell was given', async () => {
  const { story, left } = cronStory('/usr/local/bin/sync.sh --all 50%');
  const { engine, steps } = await stepsOf(story, left, { 'etc/cron.d/sync': '*/5 * * * * root /usr/local/bin/sync.sh --all 50\\%%its input\n' }, ['questions.2a']);
  expect(steps[0]!.facts[0]?.content).toBe('etc/cron.d/sync');
  await engine.close();
});

test('the unit that a chain runs in is told with what it says of how it runs, also where no change could have been seen', async () => {
  const story = new Story();
  const service = story.service(900, '/usr/local/sbin/hiveupd', ['/usr/local/sbin/hiveupd'], 'hiveupd');
  const left = doubleForked(story, service, '/opt/agent/agenty');
  const unit = '[Unit]\nDescription=x\n[Service]\nType=forking\nExecStart=/usr/local/sbin/hiveupd\n';
  const { engine, steps } = await stepsOf(story, left, { 'etc/systemd/system/hiveupd.service': unit }, ['questions.2a']);
  expect(steps[0]).toMatchObject({ state: 'cannot be known', total: 1 });
  expect(steps[0]!.says.join(' ')).toContain('1 unit file or crontab of its chain can be read.');
  expect(steps[0]!.facts[0]).toMatchObject({ says: expect.stringMatching(/^\/etc\/systemd\/system\/hiveupd\.service \(Type=forking, ExecStart=\/usr\/local\/sbin\/hiveupd\): the unit of the chain/) as string, content: 'etc/systemd/system/hiveupd.service' });
  await engine.close();
});

test("a file of the same path from another host is not taken for this host's, and neither is a backup of it", async () => {
  const { story, left } = cronStory();
  const files = { 'db1/usr/local/bin/sync.sh': 'echo db1\n', 'web1/backup/usr/local/bin/sync.sh': 'echo old\n', 'web1/usr/local/bin/sync.sh': 'echo web1\n' };
  const hosts = { '/case/db1/usr/local/bin/sync.sh': 'db1', '/case/web1/backup/usr/local/bin/sync.sh': 'web1', '/case/web1/usr/local/bin/sync.sh': 'web1' };
  const { engine, steps } = await stepsOf(story, left, files, ['questions.2'], hosts);
  const { content } = steps[0]!.facts.find(({ says }) => says.startsWith('/usr/local/bin/sync.sh is in the chain'))!;
  expect((await engine.ask('content', { member: content! })).text).toBe('echo web1\n');
  await engine.close();
});

test('a changed file of the chain opens from its change', async () => {
  const story = new Story();
  const shell = story.login();
  story.write(shell, '/etc/cron.d/job');
  const left = doubleForked(story, story.cronJob('/opt/x'), '/opt/x');
  const { engine, steps } = await stepsOf(story, left, { 'etc/cron.d/job': '* * * * * root /opt/x\n' }, ['level 1.1']);
  const change = steps[0]!.facts.find(({ says }) => says.startsWith('/etc/cron.d/job: '))!;
  expect(change).toMatchObject({ content: 'etc/cron.d/job', records: [{ member: 'audit.log' }] });
  await engine.close();
});

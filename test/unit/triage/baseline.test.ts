import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { parseBaseline, parseTriageSettings, writeBaseline } from '../../../src/triage/index.js';
import type { BaselineEntry, Learned } from '../../../src/triage/index.js';
import { SHIPPED } from '../../../src/triage/baseline/shipped.js';
import { fits } from '../../../src/triage/wildcard.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { daemonise, drop, Story, told } from './story.js';

/** What a host that is taken for good teaches, and what its unit files propose. */
async function baselineOf(story: Story, files: Readonly<Record<string, string>> = {}, verdict?: { process: number; author: string; note: string }): Promise<Learned & { readonly proposed: readonly BaselineEntry[] }> {
  const engine = createEngine(portsOver([sourceOf(story.text()), ...Object.entries(files).map(([name, text]) => sourceOf(text, name))]));
  await engine.ask('open', { sources: [] });
  const answer = await engine.ask('baseline', verdict === undefined ? {} : { verdict });
  await engine.close();
  return answer;
}

describe('the baseline', () => {
  test('tmux of a login is explained, and says by what', async () => {
    const story = new Story();
    const server = daemonise(story, story.login(), '/usr/bin/tmux', ['tmux', 'new', '-d']);
    const row = (await told(story)).of(server)!;
    expect(row).toMatchObject({ state: 'explained', alert: false });
    expect(row.score).toBeLessThanOrEqual(2);
    expect(row.why).toContain('tmux server');
    expect(row.baseline).toHaveLength(1);
    expect(row.baseline[0]!.failed).toEqual([]);
    expect(row.baseline[0]!.held.join(' ')).toContain('/usr/bin/tmux');
  });

  test('a copy of tmux elsewhere is a near miss that says what failed', async () => {
    const story = new Story();
    const server = daemonise(story, story.login(), '/tmp/.x/tmux', ['tmux', 'new', '-d']);
    const row = (await told(story)).of(server)!;
    expect(row.state).toBe('unexpected');
    expect(row.baseline[0]!.failed).toEqual(['the executable is /tmp/.x/tmux, not /usr/bin/tmux or /bin/tmux']);
  });

  test('the right program from a wrong entry is louder, not quieter', async () => {
    const story = new Story();
    const shell = story.login();
    const right = daemonise(story, shell, '/usr/sbin/nginx');
    const other = daemonise(story, shell, '/usr/sbin/nginy');
    const { of } = await told(story);
    expect(of(right)!.findings.find(({ kind }) => kind === 'name-mismatch')?.reasons.some(({ says }) => says.includes('nginx'))).toBe(true);
    expect(of(right)!.score).toBeGreaterThan(of(other)!.score);
  });

  test('general knowledge lowers a score and hides nothing', async () => {
    const story = new Story();
    const shell = story.login();
    const known = daemonise(story, shell, '/usr/bin/dbus-launch');
    const other = daemonise(story, shell, '/usr/bin/dbus-lunch');
    const { of } = await told(story);
    expect(of(known)).toMatchObject({ state: 'unexpected' });
    expect(of(known)!.score).toBeLessThan(of(other)!.score);
    expect(of(known)!.score).toBeGreaterThan(2);
    expect(of(known)!.why).toContain('only known in general');
  });

  test('nothing explains the name of a kernel thread', async () => {
    const story = new Story();
    const server = daemonise(story, story.login(), '/usr/bin/tmux', ['tmux', 'new', '-d']);
    story.rename(server, 'kworker/0:1');
    expect((await told(story)).of(server)).toMatchObject({ state: 'unexpected', alert: true });
  });

  test('what a script leaves for a moment folds away', async () => {
    const story = new Story();
    const shell = story.login();
    const script = story.exec(story.fork(shell), '/usr/bin/dash', ['/bin/sh', '/etc/update-motd.d/10-uname']);
    const left = story.exec(story.fork(script), '/usr/bin/wc', ['wc', '-l']);
    story.exit(script);
    story.exit(left);
    expect((await told(story)).of(left)).toMatchObject({ state: 'explained', alert: false });
  });

  test('a middle is told with what it made', async () => {
    const story = new Story();
    const payload = drop(story, story.login(), '/opt/x/launch', '/opt/x/work');
    const { rows } = await told(story);
    const middles = rows.filter(({ findings, pid }) => pid !== payload && findings.length === 0);
    expect(middles.every(({ score, state }) => score === 0 && state === 'explained')).toBe(true);
  });

  test('a good host teaches its shapes: the same day again is quiet, another launcher is not', async () => {
    const day = (launcher: string): { story: Story; daemon: number; payload: number } => {
      const story = new Story();
      const shell = story.login();
      return { story, daemon: daemonise(story, shell, '/opt/acme/agent-12345'), payload: drop(story, shell, launcher, '/opt/acme/work') };
    };
    const good = day('/opt/acme/start');
    const { process } = (await told(good.story)).of(good.payload)!;
    const learned = writeBaseline([...(await baselineOf(good.story)).entries, ...(await baselineOf(good.story, {}, { process, author: 'maria', note: 'our launcher' })).entries]);
    const again = await told(day('/opt/acme/start').story, { baseline: learned });
    expect(again.of(good.daemon)).toMatchObject({ state: 'explained' });
    expect(again.of(good.payload)).toMatchObject({ state: 'explained' });
    const other = await told(day('/opt/evil/start').story, { baseline: learned });
    expect(other.of(good.daemon)).toMatchObject({ state: 'explained' });
    expect(other.of(good.payload)).toMatchObject({ state: 'unexpected', alert: true });
    expect(other.of(good.payload)!.baseline[0]!.failed.join()).toContain('the launcher is /opt/evil/start');
  });

  test('what stands out on the good host, and what lies where everybody may write, is not learned, but counted', async () => {
    const story = new Story();
    const shell = story.login();
    drop(story, shell, '/opt/acme/start', '/opt/acme/work');
    daemonise(story, shell, '/tmp/build/served');
    daemonise(story, shell, '/opt/acme/agent');
    const { entries, standOut, scratch } = await baselineOf(story);
    expect({ programs: entries.map(({ executables }) => executables[0]), standOut, scratch }).toEqual({ programs: ['/opt/acme/agent'], standOut: 1, scratch: 1 });
  });

  test('code on a command line is learned word for word only', async () => {
    const story = new Story();
    daemonise(story, story.login(), '/usr/bin/perl', ['perl', '-e', 'fork && exit; work()']);
    const { entries } = await baselineOf(story);
    expect(entries.find(({ executables }) => executables[0] === '/usr/bin/perl')?.arguments).toBe('perl -e fork && exit; work()');
  });

  test('a verdict on one process becomes an entry in the name of who gave it', async () => {
    const story = new Story();
    const daemon = daemonise(story, story.login(), '/opt/acme/agent');
    const engine = createEngine(portsOver([sourceOf(story.text())]));
    await engine.ask('open', { sources: [] });
    const { rows } = await engine.ask('findings', { first: 0, count: 100 });
    const { process } = rows.find(({ pid }) => pid === daemon)!;
    const { entries } = await engine.ask('baseline', { verdict: { process, author: 'maria', note: 'our agent' } });
    await engine.close();
    expect(entries).toMatchObject([{ grade: 'verdict', source: 'maria: our agent', executables: ['/opt/acme/agent'], chains: ['itself'], entries: ['login'] }]);
    expect((await told(story, { baseline: writeBaseline(entries) })).of(daemon)).toMatchObject({ state: 'explained' });
  });

  test('a unit of Type=forking proposes its daemon', async () => {
    const unit = '[Unit]\nDescription=x\n[Service]\nType=forking\nPIDFile=/run/acme.pid\nExecStart=/opt/acme/agentd -p /run/acme.pid\n[Install]\nWantedBy=multi-user.target\n';
    const { proposed } = await baselineOf(new Story(), { 'etc/systemd/system/acme.service': unit, 'etc/systemd/system/simple.service': '[Service]\nType=simple\nExecStart=/opt/acme/other\n' });
    expect(proposed).toMatchObject([{ grade: 'unit', executables: ['/opt/acme/agentd'], units: ['acme.service'], chains: ['itself'] }]);
  });
});

describe('what a case says', () => {
  test('a baseline survives writing and reading; what is not whole is left out and told', () => {
    expect(parseBaseline(writeBaseline(SHIPPED))).toEqual({ entries: SHIPPED, troubles: [] });
    const { entries, troubles } = parseBaseline(JSON.stringify({ version: 1, entries: [{ ...SHIPPED[0], chains: ['sideways'] }, SHIPPED[1]] }));
    expect(entries).toEqual([SHIPPED[1]]);
    expect(troubles).toEqual([expect.stringMatching(/entries\[0\]: chains must be a list of itself, .*left out/)]);
    for (const text of ['', '{', '[]', '{"version":2,"entries":[]}']) expect(parseBaseline(text)).toMatchObject({ entries: [], troubles: [expect.stringContaining('baseline.json')] });
  });

  test('any JSON is read without a throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(parseBaseline(JSON.stringify({ version: 1, entries: [value] })).entries.length).toBeLessThanOrEqual(1);
      expect(parseTriageSettings(value).settings.alertLine).toBeGreaterThanOrEqual(0);
    }));
  });

  test('settings of the case count, and what cannot be read is told', async () => {
    const story = new Story();
    const payload = drop(story, story.login(), '/opt/x/launch', '/opt/x/work');
    expect((await told(story, { triage: { alertLine: 1000 } })).alerts).toBe(0);
    expect((await told(story, { triage: { executableScope: ['/usr/*'] } })).of(payload)!.findings).toEqual([]);
    expect((await told(story, { triage: { reparentingDetectionScope: ['subreaper'] } })).kinds(payload)).not.toContain('adopted');
    const { troubles, settings } = await told(story, { triage: { alertLine: 'high', reparentingDetectionScope: ['me'] } });
    expect(troubles).toHaveLength(2);
    expect(settings).toMatchObject({ alertLine: 50, adopters: ['init', 'subreaper', 'namespace-init'] });
  });

  test('a wildcard fits as its regular expression does, in bounded time', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '/', '*', '?'), maxLength: 8 }), text, (wildcard, against) => {
      expect(fits(wildcard, against)).toBe(new RegExp(`^${wildcard.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(against));
    }));
    expect(fits('*a'.repeat(200), 'a'.repeat(4000) + 'b')).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { createEngine, type Engine, type GroupBy, type RowWindow, type ViewAsk } from '../../../src/engine/index.js';
import { openSet } from '../../../src/engine/openSet.js';
import { rowWindow } from '../../../src/engine/rowWindow.js';
import { createView } from '../../../src/engine/views.js';
import { auditLines, DOUBLE_FORK, portsOver, sourceOf } from './smallHost.js';

const CONTAINER = 'b'.repeat(64);
/** A host with services, two logins, a container (400: its creator is gone), and an orphan (300) that kept its login's cgroup; 299 is only pointed to. */
const PS = `    PID    PPID    PGID     SID USER     CGROUP                                       COMMAND
      1       0       1       1 root     0::/init.scope                               /sbin/init
      2       0       0       0 root     -                                            [kthreadd]
     10       1      10      10 root     0::/system.slice/nginx.service               nginx: master process nginx
     11      10      10      10 www-data 0::/system.slice/nginx.service               nginx: worker process
     20       1      20      20 root     0::/system.slice/cron.service                /usr/sbin/cron -f
     30       1      30      30 root     0::/system.slice/ssh.service                 sshd: /usr/sbin/sshd -D
    100      30     100     100 root     0::/user.slice/user-1000.slice/session-13.scope sshd: alice [priv]
    110     100     110     110 alice    0::/user.slice/user-1000.slice/session-13.scope -bash
    200      30     200     200 root     0::/user.slice/user-1000.slice/session-9.scope sshd: bob [priv]
    300       1     299     110 alice    0::/user.slice/user-1000.slice/session-13.scope /tmp/x
    400       1     400     400 root     0::/system.slice/docker-${CONTAINER}.scope   /bin/sleep 9
`;

const ask = (group: GroupBy, more: Partial<ViewAsk> = {}): ViewAsk => ({ parents: 'created', group, orphansOnly: false, kernelThreads: false, ...more });

const TAKEN = 1_700_000_000e6;

async function host(): Promise<Engine> {
  const engine = createEngine(portsOver([sourceOf(PS, 'ps.txt')], false));
  await engine.ask('open', { sources: ['x'], takenMicros: TAKEN });
  return engine;
}

async function rowsOf(engine: Engine, asked: ViewAsk): Promise<RowWindow> {
  const { view, rowCount } = await engine.ask('view', asked);
  return engine.ask('rows', { view, first: 0, count: rowCount });
}

/** `heading: processes/orphans` of each heading. */
const headings = (window: RowWindow): string[] => [...window.process].flatMap((process, at) => (process < 0 ? [`${window.name[at]}: ${window.processesIn![at]}/${window.orphansIn![at]}`] : []));

/** Pids between a heading and the next one. */
function pidsUnder(window: RowWindow, heading: string): number[] {
  const first = window.name.findIndex((name, at) => window.process[at]! < 0 && name === heading) + 1;
  const rest = [...window.pid].slice(first);
  const end = rest.indexOf(-1);
  return rest.slice(0, end < 0 ? rest.length : end);
}

describe('grouped by unit', () => {
  test('each unit is a heading with its processes and orphans, numbers in names in their order', async () => {
    const engine = await host();
    expect(headings(await rowsOf(engine, ask('unit')))).toEqual([
      'cron.service: 1/0', `docker-${CONTAINER}.scope: 1/1`, 'init.scope: 1/0', 'nginx.service: 2/0', 'session-9.scope: 1/0', 'session-13.scope: 3/1', 'ssh.service: 1/0', 'No unit known: 1/0',
    ]);
    await engine.close();
  });

  test.each(['created', 'recorded'] as const)('an orphan stays in its unit, whoever is shown as its parent: %s', async (parents) => {
    const engine = await host();
    const window = await rowsOf(engine, ask('unit', { parents }));
    expect(pidsUnder(window, 'session-13.scope').sort((a, b) => a - b)).toEqual([100, 110, 300]);
    await engine.close();
  });

  test('processes without a unit stand in the last group', async () => {
    const engine = await host();
    const window = await rowsOf(engine, ask('unit', { kernelThreads: true }));
    expect(headings(window).at(-1)).toBe('No unit known: 2/0');
    await engine.close();
  });

  test('orphans only: groups without one are left out, and what stands above an orphan is not counted', async () => {
    const engine = await host();
    const window = await rowsOf(engine, ask('unit', { orphansOnly: true, parents: 'recorded' }));
    expect(headings(window)).toContain('session-13.scope: 1/1');
    expect(headings(window)).not.toContain('cron.service: 1/0');
    await engine.close();
  });
});

describe('grouped by container and user', () => {
  test('a container is known from the cgroup', async () => {
    const engine = await host();
    const window = await rowsOf(engine, ask('container'));
    expect(headings(window)).toEqual([`Container ${CONTAINER}: 1/1`, 'No container known: 10/1']);
    expect(pidsUnder(window, `Container ${CONTAINER}`)).toEqual([400]);
    await engine.close();
  });

  test('a worker that dropped its rights stands under its own user, not under its creator', async () => {
    const engine = await host();
    const window = await rowsOf(engine, ask('user'));
    expect(headings(window)).toEqual(['User alice: 2/1', 'User root: 7/1', 'User www-data: 1/0', 'User not known: 1/0']);
    expect(window.depth[window.pid.indexOf(11)]).toBe(1);
    await engine.close();
  });

  test('two hosts keep their groups apart, and a heading names its host', async () => {
    const engine = createEngine(portsOver([sourceOf(auditLines(DOUBLE_FORK), 'one.log'), sourceOf(auditLines(DOUBLE_FORK), 'two.log')], false));
    await engine.ask('open', { sources: ['x'], hostOf: { 'one.log': 'web1', 'two.log': 'web2' } });
    const names = headings(await rowsOf(engine, ask('user'))).map((heading) => heading.replace(/: .*/, ''));
    expect(names).toEqual(['User 0 on web1', 'User 1000 on web1', 'User 0 on web2', 'User 1000 on web2', 'User not known on web1', 'User not known on web2']);
    await engine.close();
  });
});

describe('in a grouped view', () => {
  test('search and the next orphan open the group that hides what they find', async () => {
    const engine = await host();
    const { view, rowCount } = await engine.ask('view', ask('unit'));
    for (let row = rowCount - 1; row >= 0; row--) await engine.ask('toggle', { view, row, expanded: false });
    const found = await engine.ask('search', { view, text: '/tmp/x', limit: 5 });
    expect([...found.rows]).toEqual([-1]);
    const next = await engine.ask('nextOrphan', { view, row: 0, backward: false });
    expect((await engine.ask('rows', { view, first: next.row, count: 1 })).pid[0]).toBe(400);
    await engine.close();
  });

  test('who searches for a pid finds it before the pids that only hold its digits, wherever they lie', async () => {
    const engine = await host();
    const window = await rowsOf(engine, ask('user'));
    const { view } = await engine.ask('view', ask('user'));
    expect(window.pid.indexOf(110)).toBeLessThan(window.pid.indexOf(11));
    const { rows, total } = await engine.ask('search', { view, text: '11', limit: 5 });
    expect([...rows].map((row) => window.pid[row])).toEqual([11, 110]);
    expect(total).toBe(2);
    const { rows: [only] } = await engine.ask('search', { view, text: '11', limit: 1 });
    expect(window.pid[only!]).toBe(11);
    await engine.close();
  });

  test('a heading counts the alerts that triage raised in its group, and a search finds a container by its id', async () => {
    const set = await openSet([sourceOf(PS, 'ps.txt')], { keep: false, takenMicros: TAKEN });
    const orphan = set.lineage.pid.indexOf(300);
    const view = createView(set, 1, ask('user'));
    const alert = { process: orphan, score: 120, alert: true, state: 'unexpected', why: '', findings: [], baseline: [] } as const;
    const window = rowWindow(set, view, 0, view.rows.length, { findings: new Map([[orphan, alert]]), verdicts: new Map() });
    const counts = Object.fromEntries(window.name.flatMap((name, at) => (window.process[at]! < 0 ? [[name, window.alertsIn![at]]] : [])));
    expect(counts).toEqual({ 'User alice': 1, 'User root': 0, 'User www-data': 0, 'User not known': 0 });

    const engine = await host();
    const made = await engine.ask('view', ask('creation'));
    const { processes } = await engine.ask('search', { view: made.view, text: CONTAINER.slice(0, 12), limit: 5 });
    expect([...processes]).toHaveLength(1);
    await engine.close();
  });
});

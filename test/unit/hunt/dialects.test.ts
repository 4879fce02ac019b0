import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLICKHOUSE, compileHunt } from '../../../src/hunt/index.js';
import type { Dialect } from '../../../src/hunt/dialect.js';
import { modelWith } from '../../../src/hunt/evidenceFields.js';
import { SQLITE } from '../../../src/hunt/sqlite.js';
import { Emitter } from '../../../src/hunt/statements.js';
import { termScan } from '../../../src/hunt/termScans.js';

const PLACE = 'test/unit/hunt/dialects.golden';

/** One hunt for each kind of SQL that a dialect prints. */
const HUNTS = [
  'processes where process.creator.name == "bash" and not process.orphan',
  'exec where user.id in ("0", "33") and process.executable : ("/tmp/*", "*/nc") and process.name like "?c"',
  'exec where process.args == "-e" and process.args[1] != "x" and length(process.args) > 2',
  'process where event.action == "executed" and process.executable regex~ "/(tmp|bin)/.*"',
  'file where file.extension == "sh" and cidrMatch(destination.ip, "10.0.0.0/8")',
  'exec where between(process.command_line, "-H ", " ") == "x" and indexOf(process.name, "a") > 1',
  'processes where process.pid / 2 == 3 and null == (process.exit_code > 0)',
  'processes where child of [exec where process.name == "bash"] or sibling of [processes where process.orphan]',
  'network where descendant of [exec where process.name == "sshd"] and event of [reparent where true]',
  'processes where ancestor of [processes where process.orphan] within 2',
  'any where descendant of [exec where process.name == "sshd"] in recorded within 3',
  'sequence by host.id, process.entity_id with maxspan=5m [reparent where process.orphaned_after <= 1s] [network where event.type == "start"] until [exit where true]',
  'processes where true | sort -process.end | head 3 | filter process.pid > 1 | tail 2',
  'any where true | unique process.name',
  'any where true | count by process.name | sort -count',
  'any where true | unique_count process.name | filter count > 1',
  'any where true | stats count() as n, distinct(process.name) as d, median(process.pid) as m, first(process.name) as f, values(user.id) as v by host.id',
  'processes where process.creator.name == "bash" | fields process.pid as child, process.creator.args',
  'exec where vendor.code == "EPERM" and vendor.tags : "a*" and vendor.tags[1] != null',
  'processes where vendor.code == "EPERM"',
] as const;

/** A field of the records with one value in each, and one with several. */
const MODEL = modelWith((name) => (name === 'vendor.code' ? { id: 7, type: 'text', list: false, formats: ['laurel'] } : name === 'vendor.tags' ? { id: 8, type: 'text', list: true, formats: ['laurel'] } : undefined));

/** The statements that a hunt asks first: the scan of its machine, else its rows, in both parent views, and what it could not decide. */
function printed(text: string, dialect: Dialect): string {
  const recorded = compileHunt(text, { model: MODEL }).plan!, created = compileHunt(text, { model: MODEL, parents: 'created' }).plan!;
  const first = (plan: typeof recorded): string => {
    const few = { ...plan, columns: plan.columns.slice(0, 2) }; // two show how columns are printed
    const { sql, params } = plan.machine === undefined ? new Emitter(few, dialect).statements().rows(100) : termScan(few, plan.machine, dialect);
    return `${sql}\n  ${JSON.stringify(params)}`;
  };
  const own = first(recorded), other = first(created);
  const undecided = new Emitter(recorded, dialect).undecided();
  return [`${dialect.name}\n${own}`, ...(other === own ? [] : [`${dialect.name}, parents created\n${other}`]), ...(undecided === undefined ? [] : [`${dialect.name}, undecided\n${undecided.count.sql}`])].join('\n');
}

test('one plan is printed in two dialects as it was before (UPDATE_GOLDEN=1 writes it anew)', () => {
  const text = HUNTS.map((hunt) => `== ${hunt}\n${printed(hunt, SQLITE)}\n${printed(hunt, CLICKHOUSE)}\n`).join('\n');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PLACE, text);
  expect(text).toBe(readFileSync(PLACE, 'utf8'));
});

test('a dialect prints nothing that only the other engine knows', () => {
  for (const hunt of HUNTS) {
    expect(printed(hunt, CLICKHOUSE)).not.toMatch(/\?\d|json_each|\bGLOB\b|alive\(\)|h_\w+\(|FROM string|CROSS JOIN/);
    expect(printed(hunt, SQLITE)).not.toMatch(/\{p\d|arrayExists|SETTINGS|ASOF/);
  }
});

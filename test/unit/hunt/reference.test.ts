import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileHunt, FIELDS, FUNCTIONS, PIPES, SOURCES } from '../../../src/hunt/index.js';

const PLACE = 'docs/hunt-reference.md';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const RECORDS = `What the records of the open evidence have and no table holds is asked by its own name. A sample of the records says which names there are (completion
and hover show them); the first hunt that names one reads it from the records of its sources, and later hunts find it read. Rules (\`hunt --rules\`, the case's own) have theirs read in one walk for all of them. It works in conditions,
keys, pipes and lists as any field, and where a record lacks it the row is undecided.

| evidence | names |
| --- | --- |
| audit logs, raw, enriched or \`ausearch -i\` | \`auditd.data.KEY\` for each key of the event's records (\`auditd.data.exit\`, \`auditd.data.a0\`, \`auditd.data.success\`), \`auditd.message_type\`. The arguments of EXECVE are \`process.args\`; \`a0\` to \`a3\` are the system call's. Hex text is decoded. \`auditd.data.syscall\` has the number, and the name where the log has it |
| JSON: Auditbeat, Elastic Defend, Falco, Tetragon, Tracee, osquery, laurel, the journal, Velociraptor, Splunk and others | the path of the value: \`output_fields.proc.pname\`, \`SYSCALL.success\`, \`process.Ext.ancestry\` |
| Sysmon for Linux | \`EventData.Image\` and the others of its event |
| CSV: Splunk, Sentinel, \`ausearch --format csv\` | the column; in backticks where it is no name: \`\`my column\`\` |
| exports that carry any of these | both: the names of the export and those of what it carries |

A value is typed as its records type it, and read as what it is compared with: \`auditd.data.exit == 0\` and \`auditd.data.exit == "0"\` find the same rows.
Several values of one name in one record are a list. On \`processes\` the last event of the process that has the field counts. A name that Hunt knows of
and no record has is absent (HUNT205); one that nobody knows is a mistake (HUNT201). A ClickHouse store is loaded
with all of them; one that an older version filled lacks them, and says so. Whole numbers beyond 2^53 are texts with all their digits: an id of 64 bits is
compared as text (\`x.id == "9007199254740993"\`); such a number in a hunt is told (HUNT203), since it is not exact.`;

function reference(): string {
  const code = (text: string): string => `\`${text}\``;
  return `${[
    '# Hunt: sources, fields, functions, pipes',
    'Written from the tables of `src/hunt` (`UPDATE_GOLDEN=1 npx vitest run test/unit/hunt/reference.test.ts`).',
    '## Sources', table(['source', 'one row is'], SOURCES.map((source) => [code(source.name), source.doc])),
    '## Fields', 'On events, the fields of a lifetime are those of the event\'s process. `ecs`: a name of the Elastic Common Schema; `lineage` and `ours`: what Hunt adds.',
    table(['field', 'type', 'from', 'on', 'meaning'], FIELDS.map((field) => [code(field.name), field.list ? `list of ${field.type}` : field.type, field.origin, field.on.join(', '), field.doc])),
    '## Fields of the records', RECORDS,
    '## Functions', 'Absent where an argument is absent; `name~(...)` ignores case.',
    table(['function', 'does', 'example'], FUNCTIONS.map((row) => [code(row.signature), row.doc, code(row.example)])),
    '## Pipes', table(['pipe', 'does', 'example'], PIPES.map((pipe) => [code(pipe.name), pipe.doc, code(pipe.example)])),
  ].join('\n\n')}\n`;
}

test('the reference in docs is what the tables say', () => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PLACE, reference());
  expect(readFileSync(PLACE, 'utf8')).toBe(reference());
});

test('every example of a function and of a pipe compiles', () => {
  const wrong = (text: string): string[] => compileHunt(text).diagnostics.filter((one) => one.severity === 'error').map((one) => `${text}: ${one.message}`);
  expect(FUNCTIONS.flatMap((row) => wrong(`any where null != (${row.example})`))).toEqual([]);
  expect(PIPES.flatMap((pipe) => wrong(`processes where true ${pipe.example}`))).toEqual([]);
});

test('every field of every source compiles as a column', () => {
  for (const source of SOURCES) {
    const names = FIELDS.filter((field) => field.type !== 'process' && field.on.includes(source.table === 'process' ? 'processes' : 'events')).map((field) => field.name);
    expect(compileHunt(`${source.name} where true | fields ${names.join(', ')}`).diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  }
});

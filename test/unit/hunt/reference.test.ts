import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileHunt, FIELDS, FUNCTIONS, PIPES, SOURCES } from '../../../src/hunt/index.js';

const PLACE = 'docs/hunt-reference.md';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function reference(): string {
  const code = (text: string): string => `\`${text}\``;
  return `${[
    '# Hunt: sources, fields, functions, pipes',
    'Written from the tables of `src/hunt` (`UPDATE_GOLDEN=1 npx vitest run test/unit/hunt/reference.test.ts`).',
    '## Sources', table(['source', 'one row is'], SOURCES.map((source) => [code(source.name), source.doc])),
    '## Fields', 'On events, the fields of a lifetime are those of the event\'s process. `ecs`: a name of the Elastic Common Schema; `lineage` and `ours`: what Hunt adds.',
    table(['field', 'type', 'from', 'on', 'meaning'], FIELDS.map((field) => [code(field.name), field.list ? `list of ${field.type}` : field.type, field.origin, field.on.join(', '), field.doc])),
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

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { format, parse, runHunt } from '../../src/hunt/index.js';
import { printHunt } from '../../src/hunt/print.js';
import { doubleFork } from '../unit/hunt/store.js';
import { SHARED } from './shared.js';

/** Hunts that others wrote, in Elastic's language, which is ours. */
function hunts(): readonly string[] {
  const read = (path: string): unknown => JSON.parse(readFileSync(`${SHARED}/${path}`, 'utf8'));
  const rules = read('elastic-linux-rules/rules.json') as readonly { readonly query: string }[];
  const suites = read('eql-elasticsearch/queries.json') as Readonly<Record<string, { readonly queries: readonly { readonly query: string }[] }>>;
  return [...rules, ...Object.values(suites).flatMap((suite) => suite.queries)].map((one) => one.query);
}

/** A tree without its places in the text. */
const bare = (text: string): unknown => JSON.parse(JSON.stringify(parse(text).hunt, (key, value: unknown) => (['from', 'to', 'opRange', 'nameRange', 'sourceRange'].includes(key) ? undefined : value)));

const isThere = existsSync(SHARED);
test.runIf(process.env.CI === 'true')('the suites of others are there in CI', () => expect(isThere).toBe(true));

test.skipIf(!isThere)(isThere ? 'a hunt of others printed, or laid out once and twice, is the same hunt' : 'hunts of others: not run, ../shared/conformance is not there', () => {
  const all = hunts();
  expect(all.length).toBeGreaterThan(100);
  for (const text of all) {
    const tree = bare(text);
    expect(bare(printHunt(parse(text).hunt))).toEqual(tree);
    const laidOut = format(text);
    expect(bare(laidOut)).toEqual(tree);
    expect(format(laidOut)).toBe(laidOut);
  }
});

test('safe of the older dialect is what it holds', () => {
  const { diagnostics, total } = runHunt(doubleFork().port, { text: '// dialect: endgame\nexec where safe(process.name) == "NC"', limit: 5 });
  expect([diagnostics.filter((one) => one.severity === 'error'), total]).toEqual([[], 1]);
});

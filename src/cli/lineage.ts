import { parseOptions, UsageError } from './options.js';
import { jsonText } from './output.js';
import { type Session, withEvidence } from './session.js';

export const LINEAGE_USAGE = 'foundling lineage EVIDENCE... --json';

const ROWS_A_REQUEST = 2000;

/** Every process as one line of JSON, in order of start. */
export async function lineage(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { json: 'boolean' }, LINEAGE_USAGE);
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', LINEAGE_USAGE);
  if (parsed.values['json'] !== true) throw new UsageError('lineage writes JSON lines only; say --json. For reading there is: foundling tree.', LINEAGE_USAGE);
  return withEvidence(session, { sources: parsed.positionals, ...parsed.stated }, { store: false }, async ({ engine }) => {
    for (let first = 0; ; first += ROWS_A_REQUEST) {
      const records = await engine.ask('lineage', { first, count: ROWS_A_REQUEST });
      if (records.length === 0) return 0;
      await session.output.print(records.map((record) => jsonText(record)).join('\n'));
    }
  });
}

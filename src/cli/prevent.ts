import { BASES } from '../model/index.js';
import { CannotTranslate, huntPrevention, kindNamed, PREVENT_LANGUAGES, preventionOf, preventionText } from '../report/index.js';
import { FINDING_KINDS } from '../triage/index.js';
import { oneOf, parseOptions, UsageError } from './options.js';
import type { Session } from './session.js';
import { readText } from './textFile.js';

export const PREVENT_USAGE = 'foundling prevent KIND|QUERY|FILE.hunt --as audit|sigma|eql|spl|falco [--basis observed|derived|inferred]';

/** Rules that see it next time, for a kind of finding or a hunt; each says what it cannot see. */
export async function prevent(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { as: 'string', basis: 'string' }, PREVENT_USAGE);
  const [asked, ...rest] = parsed.positionals;
  const language = oneOf('as', parsed.values['as'], PREVENT_LANGUAGES, PREVENT_USAGE);
  const basis = oneOf('basis', parsed.values['basis'], BASES, PREVENT_USAGE);
  if (asked === undefined || rest.length > 0) throw new UsageError(`One kind of finding or one hunt is needed. The kinds are ${FINDING_KINDS.join(', ')}.`, PREVENT_USAGE);
  if (language === undefined) throw new UsageError(`--as is needed: one of ${PREVENT_LANGUAGES.join(', ')}.`, PREVENT_USAGE);
  const kind = kindNamed(asked);
  if (kind === undefined && /^[\w-]+$/.test(asked)) throw new UsageError(`${asked} is no kind of finding, and no hunt either. The kinds are ${FINDING_KINDS.join(', ')}.`, PREVENT_USAGE);
  try {
    await session.output.print(kind === undefined ? huntPrevention(asked.endsWith('.hunt') ? await readText(asked) : asked, language) : preventionText(preventionOf(kind), language, basis));
  } catch (error) {
    if (error instanceof CannotTranslate) throw new Error(`This hunt cannot be said in ${language}: ${error.message}`, { cause: error });
    throw error;
  }
  return 0;
}

import { addEvidence, initCase, verifyCase } from '../node/index.js';
import { DEFAULT_TRIAGE } from '../triage/index.js';
import { type Parsed, parseOptions, UsageError } from './options.js';
import { counted, visible } from './output.js';
import type { Session } from './session.js';
import { writerOf } from './writer.js';

export const CASE_USAGE = 'foundling case init DIR [--title TEXT] | add DIR FILE... [--reference] [--host H] [--zone Z] [--taken T] [--collector TEXT] | verify DIR [--author NAME]';

/** What a new case states, so that another analyst, and another version of this program, weighs the same. */
const NEW_TRIAGE = { alertLine: DEFAULT_TRIAGE.alertLine, timeWindow: DEFAULT_TRIAGE.timeWindowMicros / 1e6 };

/** Makes a case, adds evidence to it, or hashes all of it again. Each is written into the case's custody, which says who did it where. */
export async function caseCommand(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { title: 'string', author: 'string', reference: 'boolean', host: 'string', collector: 'string' }, CASE_USAGE);
  const [act, folder, ...files] = parsed.positionals;
  if (act !== 'init' && act !== 'add' && act !== 'verify') throw new UsageError(act === undefined ? 'What to do with the case was not said.' : `There is no case ${act}.`, CASE_USAGE);
  if (folder === undefined) throw new UsageError('No folder was named.', CASE_USAGE);
  if (act !== 'add' && files.length > 0) throw new UsageError(`case ${act} takes one folder, and no ${files[0]!} behind it; files are added by: foundling case add ${folder} ${files.join(' ')}`, CASE_USAGE);
  if (act === 'init') return init(session, parsed, folder);
  return act === 'add' ? add(session, parsed, folder, files) : verify(session, parsed, folder);
}

async function init(session: Session, { values }: Parsed, folder: string): Promise<number> {
  const title = typeof values['title'] === 'string' ? values['title'] : (folder.replace(/[\\/]+$/, '').split(/[\\/]/).pop() ?? folder);
  await initCase(folder, title, NEW_TRIAGE, writerOf(session, values['author'], CASE_USAGE));
  await session.output.print(`${visible(folder)} is a case: ${visible(title)}`);
  return 0;
}

async function add(session: Session, { values, stated }: Parsed, folder: string, files: readonly string[]): Promise<number> {
  if (files.length === 0) throw new UsageError('No file to add was named.', CASE_USAGE);
  const { host, collector } = values;
  const facts = {
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof collector === 'string' ? { collector } : {}),
    ...(stated.zone === undefined ? {} : { zone: stated.zone }),
    ...(stated.takenMicros === undefined ? {} : { takenMicros: stated.takenMicros }),
  };
  const writer = writerOf(session, values['author'], CASE_USAGE);
  let code = 0;
  for (const file of files) {
    try {
      const { id, place, sha256, bytes, isNew } = await addEvidence(folder, file, { reference: values['reference'] === true, facts }, writer);
      if (!isNew) await session.output.print(`${visible(file)}: in the case already, as ${visible(id)} (${visible(place)}); nothing was added`);
      else await session.output.print(`${visible(id)}: ${visible(place)}${bytes === undefined ? '' : `, ${counted(bytes, 'byte')}`}, sha256 ${sha256 ?? 'none: a folder'}`);
    } catch (error) {
      session.output.warn(`foundling: ${visible(error instanceof Error ? error.message : String(error))}`);
      code = 1;
    }
  }
  return code;
}

async function verify(session: Session, { values }: Parsed, folder: string): Promise<number> {
  const { output } = session;
  const { evidence, custody } = await verifyCase(folder, writerOf(session, values['author'], CASE_USAGE), (name) => output.progress(`hashing ${name}`, 0, 0));
  const lines = [
    ...evidence.map(({ name, sha256, says, isUnstated }) => `${says === undefined ? (isUnstated ? 'no hash stated  ' : 'as it was added ') : output.mark('CHANGED         ')}${visible(name)}${says === undefined ? `  ${sha256 ?? 'a folder: nothing to compare'}` : `: ${visible(says)}`}`),
    ...custody.map(({ file, head, says }) => `${says === undefined ? 'chain holds     ' : output.mark('CHAIN BROKEN    ')}${visible(file)}${says === undefined ? `  head ${head ?? 'none'}` : `: ${visible(says)}`}`),
  ];
  await output.print(lines.length === 0 ? 'The case has no evidence and no custody yet.' : lines.join('\n'));
  return [...evidence, ...custody].some(({ says }) => says !== undefined) ? 1 : 0;
}

import type { RowWindow } from '../engine/index.js';
import { BASIS_INFERRED, BASIS_OBSERVED, confidenceWord, FLAG } from '../model/index.js';
import { orphanedAfterWords } from '../report/index.js';
import { oneOf, parseOptions, UsageError } from './options.js';
import { counted, visible } from './output.js';
import { type Session, withEvidence } from './session.js';
import { parseTime, timeText, type TimeStyle } from './times.js';

export const TREE_USAGE = 'foundling tree EVIDENCE... [--parents recorded|created] [--at TIME] [--orphans] [--host H]';

const ROWS_A_REQUEST = 2000;

/** The tree as text, one process a line; what is an orphan says so, with the parent that this tree does not show. */
export async function tree(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { parents: 'string', at: 'string', orphans: 'boolean', host: 'string' }, TREE_USAGE);
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', TREE_USAGE);
  const parents = oneOf('parents', parsed.values['parents'], ['created', 'recorded'] as const, TREE_USAGE) ?? 'created';
  const at = typeof parsed.values['at'] === 'string' ? parseTime(parsed.values['at']) : undefined;
  if (parsed.values['at'] !== undefined && at === undefined) throw new UsageError(`--at ${String(parsed.values['at'])}: a time is needed, such as 2026-11-24T14:55:26Z.`, TREE_USAGE);
  const host = typeof parsed.values['host'] === 'string' ? parsed.values['host'] : undefined;
  const { output } = session;
  return withEvidence(session, { sources: parsed.positionals, ...parsed.stated }, { store: false }, async ({ engine, summary }) => {
    if (host !== undefined && !summary.hosts.includes(host)) {
      output.warn(`foundling: no host ${visible(host)} in this evidence; it has ${summary.hosts.map(visible).join(', ') || 'none'}`);
      return 1;
    }
    const view = await engine.ask('view', {
      parents, group: 'creation', orphansOnly: parsed.values['orphans'] === true, kernelThreads: false,
      ...(at === undefined ? {} : { at }),
      ...(host === undefined ? {} : { host }),
    });
    await output.print(
      `${parsed.values['orphans'] === true ? `${counted(view.orphans, 'orphan')}, with what stands above` : `${counted(view.processes, 'process', 'processes')}, ${counted(view.orphans, 'orphan')}`}; ${parents === 'created' ? 'each below the process that created it' : 'each below its parent as recorded last'}` +
        `${at === undefined ? '' : `, as at ${timeText(at, parsed.times)}`}; kernel threads are left out.`,
    );
    const rails: boolean[] = [];
    for (let first = 0; first < view.rowCount; first += ROWS_A_REQUEST) {
      const window = await engine.ask('rows', { view: view.view, first, count: ROWS_A_REQUEST });
      const lines: string[] = [];
      for (let row = 0; row < window.count; row++) lines.push(rail(rails, window, row) + describe(window, row, parents, parsed.times, output.mark, output.dim));
      await output.print(lines.join('\n'));
    }
    return 0;
  });
}

/** The lines that join a row to its siblings: for each level above, whether more siblings follow. */
function rail(rails: boolean[], window: RowWindow, row: number): string {
  const depth = window.depth[row]!;
  const hasNext = window.posInSet[row]! < window.setSize[row]!;
  rails.length = Math.min(rails.length, depth);
  if (depth === 0) return '';
  let text = '';
  for (let level = 1; level < depth; level++) text += rails[level] ? '│ ' : '  ';
  rails[depth] = hasNext;
  return `${text}${hasNext ? '├─' : '└─'}`;
}

function describe(window: RowWindow, row: number, parents: 'recorded' | 'created', times: TimeStyle, mark: (text: string) => string, dim: (text: string) => string): string {
  const name = visible(window.name[row]!) || 'process';
  if (window.process[row]! < 0) return name;
  const flags = window.flags[row]!;
  const start = window.start[row]!;
  const parts = [`${name} ${window.pid[row]!}`];
  if ((flags & FLAG.orphan) !== 0) parts.push(mark(orphanWords(window, row, parents)));
  else if ((flags & FLAG.foreignParent) !== 0) {
    parts.push(mark(parents === 'created' ? 'FOREIGN PARENT: made as a sibling of its creator' : `FOREIGN PARENT: created by ${named(window.creatorName[row]!, window.creatorPid[row]!)}`));
  }
  if ((window.requesterPid?.[row] ?? -1) >= 0) parts.push(mark(`requested by ${named(window.requesterName?.[row] ?? '', window.requesterPid![row]!)}`));
  if ((flags & FLAG.unrecorded) !== 0) parts.push('unrecorded');
  if ((flags & FLAG.intermediate) !== 0) parts.push('intermediate');
  const doubts = doubtsOf(window, row);
  if (doubts !== '') parts.push(dim(doubts));
  if (window.user[row] !== '') parts.push(visible(window.user[row]!));
  // Who was not seen to begin had begun by then.
  if (!Number.isNaN(start)) parts.push(`${window.startBasis?.[row] === BASIS_OBSERVED ? '' : 'by '}${timeText(start, times)}`);
  const args = visible(window.args[row]!);
  return parts.join('  ') + (args === '' || args === name ? '' : `  ${dim(args)}`);
}

/** What is inferred or not known of who made it: such a row must not look like one that a record states. */
function doubtsOf(window: RowWindow, row: number): string {
  const flags = window.flags[row]!, pid = window.pid[row]!;
  const isMade = pid !== 1 && pid !== 2 && (flags & FLAG.kernelThread) === 0; // the kernel made these
  const doubts: string[] = [];
  if (window.creatorPid[row]! < 0 && isMade) doubts.push('creator not known', ...aboveCreator(window, row));
  else if (window.creatorBasis[row] === BASIS_INFERRED) doubts.push(`creator inferred, ${confidenceWord(window.creatorConfidence?.[row] ?? 0)}`);
  if ((flags & FLAG.orphanUnknown) !== 0 && window.creatorPid[row]! < 0 && isMade) doubts.push('adopted or not: not known');
  return doubts.join('; ');
}

/** What is known above a creator that is not: by whom it was launched, and the way in. */
function aboveCreator(window: RowWindow, row: number): string[] {
  const pid = window.launcherPid?.[row] ?? -1, entry = window.entry?.[row] ?? '';
  return [
    ...(pid < 0 ? [] : [`launched by ${named(window.launcherName?.[row] ?? '', pid)}, ${confidenceWord(window.launcherConfidence?.[row] ?? 0)}`]),
    ...(entry === '' || entry === 'boot' ? [] : [`came in by ${visible(entry)}`]),
  ];
}

function orphanWords(window: RowWindow, row: number, parents: 'recorded' | 'created'): string {
  const confidence = window.orphanConfidence?.[row] ?? 1;
  const seenAdopted = window.startBasis?.[row] !== BASIS_OBSERVED && window.adoptedAt[row]! <= window.start[row]!;
  const after = orphanedAfterWords(window.orphanedAfterMin?.[row] ?? NaN, window.orphanedAfterMax?.[row] ?? NaN, seenAdopted);
  const when = after === '' ? '' : ` ${after}`;
  const adopter = named(window.adopterName[row]!, window.adopterPid[row]!);
  const creator = named(window.creatorName[row]!, window.creatorPid[row]!);
  const word = window.orphanBasis?.[row] === BASIS_INFERRED || confidence < 0.9 ? `ORPHAN (${window.orphanBasis?.[row] === BASIS_INFERRED ? 'inferred, ' : ''}${confidenceWord(confidence)})` : 'ORPHAN';
  return parents === 'created' ? `${word}, adopted by ${adopter}${when}` : `${word}, created by ${creator}, adopted${when}`;
}

function named(name: string, pid: number): string {
  return pid < 0 ? 'a process not known' : `${visible(name) || 'process'} ${pid}`;
}

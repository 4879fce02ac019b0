import { baseline, BASELINE_USAGE } from './baseline.js';
import { caseCommand, CASE_USAGE } from './case.js';
import { findings, FINDINGS_USAGE } from './findings.js';
import { hunt, HUNT_USAGE } from './hunt.js';
import { lineage, LINEAGE_USAGE } from './lineage.js';
import { load, LOAD_USAGE } from './load.js';
import { open, OPEN_USAGE } from './open.js';
import { UsageError } from './options.js';
import { createOutput, type Io, ReaderGone, visible } from './output.js';
import { playbook, PLAYBOOK_USAGE } from './playbook.js';
import { prevent, PREVENT_USAGE } from './prevent.js';
import { raw, RAW_USAGE } from './raw.js';
import { report, REPORT_USAGE } from './report.js';
import { RUN_USAGE, runNotebook } from './runNotebook.js';
import type { Session } from './session.js';
import { step, STEP_USAGE } from './step.js';
import { tree, TREE_USAGE } from './tree.js';
import { verdict, VERDICT_USAGE } from './verdict.js';

/** One command: its usage line, what it does, and the doing, which answers the exit code. */
interface Command {
  readonly usage: string;
  readonly does: string;
  readonly run: (session: Session, args: readonly string[]) => Promise<number>;
}

/** To add a command: a file and a line here. */
const COMMANDS: Readonly<Record<string, Command>> = {
  open: { usage: OPEN_USAGE, does: 'what the evidence is, what became of every record, what it could not have shown', run: open },
  lineage: { usage: LINEAGE_USAGE, does: 'every process with both parents, one JSON line each, in order of start', run: lineage },
  tree: { usage: TREE_USAGE, does: 'the process tree as text, orphans marked', run: tree },
  hunt: { usage: HUNT_USAGE, does: 'the rows that a query finds', run: hunt },
  baseline: { usage: BASELINE_USAGE, does: 'baseline entries from a good host, or from unit files', run: baseline },
  findings: { usage: FINDINGS_USAGE, does: 'what stands out, worst first, with the reasons', run: findings },
  case: { usage: CASE_USAGE, does: 'makes a case, adds evidence to it, hashes all of it again', run: caseCommand },
  playbook: { usage: PLAYBOOK_USAGE, does: 'the playbook for T1036.009 step by step, answered from the evidence', run: playbook },
  verdict: { usage: VERDICT_USAGE, does: 'what an analyst decides of a process, written into the case', run: verdict },
  step: { usage: STEP_USAGE, does: 'what an analyst pins to a step of the playbook and says of it, written into the case', run: step },
  report: { usage: REPORT_USAGE, does: 'a report as HTML or Markdown, with pictures, records and hashes', run: report },
  prevent: { usage: PREVENT_USAGE, does: 'rules that see it next time, each with what it cannot see', run: prevent },
  run: { usage: RUN_USAGE, does: 'every hunt of a notebook, written with its results as Markdown', run: runNotebook },
  load: { usage: LOAD_USAGE, does: 'puts evidence into a ClickHouse store, for hunts over many hosts', run: load },
  raw: { usage: RAW_USAGE, does: 'one record, decoded and as bytes', run: raw },
};

const COMMON_USAGE = `Common options
  --zone ZONE          zone of local times in the evidence: UTC, +02:00, -0530
  --taken TIME         when snapshots without a time of their own were taken
  --host-of FILE=HOST  the host that a file belongs to; may be repeated
  --utc, --local       times are written in UTC with Z (default), or in this machine's zone with its offset
  --help               this text, or the command's
EVIDENCE is a file, a folder, an archive (tar, zip; gzip, zstd, xz, bzip2) or a case. Nothing is ever written to it.
Exit code: 0 done; 1 something could not be read or recognised, or a query failed (the rest is still done); 2 wrong usage.`;

/** Runs one command line (without node and script) and answers the exit code. Never throws for what a person or evidence can cause. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const output = createOutput(io);
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      if (name === undefined) {
        output.warn(overview());
        return 2;
      }
      await output.print(overview());
      return 0;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new UsageError(`There is no command ${visible(name)}.`, Object.keys(COMMANDS).map((each) => `foundling ${each}`).join(' | '));
    if (rest.includes('--help') || rest.includes('-h')) {
      await output.print(`${command.usage}\n${command.does}\n\n${COMMON_USAGE}`);
      return 0;
    }
    const code = await command.run({ io, output }, rest);
    output.check();
    return code;
  } catch (error) {
    output.settle();
    if (error instanceof ReaderGone) return 0;
    if (error instanceof UsageError) {
      output.warn(`foundling: ${visible(error.message)}\nusage: ${error.usage}\n"foundling --help" explains the rest.`);
      return 2;
    }
    output.warn(`foundling: ${visible(error instanceof Error ? error.message : String(error))}`);
    if (io.env['FOUNDLING_DEBUG'] !== undefined && error instanceof Error) output.warn(error.stack ?? '');
    return 1;
  }
}

function overview(): string {
  const lines = ['Foundling: who really created whom, from Linux audit logs and process snapshots.', ''];
  for (const { usage, does } of Object.values(COMMANDS)) lines.push(`  ${usage}`, `      ${does}`);
  return [...lines, '', COMMON_USAGE].join('\n');
}

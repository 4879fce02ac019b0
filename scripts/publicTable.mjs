// npm run public: every file of ../shared/evidence/public, read as an analyst would open it, as a Markdown table.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './command.mjs';
import { build } from './setUp.mjs';

const PUBLIC = path.join(root, '../shared/evidence/public');

/** The files that somebody collected; not the list of where they are from. */
export function publicFiles() {
  try {
    return readdirSync(PUBLIC, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath !== PUBLIC)
      .map((entry) => path.relative(PUBLIC, path.join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** What `foundling open` says of one file, alone. */
export function openPublic(file) {
  const { evidence, processes, orphans } = JSON.parse(open(path.join(PUBLIC, file)));
  const known = evidence.filter((entry) => entry.format !== 'unknown');
  const sum = (key) => evidence.reduce((total, entry) => total + entry.accounting[key], 0);
  return {
    file,
    formats: [...new Set((known.length > 0 ? known : evidence).map((entry) => entry.format))],
    accounting: Object.fromEntries(['records', 'understood', 'notNeeded', 'notUnderstood'].map((key) => [key, sum(key)])),
    isRecognised: known.length > 0,
    processes,
    orphans,
  };
}

/** A file that is not recognised ends `open` with code 1, and its words are on stdout all the same. */
function open(file) {
  try {
    return execFileSync(process.execPath, [path.join(root, 'dist/cli.js'), 'open', file, '--json'], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    if (error.status === 1 && error.stdout) return error.stdout;
    throw error;
  }
}

export function publicTable(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(['file', 'format', 'records', 'understood', 'not needed', 'not understood', 'processes', 'orphans']),
    line(['---', '---', ...Array.from({ length: 6 }, () => '---:')]),
    ...rows.map(({ file, formats, accounting, processes, orphans }) =>
      line([file, formats.join(', '), accounting.records, accounting.understood, accounting.notNeeded, accounting.notUnderstood, processes, orphans]),
    ),
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const files = publicFiles();
  if (files.length === 0) {
    console.error('No samples: ../shared/evidence/public is not there.');
    process.exit(1);
  }
  await build();
  const rows = files.map(openPublic);
  console.log(publicTable(rows));
  console.log(`\n${rows.length} files, ${rows.filter((row) => !row.isRecognised).length} not recognised`);
}

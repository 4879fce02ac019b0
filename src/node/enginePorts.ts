import { readFile } from 'node:fs/promises';
import initSqlJs from 'sql.js';
import type { EnginePorts } from '../engine/index.js';
import { readSet } from '../evidence/index.js';
import { createAuditReaders } from './auditReaders.js';
import { readCaseTexts, readInside } from './insideCase.js';
import { openSources, readCase } from './sources.js';
import { Spill } from './spill.js';

/**
 * The engine's ports in Node. `wasmPath` is where sql-wasm.wasm lies (beside the bundle); without it the engine keeps no observations and fills no
 * store, which is all that `open`, `lineage` and `tree` of the command line need.
 */
export function createNodePorts(options: { readonly wasmPath: string | undefined }): EnginePorts {
  const { wasmPath } = options;
  const startReaders = createAuditReaders();
  return {
    openSources,
    readSet: (sources, reading) => readSet(sources, { ...reading, startReaders, openTemporary: () => new Spill() }),
    async caseTitle(paths) {
      return (await caseOf(paths))?.manifest.title;
    },
    async caseVerdicts(paths) {
      const found = await caseOf(paths);
      return found === undefined ? [] : [...(await readCaseTexts(found.folder, 'verdicts', '.jsonl')), ...(await readCaseTexts(found.folder, 'playbook', '.jsonl'))];
    },
    async caseIntel(paths) {
      const found = await caseOf(paths);
      return found === undefined ? { texts: [], hosts: [] } : { texts: [...(await readCaseTexts(found.folder, 'intel', '')), ...(await readCaseTexts(found.folder, 'rules', ''))], hosts: found.manifest.hosts };
    },
    async caseTriage(paths) {
      const found = await caseOf(paths);
      return found && { settings: found.manifest.raw['triage'], ...(await readBaseline(found.folder)) };
    },
    loadSql:
      wasmPath === undefined
        ? undefined
        : async () => {
            const bytes = await readFile(wasmPath);
            return initSqlJs({ wasmBinary: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
          },
  };
}

/** The case that is opened; undefined where no case, or more than one thing, is. A manifest that cannot be read is an entry with its error (openSources). */
async function caseOf([only, ...more]: readonly string[]): ReturnType<typeof readCase> {
  return only === undefined || more.length > 0 ? undefined : readCase(only).catch(() => undefined);
}

/** The text of a case's own baseline, nothing where it has none, or what is wrong with it. */
async function readBaseline(folder: string): Promise<{ baseline?: string; trouble?: string }> {
  try {
    const baseline = await readInside(folder, 'baseline.json');
    return baseline === undefined ? {} : { baseline };
  } catch (cause) {
    return { trouble: `baseline.json could not be read (${cause instanceof Error ? cause.message : String(cause)}); only the shipped baseline is used` };
  }
}

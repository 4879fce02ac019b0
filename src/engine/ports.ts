import type { EvidenceSet, ReadProgress, SetOptions, Source } from '../evidence/index.js';
import type { SqlModule } from '../store/index.js';
import type { IntelText } from '../triage/index.js';
import type { VerdictText } from './verdicts.js';
import type { CaseTriage } from './findings.js';

/** A list, a calendar or rules of a case; `trouble` says why one was not read. */
export interface CaseIntelText extends IntelText {
  readonly trouble?: string;
}

/** What the engine needs of the world it runs in. Node fills it (node/enginePorts.ts); tests fill it by hand. */
export interface EnginePorts {
  /** Files, folders, archives and cases as sources. A path that cannot be read is a source with `error`, never a rejection; a rejection is only what `signal` throws. */
  openSources(paths: readonly string[], options?: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (file: string) => void }): Promise<Source[]>;
  /** Title of the case that the paths name, if they name one. */
  caseTitle?(paths: readonly string[]): Promise<string | undefined>;
  /** What the case that the paths name says about triage; undefined when they name none. */
  caseTriage?(paths: readonly string[]): Promise<CaseTriage | undefined>;
  /** IoC lists and change calendars of the case that the paths name and rules of others (its folders `intel` and `rules`), and the hosts that it names; none where they name no case. */
  caseIntel?(paths: readonly string[]): Promise<{ readonly texts: readonly CaseIntelText[]; readonly hosts: readonly string[] }>;
  /** What analysts wrote into the folders `verdicts` and `playbook` of the case that the paths name; none where they name no case. */
  caseVerdicts?(paths: readonly string[]): Promise<readonly VerdictText[]>;
  /** Reads sources into batches; evidence/'s own unless a test stands in. */
  readSet?(sources: readonly Source[], options: SetOptions & { signal?: AbortSignal; sortsAll?: boolean; onProgress?: (progress: ReadProgress) => void }): EvidenceSet;
  /** sql.js, when the first hunt or the filling needs it; undefined: this engine fills no store and forgets observations once they are healed. */
  readonly loadSql?: (() => Promise<SqlModule>) | undefined;
}

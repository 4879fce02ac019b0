import { isMap, parseDocument } from 'yaml';
import { eolOf } from './notebookText.js';
import { BASES, type Basis, type ParentView } from '../model/index.js';

/** What a notebook's front matter states under `foundling:`. Paths are relative to the notebook. */
export interface NotebookSettings {
  readonly case?: string;
  readonly evidence?: readonly string[];
  readonly parents?: ParentView;
  /** Lineage that is known by less counts as absent. */
  readonly basis?: Basis;
}

/** A notebook's settings, or a sentence that says why they cannot be read. Front matter without `foundling:` states nothing. */
export function settingsOf(head: string): NotebookSettings | { readonly mistake: string } {
  const yaml = frontMatter(head);
  if (yaml === undefined) return {};
  const document = parseDocument(yaml.text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error) return { mistake: `The front matter is not YAML: ${error.message.split('\n', 1)[0] ?? ''}` };
  const stated: unknown = isMap(document.contents) ? document.get('foundling') : undefined;
  if (stated === undefined || stated === null) return {};
  if (!isMap(stated)) return { mistake: 'In the front matter, foundling must hold case, evidence, parents or basis.' };
  const { case: caseFolder, evidence, parents, basis } = stated.toJSON() as Readonly<Record<string, unknown>>;
  const settings: { case?: string; evidence?: readonly string[]; parents?: ParentView; basis?: Basis } = {};
  if (caseFolder !== undefined) {
    if (typeof caseFolder !== 'string') return { mistake: 'In the front matter, foundling.case must be a path.' };
    settings.case = caseFolder;
  }
  if (evidence !== undefined) {
    const paths: readonly unknown[] = Array.isArray(evidence) ? evidence : [evidence];
    if (!paths.every((path) => typeof path === 'string')) return { mistake: 'In the front matter, foundling.evidence must be a path or a list of paths.' };
    settings.evidence = paths;
  }
  if (parents !== undefined) {
    if (parents !== 'recorded' && parents !== 'created') return { mistake: 'In the front matter, foundling.parents must be recorded or created.' };
    settings.parents = parents;
  }
  if (basis !== undefined) {
    const known = BASES.find((each) => each === basis);
    if (!known) return { mistake: `In the front matter, foundling.basis must be one of ${BASES.join(', ')}.` };
    settings.basis = known;
  }
  return settings;
}

/** A head whose front matter states these settings; keys that are absent are taken out, everything else stays as it was written. */
export function withSettings(head: string, settings: NotebookSettings): string {
  const eol = head === '' ? '\n' : eolOf(head);
  const yaml = frontMatter(head);
  const document = parseDocument(yaml?.text ?? '', { logLevel: 'silent' });
  const stated: Record<string, unknown> = { ...settings };
  if (settings.evidence?.length === 1) stated['evidence'] = settings.evidence[0];
  document.set('foundling', stated);
  const lines = document.toString({ lineWidth: 0 }).replace(/\n/g, eol);
  if (yaml) return yaml.before + lines + yaml.after;
  const mark = head.startsWith('\uFEFF') ? '\uFEFF' : '';
  return `${mark}---${eol}${lines}---${eol}${head.slice(mark.length) || eol}`;
}

function frontMatter(head: string): { before: string; text: string; after: string } | undefined {
  const found = /^(\uFEFF?---[ \t]*(?:\r\n|\r|\n))([^]*?)((?:---|\.\.\.)[ \t]*(?:(?:\r\n|\r|\n)[^]*)?)$/.exec(head);
  return found ? { before: found[1] ?? '', text: found[2] ?? '', after: found[3] ?? '' } : undefined;
}

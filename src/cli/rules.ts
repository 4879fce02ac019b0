import type { Details, Engine, HuntResult, RawRecord } from '../engine/index.js';
import { importRuleSet, rulesAsked, runRule } from '../hunt/index.js';
import type { Basis } from '../model/index.js';
import type { Parsed } from './options.js';
import { counted, visible } from './output.js';
import { readRuleFiles } from './ruleFiles.js';
import { type ExtraHit, type RuleReport, rulesAsCsv, rulesAsJson, rulesAsTable, type RulesReport } from './rulesText.js';
import { type Session, withEvidence } from './session.js';

/** Rows of a rule that are given, and extra hits that are explained; the counts are of all. */
const ROWS_AT_MOST = 1000;
const EXPLAINED_AT_MOST = 100;
/** Records looked through for those that tell of an edge. */
const RECORDS_AT_MOST = 200;

/** Runs every rule of a folder over one opening of the evidence. Answers the exit code: 1 where a rule could not be translated or run. */
export async function huntRules(session: Session, ask: { readonly folder: string; readonly sources: readonly string[]; readonly basis: Basis | undefined; readonly format: 'table' | 'json' | 'csv'; readonly parsed: Parsed }): Promise<number> {
  const { output } = session;
  let isWhole = true;
  const files = await readRuleFiles(ask.folder, (says) => {
    output.warn(`foundling: ${visible(says)}`);
    isWhole = false;
  });
  if (files.length === 0) {
    if (isWhole) output.warn(`foundling: ${visible(ask.folder)}: there is no file of rules (.yml, .toml, .eql, .hunt, .json) in it`);
    return 1;
  }
  const set = importRuleSet(files);
  const refused = set.notes.filter(({ kind }) => kind === 'refused');
  for (const { file, rule, says } of refused) output.warn(`foundling: ${visible(file)}: ${rule === '' ? '' : `${visible(rule)}: `}not translated: ${visible(says)}`);
  return withEvidence(session, { sources: ask.sources, ...ask.parsed.stated }, { store: true }, async ({ engine }) => {
    const rules: RuleReport[] = [];
    const failed: RulesReport['failed'][number][] = [];
    const wanted = set.rules.filter(({ isPart }) => !isPart).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    await engine.ask('prepareHunts', { hunts: rulesAsked(wanted, set) }, { onProgress: ({ what, done, total }) => output.progress(what, done, total) });
    for (const [at, rule] of wanted.entries()) {
      output.progress('hunting', at, wanted.length);
      const found = await runRule(rule, set, (hunt) => engine.ask('hunt', hunt, { onProgress: ({ what, done, total }) => { if (what !== 'hunting') output.progress(what, done, total); } }), { limit: ROWS_AT_MOST, ...(ask.basis !== undefined && { basis: ask.basis }) });
      if ('failed' in found) {
        const { code, message } = found.failed;
        failed.push({ file: rule.file, rule: rule.title, code, says: message });
        output.warn(`foundling: ${visible(rule.file)}: ${visible(rule.title)}: ${code}: ${visible(message)}`);
        continue;
      }
      const { recorded, created, extra } = found;
      rules.push({
        rule, differs: set.notes.filter((note) => note.kind === 'differs' && note.file === rule.file && note.rule === rule.title).map(({ says }) => says),
        hits: recorded, recorded: recorded.total, created: created.total, extraTotal: extra?.total ?? 0, extra: extra === undefined ? [] : await explained(engine, extra),
      });
    }
    output.settle();
    const report: RulesReport = { rules, refused, failed };
    const { times } = ask.parsed;
    await output.print(ask.format === 'json' ? rulesAsJson(report) : ask.format === 'csv' ? rulesAsCsv(report, times) : rulesAsTable(report, times));
    const differing = rules.filter(({ differs }) => differs.length > 0).length;
    if (differing > 0 && ask.format !== 'json') output.warn(`foundling: ${counted(differing, 'rule')} ${differing === 1 ? 'finds' : 'find'} more or less than the author wrote; --format json says how`);
    return isWhole && refused.length === 0 && failed.length === 0 ? 0 : 1;
  });
}

/** Who the creator of each extra hit is, how that is known, and where the evidence says it. */
async function explained(engine: Engine, extra: HuntResult): Promise<ExtraHit[]> {
  const hits: ExtraHit[] = [];
  const edge = extra.columns.length - 3;
  for (let at = 0; at < Math.min(extra.rows.length, EXPLAINED_AT_MOST); at++) {
    const row = extra.processes[at] ?? -1;
    if (row < 0) continue;
    const process = await engine.ask('details', { process: row });
    const [recordedParent, creator] = extra.rows[at]!.slice(edge).map((cell) => (typeof cell === 'string' ? cell : null));
    const time = extra.rows[at]![extra.columns.findIndex(({ type }) => type === 'time')];
    hits.push({ time: typeof time === 'number' ? time : null, process, recordedParent: recordedParent ?? null, creator: creator ?? null, basis: process.creator.basis, confidence: process.creator.confidence, records: await recordsOf(engine, process) });
  }
  return hits;
}

/** Its birth and its programs; then the end of who made it, which is what broke the tree. */
async function recordsOf(engine: Engine, { process, creator }: Details): Promise<readonly RawRecord[]> {
  const own = await engine.ask('raw', { process, first: 0, count: RECORDS_AT_MOST });
  const records = own.records.filter(({ states }) => /(?:^|; )(?:created|exec)/.test(states)).slice(0, 4);
  if (creator.parent === null) return records;
  const { total } = await engine.ask('raw', { process: creator.parent.process, first: 0, count: 0 });
  const last = await engine.ask('raw', { process: creator.parent.process, first: Math.max(0, total - 5), count: 5 });
  return [...records, ...last.records.filter(({ states, offset, member }) => /(?:^|; )exit/.test(states) && !records.some((one) => one.offset === offset && one.member === member)).map((record) => ({ ...record, states: `${creator.parent?.name ?? 'process'} ${creator.parent?.pid ?? ''}: ${record.states}` }))];
}

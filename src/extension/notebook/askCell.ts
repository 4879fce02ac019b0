import * as vscode from 'vscode';
import { MOST_PLOTTED, outputOf, sqlOutputOf, type Question, type ResultOutput } from '../../../webview/shared/result.js';
import type { Diagnostic, Engine, HuntAsk, HuntResult } from '../../engine/requests.js';
import type { KnownSet } from '../engines.js';

/** Starts a reading statement on a copy of an engine's store (src/node/sqlCell.ts). An argument, so that the paths of the bundles are known in one place. */
export type RunSql = (engine: Engine, sql: string, rows: number, signal?: AbortSignal) => Promise<Parameters<typeof sqlOutputOf>[0]>;

/** What a cell's text answers: a result to show, or the mistake in a hunt. */
export type Answered = { readonly output: ResultOutput } | { readonly mistake: Diagnostic };

/** Asks a set what a cell, or a result that wants more of its rows, asks. `cell`: the document that the result stands in. */
export async function askCell(set: Pick<KnownSet, 'key' | 'title' | 'engine' | 'summary'>, question: Omit<Question, 'set'>, rows: number, runSql: RunSql, more: { readonly cell?: string; readonly signal?: AbortSignal } = {}): Promise<Answered> {
  const { text, parents, atLeast, before = [], language } = question;
  const { cell, signal } = more;
  const about = { set: set.key, evidence: set.title, text, summary: set.summary, ...(cell === undefined ? {} : { cell }) };
  if (language === 'sql') return { output: sqlOutputOf(await runSql(set.engine, text, rows, signal), about) };
  const ask = { text, before, ...(parents ? { parents } : {}), ...(atLeast ? { basis: atLeast } : {}) };
  const result = await huntToShow(set.engine, ask, rows, signal);
  const mistake = result.diagnostics.find(({ severity }) => severity === 'error');
  return mistake ? { mistake } : { output: outputOf(result, { ...about, parents, atLeast, before, rows }) };
}

/** Runs a hunt for so many rows; of a timeline or chart, whose picture is of all of them, for as many as can be drawn. */
async function huntToShow(engine: Engine, ask: Omit<HuntAsk, 'limit'>, rows: number, signal?: AbortSignal): Promise<HuntResult> {
  const options = signal ? { signal } : {};
  const result = await engine.ask('hunt', { ...ask, limit: rows }, options);
  const isPlot = result.view === 'timeline' || result.view === 'chart';
  return isPlot && result.truncated ? engine.ask('hunt', { ...ask, limit: MOST_PLOTTED }, options) : result;
}

/** SQL cells run in threads of their own, started when the first one is. */
export function sqlRunner(context: vscode.ExtensionContext): RunSql {
  const beside = (name: string): string => vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  return async (engine, sql, rows, signal) => {
    const { runSql } = await import('../../node/index.js');
    return runSql(engine, { sql, rows, workerPath: beside('sqlWorker.js'), wasmPath: beside('sql-wasm.wasm'), ...(signal ? { signal } : {}) });
  };
}

import * as vscode from 'vscode';
import type { FindingRow, Standing, VerdictState } from '../engine/requests.js';
import { visibleText } from '../../webview/shared/text.js';
import { fullTime } from '../../webview/shared/time.js';
import { counted, grouped, processLabel } from '../../webview/shared/words.js';
import type { Engines, KnownSet } from './engines.js';
import { kindWords } from './findingWords.js';
import { COMMAND } from './ids.js';

/** So many processes stand below a group, worst first; below the last of them a node holds the next as many, until all were listed. */
const LISTED_AT_ONCE = 200;

/** A node of the findings view: a set, how its processes stand, a process with findings, or one of its findings. */
export type FindingNode =
  | { readonly kind: 'set'; readonly set: KnownSet }
  | { readonly kind: 'group'; readonly set: KnownSet; readonly standing: Standing; readonly label: string; readonly total: number; readonly icon: string; readonly isOpen: boolean }
  | { readonly kind: 'more'; readonly set: KnownSet; readonly standing: Standing; readonly first: number; readonly total: number }
  | { readonly kind: 'process'; readonly set: KnownSet; readonly row: FindingRow; readonly verdict: string | undefined }
  | { readonly kind: 'unmatched'; readonly states: readonly VerdictState[] }
  | { readonly kind: 'says'; readonly label: string; readonly detail: string };

export interface FindingsView {
  readonly provider: vscode.TreeDataProvider<FindingNode>;
  /** A verdict was written: what is decided shows it. */
  refresh(): void;
}

/** What triage says of every open set, worst first: alerts that nobody has decided, other unexpected ones, decided ones, then what is explained or not judged. */
export function createFindingsView(engines: Engines): FindingsView {
  const changed = new vscode.EventEmitter<void>();
  engines.onDidChange(() => changed.fire()); // both live as long as the extension
  return {
    refresh: () => changed.fire(),
    provider: {
      onDidChangeTreeData: changed.event,
      async getChildren(node) {
        if (!node) return engines.sets.length === 1 ? groupsOf(engines.sets[0]!) : engines.sets.map((set): FindingNode => ({ kind: 'set', set }));
        if (node.kind === 'set') return groupsOf(node.set);
        if (node.kind === 'unmatched') return node.states.map(unmatchedNode);
        if (node.kind === 'group') return processesOf(node.set, node.standing, 0);
        if (node.kind === 'more') return processesOf(node.set, node.standing, node.first);
        return node.kind === 'process' ? findingsOf(node.row) : [];
      },
      getTreeItem(node) {
        switch (node.kind) {
          case 'set':
            return new vscode.TreeItem(visibleText(node.set.title), vscode.TreeItemCollapsibleState.Expanded);
          case 'group': {
            const item = new vscode.TreeItem(node.label, node.isOpen ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
            item.description = grouped(node.total);
            item.iconPath = new vscode.ThemeIcon(node.icon);
            return item;
          }
          case 'more': {
            return new vscode.TreeItem(vscode.l10n.t('{0} more', grouped(node.total - node.first)), vscode.TreeItemCollapsibleState.Collapsed);
          }
          case 'unmatched': {
            const item = new vscode.TreeItem(vscode.l10n.t('Verdicts on processes that are not in this evidence'), vscode.TreeItemCollapsibleState.Expanded);
            item.description = String(node.states.length);
            item.iconPath = new vscode.ThemeIcon('unlink');
            return item;
          }
          case 'process':
            return processItem(node.set, node.row, node.verdict);
          case 'says': {
            const item = new vscode.TreeItem(visibleText(node.label));
            item.description = visibleText(node.detail);
            item.tooltip = visibleText(`${node.label}\n${node.detail}`);
            return item;
          }
        }
      },
    },
  };
}

const GROUPS: readonly { readonly standing: Standing; readonly label: string; readonly icon: string; readonly isOpen: boolean }[] = [
  { standing: 'alert', label: vscode.l10n.t('Alerts'), icon: 'flame', isOpen: true },
  { standing: 'unexpected', label: vscode.l10n.t('Unexpected, below the alert line'), icon: 'warning', isOpen: false },
  { standing: 'decided', label: vscode.l10n.t('Decided'), icon: 'pass', isOpen: false },
  { standing: 'not judged', label: vscode.l10n.t('Not judged'), icon: 'question', isOpen: false },
  { standing: 'explained', label: vscode.l10n.t('Explained by the baseline'), icon: 'check', isOpen: false },
];

async function groupsOf(set: KnownSet): Promise<FindingNode[]> {
  const found = await set.engine.ask('findings', { first: 0, count: 0 });
  const { verdicts, troubles } = await set.engine.ask('verdicts', {});
  const unmatched = verdicts.filter(({ process }) => process < 0);
  return [
    ...GROUPS.flatMap((group): FindingNode[] => (found.standings[group.standing] === 0 ? [] : [{ kind: 'group', set, ...group, total: found.standings[group.standing] }])),
    ...(unmatched.length === 0 ? [] : [{ kind: 'unmatched', states: unmatched } as const]),
    ...[...found.troubles, ...troubles].map((label): FindingNode => ({ kind: 'says', label, detail: '' })),
  ];
}

/** A verdict whose process this evidence does not hold: shown with what it is anchored to, never dropped. */
function unmatchedNode({ current: { verdict, author, note, anchor } }: VerdictState): FindingNode {
  return { kind: 'says', label: `${anchor.executable ?? 'process'} ${anchor.pid}`, detail: [verdict, anchor.host, Number.isNaN(anchor.moment) ? '' : fullTime(anchor.moment), author, note].filter((part) => part !== '').join(' · ') };
}

async function processesOf(set: KnownSet, standing: Standing, first: number): Promise<FindingNode[]> {
  const { rows, total } = await set.engine.ask('findings', { first, count: LISTED_AT_ONCE, standing });
  const verdicts = new Map((await set.engine.ask('verdicts', {})).verdicts.map(({ process, current }) => [process, current.verdict]));
  const next = first + rows.length;
  return [
    ...rows.map((row): FindingNode => ({ kind: 'process', set, row, verdict: verdicts.get(row.process) })),
    ...(rows.length > 0 && next < total ? [{ kind: 'more', set, standing, first: next, total } as const] : []),
  ];
}

function findingsOf(row: FindingRow): FindingNode[] {
  return [
    { kind: 'says', label: row.why, detail: '' },
    ...row.findings.map(({ kind, points, reasons }): FindingNode => ({ kind: 'says', label: kindWords({ kind, points }), detail: reasons.map(({ says }) => says).join(' ') })),
  ];
}

function processItem(set: KnownSet, row: FindingRow, verdict: string | undefined): vscode.TreeItem {
  const hosts = set.summary.hosts.length;
  const item = new vscode.TreeItem(visibleText(processLabel(row.name ?? 'process', row.pid)), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = visibleText([verdict, String(row.score), row.findings.map(({ kind }) => kind).join(', '), hosts > 1 ? row.host : undefined].filter((part) => part !== undefined && part !== '').join(' · '));
  item.tooltip = visibleText(`${row.why}\n${counted(row.findings.length, 'finding')}, score ${row.score}`);
  item.contextValue = 'finding';
  item.command = { command: COMMAND.showProcess, title: vscode.l10n.t('Show in the Tree'), arguments: [set.key, row.process] };
  return item;
}

import * as vscode from 'vscode';
import type { EvidenceEntry } from '../model/index.js';
import { visibleText } from '../../webview/shared/text.js';
import { byteSize, counted, grouped } from '../../webview/shared/words.js';
import { CUSTOM_EDITOR } from './ids.js';
import type { Engines, KnownSet } from './engines.js';
import { setUri } from './evidenceSets.js';

/** A node of the evidence view: a set, one of its entries, or a sentence about an entry. */
export type EvidenceNode =
  | { readonly kind: 'set'; readonly set: KnownSet }
  | { readonly kind: 'entry'; readonly set: KnownSet; readonly entry: EvidenceEntry }
  | { readonly kind: 'says'; readonly icon: string; readonly label: string; readonly detail: string };

/** What is open, what became of every byte of it, and what it could not have shown. */
export function evidenceTree(engines: Engines): vscode.TreeDataProvider<EvidenceNode> {
  return {
    onDidChangeTreeData: engines.onDidChange,
    getChildren(node) {
      if (!node) return engines.sets.map((set): EvidenceNode => ({ kind: 'set', set }));
      if (node.kind === 'set') return node.set.summary.evidence.map((entry): EvidenceNode => ({ kind: 'entry', set: node.set, entry }));
      return node.kind === 'entry' ? sentencesOf(node.entry) : [];
    },
    getTreeItem(node) {
      switch (node.kind) {
        case 'set':
          return setItem(node.set);
        case 'entry':
          return entryItem(node.entry);
        case 'says': {
          const item = new vscode.TreeItem(visibleText(node.label), vscode.TreeItemCollapsibleState.None);
          item.iconPath = new vscode.ThemeIcon(node.icon);
          item.description = visibleText(node.detail);
          item.tooltip = visibleText(`${node.label}\n${node.detail}`);
          return item;
        }
      }
    },
  };
}

/** The resource under which the tree editor shows a set. */
export function editorResource(set: KnownSet): vscode.Uri {
  const [only] = set.sources;
  return set.sources.length === 1 && only ? only : setUri(set.sources, set.title);
}

function setItem(set: KnownSet): vscode.TreeItem {
  const item = new vscode.TreeItem(visibleText(set.title), vscode.TreeItemCollapsibleState.Expanded);
  item.id = set.key;
  item.contextValue = 'set';
  item.iconPath = new vscode.ThemeIcon(set.caseFolder ? 'briefcase' : 'database');
  item.description = `${counted(set.summary.processes, 'process', 'processes')}, ${counted(set.summary.orphans, 'orphan')}`;
  item.tooltip = visibleText(set.sources.map((source) => source.fsPath).join('\n'));
  item.command = { command: 'vscode.openWith', title: vscode.l10n.t('Show the Tree'), arguments: [editorResource(set), CUSTOM_EDITOR] };
  return item;
}

function entryItem(entry: EvidenceEntry): vscode.TreeItem {
  const item = new vscode.TreeItem(visibleText(entry.file.slice(entry.file.lastIndexOf('/') + 1)), vscode.TreeItemCollapsibleState.Collapsed);
  item.iconPath = new vscode.ThemeIcon(entry.error ? 'error' : entry.format === 'unknown' ? 'question' : entry.coverage.length > 0 ? 'warning' : 'file');
  item.description = visibleText([entry.format, entry.host, byteSize(entry.accounting.bytes)].filter(Boolean).join(' · '));
  item.tooltip = visibleText(entry.file);
  return item;
}

function sentencesOf(entry: EvidenceEntry): EvidenceNode[] {
  const { records, understood, notNeeded, notUnderstood, duplicates, lostBySource } = entry.accounting;
  const says = (icon: string, label: string, detail = ''): EvidenceNode => ({ kind: 'says', icon, label, detail });
  return [
    ...(entry.error ? [says('error', entry.error)] : []),
    says(
      'list-ordered',
      counted(records, 'record'),
      `${grouped(understood)} understood, ${grouped(notNeeded)} not needed, ${grouped(notUnderstood)} not understood`,
    ),
    ...(duplicates > 0 ? [says('files', counted(duplicates, 'duplicate'))] : []),
    ...(lostBySource > 0 ? [says('warning', vscode.l10n.t('{0} lost by the source', grouped(lostBySource)))] : []),
    ...entry.coverage.map((coverage) => says('eye-closed', coverage.says, coverage.remedy ?? '')),
    ...entry.troubles.map((trouble) => says('warning', trouble.what, placesOf(trouble))),
    ...(entry.sha256 ? [says('key', 'SHA-256', entry.sha256)] : []),
  ];
}

function placesOf(trouble: EvidenceEntry['troubles'][number]): string {
  const [first] = trouble.places;
  const where = first ? `, first at ${first.member}:${first.offset}` : '';
  return `${grouped(trouble.count)} times${where}`;
}

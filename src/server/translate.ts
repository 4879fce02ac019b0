import {
  CodeActionKind,
  CompletionItemKind,
  DiagnosticSeverity,
  DiagnosticTag,
  FoldingRangeKind,
  InsertTextFormat,
  MarkupKind,
  SymbolKind,
  type CodeAction as LspCodeAction,
  type CompletionItem,
  type CompletionList,
  type Diagnostic as LspDiagnostic,
  type DocumentSymbol,
  type FoldingRange,
  type Hover as LspHover,
  type Range,
  type SelectionRange,
  type SignatureHelp,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../engine/requests.js';
import {
  TOKEN_MODIFIERS,
  TOKEN_TYPES,
  visible,
  type CodeAction,
  type Completion,
  type Fold,
  type Hover,
  type OutlineItem,
  type SemanticToken,
  type Signature,
} from '../hunt/index.js';
import { COPY_COMMAND } from './protocol.js';

// From the language's words to the protocol's. Nothing here decides anything. Hunts and values come from strangers: what is drawn of them shows hidden characters.

interface Span {
  readonly from: number;
  readonly to: number;
}

export function rangeOf(document: TextDocument, { from, to }: Span): Range {
  return { start: document.positionAt(from), end: document.positionAt(to) };
}

export function diagnosticOf(diagnostic: Diagnostic, document: TextDocument): LspDiagnostic {
  return {
    range: rangeOf(document, diagnostic),
    severity: SEVERITY[diagnostic.severity],
    code: diagnostic.code,
    source: 'hunt',
    message: linesOf(diagnostic.message),
    ...(diagnostic.code === UNUSED_LET ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

const UNUSED_LET = 'HUNT232';

/** A list that is ordered by what is typed is incomplete: the editor asks again with each letter, instead of ordering what it has in its own way. */
export function completionsOf(completions: readonly Completion[], offset: number, document: TextDocument): CompletionList {
  return { isIncomplete: completions.some(({ isRanked }) => isRanked === true), items: completions.map((completion, at) => completionOf(completion, at, offset, document)) };
}

export const NO_COMPLETIONS: CompletionList = { isIncomplete: false, items: [] };

function completionOf(completion: Completion, at: number, offset: number, document: TextDocument): CompletionItem {
  const typed = document.getText(rangeOf(document, { from: completion.from, to: offset }));
  return {
    label: visible(completion.label),
    kind: ITEM_KIND[completion.kind],
    // The language's own order: what the evidence has most of comes first.
    sortText: String(at).padStart(5, '0'),
    // All of a ranked list match what is typed equally well: the editor's own score would put `host.name` before `process.name`, which is longer.
    ...(completion.isRanked === true && typed !== '' ? { filterText: typed } : {}),
    insertTextFormat: completion.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeOf(document, completion), newText: completion.insertText },
    ...(completion.detail === '' ? {} : { labelDetails: { description: visible(completion.detail) } }),
    ...(completion.documentation === '' ? {} : { documentation: linesOf(completion.documentation) }),
    // What ends where something must follow asks for that at once.
    ...(/[ ."([=]$/.test(completion.insertText) || /[([]\$1[)\]]/.test(completion.insertText)
      ? { command: { title: '', command: 'editor.action.triggerSuggest' } }
      : {}),
  };
}

export function hoverOf(hover: Hover, document: TextDocument): LspHover {
  return { range: rangeOf(document, hover), contents: { kind: MarkupKind.Markdown, value: hover.contents } };
}

export function fixesOf(diagnostic: Diagnostic, document: TextDocument): LspCodeAction[] {
  return diagnostic.fixes.map((fix, at) => ({
    title: visible(fix.title),
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(diagnostic, document)],
    isPreferred: at === 0,
    edit: { changes: { [document.uri]: [{ range: rangeOf(document, fix), newText: fix.text }] } },
  }));
}

/** `documentOf` makes a document of each text that is edited, to find its lines. */
export function codeActionOf(action: CodeAction, documentOf: (uri: string) => TextDocument | undefined): LspCodeAction {
  return {
    title: visible(action.title),
    kind: ACTION_KIND[action.kind],
    ...(action.refused === undefined ? {} : { disabled: { reason: visible(action.refused) } }),
    ...(action.copies === undefined ? {} : { command: { title: visible(action.title), command: COPY_COMMAND, arguments: [action.copies] } }),
    ...(action.edits.length === 0 ? {} : { edit: workspaceEditOf(action.edits, documentOf) }),
  };
}

export function workspaceEditOf(
  edits: readonly (Span & { readonly uri: string; readonly text: string })[],
  documentOf: (uri: string) => TextDocument | undefined,
): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const edit of edits) {
    const document = documentOf(edit.uri);
    if (document) (changes[edit.uri] ??= []).push({ range: rangeOf(document, edit), newText: edit.text });
  }
  return { changes };
}

export function signatureHelpOf(signature: Signature): SignatureHelp {
  return {
    signatures: [
      {
        label: signature.label, // its parameters are told by their places in it
        documentation: linesOf(signature.doc),
        parameters: signature.parameters.map(([from, to]) => ({ label: [from, to] })),
      },
    ],
    activeSignature: 0,
    activeParameter: signature.active,
  };
}

/** Text of several lines, which stay lines. */
function linesOf(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

export const SEMANTIC_LEGEND = { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] };

/** Five numbers a token: lines and columns since the last, length, type, bits of the modifiers. */
export function semanticNumbers(tokens: readonly SemanticToken[], document: TextDocument): number[] {
  const numbers: number[] = [];
  let line = 0;
  let character = 0;
  for (const token of tokens) {
    const at = document.positionAt(token.from);
    const bits = token.modifiers.reduce((sum, modifier) => sum | (1 << TOKEN_MODIFIERS.indexOf(modifier)), 0);
    numbers.push(at.line - line, at.line === line ? at.character - character : at.character, token.to - token.from, TOKEN_TYPES.indexOf(token.type), bits);
    ({ line, character } = at);
  }
  return numbers;
}

export function foldingOf(fold: Fold, document: TextDocument): FoldingRange {
  const start = document.positionAt(fold.from);
  const end = document.positionAt(fold.to);
  return { startLine: start.line, endLine: end.line, ...(fold.kind === 'comment' ? { kind: FoldingRangeKind.Comment } : {}) };
}

export function symbolOf(item: OutlineItem, document: TextDocument): DocumentSymbol {
  return {
    name: visible(item.name),
    detail: visible(item.detail),
    kind: SYMBOL_KIND[item.kind],
    range: rangeOf(document, item),
    selectionRange: rangeOf(document, item.nameRange),
    children: item.children.map((child) => symbolOf(child, document)),
  };
}

/** Innermost first becomes a chain of parents. */
export function selectionOf(ranges: readonly Span[], document: TextDocument): SelectionRange {
  let chain: SelectionRange | undefined;
  for (const range of [...ranges].reverse()) chain = { range: rangeOf(document, range), ...(chain === undefined ? {} : { parent: chain }) };
  return chain ?? { range: rangeOf(document, { from: 0, to: 0 }) };
}

const ITEM_KIND: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  source: CompletionItemKind.Class,
  let: CompletionItemKind.Variable,
  field: CompletionItemKind.Field,
  operator: CompletionItemKind.Operator,
  value: CompletionItemKind.Value,
  function: CompletionItemKind.Function,
  relation: CompletionItemKind.Reference,
  pipe: CompletionItemKind.Event,
  keyword: CompletionItemKind.Keyword,
  snippet: CompletionItemKind.Snippet,
};

const ACTION_KIND: Readonly<Record<CodeAction['kind'], CodeActionKind>> = {
  extract: CodeActionKind.RefactorExtract,
  inline: CodeActionKind.RefactorInline,
  rewrite: CodeActionKind.RefactorRewrite,
};

const SYMBOL_KIND: Readonly<Record<OutlineItem['kind'], SymbolKind>> = {
  let: SymbolKind.Variable,
  function: SymbolKind.Function,
  query: SymbolKind.Event,
  term: SymbolKind.Field,
};

const SEVERITY: Readonly<Record<Diagnostic['severity'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

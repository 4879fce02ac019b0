import {
  CodeActionKind,
  CompletionItemKind,
  DiagnosticSeverity,
  InsertTextFormat,
  MarkupKind,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeAction,
  type CompletionItem,
  type Connection,
  type Diagnostic as LspDiagnostic,
  type Range,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../engine/requests.js';
import { Catalogues, pathOfUri } from './catalogues.js';
import type { Completion, HuntLanguage } from './language.js';
import { CATALOGUE_NOTIFICATION, type CatalogueMessage } from './protocol.js';

/** HUNT section 11; a space is one only behind a keyword, which the language decides. */
const TRIGGER_CHARACTERS = ['.', '"', '|', '[', '(', ':', ' ', '='] as const;

/** Serves Hunt over a connection: translates between the protocol's words and the language's, and knows nothing of its own. */
export function serve(connection: Connection, language: HuntLanguage): void {
  const documents = new TextDocuments(TextDocument);
  const catalogues = new Catalogues();
  const catalogueOf = (uri: string): ReturnType<Catalogues['for']> => catalogues.for(pathOfUri(uri));
  const diagnosticsOf = (document: TextDocument): readonly Diagnostic[] => language.diagnose(document.getText(), catalogueOf(document.uri));
  const publish = (document: TextDocument): void => {
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: diagnosticsOf(document).map((diagnostic) => shown(diagnostic, document)),
    });
  };

  connection.onInitialize(() => ({
    serverInfo: { name: 'Hunt' },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters: [...TRIGGER_CHARACTERS] },
      hoverProvider: true,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    },
  }));

  connection.onNotification(CATALOGUE_NOTIFICATION, (message: CatalogueMessage) => {
    catalogues.set(message);
    documents.all().forEach(publish);
  });

  documents.onDidChangeContent(({ document }) => publish(document));
  documents.onDidClose(({ document }) => void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }));

  connection.onCompletion(({ textDocument, position, context }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const offset = document.offsetAt(position);
    const text = document.getText();
    // A blank typed anywhere triggers; only behind a word, a comma or a closing quote is there anything to ask (not while indenting a line).
    if (context?.triggerCharacter === ' ' && !/[\w",~=<>)\]]\s$/.test(text.slice(0, offset))) return [];
    return language.complete(text, offset, catalogueOf(document.uri)).map((completion, at): CompletionItem => ({
      label: completion.label,
      kind: ITEM_KIND[completion.kind],
      // The language's own order: what the evidence has most of comes first.
      sortText: String(at).padStart(5, '0'),
      insertTextFormat: completion.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      textEdit: { range: rangeOf(document, completion.from, completion.to), newText: completion.insertText },
      ...(completion.detail === '' ? {} : { labelDetails: { description: completion.detail } }),
      ...(completion.documentation === '' ? {} : { documentation: completion.documentation }),
    }));
  });

  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    const hover = document && language.hover(document.getText(), document.offsetAt(position), catalogueOf(document.uri));
    if (!document || !hover) return null;
    return { range: rangeOf(document, hover.from, hover.to), contents: { kind: MarkupKind.Markdown, value: hover.contents } };
  });

  connection.onCodeAction(({ textDocument, range }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const from = document.offsetAt(range.start);
    const to = document.offsetAt(range.end);
    return diagnosticsOf(document)
      .filter((diagnostic) => diagnostic.from <= to && from <= diagnostic.to)
      .flatMap((diagnostic) => fixesOf(diagnostic, document));
  });

  documents.listen(connection);
  connection.listen();
}

function shown(diagnostic: Diagnostic, document: TextDocument): LspDiagnostic {
  return {
    range: rangeOf(document, diagnostic.from, diagnostic.to),
    severity: SEVERITY[diagnostic.severity],
    code: diagnostic.code,
    source: 'hunt',
    message: diagnostic.message,
  };
}

function fixesOf(diagnostic: Diagnostic, document: TextDocument): CodeAction[] {
  return diagnostic.fixes.map((fix, at) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [shown(diagnostic, document)],
    isPreferred: at === 0,
    edit: { changes: { [document.uri]: [{ range: rangeOf(document, fix.from, fix.to), newText: fix.text }] } },
  }));
}

function rangeOf(document: TextDocument, from: number, to: number): Range {
  return { start: document.positionAt(from), end: document.positionAt(to) };
}

const ITEM_KIND: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  source: CompletionItemKind.Class,
  field: CompletionItemKind.Field,
  operator: CompletionItemKind.Operator,
  value: CompletionItemKind.Value,
  function: CompletionItemKind.Function,
  relation: CompletionItemKind.Reference,
  pipe: CompletionItemKind.Event,
  keyword: CompletionItemKind.Keyword,
  snippet: CompletionItemKind.Snippet,
};

const SEVERITY: Readonly<Record<Diagnostic['severity'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

import { CodeActionKind, LSPErrorCodes, NotebookDocuments, ResponseError, TextDocuments, TextDocumentSyncKind, type Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { HuntText, HuntTexts } from '../hunt/index.js';
import { Catalogues, pathOfUri, type Speaker } from './catalogues.js';
import type { HuntLanguage } from './language.js';
import {
  ASK_REQUEST,
  CATALOGUE_NOTIFICATION,
  HUNTS_NOTIFICATION,
  type AskAnswer,
  type AskMessage,
  type CatalogueMessage,
  type HuntsMessage,
} from './protocol.js';
import { CaseHunts } from './scopes.js';
import * as translate from './translate.js';

/** HUNT section 11; a space is one only behind a keyword, which the language decides. */
const TRIGGER_CHARACTERS = ['.', '"', '|', '[', '(', ':', ' ', '='] as const;
/** Completion answers within 50 ms also while a hunt runs (DESIGN 13): values under the conditions already written are waited for so long, else those of all rows are offered. */
const VALUES_DEADLINE_MS = 30;
/** A hover is asked for by a hand that rests: its rows may take longer. */
const ROWS_DEADLINE_MS = 500;

const CELL_SCHEME = 'vscode-notebook-cell:';

/** Serves Hunt over a connection: translates between the protocol's words and the language's, and knows nothing of its own. */
export function serve(connection: Connection, language: HuntLanguage): void {
  const documents = new TextDocuments(TextDocument);
  const notebooks = new NotebookDocuments(documents);
  const catalogues = new Catalogues();
  const cases = new CaseHunts();

  /** Each document's text, the same object while it does not change: the language remembers by it what it read. */
  const texts = new Map<string, HuntText>();
  const textOf = (document: TextDocument): HuntText => {
    const { uri } = document;
    const text = document.getText();
    const known = texts.get(uri);
    if (known?.text === text) return known;
    const fresh = { uri, text };
    texts.set(uri, fresh);
    return fresh;
  };
  const speakerOf = (document: TextDocument): Speaker | undefined => catalogues.for(pathOfUri(document.uri));
  /** A document among the texts that share lets with it. */
  const asked = (document: TextDocument): HuntTexts => {
    const catalogue = speakerOf(document)?.catalogue;
    // A notebook opens its own evidence, and says itself where it fails.
    const isCell = document.uri.startsWith(CELL_SCHEME);
    const known = { catalogue, ...(catalogue === undefined && !isCell && { lacks: catalogues.lacksFor(cases.folderOf(document.uri)) }) };
    const hunts = cases.for(document.uri).map((hunt) => {
      const open = documents.get(hunt.uri);
      return open ? textOf(open) : hunt;
    });
    const own = hunts.findIndex(({ uri }) => uri === document.uri);
    if (own >= 0) return { texts: hunts, at: own, ...known, shared: hunts.length };
    const notebook = notebooks.findNotebookDocumentForCell(document.uri);
    const cells = (notebook?.cells ?? []).flatMap((cell) => documents.get(cell.document) ?? []).map(textOf);
    const all = [...hunts, ...(cells.some(({ uri }) => uri === document.uri) ? cells : [textOf(document)])];
    return { texts: all, at: all.findIndex(({ uri }) => uri === document.uri), ...known, shared: hunts.length };
  };
  /** A document of a text that need not be open: a case's hunt. */
  const documentOf = (uri: string, among: HuntTexts): TextDocument | undefined => {
    const text = among.texts.find((one) => one.uri === uri)?.text;
    return documents.get(uri) ?? (text === undefined ? undefined : TextDocument.create(uri, 'hunt', 0, text));
  };
  const publish = (document: TextDocument): void => {
    // A cell opens before its notebook is known with the others; it is published then.
    if (document.uri.startsWith(CELL_SCHEME) && !notebooks.findNotebookDocumentForCell(document.uri)) return;
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: language.diagnose(asked(document)).map((diagnostic) => translate.diagnosticOf(diagnostic, document)),
    });
  };
  const dirty = new Set<string>();
  /** Publishes once what one message changes: a notebook opens cell by cell, and each sees others. A timer could outlive the connection; a microtask does not. */
  const publishSoon = (uris: readonly string[]): void => {
    if (dirty.size === 0 && uris.length > 0) {
      queueMicrotask(() => {
        for (const uri of dirty) {
          const document = documents.get(uri);
          if (document) publish(document);
        }
        dirty.clear();
      });
    }
    for (const uri of uris) dirty.add(uri);
  };
  const publishAll = (): void => publishSoon(documents.all().map(({ uri }) => uri));
  /** A let that changes is read by the cells of its notebook, and one of a case's hunts by all. */
  const publishSharing = (uri: string): void => {
    if (cases.for(uri).some((hunt) => hunt.uri === uri)) return publishAll();
    publishSoon([uri, ...(notebooks.findNotebookDocumentForCell(uri)?.cells ?? []).map((cell) => cell.document)]);
  };
  /** Asks the evidence of a document; null where none is open, or no answer comes in time. */
  const ask = async (document: TextDocument, wanted: Omit<AskMessage, 'scope'>): Promise<AskAnswer> => {
    const speaker = speakerOf(document);
    if (!speaker) return null;
    const message: AskMessage = { scope: speaker.scope, ...wanted };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), message.deadlineMs)));
    // A client without evidence, or one that is another editor, has no such request: then nothing is known.
    const answer = connection.sendRequest<AskAnswer>(ASK_REQUEST, message).catch(() => null);
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  connection.onInitialize(() => ({
    serverInfo: { name: 'Hunt' },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      notebookDocumentSync: { notebookSelector: [{ notebook: 'foundling.hunt', cells: [{ language: 'hunt' }] }] },
      completionProvider: { triggerCharacters: [...TRIGGER_CHARACTERS] },
      hoverProvider: true,
      signatureHelpProvider: { triggerCharacters: ['(', ','], retriggerCharacters: [')'] },
      semanticTokensProvider: { legend: translate.SEMANTIC_LEGEND, full: true },
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      foldingRangeProvider: true,
      documentSymbolProvider: true,
      selectionRangeProvider: true,
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorExtract, CodeActionKind.RefactorInline, CodeActionKind.RefactorRewrite],
      },
    },
  }));

  connection.onNotification(CATALOGUE_NOTIFICATION, (message: CatalogueMessage) => {
    catalogues.set(message);
    publishAll();
    void connection.languages.semanticTokens.refresh().catch(() => undefined); // an editor that cannot refresh asks again with the next change
  });
  connection.onNotification(HUNTS_NOTIFICATION, (message: HuntsMessage) => {
    cases.set(message);
    publishAll();
  });

  documents.onDidChangeContent(({ document }) => publishSharing(document.uri));
  documents.onDidClose(({ document }) => {
    texts.delete(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
  notebooks.onDidOpen(({ cells }) => publishSoon(cells.map((cell) => cell.document)));
  // Cells that were moved or removed see other lets.
  notebooks.onDidChange(({ notebookDocument }) => publishSoon(notebookDocument.cells.map((cell) => cell.document)));

  connection.onCompletion(async ({ textDocument, position, context }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return translate.NO_COMPLETIONS;
    const offset = document.offsetAt(position);
    const text = document.getText();
    // A blank typed anywhere triggers; only behind a word, a comma or a closing quote is there anything to ask (not while indenting a line).
    if (context?.triggerCharacter === ' ' && !/[\w",~=<>)\]]\s$/.test(text.slice(0, offset))) return translate.NO_COMPLETIONS;
    const texts = asked(document);
    const values = language.valuesAsked(texts, offset);
    const counted = values && (await ask(document, { ...values, limit: 100, deadlineMs: VALUES_DEADLINE_MS }));
    return translate.completionsOf(language.complete(texts, offset, counted?.rows), offset, document);
  });

  connection.onHover(async ({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return null;
    const texts = asked(document);
    const offset = document.offsetAt(position);
    const rows = language.rowsAsked(texts, offset);
    const counted = rows && (await ask(document, { ...rows, limit: 1, deadlineMs: ROWS_DEADLINE_MS }));
    const hover = language.hover(texts, offset, counted?.total);
    return hover ? translate.hoverOf(hover, document) : null;
  });

  connection.onSignatureHelp(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    const signature = document && language.signature(asked(document), document.offsetAt(position));
    return signature ? translate.signatureHelpOf(signature) : null;
  });

  connection.languages.semanticTokens.on(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return { data: document ? translate.semanticNumbers(language.semanticTokens(asked(document)), document) : [] };
  });

  connection.onDefinition(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return null;
    const texts = asked(document);
    const place = language.definition(texts, document.offsetAt(position));
    const at = place && documentOf(place.uri, texts);
    return place && at ? { uri: place.uri, range: translate.rangeOf(at, place) } : null;
  });

  connection.onReferences(({ textDocument, position, context }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const texts = asked(document);
    return language.references(texts, document.offsetAt(position)).flatMap((place) => {
      const at = documentOf(place.uri, texts);
      return at && (context.includeDeclaration || !place.isDefinition) ? [{ uri: place.uri, range: translate.rangeOf(at, place) }] : [];
    });
  });

  connection.onPrepareRename(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    const name = document && language.renameable(asked(document), document.offsetAt(position));
    return document && name ? { range: translate.rangeOf(document, name), placeholder: name.name } : null;
  });

  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return null;
    const texts = asked(document);
    const rename = language.rename(texts, document.offsetAt(position), newName);
    if ('refused' in rename) return new ResponseError(LSPErrorCodes.RequestFailed, rename.refused);
    return translate.workspaceEditOf(rename.edits, (uri) => documentOf(uri, texts));
  });

  connection.onDocumentFormatting(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const text = document.getText();
    const laid = language.format(text);
    return laid === text ? [] : [{ range: translate.rangeOf(document, { from: 0, to: text.length }), newText: laid }];
  });

  connection.onDocumentRangeFormatting(({ textDocument, range }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const edits = language.formatRange(document.getText(), { from: document.offsetAt(range.start), to: document.offsetAt(range.end) });
    return edits.map((edit) => ({ range: translate.rangeOf(document, edit), newText: edit.text }));
  });

  connection.onFoldingRanges(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document ? language.folds(document.getText()).map((fold) => translate.foldingOf(fold, document)) : [];
  });

  connection.onDocumentSymbol(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document ? language.outline(document.getText()).map((item) => translate.symbolOf(item, document)) : [];
  });

  connection.onSelectionRanges(({ textDocument, positions }) => {
    const document = documents.get(textDocument.uri);
    return document ? positions.map((position) => translate.selectionOf(language.selection(document.getText(), document.offsetAt(position)), document)) : [];
  });

  connection.onCodeAction(({ textDocument, range, context }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const texts = asked(document);
    const span = { from: document.offsetAt(range.start), to: document.offsetAt(range.end) };
    const wants = (kind: string): boolean => !context.only || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
    const fixes = wants(CodeActionKind.QuickFix)
      ? language
          .diagnose(texts)
          .filter((diagnostic) => diagnostic.from <= span.to && span.from <= diagnostic.to)
          .flatMap((diagnostic) => translate.fixesOf(diagnostic, document))
      : [];
    const actions = language.codeActions(texts, span).map((action) => translate.codeActionOf(action, (uri) => documentOf(uri, texts)));
    return [...fixes, ...actions.filter((action) => wants(action.kind ?? ''))];
  });

  documents.listen(connection);
  notebooks.listen(connection);
  connection.listen();
}

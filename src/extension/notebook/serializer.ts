import * as vscode from 'vscode';
import { BASES } from '../../model/index.js';
import { CELL_PARENTS, deserialize, serialize, type CellMetadata, type NotebookCell } from '../../case/index.js';

/** What a notebook document keeps beside its cells. */
export interface DocumentMetadata {
  readonly head: string;
  readonly eol: string;
  /** Set when the file is not UTF-8: each of its bytes is a character, so that it is written back as it was. */
  readonly bytes?: true;
}

/** `*.hunt.md` as cells. All that matters is in src/case; here bytes become text and VS Code's types. */
export const notebookSerializer: vscode.NotebookSerializer = {
  deserializeNotebook(content) {
    const { text, bytes } = textOf(content);
    const notebook = deserialize(text);
    const document = new vscode.NotebookData(
      notebook.cells.map((cell) => {
        const kind = cell.kind === 'code' ? vscode.NotebookCellKind.Code : vscode.NotebookCellKind.Markup;
        const shown = new vscode.NotebookCellData(kind, cell.text, cell.language);
        shown.metadata = { ...cell.metadata };
        return shown;
      }),
    );
    const metadata: DocumentMetadata = { head: notebook.head, eol: notebook.eol, ...(bytes ? { bytes } : {}) };
    document.metadata = { ...metadata };
    return document;
  },

  serializeNotebook(document) {
    const { head, eol, bytes } = documentMetadata(document.metadata);
    const text = serialize({
      head,
      eol,
      cells: document.cells.map((cell): NotebookCell => ({
        kind: cell.kind === vscode.NotebookCellKind.Code ? 'code' : 'markdown',
        language: cell.languageId,
        text: cell.value,
        metadata: cellMetadata(cell.metadata),
      })),
    });
    if (!bytes) return new TextEncoder().encode(text);
    // Characters that were typed into such a file and are no byte are written as UTF-8.
    return new Uint8Array(
      [...text].flatMap((character) => (character.charCodeAt(0) < 256 ? [character.charCodeAt(0)] : [...new TextEncoder().encode(character)])),
    );
  },
};

/** Metadata crosses VS Code as anything: what is not ours is as if absent. */
export function documentMetadata(metadata: { readonly [key: string]: unknown } | undefined): DocumentMetadata {
  const { head, eol, bytes } = metadata ?? {};
  return { head: typeof head === 'string' ? head : '', eol: typeof eol === 'string' ? eol : '\n', ...(bytes === true ? { bytes } : {}) };
}

export function cellMetadata(metadata: { readonly [key: string]: unknown } | undefined): CellMetadata {
  const { raw } = metadata ?? {};
  const parents = CELL_PARENTS.find((each) => each === metadata?.['parents']);
  const basis = BASES.find((each) => each === metadata?.['basis']);
  return { ...(typeof raw === 'string' ? { raw } : {}), ...(parents ? { parents } : {}), ...(basis ? { basis } : {}) };
}

function textOf(content: Uint8Array): { text: string; bytes?: true } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    let text = '';
    for (const byte of content) text += String.fromCharCode(byte);
    return { text, bytes: true };
  }
}

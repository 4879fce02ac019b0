import type * as vscode from 'vscode';
import type { CellMetadata } from '../../case/index.js';
import type { NotebookSets } from './notebookSets.js';
import { cellMetadata } from './serializer.js';

/** How a cell's hunt is asked, beside its text. */
export type CellSettings = Pick<CellMetadata, 'parents' | 'basis'>;

/**
 * The settings that hold for a cell: its own, else the notebook's. Without parents a hunt runs as it is written, which reads `process.parent` as
 * recorded; without a basis all lineage counts. Throws where the front matter is mistaken.
 */
export function settingsFor(cell: vscode.NotebookCell, sets: NotebookSets): CellSettings {
  const own = cellMetadata(cell.metadata);
  const stated = sets.settings(cell.notebook);
  const parents = own.parents ?? stated.parents;
  const basis = own.basis ?? stated.basis;
  return { ...(parents ? { parents } : {}), ...(basis ? { basis } : {}) };
}

import * as hunt from '../hunt/index.js';

/** The language as the server asks it: pure questions on texts, whose answers it translates. Tests bring their own. Offsets are UTF-16 code units. */
export const huntLanguage = {
  complete: hunt.complete,
  valuesAsked: hunt.valuesAsked,
  hover: hunt.hover,
  rowsAsked: hunt.rowsAsked,
  diagnose: hunt.diagnoseTexts,
  signature: hunt.signatureAt,
  semanticTokens: hunt.semanticTokens,
  definition: hunt.definitionOf,
  references: hunt.referencesOf,
  renameable: hunt.renameable,
  rename: hunt.renameOf,
  codeActions: hunt.codeActions,
  format: hunt.format,
  formatRange: hunt.formatRange,
  folds: hunt.foldsOf,
  outline: hunt.outlineOf,
  selection: hunt.selectionRanges,
};

export type HuntLanguage = typeof huntLanguage;

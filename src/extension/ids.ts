/**
 * Every id that package.json contributes, once. A unit test compares them with the manifest both ways, so a command, setting or view that exists in
 * only one of the two places fails the build.
 */

/** Commands. Where the palette shows them, their title is in package.nls.json under `command.<name>`. */
export const COMMAND = {
  /** Opens one file as evidence in the tree editor. */
  openAsEvidence: 'foundling.openAsEvidence',
  /** Opens a folder as one evidence set. */
  openFolderAsEvidence: 'foundling.openFolderAsEvidence',
  newHuntNotebook: 'foundling.newHuntNotebook',
  chooseEvidence: 'foundling.chooseEvidence',
  /** The parent view of one notebook cell: recorded, created or difference. */
  chooseParents: 'foundling.chooseParents',
  /** How well lineage must be known to count in one notebook cell. */
  chooseBasis: 'foundling.chooseBasis',
  /** Runs one hunt cell, also in a restricted workspace. */
  runHunt: 'foundling.runHunt',
  closeEvidence: 'foundling.closeEvidence',
  showLog: 'foundling.showLog',
  openExample: 'foundling.openExample',
  /** Commands of the tree editor; they act on the active one. */
  nextOrphan: 'foundling.tree.nextOrphan',
  previousOrphan: 'foundling.tree.previousOrphan',
  toggleParents: 'foundling.tree.toggleParents',
  goToCreator: 'foundling.tree.goToCreator',
  goToAdopter: 'foundling.tree.goToAdopter',
  search: 'foundling.tree.search',
  copyForTicket: 'foundling.tree.copyForTicket',
  copyIndicators: 'foundling.tree.copyIndicators',
  giveVerdict: 'foundling.tree.giveVerdict',
  escalate: 'foundling.tree.escalate',
  lineage: 'foundling.tree.lineage',
  coverage: 'foundling.tree.coverage',
  nextFinding: 'foundling.tree.nextFinding',
  previousFinding: 'foundling.tree.previousFinding',
  playbook: 'foundling.tree.playbook',
  /** Makes a case of open evidence: verdicts need one. */
  makeCase: 'foundling.makeCase',
  writeReport: 'foundling.writeReport',
  exportDetection: 'foundling.exportDetection',
  addIntel: 'foundling.addIntel',
  learnBaseline: 'foundling.learnBaseline',
  /** The same on a process of the findings view. Not in the palette. */
  findingTicket: 'foundling.finding.copyForTicket',
  findingIndicators: 'foundling.finding.copyIndicators',
  findingVerdict: 'foundling.finding.giveVerdict',
  findingEscalate: 'foundling.finding.escalate',
  findingDetection: 'foundling.finding.exportDetection',
  /** Shows a process of an open set in its tree; arguments are the set's key and the process. Not in the palette. */
  showProcess: 'foundling.showProcess',
} as const;
export type CommandId = (typeof COMMAND)[keyof typeof COMMAND];

export const SETTING = {
  /** Which parent new trees follow. */
  treeParents: 'foundling.tree.parents',
  /** Whether new trees show kernel threads. */
  treeKernelThreads: 'foundling.tree.kernelThreads',
  /** How many rows a notebook output carries. */
  outputRows: 'foundling.notebook.outputRows',
  /** Who verdicts are by; empty: the login name on this machine. */
  author: 'foundling.author',
} as const;
export type SettingId = (typeof SETTING)[keyof typeof SETTING];

export const CUSTOM_EDITOR = 'foundling.tree';
export const NOTEBOOK = 'foundling.hunt';
export const CONTROLLER = 'foundling.hunt';
export const RENDERER = 'foundling.results';
export const LANGUAGE = 'hunt';
export const VIEW_CONTAINER = 'foundling';
export const EVIDENCE_VIEW = 'foundling.evidence';
export const FINDINGS_VIEW = 'foundling.findings';
export const WALKTHROUGH = 'foundling.start';

/** Context keys for `when` clauses. */
export const CONTEXT = {
  hasEvidence: 'foundling.hasEvidence',
} as const;

/** The mime type of a hunt's result in a notebook output. */
export const RESULT_MIME = 'application/vnd.foundling.result+json';

import type { AnswerOf, AskOf, EngineMethod, Progress, Summary } from '../../src/engine/requests.js';
import { type Verdict, VERDICTS } from '../../src/model/index.js';

/**
 * Every message between the tree page and the extension; no other message exists. The page's questions are the engine's requests, passed through.
 * The page speaks first (`ready`), since what is posted before that is lost.
 */

/** What the page may ask of the engine: what it needs to draw, and nothing that reads or writes elsewhere. */
export const PAGE_METHODS = [
  'summary',
  'view',
  'closeView',
  'rows',
  'toggle',
  'reveal',
  'search',
  'nextOrphan',
  'overview',
  'details',
  'raw',
  'findings',
  'nextFinding',
  'playbook',
  'stepNotes',
] as const satisfies readonly EngineMethod[];
export type PageMethod = (typeof PAGE_METHODS)[number];

/** An act of the editor that a command, a key or a menu of VS Code sets off in the page. */
export const PAGE_COMMANDS = ['nextOrphan', 'previousOrphan', 'toggleParents', 'goToCreator', 'goToAdopter', 'search', 'copyForTicket', 'copyIndicators', 'coverage', 'nextFinding', 'previousFinding', 'giveVerdict', 'escalate', 'playbook', 'lineage'] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/** What VS Code does with a process that the page names: it builds the text, asks what must be asked, and writes. */
export const PROCESS_ACTS = ['copyForTicket', 'copyIndicators', 'giveVerdict', 'escalate'] as const;
export type ProcessAct = (typeof PROCESS_ACTS)[number];

/** What an analyst does to a step of the playbook. `fact` and `pin` are ids. */
export type StepAct =
  | { readonly kind: 'pin'; readonly fact: string }
  | { readonly kind: 'unpin'; readonly pin: string }
  /** Empty: the last word is taken back. */
  | { readonly kind: 'word'; readonly text: string };

/** What is to be kept of a step; `process` -1: of the case as a whole. */
export interface NoteAsk {
  readonly process: number;
  readonly step: string;
  readonly act: StepAct;
}

export type FromPage =
  | { readonly kind: 'ready' }
  | { [M in PageMethod]: { readonly kind: 'ask'; readonly id: number; readonly method: M; readonly ask: AskOf<M> } }[PageMethod]
  /** The page no longer waits for the answer. */
  | { readonly kind: 'cancel'; readonly id: number }
  /** `asWords`: text for people, in which nothing may become a link or a formula; else exactly as it stands. */
  | { readonly kind: 'copy'; readonly text: string; readonly what: string; readonly asWords?: true }
  /** Stops the opening. */
  | { readonly kind: 'cancelOpening' }
  /** Opens the same evidence again after an error or a cancelled opening. */
  | { readonly kind: 'openAgain' }
  /** Opens the file as text beside this editor's tab. */
  | { readonly kind: 'openAsText' }
  /** Opens what lies beside the evidence together with it, as one set. */
  | { readonly kind: 'openNeighbours' }
  | { readonly kind: 'showLog' }
  /** What the analyst decides of a process: written into the case, or the way to a case is offered. */
  | { readonly kind: 'decide'; readonly process: number; readonly verdict: Verdict; readonly note: string }
  /** `note` is what the analyst wrote for the next verdict. */
  | { readonly kind: 'onProcess'; readonly act: ProcessAct; readonly process: number; readonly note: string }
  /** Pins and words for the case. `makeCase`: the person wants one made for them. */
  | { readonly kind: 'note'; readonly notes: readonly NoteAsk[]; readonly makeCase: boolean }
  /** Opens a hunt in a notebook beside this editor. */
  | { readonly kind: 'openHunt'; readonly text: string }
  /** Opens a member of the evidence (a script, a unit, a crontab) as text. */
  | { readonly kind: 'openContent'; readonly member: string };

export type ToPage =
  | { readonly kind: 'opening'; readonly title: string; readonly progress: Progress | undefined }
  | {
      readonly kind: 'opened';
      /** Changes whenever views of an earlier page are no longer known to the engine. */
      readonly session: string;
      readonly title: string;
      readonly summary: Summary;
      /** Names of other evidence beside it, as far as they are known. */
      readonly neighbours: readonly string[];
      readonly preferences: Preferences;
    }
  | { readonly kind: 'failed'; readonly title: string; readonly failure: Failure }
  | { [M in PageMethod]: { readonly kind: 'answer'; readonly id: number; readonly method: M; readonly ok: AnswerOf<M> } }[PageMethod]
  | { readonly kind: 'answer'; readonly id: number; readonly error: string }
  /** More is known of the evidence: its files were hashed, and some may not be what the case says. */
  | { readonly kind: 'summary'; readonly summary: Summary }
  /** Other evidence was found beside what is open. */
  | { readonly kind: 'neighbours'; readonly names: readonly string[] }
  | { readonly kind: 'command'; readonly command: PageCommand }
  /** Chooses a process and brings it into sight: somebody followed it from a hunt's result. */
  | { readonly kind: 'show'; readonly process: number }
  /** A verdict stands in the case now: rows and details say it when they are asked again. */
  | { readonly kind: 'decided'; readonly process: number }
  /** What became of a `note`: `needsCase` where there is no case to keep it in. */
  | { readonly kind: 'noted'; readonly notes: readonly NoteAsk[]; readonly says: string; readonly isKept: boolean; readonly needsCase: boolean }
  /** Somebody pinned or said something: it is asked again. */
  | { readonly kind: 'notesChanged' }
  /** Said in the page's live region: "copied". */
  | { readonly kind: 'say'; readonly text: string };

/** What the person set as the beginning; the page's own state wins. */
export interface Preferences {
  readonly parents: 'recorded' | 'created';
  readonly kernelThreads: boolean;
}

/** Why there is no tree, and what to do about it. */
export interface Failure {
  readonly cancelled: boolean;
  readonly what: string;
  readonly remedy: string;
}

/** A message from the page, checked: the page shows hostile text, so what comes out of it is not trusted to be well formed. */
export function messageFromPage(value: unknown): FromPage | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  // The casts below only widen to "any fields"; each field is checked before it is used.
  const message = value as Record<string, unknown>;
  switch (message['kind']) {
    case 'ready':
    case 'cancelOpening':
    case 'openAgain':
    case 'openAsText':
    case 'openNeighbours':
    case 'showLog':
      return { kind: message['kind'] };
    case 'cancel':
      return typeof message['id'] === 'number' ? { kind: 'cancel', id: message['id'] } : undefined;
    case 'copy':
      return typeof message['text'] === 'string' && typeof message['what'] === 'string'
        ? { kind: 'copy', text: message['text'], what: message['what'], ...(message['asWords'] === true ? { asWords: true } : {}) }
        : undefined;
    case 'openHunt':
      return typeof message['text'] === 'string' ? { kind: 'openHunt', text: message['text'] } : undefined;
    case 'openContent':
      return typeof message['member'] === 'string' ? { kind: 'openContent', member: message['member'] } : undefined;
    case 'decide': {
      const verdict = VERDICTS.find((each) => each === message['verdict']);
      const { process, note } = message;
      return verdict !== undefined && typeof process === 'number' && typeof note === 'string' ? { kind: 'decide', process, verdict, note } : undefined;
    }
    case 'onProcess': {
      const act = PROCESS_ACTS.find((each) => each === message['act']);
      const { process, note } = message;
      return act !== undefined && typeof process === 'number' && typeof note === 'string' ? { kind: 'onProcess', act, process, note } : undefined;
    }
    case 'note': {
      const { notes, makeCase } = message;
      const asked = Array.isArray(notes) ? (notes as readonly unknown[]).map(noteAskOf) : [undefined];
      return asked.every((each) => each !== undefined) ? { kind: 'note', notes: asked, makeCase: makeCase === true } : undefined;
    }
    case 'ask': {
      const known = (PAGE_METHODS as readonly unknown[]).includes(message['method']);
      const whole = typeof message['id'] === 'number' && typeof message['ask'] === 'object' && message['ask'] !== null;
      // The engine checks the fields of its own questions; here it matters that the method is one of the page's.
      return known && whole ? (message as unknown as FromPage) : undefined;
    }
    default:
      return undefined;
  }
}

function noteAskOf(value: unknown): NoteAsk | undefined {
  if (typeof value !== 'object' || value === null || !('process' in value) || !('step' in value) || !('act' in value)) return undefined;
  const { process, step } = value, act = stepActOf(value.act);
  return typeof process === 'number' && typeof step === 'string' && act !== undefined ? { process, step, act } : undefined;
}

function stepActOf(value: unknown): StepAct | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (value.kind === 'pin' && 'fact' in value && typeof value.fact === 'string') return { kind: 'pin', fact: value.fact };
  if (value.kind === 'unpin' && 'pin' in value && typeof value.pin === 'string') return { kind: 'unpin', pin: value.pin };
  if (value.kind === 'word' && 'text' in value && typeof value.text === 'string') return { kind: 'word', text: value.text };
  return undefined;
}
